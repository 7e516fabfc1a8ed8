//! Document paths as written: read from tokens, then bound.

use crate::lexer::{TokenKind, Tokens};
use crate::path::{DocumentPath, PathElement};
use crate::placeholder::Placeholders;
use crate::reserved::is_reserved;
use pixii_model::error::ExpressionFault;
use pixii_model::limits::NESTING_LEVELS_MAX;

/// A path whose placeholders are not replaced yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathSyntax<'t> {
    /// Never empty, and the first is no index.
    elements: Vec<ElementSyntax<'t>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ElementSyntax<'t> {
    Name(&'t str),
    Placeholder(&'t str),
    /// The digits.
    Index(&'t str),
}

impl<'t> PathSyntax<'t> {
    /// Whether a path can begin at the current token.
    pub(crate) fn begins(tokens: &Tokens<'_>, keywords: &[&str]) -> bool {
        match tokens.kind() {
            TokenKind::Name => !keywords.iter().any(|keyword| tokens.is_keyword(keyword)),
            kind => kind == TokenKind::NamePlaceholder,
        }
    }

    /// Reads a path. A name that is one of `keywords` does not belong to it.
    pub(crate) fn parse(tokens: &mut Tokens<'t>, keywords: &[&str]) -> Result<Self, ExpressionFault> {
        let mut path = Self { elements: vec![name(tokens, keywords)?] };
        path.parse_rest(tokens, keywords)?;
        Ok(path)
    }

    /// Reads the steps that follow a path which may stand in parentheses.
    pub(crate) fn parse_rest(
        &mut self,
        tokens: &mut Tokens<'t>,
        keywords: &[&str],
    ) -> Result<(), ExpressionFault> {
        loop {
            match tokens.kind() {
                TokenKind::Dot => {
                    tokens.advance();
                    self.elements.push(name(tokens, keywords)?);
                }
                TokenKind::OpenBracket => {
                    tokens.advance();
                    self.elements.push(ElementSyntax::Index(tokens.expect(TokenKind::Digits)?));
                    tokens.expect(TokenKind::CloseBracket)?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Refuses a reserved word, the first from the left.
    pub(crate) fn check_reserved(&self) -> Result<(), ExpressionFault> {
        let reserved = self.elements.iter().find_map(|element| match element {
            ElementSyntax::Name(name) if is_reserved(name) => Some((*name).to_owned()),
            _ => None,
        });
        reserved.map_or(Ok(()), |word| Err(ExpressionFault::ReservedWord { word }))
    }

    /// Replaces the placeholders.
    pub(crate) fn bind(&self, placeholders: &mut Placeholders<'_>) -> Result<DocumentPath, ExpressionFault> {
        let mut elements = self.elements.iter().map(|element| {
            Ok(match element {
                ElementSyntax::Name(name) => PathElement::Name((*name).to_owned()),
                ElementSyntax::Placeholder(placeholder) => {
                    PathElement::Name(placeholders.name(placeholder)?.to_owned())
                }
                ElementSyntax::Index(digits) => PathElement::Index(list_index(digits)?),
            })
        });
        let Some(PathElement::Name(attribute)) = elements.next().transpose()? else {
            unreachable!("a path begins with a name");
        };
        let rest = elements.collect::<Result<_, ExpressionFault>>()?;
        if self.elements.len() > NESTING_LEVELS_MAX {
            return Err(ExpressionFault::PathTooDeep { levels: self.elements.len() });
        }
        Ok(DocumentPath { attribute, rest })
    }
}

fn name<'t>(tokens: &mut Tokens<'t>, keywords: &[&str]) -> Result<ElementSyntax<'t>, ExpressionFault> {
    if !PathSyntax::begins(tokens, keywords) {
        return Err(tokens.fault());
    }
    let placeholder = tokens.kind() == TokenKind::NamePlaceholder;
    let text = tokens.advance();
    Ok(if placeholder { ElementSyntax::Placeholder(text) } else { ElementSyntax::Name(text) })
}

/// AWS takes indexes that fit 32 bits with a sign.
fn list_index(digits: &str) -> Result<usize, ExpressionFault> {
    match digits.parse::<i32>() {
        Ok(index) => Ok(index.unsigned_abs() as usize),
        Err(_) => Err(ExpressionFault::ListIndex { index: digits.to_owned() }),
    }
}
