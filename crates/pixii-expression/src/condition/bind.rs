//! Syntax tree to condition: names and values replaced, functions and operands checked.
//!
//! AWS looks for faults in passes over the whole expression, so of several faults the earliest pass wins: parentheses,
//! unknown functions, misplaced functions, reserved words, number of operators. What is left is checked one comparison or
//! function at a time: undefined names and values, number of operands, equal operands, types of operands.

use super::syntax::{ConditionSyntax, Node};
use super::{Condition, Operand};
use crate::placeholder::Placeholders;
use pixii_model::error::ExpressionFault;
use pixii_model::limits::{EXPRESSION_OPERATORS_MAX, IN_OPERANDS_MAX};

/// Functions of conditions, and how many operands each takes.
const FUNCTIONS: [(&str, usize); 6] = [
    ("attribute_exists", 1),
    ("attribute_not_exists", 1),
    ("attribute_type", 2),
    ("begins_with", 2),
    ("contains", 2),
    (SIZE, 1),
];

/// The one function that is an operand rather than a condition.
const SIZE: &str = "size";

/// Whether that is a function of conditions.
pub(crate) fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|(function, _)| *function == name)
}

/// Binds a syntax tree.
pub(super) fn bind(
    syntax: &ConditionSyntax<'_>,
    placeholders: &mut Placeholders<'_>,
) -> Result<Condition, ExpressionFault> {
    if syntax.redundant_parentheses {
        return Err(ExpressionFault::RedundantParentheses);
    }
    let nodes = &syntax.nodes;
    check_function_names(nodes)?;
    check_function_places(nodes)?;
    for node in nodes {
        if let Node::Path(path) = node {
            path.check_reserved()?;
        }
    }
    let operators = nodes.iter().filter(|node| !matches!(node, Node::Path(_) | Node::Value(_))).count();
    if operators > EXPRESSION_OPERATORS_MAX {
        return Err(ExpressionFault::TooManyOperators);
    }
    build(nodes, placeholders)
}

fn check_function_names(nodes: &[Node<'_>]) -> Result<(), ExpressionFault> {
    for node in nodes {
        let Node::Function { name, .. } = node else { continue };
        if is_function(name) {
            continue;
        }
        let function = (*name).to_owned();
        return Err(if crate::update::is_function(name) {
            ExpressionFault::NotForCondition { function }
        } else {
            ExpressionFault::UnknownFunction { function }
        });
    }
    Ok(())
}

/// Only `size` can be an operand, and everything but `size` a condition.
fn check_function_places(nodes: &[Node<'_>]) -> Result<(), ExpressionFault> {
    let misused = |function: &str| Err(ExpressionFault::MisusedFunction { function: function.to_owned() });
    // For each subtree that waits for its parent: the function it is, if it is one.
    let mut waiting: Vec<Option<&str>> = Vec::new();
    for node in nodes {
        let (children, joins_conditions) = match node {
            Node::Path(_) | Node::Value(_) => (0, false),
            Node::Function { operands, .. } => (*operands, false),
            Node::Compare(_) => (2, false),
            Node::Between => (3, false),
            Node::In { operands } => (operands + 1, false),
            Node::Not => (1, true),
            Node::And | Node::Or => (2, true),
        };
        for function in waiting.drain(waiting.len() - children..).flatten() {
            if (function == SIZE) == joins_conditions {
                return misused(function);
            }
        }
        waiting.push(match node {
            Node::Function { name, .. } => Some(name),
            _ => None,
        });
    }
    match waiting[..] {
        [Some(SIZE)] => misused(SIZE),
        _ => Ok(()),
    }
}

/// Builds the tree. Each comparison or function that is a condition is a run of nodes of its own.
fn build(nodes: &[Node<'_>], placeholders: &mut Placeholders<'_>) -> Result<Condition, ExpressionFault> {
    let mut conditions: Vec<Condition> = Vec::new();
    let mut start = 0;
    for (at, node) in nodes.iter().enumerate() {
        let condition = match node {
            Node::Path(_) | Node::Value(_) | Node::Function { name: SIZE, .. } => continue,
            Node::Not => Condition::Not(Box::new(pop(&mut conditions))),
            Node::And => {
                let right = pop(&mut conditions);
                match pop(&mut conditions) {
                    Condition::And(mut all) => {
                        all.push(right);
                        Condition::And(all)
                    }
                    left => Condition::And(vec![left, right]),
                }
            }
            Node::Or => {
                let right = pop(&mut conditions);
                match pop(&mut conditions) {
                    Condition::Or(mut any) => {
                        any.push(right);
                        Condition::Or(any)
                    }
                    left => Condition::Or(vec![left, right]),
                }
            }
            _ => build_one(&nodes[start..=at], placeholders)?,
        };
        conditions.push(condition);
        start = at + 1;
    }
    Ok(pop(&mut conditions))
}

/// Builds one comparison or function from its nodes, of which it is the last.
fn build_one(nodes: &[Node<'_>], placeholders: &mut Placeholders<'_>) -> Result<Condition, ExpressionFault> {
    let mut leaves = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Path(path) => leaves.push(Operand::Path(path.bind(placeholders)?)),
            Node::Value(placeholder) => leaves.push(Operand::Value(placeholders.value(placeholder)?.clone())),
            _ => {}
        }
    }
    nodes.iter().try_for_each(check_operand_count)?;

    let mut leaves = leaves.into_iter();
    let mut operands: Vec<Operand> = Vec::with_capacity(nodes.len());
    let (last, inner) = nodes.split_last().expect("a condition has a node");
    for node in inner {
        let operand = match node {
            Node::Path(_) | Node::Value(_) => leaves.next().expect("each leaf was bound"),
            Node::Function { name: SIZE, .. } => Operand::size(pop(&mut operands))?,
            _ => unreachable!("only size stands within a condition: places of functions were checked"),
        };
        operands.push(operand);
    }
    let mut operands = operands.into_iter();
    let mut next = || operands.next().expect("numbers of operands were checked");
    match last {
        Node::Compare(comparator) => Condition::compare(*comparator, next(), next()),
        Node::Between => Condition::between(next(), next(), next()),
        Node::In { .. } => Condition::one_of(next(), operands.collect()),
        Node::Function { name: "attribute_exists", .. } => Condition::attribute_exists(next()),
        Node::Function { name: "attribute_not_exists", .. } => Condition::attribute_not_exists(next()),
        Node::Function { name: "attribute_type", .. } => Condition::attribute_type(next(), next()),
        Node::Function { name: "begins_with", .. } => Condition::begins_with(next(), next()),
        Node::Function { name: "contains", .. } => Condition::contains(next(), next()),
        node => unreachable!("{node:?} is no condition"),
    }
}

fn check_operand_count(node: &Node<'_>) -> Result<(), ExpressionFault> {
    match node {
        Node::Function { name, operands } => {
            let wanted = FUNCTIONS.iter().find(|(function, _)| function == name).map(|(_, wanted)| *wanted);
            if wanted != Some(*operands) {
                let operator = (*name).to_owned();
                return Err(ExpressionFault::OperandCount { operator, count: *operands });
            }
            Ok(())
        }
        Node::In { operands } if *operands > IN_OPERANDS_MAX => {
            Err(ExpressionFault::TooManyInOperands { count: *operands })
        }
        _ => Ok(()),
    }
}

fn pop<T>(stack: &mut Vec<T>) -> T {
    stack.pop().expect("the parser gave each node its operands")
}
