//! The ten types of an attribute's value, their sizes and their nesting.

use crate::item::Item;
use crate::number::Number;
use bytes::Bytes;

/// A value of one of DynamoDB's ten types (API model: AttributeValue).
///
/// Sets are sorted and without repeats, so that equal sets are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum AttributeValue {
    /// String.
    S(String),
    /// Number.
    N(Number),
    /// Binary.
    B(Bytes),
    /// Boolean.
    Bool(bool),
    /// Null.
    #[default]
    Null,
    /// Map; the same shape as an item.
    M(Item),
    /// List.
    L(Vec<AttributeValue>),
    /// String set.
    Ss(Vec<String>),
    /// Number set.
    Ns(Vec<Number>),
    /// Binary set.
    Bs(Vec<Bytes>),
}

/// The name of a type, as `attribute_type` and error texts use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttributeType {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
    /// Boolean.
    Bool,
    /// Null.
    Null,
    /// Map.
    M,
    /// List.
    L,
    /// String set.
    Ss,
    /// Number set.
    Ns,
    /// Binary set.
    Bs,
}

impl AttributeType {
    /// All ten.
    pub const ALL: [Self; 10] =
        [Self::S, Self::N, Self::B, Self::Bool, Self::Null, Self::M, Self::L, Self::Ss, Self::Ns, Self::Bs];

    /// As on the wire: `S`, `BOOL`, `NULL`, `SS`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::M => "M",
            Self::L => "L",
            Self::Ss => "SS",
            Self::Ns => "NS",
            Self::Bs => "BS",
        }
    }

    /// The type of that wire name.
    pub fn from_wire(name: &str) -> Option<Self> {
        Some(match name {
            "S" => Self::S,
            "N" => Self::N,
            "B" => Self::B,
            "BOOL" => Self::Bool,
            "NULL" => Self::Null,
            "M" => Self::M,
            "L" => Self::L,
            "SS" => Self::Ss,
            "NS" => Self::Ns,
            "BS" => Self::Bs,
            _ => return None,
        })
    }
}

/// Bytes a list or map counts beside its content, and one more for each element.
/// Source: Developer Guide, "DynamoDB item sizes and formats".
pub const CONTAINER_SIZE: usize = 3;

impl AttributeValue {
    /// Its type.
    pub fn attribute_type(&self) -> AttributeType {
        match self {
            Self::S(_) => AttributeType::S,
            Self::N(_) => AttributeType::N,
            Self::B(_) => AttributeType::B,
            Self::Bool(_) => AttributeType::Bool,
            Self::Null => AttributeType::Null,
            Self::M(_) => AttributeType::M,
            Self::L(_) => AttributeType::L,
            Self::Ss(_) => AttributeType::Ss,
            Self::Ns(_) => AttributeType::Ns,
            Self::Bs(_) => AttributeType::Bs,
        }
    }

    /// Bytes it counts in an item's size.
    pub fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.size(),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => 1,
            Self::M(map) => CONTAINER_SIZE + map.size() + map.len(),
            Self::L(list) => CONTAINER_SIZE + list.iter().map(|value| value.size() + 1).sum::<usize>(),
            Self::Ss(set) => set.iter().map(String::len).sum(),
            Self::Ns(set) => set.iter().map(Number::size).sum(),
            Self::Bs(set) => set.iter().map(Bytes::len).sum(),
        }
    }

    /// How many levels of lists and maps are in it: 0 for a scalar or set.
    pub fn nesting_levels(&self) -> usize {
        match self {
            Self::M(map) => 1 + map.values().map(Self::nesting_levels).max().unwrap_or(0),
            Self::L(list) => 1 + list.iter().map(Self::nesting_levels).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// A number from its text, for code that knows it is one.
    pub fn number(text: &str) -> Option<Self> {
        Number::parse(text).ok().map(Self::N)
    }
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::S(text.to_owned())
    }
}

impl From<Number> for AttributeValue {
    fn from(number: Number) -> Self {
        Self::N(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_developer_guide() {
        let number = |text| AttributeValue::number(text).unwrap();
        for (value, size) in [
            (AttributeValue::from("héllo"), 6),
            (number("100"), 2),
            (AttributeValue::B(Bytes::from_static(&[1, 2, 3])), 3),
            (AttributeValue::Bool(true), 1),
            (AttributeValue::Null, 1),
            (AttributeValue::L(vec![]), 3),
            (AttributeValue::L(vec!["ab".into(), AttributeValue::Null]), 3 + 3 + 2),
            (AttributeValue::M([("k".to_owned(), "v".into())].into_iter().collect()), 3 + 1 + 1 + 1),
            (AttributeValue::Ss(vec!["a".into(), "bc".into()]), 3),
            (AttributeValue::Ns(vec![Number::from(1), Number::from(22)]), 4),
        ] {
            assert_eq!(value.size(), size, "{value:?}");
        }
    }
}
