//! Updates as trees, and what they make of an item.

use super::{Element, Item, Path, Value};
use std::collections::BTreeSet;

const MISSING: &str = "The provided expression refers to an attribute that does not exist in the item";
const WRONG_TYPE: &str = "An operand in the update expression has an incorrect data type";
const WRONG_PATH: &str = "The document path provided in the update expression is invalid for update";

/// Changes of one item. Their paths do not clash.
#[derive(Clone, Debug, PartialEq)]
pub struct Update(pub Vec<UpdateAction>);

/// One change.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum UpdateAction {
    Set(Path, SetValue),
    Remove(Path),
    Add(Path, Value),
    Delete(Path, Value),
}

/// The right side of a SET.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum SetValue {
    Operand(SetOperand),
    Plus(SetOperand, SetOperand),
    Minus(SetOperand, SetOperand),
}

/// What a SET reads.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum SetOperand {
    Path(Path),
    Value(Value),
    IfNotExists(Path, Box<SetOperand>),
    ListAppend(Box<SetOperand>, Box<SetOperand>),
}

/// What one action comes to.
enum Outcome {
    Write(Value),
    Remove,
    Nothing,
}

impl Update {
    /// The paths it names on its left sides.
    pub fn paths(&self) -> Vec<Path> {
        self.0.iter().map(|action| action.path().clone()).collect()
    }

    /// Whether some of it gives an attribute a value, rather than only taking away.
    pub fn gives(&self) -> bool {
        self.0.iter().any(|action| matches!(action, UpdateAction::Set(..) | UpdateAction::Add(..)))
    }

    /// The item after it; or what may be said of why there is none, since of several faults DynamoDB tells any one.
    pub fn apply(&self, before: Option<&Item>, key: &Item) -> Result<Item, BTreeSet<String>> {
        let mut faults = BTreeSet::new();
        let mut outcomes = Vec::new();
        for action in &self.0 {
            match action.outcome(before.is_some(), before.unwrap_or(key)) {
                Ok(outcome) => outcomes.push((action.path(), outcome)),
                Err(fault) => {
                    faults.insert(fault);
                }
            }
        }
        let mut item = before.unwrap_or(key).clone();
        let nowhere = |path: &Path, item: &Item| !path.rest.is_empty() && holder(item, path).is_none();
        for (path, outcome) in &outcomes {
            if !matches!(outcome, Outcome::Nothing) && nowhere(path, &item) {
                faults.insert(WRONG_PATH.to_owned());
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }

        // Values go where something is, then behind the ends of lists, lowest index first.
        let mut appended: Vec<(&Path, Value)> = Vec::new();
        for (path, outcome) in &outcomes {
            let Outcome::Write(value) = outcome else { continue };
            match (path.rest.last(), holder(&item, path)) {
                (Some(Element::Index(at)), Some(Value::L(list))) if *at >= list.len() => {
                    appended.push((path, value.clone()));
                }
                _ => put(&mut item, path, value.clone()),
            }
        }
        appended.sort_by_key(|(path, _)| *path);
        for (path, value) in appended {
            match holder_mut(&mut item, path) {
                Some(Value::L(list)) => list.push(value),
                _ => unreachable!("it was a list before"),
            }
        }

        // What is removed goes last, deepest first, and from a list highest index first.
        let mut removed: Vec<&Path> = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Remove))
            .map(|(path, _)| *path)
            .collect();
        removed.sort_by_key(|path| std::cmp::Reverse((path.rest.len(), *path)));
        for path in removed {
            remove(&mut item, path);
        }
        Ok(item)
    }
}

impl UpdateAction {
    /// The path on its left side.
    pub fn path(&self) -> &Path {
        match self {
            Self::Set(path, _) | Self::Remove(path) | Self::Add(path, _) | Self::Delete(path, _) => path,
        }
    }

    /// The type of its operand, where no item is needed to tell.
    pub fn shown_type(&self) -> Option<&'static str> {
        match self {
            Self::Add(_, value) | Self::Delete(_, value) => Some(value.type_name()),
            Self::Set(_, SetValue::Plus(..) | SetValue::Minus(..)) => Some("N"),
            Self::Set(_, SetValue::Operand(SetOperand::Value(value))) => Some(value.type_name()),
            Self::Set(_, SetValue::Operand(SetOperand::ListAppend(..))) => Some("L"),
            Self::Set(..) | Self::Remove(_) => None,
        }
    }

    /// What it comes to, by the item before it: where there is none, by its key.
    fn outcome(&self, exists: bool, before: &Item) -> Result<Outcome, String> {
        let found = self.path().find(before);
        Ok(match self {
            Self::Set(_, value) => Outcome::Write(value.value(before)?),
            Self::Remove(_) if !exists => Outcome::Nothing,
            Self::Remove(_) => Outcome::Remove,
            Self::Add(_, operand) => Outcome::Write(match (found, operand) {
                (None, operand) => operand.clone(),
                (Some(Value::N(found)), Value::N(operand)) => {
                    Value::N(found.add(operand).map_err(|fault| fault.message().to_owned())?)
                }
                (Some(Value::Ss(found)), Value::Ss(operand)) => Value::Ss(found | operand),
                (Some(Value::Ns(found)), Value::Ns(operand)) => Value::Ns(found | operand),
                (Some(Value::Bs(found)), Value::Bs(operand)) => Value::Bs(found | operand),
                _ => return Err(WRONG_TYPE.to_owned()),
            }),
            Self::Delete(_, operand) => {
                let rest = match (found, operand) {
                    (None, _) if !exists => return Ok(Outcome::Nothing),
                    (None, _) => return Ok(Outcome::Remove),
                    (Some(Value::Ss(found)), Value::Ss(operand)) => Value::Ss(found - operand),
                    (Some(Value::Ns(found)), Value::Ns(operand)) => Value::Ns(found - operand),
                    (Some(Value::Bs(found)), Value::Bs(operand)) => Value::Bs(found - operand),
                    _ => return Err(WRONG_TYPE.to_owned()),
                };
                if rest.size() == 0 && is_empty_set(&rest) { Outcome::Remove } else { Outcome::Write(rest) }
            }
        })
    }
}

fn is_empty_set(value: &Value) -> bool {
    match value {
        Value::Ss(set) => set.is_empty(),
        Value::Ns(set) => set.is_empty(),
        Value::Bs(set) => set.is_empty(),
        _ => false,
    }
}

impl SetValue {
    fn value(&self, before: &Item) -> Result<Value, String> {
        let number = |operand: &SetOperand| match operand.value(before)? {
            Value::N(number) => Ok(number),
            _ => Err(WRONG_TYPE.to_owned()),
        };
        let sum = match self {
            Self::Operand(operand) => return operand.value(before),
            Self::Plus(left, right) => number(left)?.add(&number(right)?),
            Self::Minus(left, right) => number(left)?.add(&number(right)?.negated()),
        };
        sum.map(Value::N).map_err(|fault| fault.message().to_owned())
    }
}

impl SetOperand {
    fn value(&self, before: &Item) -> Result<Value, String> {
        let find = |path: &Path| path.find(before).cloned();
        match self {
            Self::Path(path) => find(path).ok_or(MISSING.to_owned()),
            Self::Value(value) => Ok(value.clone()),
            Self::IfNotExists(path, otherwise) => find(path).map_or_else(|| otherwise.value(before), Ok),
            Self::ListAppend(first, second) => match (first.value(before)?, second.value(before)?) {
                (Value::L(first), Value::L(second)) => Ok(Value::L([first, second].concat())),
                _ => Err(WRONG_TYPE.to_owned()),
            },
        }
    }
}

/// The map or list that the path's last element leads into, if it is of the right kind.
fn holder<'a>(item: &'a Item, path: &Path) -> Option<&'a Value> {
    let (last, way) = path.rest.split_last()?;
    let parent = Path { attribute: path.attribute.clone(), rest: way.to_vec() };
    let value = parent.find(item)?;
    let fits = matches!((value, last), (Value::M(_), Element::Name(_)) | (Value::L(_), Element::Index(_)));
    fits.then_some(value)
}

fn holder_mut<'a>(item: &'a mut Item, path: &Path) -> Option<&'a mut Value> {
    let (_, way) = path.rest.split_last()?;
    let mut value = item.get_mut(&path.attribute)?;
    for element in way {
        value = match (value, element) {
            (Value::M(map), Element::Name(name)) => map.get_mut(name)?,
            (Value::L(list), Element::Index(at)) => list.get_mut(*at)?,
            _ => return None,
        };
    }
    Some(value)
}

fn put(item: &mut Item, path: &Path, value: Value) {
    match (path.rest.last(), holder_mut(item, path)) {
        (Some(Element::Name(name)), Some(Value::M(map))) => {
            map.insert(name.clone(), value);
        }
        (Some(Element::Index(at)), Some(Value::L(list))) => list[*at] = value,
        _ => {
            item.insert(path.attribute.clone(), value);
        }
    }
}

fn remove(item: &mut Item, path: &Path) {
    match (path.rest.last(), holder_mut(item, path)) {
        (Some(Element::Name(name)), Some(Value::M(map))) => {
            map.remove(name);
        }
        (Some(Element::Index(at)), Some(Value::L(list))) => {
            if *at < list.len() {
                list.remove(*at);
            }
        }
        _ => {
            item.remove(&path.attribute);
        }
    }
}
