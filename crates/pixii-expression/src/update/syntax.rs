//! Updates as written: text to sections and actions.
//!
//! ```text
//! update  := section+                       each of the four at most once, which binding checks
//! section := SET path = value, ... | REMOVE path, ... | ADD path :value, ... | DELETE path :value, ...
//! value   := operand | operand + operand | operand - operand | ( value )
//! operand := path | :value | name ( operand, ... ) | ( operand )
//! ```
//!
//! Parentheses do not nest further than that. Calls do, and wait in a stack of frames, not on the call stack.

use crate::lexer::{TokenKind, Tokens};
use crate::path_syntax::PathSyntax;
use pixii_model::error::ExpressionFault;

/// Words that cannot be names in updates.
const KEYWORDS: [&str; 4] = ["SET", "REMOVE", "ADD", "DELETE"];

/// A part of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Set,
    Remove,
    Add,
    Delete,
}

/// One action: a path, and the nodes of its value in postfix order.
#[derive(Debug)]
pub(super) struct ActionSyntax<'t> {
    pub(super) section: Section,
    pub(super) path: PathSyntax<'t>,
    pub(super) value: Vec<Node<'t>>,
}

/// A node takes the nodes before it as its operands, as many as it needs.
#[derive(Clone, Debug)]
pub(super) enum Node<'t> {
    Path(PathSyntax<'t>),
    Value(&'t str),
    Function { name: &'t str, operands: usize },
    Plus,
    Minus,
}

/// An update's syntax tree.
#[derive(Debug)]
pub(super) struct UpdateSyntax<'t> {
    /// In order of appearance, possibly with repeats.
    pub(super) sections: Vec<Section>,
    pub(super) actions: Vec<ActionSyntax<'t>>,
}

/// What has begun and not ended.
enum Frame<'t> {
    /// The value itself, or the whole of it in parentheses; with its operator once that has been read.
    Value {
        operator: Option<Node<'t>>,
    },
    /// An operand in parentheses.
    Operand,
    Call {
        name: &'t str,
        operands: usize,
    },
}

impl Section {
    const ALL: [Self; 4] = [Self::Set, Self::Remove, Self::Add, Self::Delete];

    /// As AWS prints it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Set => KEYWORDS[0],
            Self::Remove => KEYWORDS[1],
            Self::Add => KEYWORDS[2],
            Self::Delete => KEYWORDS[3],
        }
    }
}

/// Reads an update.
pub(super) fn parse(text: &str) -> Result<UpdateSyntax<'_>, ExpressionFault> {
    let mut tokens = Tokens::new(text)?;
    let mut update = UpdateSyntax { sections: Vec::new(), actions: Vec::new() };
    loop {
        let keyword = Section::ALL.into_iter().find(|section| tokens.is_keyword(section.as_str()));
        let Some(section) = keyword else { return Err(tokens.fault()) };
        tokens.advance();
        update.sections.push(section);
        loop {
            update.actions.push(action(section, &mut tokens)?);
            if tokens.kind() != TokenKind::Comma {
                break;
            }
            tokens.advance();
        }
        if tokens.kind() == TokenKind::End {
            return Ok(update);
        }
    }
}

fn action<'t>(section: Section, tokens: &mut Tokens<'t>) -> Result<ActionSyntax<'t>, ExpressionFault> {
    let path = PathSyntax::parse(tokens, &KEYWORDS)?;
    let value = match section {
        Section::Remove => Vec::new(),
        Section::Add | Section::Delete => vec![Node::Value(tokens.expect(TokenKind::ValuePlaceholder)?)],
        Section::Set => {
            tokens.expect(TokenKind::Equal)?;
            value(tokens)?
        }
    };
    Ok(ActionSyntax { section, path, value })
}

/// Reads the right side of a SET. What follows it is the caller's to judge.
fn value<'t>(tokens: &mut Tokens<'t>) -> Result<Vec<Node<'t>>, ExpressionFault> {
    let mut nodes = Vec::new();
    let mut frames = vec![Frame::Value { operator: None }];
    loop {
        nodes.push(operand(tokens, &mut frames)?);
        // Whether what has just been read is a sum in parentheses, which is no operand.
        let mut sum = false;
        loop {
            let depth = frames.len();
            let innermost = frames.last_mut().expect("the value's own frame stays");
            match (tokens.kind(), innermost) {
                (kind @ (TokenKind::Plus | TokenKind::Minus), Frame::Value { operator: operator @ None })
                    if !sum =>
                {
                    *operator = Some(if kind == TokenKind::Plus { Node::Plus } else { Node::Minus });
                    tokens.advance();
                    break;
                }
                (TokenKind::Comma, Frame::Call { operands, .. }) => {
                    *operands += 1;
                    tokens.advance();
                    break;
                }
                (TokenKind::CloseParenthesis, Frame::Call { name, operands }) => {
                    nodes.push(Node::Function { name, operands: *operands + 1 });
                }
                (TokenKind::CloseParenthesis, Frame::Operand) => {}
                (TokenKind::CloseParenthesis, Frame::Value { operator }) if depth > 1 => {
                    sum = operator.is_some();
                    nodes.extend(operator.take());
                }
                (TokenKind::CloseParenthesis, _) => return Err(tokens.fault()),
                (_, Frame::Value { operator }) if depth == 1 => {
                    nodes.extend(operator.take());
                    return Ok(nodes);
                }
                _ => return Err(tokens.fault()),
            }
            frames.pop();
            tokens.advance();
        }
    }
}

/// Reads up to and including the next path or value.
fn operand<'t>(tokens: &mut Tokens<'t>, frames: &mut Vec<Frame<'t>>) -> Result<Node<'t>, ExpressionFault> {
    loop {
        match tokens.kind() {
            TokenKind::OpenParenthesis => {
                let frame = match &frames[..] {
                    [Frame::Value { operator: None }] => Frame::Value { operator: None },
                    [.., Frame::Operand] => return Err(tokens.fault()),
                    _ => Frame::Operand,
                };
                tokens.advance();
                frames.push(frame);
            }
            TokenKind::ValuePlaceholder => return Ok(Node::Value(tokens.advance())),
            TokenKind::Name
                if tokens.next_kind() == TokenKind::OpenParenthesis
                    && PathSyntax::begins(tokens, &KEYWORDS) =>
            {
                let name = tokens.advance();
                tokens.advance();
                frames.push(Frame::Call { name, operands: 0 });
            }
            _ => return PathSyntax::parse(tokens, &KEYWORDS).map(Node::Path),
        }
    }
}
