//! How trees are written in requests: as expressions with placeholders, and as legacy parameters where those can say it.

use super::{Condition, Element, Operand, Path, SetOperand, SetValue, Update, UpdateAction, Value};
use serde_json::{Map, Value as Json, json};

/// Collects the placeholders of a request's expressions as they are written.
#[derive(Clone, Debug, Default)]
pub struct Text {
    names: Map<String, Json>,
    values: Map<String, Json>,
}

impl Text {
    /// Adds the placeholders to a request, if there are any.
    pub fn finish(self, request: &mut Json) {
        if !self.names.is_empty() {
            request["ExpressionAttributeNames"] = Json::Object(self.names);
        }
        if !self.values.is_empty() {
            request["ExpressionAttributeValues"] = Json::Object(self.values);
        }
    }

    fn name(&mut self, name: &str) -> String {
        // Names of one letter and digits are no reserved words; every other time they go bare.
        let plain = name.bytes().skip(1).all(|byte| byte.is_ascii_digit()) && name.len() > 1;
        if plain && self.names.len().is_multiple_of(2) {
            return name.to_owned();
        }
        if let Some((placeholder, _)) = self.names.iter().find(|(_, known)| *known == name) {
            return placeholder.clone();
        }
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), Json::from(name));
        placeholder
    }

    /// A literal.
    pub fn value(&mut self, value: &Value) -> String {
        let json = value.to_json();
        if let Some((placeholder, _)) = self.values.iter().find(|(_, known)| **known == json) {
            return placeholder.clone();
        }
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), json);
        placeholder
    }

    /// A document path.
    pub fn path(&mut self, path: &Path) -> String {
        let mut text = self.name(&path.attribute);
        for element in &path.rest {
            text += &match element {
                Element::Name(name) => format!(".{}", self.name(name)),
                Element::Index(at) => format!("[{at}]"),
            };
        }
        text
    }

    /// A ProjectionExpression.
    pub fn projection(&mut self, paths: &[Path]) -> String {
        self.list(paths, Self::path)
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T) -> String) -> String {
        items.iter().map(|item| write(self, item)).collect::<Vec<_>>().join(", ")
    }

    fn operand(&mut self, operand: &Operand) -> String {
        match operand {
            Operand::Path(path) => self.path(path),
            Operand::Value(value) => self.value(value),
            Operand::Size(path) => format!("size({})", self.path(path)),
        }
    }

    /// A ConditionExpression or FilterExpression.
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
                format!("{} IN ({})", self.operand(operand), self.list(list, Self::operand))
            }
            Condition::Exists(path) => format!("attribute_exists({})", self.path(path)),
            Condition::NotExists(path) => format!("attribute_not_exists({})", self.path(path)),
            Condition::Type(path, name) => {
                format!("attribute_type({}, {})", self.path(path), self.value(&Value::S((*name).to_owned())))
            }
            Condition::BeginsWith(path, operand) => {
                format!("begins_with({}, {})", self.path(path), self.operand(operand))
            }
            Condition::Contains(path, operand) => {
                format!("contains({}, {})", self.path(path), self.operand(operand))
            }
            Condition::And(conditions) => self.joined(conditions, " AND ", true),
            // AND binds closer than OR, so it needs no parentheses there.
            Condition::Or(conditions) => self.joined(conditions, " OR ", false),
            Condition::Not(condition) => match &**condition {
                Condition::And(_) | Condition::Or(_) | Condition::Not(_) => {
                    format!("NOT ({})", self.condition(condition))
                }
                leaf => format!("NOT {}", self.condition(leaf)),
            },
        }
    }

    fn joined(&mut self, conditions: &[Condition], joint: &str, and: bool) -> String {
        let part = |text: &mut Self, condition: &Condition| match condition {
            Condition::Or(_) => format!("({})", text.condition(condition)),
            Condition::And(_) if and => format!("({})", text.condition(condition)),
            _ => text.condition(condition),
        };
        conditions.iter().map(|condition| part(self, condition)).collect::<Vec<_>>().join(joint)
    }

    /// An UpdateExpression.
    pub fn update(&mut self, update: &Update) -> String {
        let mut sections: Vec<(&str, Vec<String>)> = Vec::new();
        for action in &update.0 {
            let path = self.path(action.path());
            let (section, text) = match action {
                UpdateAction::Set(_, value) => ("SET", format!("{path} = {}", self.set_value(value))),
                UpdateAction::Remove(_) => ("REMOVE", path),
                UpdateAction::Add(_, value) => ("ADD", format!("{path} {}", self.value(value))),
                UpdateAction::Delete(_, value) => ("DELETE", format!("{path} {}", self.value(value))),
            };
            match sections.iter_mut().find(|(known, _)| *known == section) {
                Some((_, actions)) => actions.push(text),
                None => sections.push((section, vec![text])),
            }
        }
        let sections = sections.iter().map(|(section, actions)| format!("{section} {}", actions.join(", ")));
        sections.collect::<Vec<_>>().join(" ")
    }

    fn set_value(&mut self, value: &SetValue) -> String {
        match value {
            SetValue::Operand(operand) => self.set_operand(operand),
            SetValue::Plus(left, right) => {
                format!("{} + {}", self.set_operand(left), self.set_operand(right))
            }
            SetValue::Minus(left, right) => {
                format!("{} - {}", self.set_operand(left), self.set_operand(right))
            }
        }
    }

    fn set_operand(&mut self, operand: &SetOperand) -> String {
        match operand {
            SetOperand::Path(path) => self.path(path),
            SetOperand::Value(value) => self.value(value),
            SetOperand::IfNotExists(path, otherwise) => {
                format!("if_not_exists({}, {})", self.path(path), self.set_operand(otherwise))
            }
            SetOperand::ListAppend(first, second) => {
                format!("list_append({}, {})", self.set_operand(first), self.set_operand(second))
            }
        }
    }
}

impl Condition {
    /// The same as `Expected`, `QueryFilter` or `ScanFilter` with a `ConditionalOperator`, if those can say it.
    pub fn legacy(&self) -> Option<(Json, Option<&'static str>)> {
        let (leaves, operator) = match self {
            Self::And(leaves) => (&leaves[..], Some("AND")),
            Self::Or(leaves) => (&leaves[..], Some("OR")),
            leaf => (std::slice::from_ref(leaf), None),
        };
        let mut conditions = Map::new();
        for leaf in leaves {
            let (attribute, condition) = leaf.legacy_leaf()?;
            if conditions.insert(attribute, condition).is_some() {
                return None;
            }
        }
        Some((Json::Object(conditions), operator))
    }

    fn legacy_leaf(&self) -> Option<(String, Json)> {
        let scalars = |values: &[&Value]| {
            let first = values[0].type_name();
            ["S", "N", "B"].contains(&first) && values.iter().all(|value| value.type_name() == first)
        };
        let (operand, operator, arguments, needs_scalars) = match self {
            Self::Compare(Operand::Path(path), comparator, Operand::Value(value)) => {
                let (operator, needs_scalars) = match *comparator {
                    "=" => ("EQ", false),
                    "<>" => ("NE", false),
                    "<" => ("LT", true),
                    "<=" => ("LE", true),
                    ">" => ("GT", true),
                    _ => ("GE", true),
                };
                (path, operator, vec![value], needs_scalars)
            }
            Self::Between(Operand::Path(path), Operand::Value(low), Operand::Value(high)) => {
                (path, "BETWEEN", vec![low, high], true)
            }
            Self::In(Operand::Path(path), list) => {
                let values = list.iter().map(|operand| match operand {
                    Operand::Value(value) => Some(value),
                    _ => None,
                });
                (path, "IN", values.collect::<Option<Vec<_>>>()?, true)
            }
            Self::Exists(path) => (path, "NOT_NULL", Vec::new(), false),
            Self::NotExists(path) => (path, "NULL", Vec::new(), false),
            Self::BeginsWith(path, Operand::Value(value)) => (path, "BEGINS_WITH", vec![value], true),
            Self::Contains(path, Operand::Value(value)) => (path, "CONTAINS", vec![value], true),
            _ => return None,
        };
        if !operand.rest.is_empty() || (needs_scalars && !scalars(&arguments)) {
            return None;
        }
        let mut condition = json!({ "ComparisonOperator": operator });
        if !arguments.is_empty() {
            condition["AttributeValueList"] = arguments.into_iter().map(Value::to_json).collect();
        }
        Some((operand.attribute.clone(), condition))
    }
}

impl Update {
    /// The same as `AttributeUpdates`, if those can say it.
    pub fn legacy(&self) -> Option<Json> {
        let mut updates = Map::new();
        for action in &self.0 {
            let (action_name, value) = match action {
                UpdateAction::Set(_, SetValue::Operand(SetOperand::Value(value))) => ("PUT", Some(value)),
                UpdateAction::Set(..) => return None,
                UpdateAction::Remove(_) => ("DELETE", None),
                UpdateAction::Add(_, value) => ("ADD", Some(value)),
                UpdateAction::Delete(_, value) => ("DELETE", Some(value)),
            };
            let path = action.path();
            if !path.rest.is_empty() {
                return None;
            }
            let mut update = json!({ "Action": action_name });
            if let Some(value) = value {
                update["Value"] = value.to_json();
            }
            updates.insert(path.attribute.clone(), update);
        }
        Some(Json::Object(updates))
    }
}
