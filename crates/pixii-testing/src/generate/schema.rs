//! Tables and indexes.

use super::Dice;
use crate::naive::{Index, KeyAttribute, Projection, Schema};

/// Attributes that global indexes are keyed by, now or later: named by type, so that indexes that come and go agree on it.
pub(super) const INDEXABLE: [(&str, &str); 9] = [
    ("t4", "S"),
    ("t5", "S"),
    ("t6", "S"),
    ("u4", "N"),
    ("u5", "N"),
    ("u6", "N"),
    ("b4", "B"),
    ("b5", "B"),
    ("b6", "B"),
];

fn key(dice: &mut Dice, name: &str) -> KeyAttribute {
    KeyAttribute { name: name.to_owned(), kind: ["S", "N", "B"][dice.below(3)] }
}

/// A table with random key types, some local indexes if it has a sort key, and some global ones.
pub fn schema(dice: &mut Dice, name: &str) -> Schema {
    let partition = key(dice, "p1");
    let sort = if dice.chance(0.75) { Some(key(dice, "r1")) } else { None };
    let mut schema = Schema { name: name.to_owned(), partition, sort, indexes: Vec::new() };
    if schema.sort.is_some() {
        for at in 0..dice.below(3) {
            let index = Index {
                name: format!("local{at}"),
                local: true,
                partition: vec![schema.partition.clone()],
                sort: vec![key(dice, &format!("q{at}"))],
                projection: projection(dice),
            };
            schema.indexes.push(index);
        }
    }
    for at in 0..dice.below(4) {
        let index = global_index(dice, &schema, &format!("global{at}"));
        schema.indexes.push(index);
    }
    schema
}

/// A global index for a table: sparse or not, of one or several key attributes, sometimes of the table's own.
pub fn global_index(dice: &mut Dice, schema: &Schema, name: &str) -> Index {
    let mut known: Vec<KeyAttribute> = schema
        .key_attributes()
        .into_iter()
        .map(|(name, kind)| KeyAttribute { name: name.to_owned(), kind })
        .collect();
    let mut next = |dice: &mut Dice| match (dice.chance(0.3), known.len()) {
        (true, 1..) => known.remove(dice.below(known.len())),
        _ => {
            let (name, kind) = dice.pick(&INDEXABLE);
            KeyAttribute { name: name.to_owned(), kind }
        }
    };
    let several = dice.chance(0.4);
    let (partitions, sorts) = match several {
        true => (1 + dice.below(4), dice.below(5)),
        false => (1, dice.below(2)),
    };
    let mut attributes: Vec<KeyAttribute> = Vec::new();
    while attributes.len() < partitions + sorts {
        let key = next(dice);
        if !attributes.iter().any(|known| known.name == key.name) {
            attributes.push(key);
        }
    }
    let sort = attributes.split_off(partitions);
    Index { name: name.to_owned(), local: false, partition: attributes, sort, projection: projection(dice) }
}

fn projection(dice: &mut Dice) -> Projection {
    match dice.below(3) {
        0 => Projection::KeysOnly,
        1 => {
            let count = 1 + dice.below(3);
            let names = dice.some(&["a1", "n1", "m1", "s1"], count);
            Projection::Include(names.into_iter().map(str::to_owned).collect())
        }
        _ => Projection::All,
    }
}
