//! Updates that DynamoDB accepts: paths that do not clash, literals of types that their clauses take.

use super::Dice;
use super::condition::path;
use super::value::{any, attribute, index_key, number, set};
use crate::naive::{Path, Schema, SetOperand, SetValue, Update, UpdateAction, Value};

/// An update of one to four paths.
pub(super) fn update(dice: &mut Dice, schema: &Schema) -> Update {
    let mut actions: Vec<UpdateAction> = Vec::new();
    for _ in 0..1 + dice.below(4) {
        let action = if dice.chance(0.25) { on_index_key(dice, schema) } else { Some(action(dice)) };
        let Some(action) = action else { continue };
        if !actions.iter().any(|known| known.path().clashes(action.path())) {
            actions.push(action);
        }
    }
    if actions.is_empty() {
        actions.push(action(dice));
    }
    Update(actions)
}

/// An update that cannot fail but for an index's keys: what transactions need to come through.
pub(super) fn plain_update(dice: &mut Dice, schema: &Schema) -> Update {
    let mut update = update(dice, schema);
    for action in &mut update.0 {
        let literal = matches!(
            action,
            UpdateAction::Set(_, SetValue::Operand(SetOperand::Value(_))) | UpdateAction::Remove(_)
        );
        if !literal || !action.path().rest.is_empty() {
            let path = Path::attribute(&action.path().attribute);
            let value = attribute(dice, &path.attribute);
            *action = UpdateAction::Set(path, SetValue::Operand(SetOperand::Value(value)));
        }
    }
    // Paths that did not clash may, now that they are whole attributes.
    let mut kept: Vec<UpdateAction> = Vec::new();
    for action in update.0 {
        if !kept.iter().any(|known| known.path() == action.path()) {
            kept.push(action);
        }
    }
    Update(kept)
}

/// Moves an entry of an index, or takes the item out of it.
fn on_index_key(dice: &mut Dice, schema: &Schema) -> Option<UpdateAction> {
    let keys: Vec<(&str, &str)> =
        schema.key_attributes().into_iter().filter(|(name, _)| !schema.is_key(name)).collect();
    if keys.is_empty() {
        return None;
    }
    let (name, kind) = dice.pick(&keys);
    let path = Path::attribute(name);
    Some(match dice.chance(0.25) {
        true => UpdateAction::Remove(path),
        false => UpdateAction::Set(path, SetValue::Operand(SetOperand::Value(index_key(dice, kind)))),
    })
}

fn action(dice: &mut Dice) -> UpdateAction {
    let path = path(dice);
    match dice.below(10) {
        0 | 1 => UpdateAction::Remove(path),
        2 | 3 => {
            let value = if path.attribute.starts_with('s') { set(dice) } else { number(dice) };
            UpdateAction::Add(path, value)
        }
        4 => UpdateAction::Delete(path, set(dice)),
        _ => {
            let value = set_value(dice, &path);
            UpdateAction::Set(path, value)
        }
    }
}

fn set_value(dice: &mut Dice, path: &Path) -> SetValue {
    let itself = SetOperand::Path(path.clone());
    match dice.below(8) {
        0 | 1 => {
            let amount = SetOperand::Value(number(dice));
            let counter = match dice.chance(0.5) {
                true => {
                    SetOperand::IfNotExists(path.clone(), Box::new(SetOperand::Value(Value::number("0"))))
                }
                false => itself,
            };
            if dice.chance(0.7) { SetValue::Plus(counter, amount) } else { SetValue::Minus(counter, amount) }
        }
        2 => {
            let more = SetOperand::Value(Value::L((0..1 + dice.below(2)).map(|_| any(dice, 0)).collect()));
            let list = match dice.chance(0.5) {
                true => {
                    SetOperand::IfNotExists(path.clone(), Box::new(SetOperand::Value(Value::L(Vec::new()))))
                }
                false => itself,
            };
            let (first, second) = if dice.chance(0.5) { (list, more) } else { (more, list) };
            SetValue::Operand(SetOperand::ListAppend(Box::new(first), Box::new(second)))
        }
        3 => SetValue::Operand(SetOperand::Path(self::path(dice))),
        _ => SetValue::Operand(SetOperand::Value(match path.rest.is_empty() {
            true => attribute(dice, &path.attribute),
            false => any(dice, 1),
        })),
    }
}
