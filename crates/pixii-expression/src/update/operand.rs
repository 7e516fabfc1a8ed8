//! Actions and operands of updates, made with AWS's checks of what can be known without an item.
//!
//! Whoever builds an update without text (PartiQL, DAX) does it here.

use super::{SetOperand, SetValue, UpdateAction};
use crate::path::DocumentPath;
use pixii_model::error::ExpressionFault;
use pixii_model::error::expression::OperandTypeName;
use pixii_model::{AttributeType, AttributeValue};

impl SetValue {
    /// `left + right`.
    pub fn plus(left: SetOperand, right: SetOperand) -> Result<Self, ExpressionFault> {
        check_types("+", AttributeType::N, [&left, &right])?;
        Ok(Self::Plus(left, right))
    }

    /// `left - right`.
    pub fn minus(left: SetOperand, right: SetOperand) -> Result<Self, ExpressionFault> {
        check_types("-", AttributeType::N, [&left, &right])?;
        Ok(Self::Minus(left, right))
    }
}

impl SetOperand {
    /// `if_not_exists(path, otherwise)`.
    pub fn if_not_exists(path: Self, otherwise: Self) -> Result<Self, ExpressionFault> {
        match path {
            Self::Path(path) => Ok(Self::IfNotExists(path, Box::new(otherwise))),
            _ => Err(ExpressionFault::PathRequired { function: "if_not_exists".to_owned() }),
        }
    }

    /// `list_append(first, second)`.
    pub fn list_append(first: Self, second: Self) -> Result<Self, ExpressionFault> {
        check_types("list_append", AttributeType::L, [&first, &second])?;
        Ok(Self::ListAppend(Box::new(first), Box::new(second)))
    }

    fn operators(&self) -> usize {
        match self {
            Self::Path(_) | Self::Value(_) => 0,
            Self::IfNotExists(_, otherwise) => 1 + otherwise.operators(),
            Self::ListAppend(first, second) => 1 + first.operators() + second.operators(),
        }
    }

    fn collect_paths<'a>(&'a self, paths: &mut Vec<&'a DocumentPath>) {
        match self {
            Self::Path(path) => paths.push(path),
            Self::Value(_) => {}
            Self::IfNotExists(path, otherwise) => {
                paths.push(path);
                otherwise.collect_paths(paths);
            }
            Self::ListAppend(first, second) => {
                first.collect_paths(paths);
                second.collect_paths(paths);
            }
        }
    }

    /// Its type, if that does not depend on an item.
    fn known_type(&self) -> Option<AttributeType> {
        match self {
            Self::Value(value) => Some(value.attribute_type()),
            Self::ListAppend(..) => Some(AttributeType::L),
            Self::Path(_) | Self::IfNotExists(..) => None,
        }
    }
}

impl UpdateAction {
    /// `ADD path value`.
    pub fn add(path: DocumentPath, value: AttributeValue) -> Result<Self, ExpressionFault> {
        Self::check_add(&value)?;
        Ok(Self::Add(path, value))
    }

    /// `DELETE path value`.
    pub fn delete(path: DocumentPath, value: AttributeValue) -> Result<Self, ExpressionFault> {
        Self::check_delete(&value)?;
        Ok(Self::Delete(path, value))
    }

    /// The type of its operand or of the value it sets, if that does not depend on an item.
    pub fn known_type(&self) -> Option<AttributeType> {
        match self {
            Self::Set(_, SetValue::Operand(operand)) => operand.known_type(),
            Self::Set(_, SetValue::Plus(..) | SetValue::Minus(..)) => Some(AttributeType::N),
            Self::Remove(_) => None,
            Self::Add(_, value) | Self::Delete(_, value) => Some(value.attribute_type()),
        }
    }

    pub(super) fn collect_operand_paths<'a>(&'a self, paths: &mut Vec<&'a DocumentPath>) {
        match self {
            Self::Set(_, SetValue::Operand(operand)) => operand.collect_paths(paths),
            Self::Set(_, SetValue::Plus(left, right) | SetValue::Minus(left, right)) => {
                left.collect_paths(paths);
                right.collect_paths(paths);
            }
            Self::Remove(_) | Self::Add(..) | Self::Delete(..) => {}
        }
    }

    pub(super) fn operators(&self) -> usize {
        match self {
            Self::Set(_, SetValue::Operand(operand)) => operand.operators(),
            Self::Set(_, SetValue::Plus(left, right) | SetValue::Minus(left, right)) => {
                1 + left.operators() + right.operators()
            }
            Self::Remove(_) | Self::Add(..) | Self::Delete(..) => 0,
        }
    }

    /// ADD takes a Number or a set.
    pub(super) fn check_add(value: &AttributeValue) -> Result<(), ExpressionFault> {
        match value.attribute_type() {
            AttributeType::N => Ok(()),
            operand_type => check_set("ADD", operand_type),
        }
    }

    /// DELETE takes a set.
    pub(super) fn check_delete(value: &AttributeValue) -> Result<(), ExpressionFault> {
        check_set("DELETE", value.attribute_type())
    }
}

fn check_set(action: &'static str, operand_type: AttributeType) -> Result<(), ExpressionFault> {
    use AttributeType::{Bs, Ns, Ss};
    match operand_type {
        Ss | Ns | Bs => Ok(()),
        _ => Err(ExpressionFault::ActionOperandType { action, operand_type }),
    }
}

fn check_types(
    operator: &str,
    wanted: AttributeType,
    operands: [&SetOperand; 2],
) -> Result<(), ExpressionFault> {
    let wrong = operands.into_iter().filter_map(SetOperand::known_type).find(|known| *known != wanted);
    wrong.map_or(Ok(()), |known| {
        Err(ExpressionFault::OperandType {
            operator: operator.to_owned(),
            operand_type: OperandTypeName::Known(known),
        })
    })
}
