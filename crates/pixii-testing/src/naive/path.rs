//! Document paths, and what a projection leaves of an item.

use super::{Item, Value};

/// A path into an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// The top-level attribute.
    pub attribute: String,
    /// The way on from there.
    pub rest: Vec<Element>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// Into a map.
    Name(String),
    /// Into a list.
    Index(usize),
}

impl Path {
    /// A whole attribute.
    pub fn attribute(name: &str) -> Self {
        Self { attribute: name.to_owned(), rest: Vec::new() }
    }

    /// The value it leads to.
    pub fn find<'a>(&self, item: &'a Item) -> Option<&'a Value> {
        let mut value = item.get(&self.attribute)?;
        for element in &self.rest {
            value = match (value, element) {
                (Value::M(map), Element::Name(name)) => map.get(name)?,
                (Value::L(list), Element::Index(at)) => list.get(*at)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// Whether no update or projection may name both: one leads into the other, or they take one value for both a map and a
    /// list.
    pub fn clashes(&self, other: &Self) -> bool {
        if self.attribute != other.attribute {
            return false;
        }
        match self.rest.iter().zip(&other.rest).find(|(left, right)| left != right) {
            Some((Element::Name(_), Element::Name(_)) | (Element::Index(_), Element::Index(_))) => false,
            Some(_) | None => true,
        }
    }
}

/// What these paths, which do not clash, leave of an item.
pub fn project(item: &Item, paths: &[Path]) -> Item {
    let mut projected = Item::new();
    for (name, value) in item {
        let ways: Vec<&[Element]> =
            paths.iter().filter(|path| path.attribute == *name).map(|path| &path.rest[..]).collect();
        if let Some(part) = part(value, &ways) {
            projected.insert(name.clone(), part);
        }
    }
    projected
}

fn part(value: &Value, ways: &[&[Element]]) -> Option<Value> {
    if ways.iter().any(|way| way.is_empty()) {
        return Some(value.clone());
    }
    let through = |step: &Element| -> Vec<&[Element]> {
        ways.iter().filter(|way| way[0] == *step).map(|way| &way[1..]).collect()
    };
    match value {
        Value::M(map) => {
            let parts = map.iter().filter_map(|(name, value)| {
                Some((name.clone(), part(value, &through(&Element::Name(name.clone())))?))
            });
            let parts: Item = parts.collect();
            (!parts.is_empty()).then_some(Value::M(parts))
        }
        Value::L(list) => {
            let parts =
                list.iter().enumerate().filter_map(|(at, value)| part(value, &through(&Element::Index(at))));
            let parts: Vec<Value> = parts.collect();
            (!parts.is_empty()).then_some(Value::L(parts))
        }
        _ => None,
    }
}
