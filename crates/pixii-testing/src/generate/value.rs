//! Values, keys and items.

use super::Dice;
use super::schema::INDEXABLE;
use crate::clock::{LEAP, START};
use crate::naive::{Decimal, Item, Schema, Value};

/// Strings that keys are made of: with zero bytes, of several scripts, one the beginning of another.
const STRINGS: [&str; 14] = [
    "a",
    "ab",
    "b",
    "a\0",
    "a\0b",
    "\0",
    "z",
    "aa",
    "A",
    "~",
    "é",
    "🎵",
    "\u{7f}",
    "the longest of these keys by far",
];
/// Numbers that keys are made of: near zero, near the ends, next to each other.
const NUMBERS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "9",
    "10",
    "1.5",
    "-0.001",
    "99.5",
    "100",
    "-100",
    "1e125",
    "-9.9e125",
    "1e-130",
    "-1e-130",
    "12345678901234567890123456789012345678",
    "12345678901234567890123456789012345679",
];
/// Binaries that keys are made of.
const BINARIES: [&[u8]; 10] =
    [b"\0", b"\xff", b"\0\0", b"\0\xff", b"a", b"a\0", b"a\0\x01", b"\xfe", b"\xff\xff", b"ab"];

/// Attributes that are no keys, by what they mostly hold.
pub(super) const ATTRIBUTES: [&str; 11] =
    ["a1", "n1", "n2", "l1", "m1", "s1", "s2", "s3", "size", "x.y", EXPIRES];
/// The attribute by which items expire.
pub const EXPIRES: &str = "expires";
/// Names inside maps.
pub(super) const INNER: [&str; 3] = ["k1", "k2", "status"];

/// One of the first `variety` values of a key's type.
pub fn key_value(dice: &mut Dice, kind: &str, variety: usize) -> Value {
    match kind {
        "S" => Value::S((dice.pick(&STRINGS[..variety.min(STRINGS.len())])).to_owned()),
        "N" => Value::number(dice.pick(&NUMBERS[..variety.min(NUMBERS.len())])),
        _ => Value::B(dice.pick(&BINARIES[..variety.min(BINARIES.len())]).to_vec()),
    }
}

/// A primary key.
pub fn random_key(dice: &mut Dice, schema: &Schema) -> Item {
    let mut key = Item::new();
    let partitions = if schema.sort.is_some() { 3 } else { 12 };
    key.insert(schema.partition.name.clone(), key_value(dice, schema.partition.kind, partitions));
    if let Some(sort) = &schema.sort {
        key.insert(sort.name.clone(), key_value(dice, sort.kind, 16));
    }
    key
}

/// An item with this key.
pub fn random_item(dice: &mut Dice, schema: &Schema, key: &Item) -> Item {
    let mut item = key.clone();
    for (name, kind) in schema.key_attributes() {
        if !schema.is_key(name) && dice.chance(0.8) {
            item.insert(name.to_owned(), index_key(dice, kind));
        }
    }
    // What an index may be made for later, then also of values that it cannot hold.
    for (name, kind) in INDEXABLE {
        if !schema.key_attributes().contains_key(name) && dice.chance(0.4) {
            let value = if dice.chance(0.1) { wrong_kind(kind) } else { index_key(dice, kind) };
            item.insert(name.to_owned(), value);
        }
    }
    let count = dice.below(5);
    for name in dice.some(&ATTRIBUTES, count) {
        if !item.contains_key(name) {
            item.insert(name.to_owned(), attribute(dice, name));
        }
    }
    item
}

/// A value of an index key attribute: rarely one that cannot be.
pub(super) fn index_key(dice: &mut Dice, kind: &str) -> Value {
    match dice.below(60) {
        0 => wrong_kind(kind),
        1 if kind == "S" => Value::S(String::new()),
        1 if kind == "B" => Value::B(Vec::new()),
        _ => key_value(dice, kind, 4),
    }
}

fn wrong_kind(kind: &str) -> Value {
    if kind == "S" { Value::number("7") } else { Value::S("7".to_owned()) }
}

/// A value of an attribute: mostly of the type that its name promises.
pub(super) fn attribute(dice: &mut Dice, name: &str) -> Value {
    if dice.chance(0.1) {
        return any(dice, 2);
    }
    match name {
        "n1" | "n2" => number(dice),
        EXPIRES => time(dice),
        "l1" => list(dice, 2),
        "m1" => map(dice, 2),
        "s1" => string_set(dice),
        "s2" => number_set(dice),
        "s3" => binary_set(dice),
        "a1" => text(dice),
        _ => any(dice, 2),
    }
}

/// A String, sometimes long enough for a body of its own on a cluster, rarely of several chunks.
fn text(dice: &mut Dice) -> Value {
    let length = match dice.below(200) {
        0..150 => return Value::S(dice.pick(&["", "a", "ab", "abc", "b", "ünï", "zz"]).to_owned()),
        150..170 => 200 + dice.below(3000),
        170..198 => 4000 + dice.below(9000),
        _ => 60_000 + dice.below(140_000),
    };
    let start = char::from(b'a' + dice.below(26) as u8);
    Value::S(start.to_string().repeat(length))
}

pub(super) fn number(dice: &mut Dice) -> Value {
    match dice.below(12) {
        0 => Value::number(dice.pick(&NUMBERS)),
        1 => Value::number(&format!("{}.{}", dice.below(100), dice.below(1000))),
        _ => Value::number(&(dice.below(20) as i64 - 10).to_string()),
    }
}

/// A time of expiry, in various spellings: past when the clock starts, or after one of two great leaps of it.
fn time(dice: &mut Dice) -> Value {
    let start = START.seconds();
    let near = dice.below(1000) as u64;
    let time = start - 1000 + near + dice.pick(&[0, 0, LEAP.as_secs(), 2 * LEAP.as_secs()]);
    Value::number(&match dice.below(12) {
        0 => format!("{time}.{}", dice.below(1000)),
        1 => format!("{}e1", time / 10),
        2 => format!("{time}000"),
        3 => (start - 1826 * 24 * 60 * 60 - 500 + near).to_string(),
        4 => format!("-{time}"),
        _ => time.to_string(),
    })
}

fn string_set(dice: &mut Dice) -> Value {
    let count = 1 + dice.below(3);
    Value::Ss(dice.some(&["a", "b", "c", "", "é"], count).into_iter().map(str::to_owned).collect())
}

fn number_set(dice: &mut Dice) -> Value {
    let count = 1 + dice.below(3);
    Value::Ns(
        dice.some(&["1", "2", "-3", "0", "1e10", "0.5"], count).into_iter().map(Decimal::parse).collect(),
    )
}

fn binary_set(dice: &mut Dice) -> Value {
    let count = 1 + dice.below(3);
    Value::Bs(
        dice.some(&[&b"a"[..], b"b", b"\0", b"", b"\xff"], count).into_iter().map(<[u8]>::to_vec).collect(),
    )
}

pub(super) fn set(dice: &mut Dice) -> Value {
    match dice.below(3) {
        0 => string_set(dice),
        1 => number_set(dice),
        _ => binary_set(dice),
    }
}

fn list(dice: &mut Dice, depth: usize) -> Value {
    Value::L((0..dice.below(4)).map(|_| any(dice, depth - 1)).collect())
}

fn map(dice: &mut Dice, depth: usize) -> Value {
    let count = dice.below(4);
    let names = dice.some(&INNER, count);
    Value::M(names.into_iter().map(|name| (name.to_owned(), any(dice, depth - 1))).collect())
}

/// A String, Number or Binary.
pub(super) fn scalar(dice: &mut Dice) -> Value {
    match dice.below(5) {
        0 | 1 => Value::S(dice.pick(&["", "a", "ab", "abc", "b", "ünï", "zz"]).to_owned()),
        2 | 3 => number(dice),
        _ => Value::B(dice.pick(&BINARIES).to_vec()),
    }
}

/// A value of any type; lists and maps only while there is depth left.
pub(super) fn any(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(10) {
        0..5 => scalar(dice),
        5 => Value::Bool(dice.chance(0.5)),
        6 => Value::Null,
        7 => set(dice),
        8 if depth > 0 => list(dice, depth),
        9 if depth > 0 => map(dice, depth),
        _ => scalar(dice),
    }
}
