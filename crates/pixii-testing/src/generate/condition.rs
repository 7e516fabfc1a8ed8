//! Conditions that DynamoDB accepts: literals of types that their operators take, operands that differ.

use super::Dice;
use super::value::{ATTRIBUTES, INNER, any, attribute, scalar};
use crate::naive::{Condition, Element, Operand, Path, Schema, Value};

const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"];

/// A path to something that may be there, not into a key.
pub(super) fn path(dice: &mut Dice) -> Path {
    let mut path = Path::attribute(dice.pick(&ATTRIBUTES));
    let nests = match path.attribute.as_str() {
        "l1" | "m1" => 0.6,
        _ => 0.1,
    };
    while path.rest.len() < 3 && dice.chance(nests) {
        let into_list = if path.attribute == "l1" { dice.chance(0.8) } else { dice.chance(0.2) };
        path.rest.push(match into_list {
            true => Element::Index(dice.below(4)),
            false => Element::Name(dice.pick(&INNER).to_owned()),
        });
    }
    path
}

/// A condition on attributes that are no table keys; of a filter that must leave an index's keys alone, too.
pub(super) fn condition(dice: &mut Dice, schema: &Schema, keys: bool, depth: usize) -> Condition {
    if depth > 0 && dice.chance(0.35) {
        let many = |dice: &mut Dice| -> Vec<Condition> {
            (0..2 + dice.below(2)).map(|_| condition(dice, schema, keys, depth - 1)).collect()
        };
        return match dice.below(3) {
            0 => Condition::And(many(dice)),
            1 => Condition::Or(many(dice)),
            _ => Condition::Not(Box::new(condition(dice, schema, keys, depth - 1))),
        };
    }
    if keys && dice.chance(0.2) {
        return on_key(dice, schema);
    }
    leaf(dice)
}

/// Whether the item is there, as most conditions in use ask.
fn on_key(dice: &mut Dice, schema: &Schema) -> Condition {
    let path = Path::attribute(&schema.partition.name);
    if dice.chance(0.5) { Condition::Exists(path) } else { Condition::NotExists(path) }
}

fn leaf(dice: &mut Dice) -> Condition {
    let path = path(dice);
    let literal = |dice: &mut Dice| match path.rest.is_empty() {
        true => attribute(dice, &path.attribute),
        false => any(dice, 1),
    };
    match dice.below(12) {
        0 => Condition::Exists(path),
        1 => Condition::NotExists(path),
        2 => Condition::Type(path, dice.pick(&TYPES)),
        3 => {
            let prefix = Value::S(dice.pick(&["", "a", "ab", "ü"]).to_owned());
            Condition::BeginsWith(path, Operand::Value(prefix))
        }
        4 => {
            let part = scalar(dice);
            Condition::Contains(path, Operand::Value(part))
        }
        5 => {
            let size = Value::number(&dice.below(4).to_string());
            Condition::Compare(
                Operand::Size(path),
                dice.pick(&["=", "<>", "<", "<=", ">", ">="]),
                Operand::Value(size),
            )
        }
        6 => {
            let (one, other) = same_type(dice);
            let (low, high) = if one <= other { (one, other) } else { (other, one) };
            Condition::Between(Operand::Path(path), Operand::Value(low), Operand::Value(high))
        }
        7 => {
            let values = (0..1 + dice.below(3)).map(|_| Operand::Value(scalar(dice))).collect();
            Condition::In(Operand::Path(path), values)
        }
        8 => {
            let other = self::path(dice);
            if other == path {
                return Condition::Exists(path);
            }
            Condition::Compare(Operand::Path(path), dice.pick(&["=", "<>", "<", ">="]), Operand::Path(other))
        }
        9 => {
            let value = scalar(dice);
            Condition::Compare(Operand::Path(path), dice.pick(&["<", "<=", ">", ">="]), Operand::Value(value))
        }
        _ => {
            let value = literal(dice);
            Condition::Compare(Operand::Path(path), dice.pick(&["=", "<>"]), Operand::Value(value))
        }
    }
}

fn same_type(dice: &mut Dice) -> (Value, Value) {
    loop {
        let (one, other) = (scalar(dice), scalar(dice));
        if one.type_name() == other.type_name() {
            return (one, other);
        }
    }
}
