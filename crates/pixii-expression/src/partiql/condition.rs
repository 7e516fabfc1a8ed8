//! WHERE clauses to conditions.
//!
//! Functions that are conditions are also Booleans here: `attribute_exists(a) = b`. A [`Condition`] has no such operand;
//! so that becomes the condition that both are true or both are false.

use super::bind::Binder;
use super::literal::{Way, kind_name};
use super::tree::{Expr, Kind, TypeName};
use crate::condition::{Comparator, Condition, Operand};
use pixii_model::error::ExpressionFault;
use pixii_model::error::expression::OperandTypeName;
use pixii_model::error::partiql::StatementFault;
use pixii_model::limits::IN_OPERANDS_MAX;
use pixii_model::{AttributeType, AttributeValue};

type Bound<T> = Result<T, StatementFault>;

/// One side of a comparison.
enum Side {
    Operand(Operand),
    /// A function that is a condition.
    Condition(Condition),
}

impl Binder<'_> {
    /// A whole WHERE clause.
    pub(super) fn where_clause(&mut self, expr: &Expr<'_>) -> Bound<Condition> {
        if self.is_condition(expr) {
            return self.condition(expr);
        }
        // What cannot be a value is told first.
        self.side(expr)?;
        Err(self.operand_fault.take().unwrap_or(StatementFault::NoCondition))
    }

    fn condition(&mut self, expr: &Expr<'_>) -> Bound<Condition> {
        Ok(match &expr.kind {
            Kind::And(operands) => Condition::And(self.joined("AND", operands)?),
            Kind::Or(operands) => Condition::Or(self.joined("OR", operands)?),
            Kind::Not(operand) => {
                let mut negated = self.joined("NOT", std::slice::from_ref(operand))?;
                Condition::Not(Box::new(negated.pop().expect("one operand is one condition")))
            }
            Kind::Compare(comparator, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (self.side(left)?, self.side(right)?);
                self.compare(*comparator, left, right)
            }
            Kind::Between(operands) => {
                let [operand, low, high] = &**operands;
                let (operand, low, high) = (self.side(operand)?, self.side(low)?, self.side(high)?);
                match (operand, low, high) {
                    (Side::Operand(operand), Side::Operand(low), Side::Operand(high)) => {
                        self.made(Condition::between(operand, low, high))
                    }
                    _ => self.made(Err(boolean_operand("BETWEEN"))),
                }
            }
            Kind::In(operand, list) => {
                let operand = self.side(operand)?;
                let list = list.iter().map(|element| self.side(element)).collect::<Bound<Vec<_>>>()?;
                self.one_of(operand, list)
            }
            Kind::Is(operand, type_name) => self.is(operand, *type_name)?,
            Kind::Call { .. } => match self.side(expr)? {
                Side::Condition(condition) => condition,
                Side::Operand(_) => return Err(StatementFault::NoCondition),
            },
            _ => return Err(StatementFault::NoCondition),
        })
    }

    /// Whether an expression is a condition rather than a value.
    fn is_condition(&self, expr: &Expr<'_>) -> bool {
        match &expr.kind {
            Kind::And(_)
            | Kind::Or(_)
            | Kind::Not(_)
            | Kind::Compare(..)
            | Kind::Between(_)
            | Kind::In(..)
            | Kind::Is(..) => true,
            Kind::Call { name, .. } => !name.eq_ignore_ascii_case("size"),
            _ => false,
        }
    }

    fn joined(&mut self, operator: &str, operands: &[Expr<'_>]) -> Bound<Vec<Condition>> {
        let mut conditions = Vec::with_capacity(operands.len());
        for operand in operands {
            if self.is_condition(operand) {
                conditions.push(self.condition(operand)?);
                continue;
            }
            let fault = match self.side(operand)? {
                Side::Operand(operand) => ExpressionFault::OperandType {
                    operator: operator.to_owned(),
                    operand_type: operand.known_type().map_or(OperandTypeName::Any, OperandTypeName::Known),
                },
                Side::Condition(_) => unreachable!("only conditions are conditions"),
            };
            conditions.push(self.made(Err(fault)));
        }
        Ok(conditions)
    }

    /// A condition, or another in its place if it is refused for its operands: AWS tells that only after it has looked at
    /// everything in the clause.
    fn made(&mut self, made: Result<Condition, ExpressionFault>) -> Condition {
        made.unwrap_or_else(|fault| {
            self.operand_fault.get_or_insert(fault.into());
            Condition::And(Vec::new())
        })
    }

    fn compare(&mut self, comparator: Comparator, left: Side, right: Side) -> Condition {
        let (condition, other) = match (left, right) {
            (Side::Operand(left), Side::Operand(right)) => {
                return self.made(Condition::compare(comparator, left, right));
            }
            (Side::Condition(condition), other) | (other, Side::Condition(condition)) => (condition, other),
        };
        if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
            return self.made(Err(boolean_operand(comparator.as_str())));
        }
        let equal = agree(condition, other);
        if comparator == Comparator::Equal { equal } else { Condition::Not(Box::new(equal)) }
    }

    fn one_of(&mut self, operand: Side, list: Vec<Side>) -> Condition {
        let count = list.len();
        let condition = match operand {
            Side::Operand(operand) if list.iter().all(|side| matches!(side, Side::Operand(_))) => {
                let operands = list.into_iter().filter_map(|side| match side {
                    Side::Operand(operand) => Some(operand),
                    Side::Condition(_) => None,
                });
                let made = Condition::one_of(operand, operands.collect());
                self.made(made)
            }
            Side::Operand(operand) => Condition::Or(
                list.into_iter()
                    .map(|side| self.compare(Comparator::Equal, Side::Operand(operand.clone()), side))
                    .collect(),
            ),
            Side::Condition(condition) => {
                Condition::Or(list.into_iter().map(|side| agree(condition.clone(), side)).collect())
            }
        };
        if count > IN_OPERANDS_MAX {
            return self.made(Err(ExpressionFault::TooManyInOperands { count }));
        }
        condition
    }

    fn is(&mut self, expr: &Expr<'_>, type_name: TypeName) -> Bound<Condition> {
        let operand = match &expr.kind {
            Kind::Path(_) => self.side(expr)?,
            Kind::Missing => return Err(StatementFault::MissingCompared),
            Kind::Call { .. } | Kind::Operator(..) => return Err(StatementFault::IsOperand),
            _ => Side::Operand(Operand::Value(self.value(expr, &Way::Root)?)),
        };
        let Side::Operand(operand) = operand else { return Err(StatementFault::IsOperand) };
        let attribute_type = match type_name {
            TypeName::Missing => {
                return Ok(match operand {
                    Operand::Path(path) => Condition::AttributeNotExists(path),
                    // A literal is never missing.
                    _ => Condition::Or(Vec::new()),
                });
            }
            TypeName::Unsupported(type_name) => {
                return Err(StatementFault::UnsupportedIsType { type_name, at: self.position(expr) });
            }
            TypeName::Null => AttributeType::Null,
            TypeName::Boolean => AttributeType::Bool,
            TypeName::Blob => AttributeType::B,
            TypeName::String => AttributeType::S,
            TypeName::Numeric => AttributeType::N,
            TypeName::Struct => AttributeType::M,
            TypeName::List => AttributeType::L,
        };
        Ok(Condition::AttributeType(operand, attribute_type))
    }

    fn side(&mut self, expr: &Expr<'_>) -> Bound<Side> {
        Ok(Side::Operand(match &expr.kind {
            Kind::Path(path) => Operand::Path(self.path(path)?),
            Kind::Missing => return Err(StatementFault::MissingCompared),
            Kind::Call { name, arguments } => return self.call(expr, name, arguments),
            Kind::Operator(operator, _) => {
                return Err(StatementFault::UnsupportedOperator { operator: (*operator).to_owned() });
            }
            Kind::Subquery(select) => return Err(StatementFault::Subquery(select.at.position(self.text))),
            Kind::Compare(comparator, _) => {
                return Err(StatementFault::UnsupportedOperator { operator: comparator.as_str().to_owned() });
            }
            Kind::And(_) | Kind::Or(_) | Kind::Not(_) | Kind::Between(_) | Kind::In(..) | Kind::Is(..) => {
                return Err(StatementFault::UnsupportedOperator {
                    operator: kind_name(&expr.kind).to_owned(),
                });
            }
            _ => Operand::Value(self.value(expr, &Way::Root)?),
        }))
    }

    fn call(&mut self, expr: &Expr<'_>, name: &str, arguments: &[Expr<'_>]) -> Bound<Side> {
        if let [Expr { kind: Kind::Subquery(select), .. }] = arguments
            && name == "exists"
        {
            return Err(StatementFault::Subquery(select.at.position(self.text)));
        }
        let function = name.to_ascii_lowercase();
        let wanted = match function.as_str() {
            "attribute_exists" | "attribute_not_exists" | "size" => 1,
            "attribute_type" | "begins_with" | "contains" => 2,
            _ => {
                return Err(StatementFault::UnknownFunction {
                    function: name.to_owned(),
                    at: self.name_position(expr, name),
                });
            }
        };
        let mut operands = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match self.side(argument)? {
                Side::Operand(operand) => operands.push(operand),
                // A Boolean, as far as a function can tell.
                Side::Condition(_) => operands.push(Operand::Value(AttributeValue::Bool(true))),
            }
        }
        if operands.len() != wanted {
            let fault = ExpressionFault::OperandCount { operator: function.clone(), count: operands.len() };
            let condition = self.made(Err(fault));
            return Ok(if function == "size" {
                Side::Operand(Operand::Value(AttributeValue::N(0_u64.into())))
            } else {
                Side::Condition(condition)
            });
        }
        let mut operands = operands.into_iter();
        let mut next = || operands.next().expect("the number of operands was checked");
        let condition = match function.as_str() {
            "size" => {
                let size = Operand::size(next()).unwrap_or_else(|fault| {
                    self.operand_fault.get_or_insert(fault.into());
                    Operand::Value(AttributeValue::N(0_u64.into()))
                });
                return Ok(Side::Operand(size));
            }
            "attribute_exists" => Condition::attribute_exists(next()),
            "attribute_not_exists" => Condition::attribute_not_exists(next()),
            "attribute_type" => Condition::attribute_type(next(), next()),
            "begins_with" => Condition::begins_with(next(), next()),
            _ => Condition::contains(next(), next()),
        };
        Ok(Side::Condition(self.made(condition)))
    }
}

fn boolean_operand(operator: &str) -> ExpressionFault {
    ExpressionFault::OperandType {
        operator: operator.to_owned(),
        operand_type: OperandTypeName::Known(AttributeType::Bool),
    }
}

/// That a function is what the other side is: true or false.
fn agree(condition: Condition, other: Side) -> Condition {
    let not = |condition: Condition| Condition::Not(Box::new(condition));
    let [if_true, if_false] = match other {
        Side::Operand(operand) => [true, false].map(|value| Condition::Compare {
            comparator: Comparator::Equal,
            left: operand.clone(),
            right: Operand::Value(AttributeValue::Bool(value)),
        }),
        Side::Condition(other) => [other.clone(), not(other)],
    };
    Condition::Or(vec![
        Condition::And(vec![condition.clone(), if_true]),
        Condition::And(vec![not(condition), if_false]),
    ])
}
