//! Syntax tree to update: names and values replaced, paths, functions and operands checked.
//!
//! AWS looks for faults in passes over the whole expression, so of several faults the earliest pass wins: reserved words,
//! functions, repeated sections, undefined names, undefined values, clashing paths, operands of ADD and DELETE, and at last
//! the operands of functions.

use super::syntax::{ActionSyntax, Node, Section, UpdateSyntax};
use super::{SetOperand, SetValue, Update, UpdateAction};
use crate::path::{DocumentPath, check_clashes};
use crate::placeholder::Placeholders;
use pixii_model::AttributeValue;
use pixii_model::error::ExpressionFault;
use pixii_model::limits::EXPRESSION_OPERATORS_MAX;

const IF_NOT_EXISTS: &str = "if_not_exists";
const LIST_APPEND: &str = "list_append";

/// Whether that is a function of updates.
pub(crate) fn is_function(name: &str) -> bool {
    matches!(name, IF_NOT_EXISTS | LIST_APPEND)
}

/// Binds a syntax tree.
pub(super) fn bind(
    syntax: &UpdateSyntax<'_>,
    placeholders: &mut Placeholders<'_>,
) -> Result<Update, ExpressionFault> {
    check_reserved(syntax)?;
    check_functions(syntax)?;
    check_sections(syntax)?;
    let (targets, mut leaves) = Leaves::bind(syntax, placeholders)?;
    check_clashes(targets.iter().map(|at| &leaves.paths.as_slice()[*at]))?;
    check_action_operands(syntax, placeholders)?;
    let actions = syntax.actions.iter().map(|action| build(action, &mut leaves)).collect::<Result<_, _>>()?;
    Ok(Update::from_checked(actions))
}

fn check_reserved(syntax: &UpdateSyntax<'_>) -> Result<(), ExpressionFault> {
    for action in &syntax.actions {
        action.path.check_reserved()?;
        for node in &action.value {
            if let Node::Path(path) = node {
                path.check_reserved()?;
            }
        }
    }
    Ok(())
}

fn check_functions(syntax: &UpdateSyntax<'_>) -> Result<(), ExpressionFault> {
    let nodes = || syntax.actions.iter().flat_map(|action| &action.value);
    for node in nodes() {
        if let Node::Function { name, .. } = node {
            let function = (*name).to_owned();
            if crate::condition::is_function(name) {
                return Err(ExpressionFault::NotForUpdate { function });
            }
            if !is_function(name) {
                return Err(ExpressionFault::UnknownFunction { function });
            }
        }
    }
    syntax.actions.iter().try_for_each(|action| check_function_places(&action.value))?;
    let operators = nodes().filter(|node| !matches!(node, Node::Path(_) | Node::Value(_))).count();
    if operators > EXPRESSION_OPERATORS_MAX {
        return Err(ExpressionFault::TooManyOperators);
    }
    Ok(())
}

/// AWS takes `if_not_exists` as an operand of a function, but not `list_append`.
fn check_function_places(nodes: &[Node<'_>]) -> Result<(), ExpressionFault> {
    // For each subtree that waits for its parent: whether it is a list_append.
    let mut waiting: Vec<bool> = Vec::new();
    for node in nodes {
        match node {
            Node::Path(_) | Node::Value(_) => waiting.push(false),
            Node::Plus | Node::Minus => waiting.truncate(waiting.len() - 1),
            Node::Function { name, operands } => {
                let first = waiting.len() - operands;
                if waiting[first..].contains(&true) {
                    return Err(ExpressionFault::MisusedFunction { function: LIST_APPEND.to_owned() });
                }
                waiting.truncate(first);
                waiting.push(*name == LIST_APPEND);
            }
        }
    }
    Ok(())
}

fn check_sections(syntax: &UpdateSyntax<'_>) -> Result<(), ExpressionFault> {
    let sections = &syntax.sections;
    let repeated = sections.iter().enumerate().find(|(at, section)| sections[..*at].contains(section));
    repeated
        .map_or(Ok(()), |(_, section)| Err(ExpressionFault::RepeatedSection { section: section.as_str() }))
}

/// The bound paths and values of an update that are not yet used, each in order of appearance.
struct Leaves {
    paths: std::vec::IntoIter<DocumentPath>,
    values: std::vec::IntoIter<AttributeValue>,
}

impl Leaves {
    /// Binds all paths, then all values. Tells also which of the paths are written.
    fn bind(
        syntax: &UpdateSyntax<'_>,
        placeholders: &mut Placeholders<'_>,
    ) -> Result<(Vec<usize>, Self), ExpressionFault> {
        let (mut targets, mut paths, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for action in &syntax.actions {
            targets.push(paths.len());
            paths.push(action.path.bind(placeholders)?);
            for node in &action.value {
                if let Node::Path(path) = node {
                    paths.push(path.bind(placeholders)?);
                }
            }
        }
        for node in syntax.actions.iter().flat_map(|action| &action.value) {
            if let Node::Value(placeholder) = node {
                values.push(placeholders.value(placeholder)?.clone());
            }
        }
        Ok((targets, Self { paths: paths.into_iter(), values: values.into_iter() }))
    }

    fn path(&mut self) -> DocumentPath {
        self.paths.next().expect("every path was bound")
    }

    fn value(&mut self) -> AttributeValue {
        self.values.next().expect("every value was bound")
    }
}

fn check_action_operands(
    syntax: &UpdateSyntax<'_>,
    placeholders: &mut Placeholders<'_>,
) -> Result<(), ExpressionFault> {
    for action in &syntax.actions {
        match (action.section, &action.value[..]) {
            (Section::Add, [Node::Value(operand)]) => UpdateAction::check_add(placeholders.value(operand)?)?,
            (Section::Delete, [Node::Value(operand)]) => {
                UpdateAction::check_delete(placeholders.value(operand)?)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn build(action: &ActionSyntax<'_>, leaves: &mut Leaves) -> Result<UpdateAction, ExpressionFault> {
    let path = leaves.path();
    Ok(match action.section {
        Section::Set => UpdateAction::Set(path, set_value(&action.value, leaves)?),
        Section::Remove => UpdateAction::Remove(path),
        Section::Add => UpdateAction::Add(path, leaves.value()),
        Section::Delete => UpdateAction::Delete(path, leaves.value()),
    })
}

fn set_value(nodes: &[Node<'_>], leaves: &mut Leaves) -> Result<SetValue, ExpressionFault> {
    let mut operands: Vec<SetOperand> = Vec::new();
    for node in nodes {
        match node {
            Node::Path(_) => operands.push(SetOperand::Path(leaves.path())),
            Node::Value(_) => operands.push(SetOperand::Value(leaves.value())),
            Node::Plus | Node::Minus => {
                let (right, left) = (pop(&mut operands), pop(&mut operands));
                return if matches!(node, Node::Plus) {
                    SetValue::plus(left, right)
                } else {
                    SetValue::minus(left, right)
                };
            }
            Node::Function { name, operands: count } => {
                if *count != 2 {
                    let operator = (*name).to_owned();
                    return Err(ExpressionFault::OperandCount { operator, count: *count });
                }
                let (second, first) = (pop(&mut operands), pop(&mut operands));
                operands.push(if *name == LIST_APPEND {
                    SetOperand::list_append(first, second)?
                } else {
                    SetOperand::if_not_exists(first, second)?
                });
            }
        }
    }
    Ok(SetValue::Operand(pop(&mut operands)))
}

fn pop<T>(stack: &mut Vec<T>) -> T {
    stack.pop().expect("the parser gave each node its operands")
}
