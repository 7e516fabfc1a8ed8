//! Operands, and conditions made from them with AWS's checks of what can be known without an item.
//!
//! Whoever builds a condition without text (PartiQL, DAX, legacy parameters) does it here.

use super::{Comparator, Condition, Operand};
use crate::compare;
use crate::path::DocumentPath;
use pixii_model::error::ExpressionFault;
use pixii_model::error::expression::OperandTypeName;
use pixii_model::{AttributeType, AttributeValue};
use std::cmp::Ordering;

impl Operand {
    /// `size(operand)`.
    pub fn size(operand: Self) -> Result<Self, ExpressionFault> {
        use AttributeType::{Bool, N, Null};
        match operand.known_type() {
            Some(kind @ (N | Bool | Null)) => Err(operand_type("size", kind)),
            _ => Ok(Self::Size(Box::new(operand))),
        }
    }

    /// The path it reads, if it reads one.
    pub fn path(&self) -> Option<&DocumentPath> {
        match self {
            Self::Path(path) => Some(path),
            Self::Value(_) => None,
            Self::Size(operand) => operand.path(),
        }
    }

    /// How many functions it has.
    pub(super) fn operators(&self) -> usize {
        match self {
            Self::Path(_) | Self::Value(_) => 0,
            Self::Size(operand) => 1 + operand.operators(),
        }
    }

    /// Its type, if that does not depend on an item.
    pub fn known_type(&self) -> Option<AttributeType> {
        match self {
            Self::Path(_) => None,
            Self::Value(value) => Some(value.attribute_type()),
            Self::Size(_) => Some(AttributeType::N),
        }
    }
}

impl Condition {
    /// `left = right` and its like.
    pub fn compare(comparator: Comparator, left: Operand, right: Operand) -> Result<Self, ExpressionFault> {
        check_distinct(comparator.as_str(), &left, [&right])?;
        if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
            check_ordered(comparator.as_str(), [&left, &right])?;
        }
        Ok(Self::Compare { comparator, left, right })
    }

    /// `operand BETWEEN low AND high`.
    pub fn between(operand: Operand, low: Operand, high: Operand) -> Result<Self, ExpressionFault> {
        check_distinct("BETWEEN", &operand, [&low, &high])?;
        check_ordered("BETWEEN", [&operand, &low, &high])?;
        if let (Operand::Value(low), Operand::Value(high)) = (&low, &high) {
            check_bounds(low, high)?;
        }
        Ok(Self::Between { operand, low, high })
    }

    /// `operand IN (list)`.
    pub fn one_of(operand: Operand, list: Vec<Operand>) -> Result<Self, ExpressionFault> {
        check_distinct("IN", &operand, &list)?;
        Ok(Self::In { operand, list })
    }

    /// `attribute_exists(path)`.
    pub fn attribute_exists(operand: Operand) -> Result<Self, ExpressionFault> {
        required_path("attribute_exists", operand).map(Self::AttributeExists)
    }

    /// `attribute_not_exists(path)`.
    pub fn attribute_not_exists(operand: Operand) -> Result<Self, ExpressionFault> {
        required_path("attribute_not_exists", operand).map(Self::AttributeNotExists)
    }

    /// `attribute_type(operand, type)`, where the type is a literal String.
    pub fn attribute_type(operand: Operand, attribute_type: Operand) -> Result<Self, ExpressionFault> {
        const NAME: &str = "attribute_type";
        check_distinct(NAME, &operand, [&attribute_type])?;
        match attribute_type {
            Operand::Value(AttributeValue::S(name)) => match AttributeType::from_wire(&name) {
                Some(wanted) => Ok(Self::AttributeType(operand, wanted)),
                None => Err(ExpressionFault::UnknownAttributeType { name }),
            },
            other => Err(ExpressionFault::OperandType {
                operator: NAME.to_owned(),
                operand_type: other.known_type().map_or(OperandTypeName::Any, OperandTypeName::Known),
            }),
        }
    }

    /// `begins_with(operand, prefix)`.
    pub fn begins_with(operand: Operand, prefix: Operand) -> Result<Self, ExpressionFault> {
        const NAME: &str = "begins_with";
        check_distinct(NAME, &operand, [&prefix])?;
        for known in [&operand, &prefix].into_iter().filter_map(Operand::known_type) {
            if !matches!(known, AttributeType::S | AttributeType::B) {
                return Err(operand_type(NAME, known));
            }
        }
        Ok(Self::BeginsWith(operand, prefix))
    }

    /// `contains(operand, element)`.
    pub fn contains(operand: Operand, element: Operand) -> Result<Self, ExpressionFault> {
        check_distinct("contains", &operand, [&element])?;
        Ok(Self::Contains(operand, element))
    }
}

impl Comparator {
    /// As in text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The comparator that holds with the sides exchanged.
    pub fn flipped(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

fn operand_type(operator: &str, known: AttributeType) -> ExpressionFault {
    ExpressionFault::OperandType {
        operator: operator.to_owned(),
        operand_type: OperandTypeName::Known(known),
    }
}

fn required_path(function: &str, operand: Operand) -> Result<DocumentPath, ExpressionFault> {
    match operand {
        Operand::Path(path) => Ok(path),
        _ => Err(ExpressionFault::PathRequired { function: function.to_owned() }),
    }
}

/// A path compared with itself is refused.
fn check_distinct<'a>(
    operator: &str,
    first: &Operand,
    others: impl IntoIterator<Item = &'a Operand>,
) -> Result<(), ExpressionFault> {
    match first {
        Operand::Path(path) if others.into_iter().any(|other| other == first) => {
            Err(ExpressionFault::OperandsNotDistinct {
                operator: operator.to_owned(),
                path: path.to_string(),
            })
        }
        _ => Ok(()),
    }
}

/// Only String, Number and Binary have an order.
fn check_ordered<'a>(
    operator: &str,
    operands: impl IntoIterator<Item = &'a Operand>,
) -> Result<(), ExpressionFault> {
    use AttributeType::{B, N, S};
    let unordered =
        operands.into_iter().filter_map(Operand::known_type).find(|known| !matches!(known, S | N | B));
    unordered.map_or(Ok(()), |known| Err(operand_type(operator, known)))
}

fn check_bounds(low: &AttributeValue, high: &AttributeValue) -> Result<(), ExpressionFault> {
    let fault: fn(AttributeValue, AttributeValue) -> ExpressionFault =
        match compare::order(low.into(), high.into()) {
            None => |low, high| ExpressionFault::BetweenTypes { low, high },
            Some(Ordering::Greater) => |low, high| ExpressionFault::BetweenOrder { low, high },
            Some(_) => return Ok(()),
        };
    Err(fault(low.clone(), high.clone()))
}
