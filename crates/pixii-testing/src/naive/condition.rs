//! Conditions as trees, and what they say of an item.

use super::{Decimal, Item, Path, Value};

/// A condition.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Condition {
    /// `=`, `<>`, `<`, `<=`, `>` or `>=`.
    Compare(Operand, &'static str, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    /// `attribute_type`, with the type's name on the wire.
    Type(Path, &'static str),
    BeginsWith(Path, Operand),
    Contains(Path, Operand),
    /// Two or more.
    And(Vec<Condition>),
    /// Two or more.
    Or(Vec<Condition>),
    Not(Box<Condition>),
}

/// What a condition looks at.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Operand {
    Path(Path),
    Value(Value),
    Size(Path),
}

impl Condition {
    /// Whether it holds of an item; of none, if there is none.
    pub fn holds(&self, item: Option<&Item>) -> bool {
        let nothing = Item::new();
        let item = item.unwrap_or(&nothing);
        match self {
            Self::Compare(left, comparator, right) => {
                compare(left.value(item), comparator, right.value(item))
            }
            Self::Between(operand, low, high) => {
                compare(operand.value(item), ">=", low.value(item))
                    && compare(operand.value(item), "<=", high.value(item))
            }
            Self::In(operand, list) => {
                let value = operand.value(item);
                value.is_some() && list.iter().any(|other| other.value(item) == value)
            }
            Self::Exists(path) => path.find(item).is_some(),
            Self::NotExists(path) => path.find(item).is_none(),
            Self::Type(path, name) => path.find(item).is_some_and(|value| value.type_name() == *name),
            Self::BeginsWith(path, prefix) => match (path.find(item), prefix.value(item)) {
                (Some(Value::S(text)), Some(Value::S(prefix))) => text.starts_with(&prefix),
                (Some(Value::B(bytes)), Some(Value::B(prefix))) => bytes.starts_with(&prefix),
                _ => false,
            },
            Self::Contains(path, part) => match (path.find(item), part.value(item)) {
                (Some(whole), Some(part)) => contains(whole, &part),
                _ => false,
            },
            Self::And(conditions) => conditions.iter().all(|condition| condition.holds(Some(item))),
            Self::Or(conditions) => conditions.iter().any(|condition| condition.holds(Some(item))),
            Self::Not(condition) => !condition.holds(Some(item)),
        }
    }

    /// The top-level attributes it names.
    pub fn attributes(&self) -> Vec<&str> {
        match self {
            Self::Compare(left, _, right) => names([left, right]),
            Self::Between(operand, low, high) => names([operand, low, high]),
            Self::In(operand, list) => names(std::iter::once(operand).chain(list)),
            Self::Exists(path) | Self::NotExists(path) | Self::Type(path, _) => vec![&path.attribute],
            Self::BeginsWith(path, operand) | Self::Contains(path, operand) => {
                std::iter::once(path.attribute.as_str()).chain(names([operand])).collect()
            }
            Self::And(conditions) | Self::Or(conditions) => {
                conditions.iter().flat_map(Self::attributes).collect()
            }
            Self::Not(condition) => condition.attributes(),
        }
    }
}

fn names<'a>(operands: impl IntoIterator<Item = &'a Operand>) -> Vec<&'a str> {
    operands.into_iter().filter_map(Operand::path).map(|path| path.attribute.as_str()).collect()
}

impl Operand {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) | Self::Size(path) => Some(path),
            Self::Value(_) => None,
        }
    }

    fn value(&self, item: &Item) -> Option<Value> {
        match self {
            Self::Path(path) => path.find(item).cloned(),
            Self::Value(value) => Some(value.clone()),
            Self::Size(path) => {
                let size = match path.find(item)? {
                    Value::S(text) => text.encode_utf16().count(),
                    Value::B(bytes) => bytes.len(),
                    Value::L(list) => list.len(),
                    Value::M(map) => map.len(),
                    Value::Ss(set) => set.len(),
                    Value::Ns(set) => set.len(),
                    Value::Bs(set) => set.len(),
                    Value::N(_) | Value::Bool(_) | Value::Null => return None,
                };
                Some(Value::N(Decimal::parse(&size.to_string())))
            }
        }
    }
}

/// What is missing equals nothing and has no order; only scalars of one type have one.
fn compare(left: Option<Value>, comparator: &str, right: Option<Value>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return comparator == "<>" };
    let ordered =
        left.type_name() == right.type_name() && matches!(left, Value::S(_) | Value::N(_) | Value::B(_));
    match comparator {
        "=" => left == right,
        "<>" => left != right,
        "<" => ordered && left < right,
        "<=" => ordered && left <= right,
        ">" => ordered && left > right,
        ">=" => ordered && left >= right,
        other => panic!("no comparator is written {other}"),
    }
}

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::S(whole), Value::S(part)) => whole.contains(part.as_str()),
        (Value::B(whole), Value::B(part)) => {
            part.is_empty() || whole.windows(part.len()).any(|window| window == part)
        }
        (Value::L(list), part) => list.contains(part),
        (Value::Ss(set), Value::S(part)) => set.contains(part),
        (Value::Ns(set), Value::N(part)) => set.contains(part),
        (Value::Bs(set), Value::B(part)) => set.contains(part),
        _ => false,
    }
}
