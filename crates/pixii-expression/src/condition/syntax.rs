//! Conditions as written: text to a syntax tree, which is a list of nodes in postfix order.
//!
//! ```text
//! condition := condition OR condition | condition AND condition | NOT condition | ( condition )
//!            | operand = operand | ... | operand BETWEEN operand AND operand | operand IN ( operand, ... ) | function
//! operand   := path | :value | function | ( operand )
//! function  := name ( operand, ... )
//! path      := name | #name | path . name | path [ digits ] | ( path )
//! ```
//!
//! Whether a `(` begins a condition, an operand or a path shows only later, so all three are read as one, and what has been
//! read ([`Shape`]) decides which token may follow. The parser keeps what waits for its right side in `frames`, not on the
//! call stack: 4,000 opening parentheses are 4,000 frames.

use super::Comparator;
use crate::lexer::{TokenKind, Tokens};
use crate::path_syntax::PathSyntax;
use pixii_model::error::ExpressionFault;

/// Words that cannot be names in conditions.
const KEYWORDS: [&str; 5] = ["BETWEEN", "IN", "AND", "OR", "NOT"];

/// A node takes the nodes before it as its operands, as many as it needs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'t> {
    Path(PathSyntax<'t>),
    Value(&'t str),
    Function { name: &'t str, operands: usize },
    Compare(Comparator),
    Between,
    In { operands: usize },
    Not,
    And,
    Or,
}

/// A condition's syntax tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ConditionSyntax<'t> {
    pub(super) nodes: Vec<Node<'t>>,
    /// Whether a group's whole content is one group.
    pub(super) redundant_parentheses: bool,
}

/// What waits for its right side or its end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Frame<'t> {
    Group { operand_only: bool },
    Call { name: &'t str, operands: usize },
    List { operands: usize },
    Not,
    And,
    Or,
    Compare(Comparator),
    BetweenLow,
    BetweenHigh,
}

/// What has just been read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Path,
    Value,
    /// An operand or a condition.
    Function,
    Condition,
}

struct Parser<'t> {
    tokens: Tokens<'t>,
    nodes: Vec<Node<'t>>,
    frames: Vec<Frame<'t>>,
    shape: Shape,
    /// Whether what has just been read stands in parentheses of its own.
    grouped: bool,
    redundant_parentheses: bool,
}

/// Reads a condition.
pub(super) fn parse(text: &str) -> Result<ConditionSyntax<'_>, ExpressionFault> {
    let tokens = Tokens::new(text)?;
    let mut parser = Parser {
        tokens,
        nodes: Vec::new(),
        frames: Vec::new(),
        shape: Shape::Condition,
        grouped: false,
        redundant_parentheses: false,
    };
    loop {
        parser.operand()?;
        if parser.operators()? {
            return Ok(ConditionSyntax {
                nodes: parser.nodes,
                redundant_parentheses: parser.redundant_parentheses,
            });
        }
    }
}

impl<'t> Parser<'t> {
    /// Reads up to and including the next path or value.
    fn operand(&mut self) -> Result<(), ExpressionFault> {
        loop {
            match self.tokens.kind() {
                TokenKind::OpenParenthesis => {
                    self.tokens.advance();
                    let operand_only = !self.condition_allowed();
                    self.frames.push(Frame::Group { operand_only });
                }
                TokenKind::ValuePlaceholder => {
                    self.nodes.push(Node::Value(self.tokens.advance()));
                    self.read(Shape::Value);
                    return Ok(());
                }
                TokenKind::Name if self.tokens.is_keyword("NOT") && self.condition_allowed() => {
                    self.tokens.advance();
                    self.frames.push(Frame::Not);
                }
                _ if !PathSyntax::begins(&self.tokens, &KEYWORDS) => return Err(self.tokens.fault()),
                TokenKind::Name if self.tokens.next_kind() == TokenKind::OpenParenthesis => {
                    let name = self.tokens.advance();
                    self.tokens.advance();
                    self.frames.push(Frame::Call { name, operands: 0 });
                }
                _ => {
                    let path = PathSyntax::parse(&mut self.tokens, &KEYWORDS)?;
                    self.nodes.push(Node::Path(path));
                    self.read(Shape::Path);
                    return Ok(());
                }
            }
        }
    }

    /// Reads what follows an operand, up to where another must follow (`false`) or to the end (`true`).
    fn operators(&mut self) -> Result<bool, ExpressionFault> {
        loop {
            match self.tokens.kind() {
                TokenKind::Dot | TokenKind::OpenBracket if self.shape == Shape::Path => {
                    let Some(Node::Path(path)) = self.nodes.last_mut() else {
                        unreachable!("a path has just been read");
                    };
                    path.parse_rest(&mut self.tokens, &KEYWORDS)?;
                    self.grouped = false;
                }
                TokenKind::Equal => return self.compare(Frame::Compare(Comparator::Equal)),
                TokenKind::NotEqual => return self.compare(Frame::Compare(Comparator::NotEqual)),
                TokenKind::Less => return self.compare(Frame::Compare(Comparator::Less)),
                TokenKind::LessOrEqual => return self.compare(Frame::Compare(Comparator::LessOrEqual)),
                TokenKind::Greater => return self.compare(Frame::Compare(Comparator::Greater)),
                TokenKind::GreaterOrEqual => return self.compare(Frame::Compare(Comparator::GreaterOrEqual)),
                TokenKind::Name if self.tokens.is_keyword("BETWEEN") => {
                    return self.compare(Frame::BetweenLow);
                }
                TokenKind::Name if self.tokens.is_keyword("IN") => {
                    self.compare(Frame::List { operands: 0 })?;
                    self.tokens.expect(TokenKind::OpenParenthesis)?;
                    return Ok(false);
                }
                TokenKind::Name if self.tokens.is_keyword("AND") => {
                    if let Some(low @ Frame::BetweenLow) = self.frames.last_mut() {
                        *low = Frame::BetweenHigh;
                        self.tokens.advance();
                        return Ok(false);
                    }
                    return self.join(Frame::And);
                }
                TokenKind::Name if self.tokens.is_keyword("OR") => return self.join(Frame::Or),
                TokenKind::Comma => {
                    let (Some(Frame::Call { operands, .. }) | Some(Frame::List { operands })) =
                        self.frames.last_mut()
                    else {
                        return Err(self.tokens.fault());
                    };
                    *operands += 1;
                    self.tokens.advance();
                    return Ok(false);
                }
                TokenKind::CloseParenthesis => self.close()?,
                TokenKind::End => {
                    self.reduce(Frame::Or)?;
                    if !self.frames.is_empty() || !self.is_condition() {
                        return Err(self.tokens.fault());
                    }
                    return Ok(true);
                }
                _ => return Err(self.tokens.fault()),
            }
        }
    }

    /// Begins a comparison whose left side has just been read.
    fn compare(&mut self, frame: Frame<'t>) -> Result<bool, ExpressionFault> {
        if self.shape == Shape::Condition || !self.condition_allowed() {
            return Err(self.tokens.fault());
        }
        self.tokens.advance();
        self.frames.push(frame);
        Ok(false)
    }

    /// Begins the right side of AND or OR.
    fn join(&mut self, frame: Frame<'t>) -> Result<bool, ExpressionFault> {
        self.reduce(frame)?;
        if !self.is_condition() || !self.condition_allowed() {
            return Err(self.tokens.fault());
        }
        self.tokens.advance();
        self.frames.push(frame);
        Ok(false)
    }

    /// Ends a group, a call or a list.
    fn close(&mut self) -> Result<(), ExpressionFault> {
        self.reduce(Frame::Or)?;
        match self.frames.last().copied() {
            Some(Frame::Group { .. }) => {
                self.redundant_parentheses |= self.grouped;
                self.grouped = true;
            }
            Some(Frame::Call { name, operands }) => {
                self.nodes.push(Node::Function { name, operands: operands + 1 });
                self.read(Shape::Function);
            }
            Some(Frame::List { operands }) => {
                self.nodes.push(Node::In { operands: operands + 1 });
                self.read(Shape::Condition);
            }
            _ => return Err(self.tokens.fault()),
        }
        self.frames.pop();
        self.tokens.advance();
        Ok(())
    }

    /// Completes the waiting operators that bind at least as tightly as `weakest`, which is AND or OR.
    fn reduce(&mut self, weakest: Frame<'t>) -> Result<(), ExpressionFault> {
        while let Some(frame) = self.frames.last() {
            let node = match frame {
                Frame::Compare(comparator) => Node::Compare(*comparator),
                Frame::BetweenHigh => Node::Between,
                Frame::Not => Node::Not,
                Frame::And => Node::And,
                Frame::Or if weakest == Frame::Or => Node::Or,
                _ => return Ok(()),
            };
            if matches!(node, Node::Not | Node::And | Node::Or) && !self.is_condition() {
                return Err(self.tokens.fault());
            }
            self.frames.pop();
            self.nodes.push(node);
            self.read(Shape::Condition);
        }
        Ok(())
    }

    fn read(&mut self, shape: Shape) {
        self.shape = shape;
        self.grouped = false;
    }

    /// Whether what has just been read can be a condition.
    fn is_condition(&self) -> bool {
        matches!(self.shape, Shape::Condition | Shape::Function)
    }

    /// Whether what comes next, or has just been read, may be a condition rather than an operand.
    fn condition_allowed(&self) -> bool {
        matches!(
            self.frames.last(),
            None | Some(Frame::Group { operand_only: false } | Frame::Not | Frame::And | Frame::Or)
        )
    }
}
