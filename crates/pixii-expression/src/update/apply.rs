//! What an update makes of an item.
//!
//! Every operand is read from the item as it was, which is its key where there was none. Then values are written, from the lowest list index to the highest, so that
//! those past a list's end are appended in order; then paths are removed, from the highest list index to the lowest, so that
//! all indexes mean what they meant in the item as it was. Paths do not overlap, so nothing written is written again.

use super::{SetOperand, SetValue, Update, UpdateAction};
use crate::path::{DocumentPath, PathElement};
use pixii_model::error::ExpressionFault;
use pixii_model::limits::NESTING_LEVELS_MAX;
use pixii_model::{AttributeValue, Item};
use std::borrow::Cow;
use std::cmp::Reverse;

/// What is to be done at a path, once all operands are read.
enum Change<'a> {
    Write(Cow<'a, AttributeValue>),
    Remove,
}

/// The item after `update`, or why there is none.
pub(super) fn apply(update: &Update, before: Option<Item>, key: &Item) -> Result<Item, ExpressionFault> {
    let mut writes = Vec::new();
    let mut removals = Vec::new();
    let source = before.as_ref().unwrap_or(key);
    for action in update.actions() {
        // AWS checks the path of a removal only if there is an item.
        if before.is_none() && !action.gives_value() {
            continue;
        }
        match change(action, source, update.legacy)? {
            Change::Write(value) => writes.push((action.path(), value.into_owned())),
            Change::Remove => removals.push(action.path()),
        }
    }
    writes.sort_by_key(|(path, _)| *path);
    removals.sort_by_key(|path| Reverse(*path));

    let mut item = before.unwrap_or_else(|| key.clone());
    for (path, value) in writes {
        write(&mut item, path, value)?;
    }
    for path in removals {
        remove(&mut item, path)?;
    }
    for path in update.paths() {
        let levels = item.get(&path.attribute).map_or(0, AttributeValue::nesting_levels);
        if levels >= NESTING_LEVELS_MAX {
            return Err(ExpressionFault::NestedTooDeep);
        }
    }
    Ok(item)
}

/// What an action does, by the item as it was.
fn change<'a>(
    action: &'a UpdateAction,
    source: &'a Item,
    legacy: bool,
) -> Result<Change<'a>, ExpressionFault> {
    let mismatch =
        || if legacy { ExpressionFault::UpdateTypeMismatch } else { ExpressionFault::OperandTypeInItem };
    Ok(match action {
        UpdateAction::Set(_, value) => Change::Write(value.evaluate(source)?),
        UpdateAction::Remove(_) => Change::Remove,
        UpdateAction::Add(path, operand) => Change::Write(match find(source, path) {
            Some(found) => Cow::Owned(sum(found, operand).ok_or_else(mismatch)??),
            None => Cow::Borrowed(operand),
        }),
        UpdateAction::Delete(path, operand) => match find(source, path) {
            Some(found) => match difference(found, operand).ok_or_else(mismatch)? {
                Some(rest) => Change::Write(Cow::Owned(rest)),
                None => Change::Remove,
            },
            // Nothing to take from; but the path must be one that could be there.
            None => Change::Remove,
        },
    })
}

impl SetValue {
    fn evaluate<'a>(&'a self, source: &'a Item) -> Result<Cow<'a, AttributeValue>, ExpressionFault> {
        let number = |operand: &SetOperand| match *operand.evaluate(source)? {
            AttributeValue::N(number) => Ok(number),
            _ => Err(ExpressionFault::OperandTypeInItem),
        };
        let result = match self {
            Self::Operand(operand) => return operand.evaluate(source),
            Self::Plus(left, right) => number(left)?.checked_add(number(right)?),
            Self::Minus(left, right) => number(left)?.checked_sub(number(right)?),
        };
        result.map(|number| Cow::Owned(AttributeValue::N(number))).map_err(ExpressionFault::Number)
    }
}

impl SetOperand {
    fn evaluate<'a>(&'a self, source: &'a Item) -> Result<Cow<'a, AttributeValue>, ExpressionFault> {
        match self {
            Self::Path(path) => {
                find(source, path).map(Cow::Borrowed).ok_or(ExpressionFault::MissingAttribute)
            }
            Self::Value(value) => Ok(Cow::Borrowed(value)),
            Self::IfNotExists(path, otherwise) => match find(source, path) {
                Some(found) => Ok(Cow::Borrowed(found)),
                None => otherwise.evaluate(source),
            },
            Self::ListAppend(first, second) => {
                let list = |operand: &'a Self| match operand.evaluate(source)? {
                    Cow::Borrowed(AttributeValue::L(list)) => Ok(Cow::Borrowed(list.as_slice())),
                    Cow::Owned(AttributeValue::L(list)) => Ok(Cow::Owned(list)),
                    _ => Err(ExpressionFault::OperandTypeInItem),
                };
                let mut joined = list(first)?.into_owned();
                joined.extend_from_slice(&list(second)?);
                Ok(Cow::Owned(AttributeValue::L(joined)))
            }
        }
    }
}

fn find<'a>(item: &'a Item, path: &DocumentPath) -> Option<&'a AttributeValue> {
    path.rest.iter().try_fold(item.get(&path.attribute)?, |value, element| match (value, element) {
        (AttributeValue::M(map), PathElement::Name(name)) => map.get(name),
        (AttributeValue::L(list), PathElement::Index(at)) => list.get(*at),
        _ => None,
    })
}

/// What ADD makes of a value; `None` if the types do not fit. Only legacy updates add to lists.
fn sum(found: &AttributeValue, operand: &AttributeValue) -> Option<Result<AttributeValue, ExpressionFault>> {
    use AttributeValue::{Bs, L, N, Ns, Ss};
    Some(Ok(match (found, operand) {
        (N(found), N(operand)) => match found.checked_add(*operand) {
            Ok(number) => N(number),
            Err(error) => return Some(Err(ExpressionFault::Number(error))),
        },
        (Ss(found), Ss(operand)) => Ss(union(found, operand)),
        (Ns(found), Ns(operand)) => Ns(union(found, operand)),
        (Bs(found), Bs(operand)) => Bs(union(found, operand)),
        (L(found), L(operand)) => L([found.as_slice(), operand].concat()),
        _ => return None,
    }))
}

/// What DELETE leaves of a set, if anything; the outer `None` if the types do not fit.
fn difference(found: &AttributeValue, operand: &AttributeValue) -> Option<Option<AttributeValue>> {
    use AttributeValue::{Bs, Ns, Ss};
    Some(match (found, operand) {
        (Ss(found), Ss(operand)) => without(found, operand).map(Ss),
        (Ns(found), Ns(operand)) => without(found, operand).map(Ns),
        (Bs(found), Bs(operand)) => without(found, operand).map(Bs),
        _ => return None,
    })
}

fn union<T: Ord + Clone>(found: &[T], operand: &[T]) -> Vec<T> {
    let mut elements = [found, operand].concat();
    elements.sort_unstable();
    elements.dedup();
    elements
}

fn without<T: Ord + Clone>(found: &[T], operand: &[T]) -> Option<Vec<T>> {
    // Sets are sorted.
    let rest: Vec<T> =
        found.iter().filter(|element| operand.binary_search(element).is_err()).cloned().collect();
    (!rest.is_empty()).then_some(rest)
}

fn write(item: &mut Item, path: &DocumentPath, value: AttributeValue) -> Result<(), ExpressionFault> {
    let Some((last, way)) = path.rest.split_last() else {
        item.insert(path.attribute.clone(), value);
        return Ok(());
    };
    match (parent(item, path, way)?, last) {
        (AttributeValue::M(map), PathElement::Name(name)) => {
            map.insert(name.clone(), value);
        }
        (AttributeValue::L(list), PathElement::Index(at)) => match list.get_mut(*at) {
            Some(element) => *element = value,
            None => list.push(value),
        },
        _ => return Err(ExpressionFault::InvalidUpdatePath),
    }
    Ok(())
}

fn remove(item: &mut Item, path: &DocumentPath) -> Result<(), ExpressionFault> {
    let Some((last, way)) = path.rest.split_last() else {
        item.remove(&path.attribute);
        return Ok(());
    };
    match (parent(item, path, way)?, last) {
        (AttributeValue::M(map), PathElement::Name(name)) => {
            map.remove(name);
        }
        (AttributeValue::L(list), PathElement::Index(at)) => {
            if *at < list.len() {
                list.remove(*at);
            }
        }
        _ => return Err(ExpressionFault::InvalidUpdatePath),
    }
    Ok(())
}

/// The map or list that holds the end of a path.
fn parent<'i>(
    item: &'i mut Item,
    path: &DocumentPath,
    way: &[PathElement],
) -> Result<&'i mut AttributeValue, ExpressionFault> {
    let attribute = item.get_mut(&path.attribute).ok_or(ExpressionFault::InvalidUpdatePath)?;
    way.iter()
        .try_fold(attribute, |value, element| match (value, element) {
            (AttributeValue::M(map), PathElement::Name(name)) => map.get_mut(name),
            (AttributeValue::L(list), PathElement::Index(at)) => list.get_mut(*at),
            _ => None,
        })
        .ok_or(ExpressionFault::InvalidUpdatePath)
}
