//! How trees are written in PartiQL: the same conditions and updates that [`Text`](super::Text) writes as expressions, where
//! statements can say them.

use super::{Condition, Element, Item, Operand, Path, SetOperand, SetValue, Update, UpdateAction, Value};
use serde_json::Value as Json;

/// Longer literals are parameters instead: a statement has 8,192 characters.
const LITERAL_MAX: usize = 200;

/// Collects a statement's parameters as it is written.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// The values of its question marks.
    pub parameters: Vec<Json>,
    values: usize,
}

impl Statement {
    /// A name in quotes.
    pub fn name(name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A value: every other one a literal, if it can be one.
    pub fn value(&mut self, value: &Value) -> String {
        self.values += 1;
        match literal(value) {
            Some(literal) if self.values.is_multiple_of(2) && literal.len() <= LITERAL_MAX => literal,
            _ => {
                self.parameters.push(value.to_json());
                "?".to_owned()
            }
        }
    }

    /// A document path.
    pub fn path(&mut self, path: &Path) -> String {
        let mut text = Self::name(&path.attribute);
        for element in &path.rest {
            text += &match element {
                Element::Name(name) => format!(".{}", Self::name(name)),
                Element::Index(at) => format!("[{at}]"),
            };
        }
        text
    }

    /// An item.
    pub fn item(&mut self, item: &Item) -> String {
        let attributes = item
            .iter()
            .map(|(name, value)| format!("{}: {}", text(name), self.value(value)))
            .collect::<Vec<_>>();
        format!("{{{}}}", attributes.join(", "))
    }

    /// That an item has this key.
    pub fn key(&mut self, key: &Item) -> String {
        let attributes = key
            .iter()
            .map(|(name, value)| format!("{} = {}", Self::name(name), self.value(value)))
            .collect::<Vec<_>>();
        attributes.join(" AND ")
    }

    fn operand(&mut self, operand: &Operand) -> String {
        match operand {
            Operand::Path(path) => self.path(path),
            Operand::Value(value) => self.value(value),
            Operand::Size(path) => format!("size({})", self.path(path)),
        }
    }

    /// A WHERE clause.
    pub fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Compare(left, comparator, right) => {
                format!("{} {comparator} {}", self.operand(left), self.operand(right))
            }
            Condition::Between(operand, low, high) => {
                let (operand, low) = (self.operand(operand), self.operand(low));
                format!("{operand} BETWEEN {low} AND {}", self.operand(high))
            }
            Condition::In(operand, list) => {
                let operand = self.operand(operand);
                let list = list.iter().map(|element| self.operand(element)).collect::<Vec<_>>();
                format!("{operand} IN [{}]", list.join(", "))
            }
            Condition::Exists(path) => format!("{} IS NOT MISSING", self.path(path)),
            Condition::NotExists(path) => format!("attribute_not_exists({})", self.path(path)),
            Condition::Type(path, name) => format!("attribute_type({}, '{name}')", self.path(path)),
            Condition::BeginsWith(path, operand) => {
                format!("begins_with({}, {})", self.path(path), self.operand(operand))
            }
            Condition::Contains(path, operand) => {
                format!("contains({}, {})", self.path(path), self.operand(operand))
            }
            Condition::And(conditions) => self.joined(conditions, " AND "),
            Condition::Or(conditions) => self.joined(conditions, " OR "),
            Condition::Not(condition) => format!("NOT ({})", self.condition(condition)),
        }
    }

    fn joined(&mut self, conditions: &[Condition], joint: &str) -> String {
        let parts = conditions.iter().map(|condition| match condition {
            Condition::And(_) | Condition::Or(_) => format!("({})", self.condition(condition)),
            _ => self.condition(condition),
        });
        parts.collect::<Vec<_>>().join(joint)
    }

    /// SET and REMOVE, if they can say the update.
    pub fn update(&mut self, update: &Update) -> Option<String> {
        let mut actions = Vec::new();
        for action in &update.0 {
            let path = self.path(action.path());
            actions.push(match action {
                UpdateAction::Set(_, value) => format!("SET {path} = {}", self.set_value(value)?),
                UpdateAction::Remove(_) => format!("REMOVE {path}"),
                UpdateAction::Add(_, value @ (Value::Ss(_) | Value::Ns(_) | Value::Bs(_))) => {
                    format!("SET {path} = set_add({path}, {})", self.value(value))
                }
                UpdateAction::Add(..) => return None,
                UpdateAction::Delete(_, value) => {
                    format!("SET {path} = set_delete({path}, {})", self.value(value))
                }
            });
        }
        Some(actions.join(" "))
    }

    fn set_value(&mut self, value: &SetValue) -> Option<String> {
        Some(match value {
            SetValue::Operand(operand) => self.set_operand(operand)?,
            SetValue::Plus(left, right) => {
                format!("{} + {}", self.set_operand(left)?, self.set_operand(right)?)
            }
            SetValue::Minus(left, right) => {
                format!("{} - {}", self.set_operand(left)?, self.set_operand(right)?)
            }
        })
    }

    fn set_operand(&mut self, operand: &SetOperand) -> Option<String> {
        Some(match operand {
            SetOperand::Path(path) => self.path(path),
            SetOperand::Value(value) => self.value(value),
            SetOperand::IfNotExists(..) => return None,
            SetOperand::ListAppend(first, second) => {
                format!("list_append({}, {})", self.set_operand(first)?, self.set_operand(second)?)
            }
        })
    }
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value written out; `None` if statements have no notation for it.
fn literal(value: &Value) -> Option<String> {
    let joined = |parts: Vec<String>| parts.join(", ");
    Some(match value {
        Value::S(value) => text(value),
        Value::N(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Null => "NULL".to_owned(),
        Value::L(list) => format!("[{}]", joined(list.iter().map(literal).collect::<Option<_>>()?)),
        Value::M(map) => {
            let entries =
                map.iter().map(|(name, value)| Some(format!("{}: {}", text(name), literal(value)?)));
            format!("{{{}}}", joined(entries.collect::<Option<_>>()?))
        }
        Value::Ss(set) => format!("<<{}>>", joined(set.iter().map(|element| text(element)).collect())),
        Value::Ns(set) => format!("<<{}>>", joined(set.iter().map(ToString::to_string).collect())),
        Value::B(_) | Value::Bs(_) => return None,
    })
}
