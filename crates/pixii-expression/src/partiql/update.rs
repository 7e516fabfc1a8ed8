//! SET and REMOVE to updates.

use super::bind::Binder;
use super::literal::Way;
use super::statement::ActionSyntax;
use super::tree::{Expr, Kind};
use crate::path::DocumentPath;
use crate::update::{SetOperand, SetValue, Update, UpdateAction};
use pixii_model::AttributeValue;
use pixii_model::error::ExpressionFault;
use pixii_model::error::partiql::StatementFault;

type Bound<T> = Result<T, StatementFault>;

impl Binder<'_> {
    /// All SET and REMOVE of a statement. AWS tells the later of two paths that overlap first, and REMOVE after SET.
    pub(super) fn update(&self, actions: &[ActionSyntax<'_>]) -> Bound<Update> {
        let mut sets = Vec::new();
        let mut removes = Vec::new();
        for action in actions {
            match action {
                ActionSyntax::Set(path, value) => {
                    let path = self.path(path)?;
                    sets.push(self.set(path, value)?);
                }
                ActionSyntax::Remove(path) => removes.push(UpdateAction::Remove(self.path(path)?)),
            }
        }
        sets.append(&mut removes);
        sets.reverse();
        Update::new(sets).map_err(|error| error.fault.into())
    }

    fn set(&self, path: DocumentPath, value: &Expr<'_>) -> Bound<UpdateAction> {
        let value = match &value.kind {
            Kind::Call { name, arguments } => match name.to_ascii_lowercase().as_str() {
                "set_add" => {
                    let set = self.set_change("SET_ADD", &path, value, arguments)?;
                    return Ok(UpdateAction::Add(path, set));
                }
                "set_delete" => {
                    let set = self.set_change("SET_DELETE", &path, value, arguments)?;
                    return Ok(UpdateAction::Delete(path, set));
                }
                _ => SetValue::Operand(self.set_operand(value)?),
            },
            Kind::Operator(operator @ ("+" | "-"), sides) => {
                let [left, right] = &**sides;
                let (left, right) = (self.set_operand(left)?, self.set_operand(right)?);
                if *operator == "+" { SetValue::plus(left, right) } else { SetValue::minus(left, right) }?
            }
            _ => SetValue::Operand(self.set_operand(value)?),
        };
        Ok(UpdateAction::Set(path, value))
    }

    fn set_operand(&self, expr: &Expr<'_>) -> Bound<SetOperand> {
        Ok(match &expr.kind {
            Kind::Path(path) => SetOperand::Path(self.path(path)?),
            Kind::Call { name, arguments } if name.eq_ignore_ascii_case("list_append") => {
                let [first, second] = &arguments[..] else {
                    let operator = "list_append".to_owned();
                    return Err(ExpressionFault::OperandCount { operator, count: arguments.len() }.into());
                };
                SetOperand::list_append(self.set_operand(first)?, self.set_operand(second)?)?
            }
            Kind::Call { name, .. } => {
                return Err(StatementFault::UnknownFunction {
                    function: name.clone().into_owned(),
                    at: self.name_position(expr, name),
                });
            }
            Kind::Operator(operator, _) => {
                return Err(StatementFault::UnsupportedUpdateOperator { operator: (*operator).to_owned() });
            }
            Kind::Compare(comparator, _) => {
                let operator = comparator.as_str().to_owned();
                return Err(StatementFault::UnsupportedUpdateOperator { operator });
            }
            Kind::Missing => return Err(StatementFault::MissingCompared),
            _ => SetOperand::Value(self.value(expr, &Way::Root)?),
        })
    }

    /// The elements that a set is given, or that are taken from it.
    fn set_change(
        &self,
        function: &'static str,
        path: &DocumentPath,
        call: &Expr<'_>,
        arguments: &[Expr<'_>],
    ) -> Bound<AttributeValue> {
        let at = self.name_position(call, function);
        let [first, second] = arguments else {
            return Err(StatementFault::SetFunctionArguments { function, at });
        };
        match &first.kind {
            Kind::Path(argument) if self.path(argument)? == *path => {}
            _ => return Err(StatementFault::SetFunctionPath { function, at }),
        }
        match self.value(second, &Way::Root)? {
            set @ (AttributeValue::Ss(_) | AttributeValue::Ns(_) | AttributeValue::Bs(_)) => Ok(set),
            // AWS points at the first argument, though it means the second.
            _ => Err(StatementFault::SetFunctionOperand { function, at: self.position(first) }),
        }
    }
}
