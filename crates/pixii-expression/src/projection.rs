//! Projection expressions: which attributes, and which parts of them, an answer holds.

use crate::attribute_source::{AttributeSource, ValueRef};
use crate::lexer::{TokenKind, Tokens};
use crate::path::{self, DocumentPath, PathElement};
use crate::path_syntax::PathSyntax;
use crate::placeholder::Placeholders;
use pixii_model::error::{ExpressionError, ExpressionFault, ExpressionKind};
use pixii_model::{AttributeValue, Item};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What to return of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    paths: Vec<DocumentPath>,
    /// The attributes' names, if no path is nested.
    attributes: Option<Arc<[String]>>,
    /// The same paths, joined where they begin alike.
    parts: BTreeMap<String, Part>,
    /// The names under which what is found is returned, if not where it was.
    columns: Option<Vec<String>>,
}

/// What to return of one value.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Whole,
    /// Some values of a map, some elements of a list. No value has both.
    Some {
        values: BTreeMap<String, Part>,
        elements: BTreeMap<usize, Part>,
    },
}

impl Projection {
    /// Reads a ProjectionExpression.
    pub fn parse(text: &str, placeholders: &mut Placeholders<'_>) -> Result<Self, ExpressionError> {
        parse(text, placeholders)
            .map(Self::new)
            .map_err(|fault| ExpressionError { kind: ExpressionKind::Projection, fault })
    }

    /// The parts of an item at these paths. Of paths that overlap, the shorter prevails.
    pub fn new(paths: Vec<DocumentPath>) -> Self {
        let attributes = (!paths.iter().any(DocumentPath::is_nested))
            .then(|| paths.iter().map(|path| path.attribute.clone()).collect());
        let mut parts = BTreeMap::new();
        for path in &paths {
            let mut part = parts.entry(path.attribute.clone()).or_insert_with(Part::none);
            for element in &path.rest {
                let Part::Some { values, elements } = part else { break };
                part = match element {
                    PathElement::Name(name) => values.entry(name.clone()).or_insert_with(Part::none),
                    PathElement::Index(at) => elements.entry(*at).or_insert_with(Part::none),
                };
            }
            *part = Part::Whole;
        }
        Self { paths, attributes, parts, columns: None }
    }

    /// Columns of a SELECT: what is found at a path is returned under the path's last name, with the list indexes behind it.
    /// Refuses the first name that comes twice.
    pub fn columns(paths: Vec<DocumentPath>) -> Result<Self, String> {
        let columns: Vec<String> = paths.iter().map(column_name).collect();
        if let Some(at) = (1..columns.len()).find(|&at| columns[..at].contains(&columns[at])) {
            return Err(columns[at].clone());
        }
        let projection = Self::new(paths);
        let columns = projection.attributes.is_none().then_some(columns);
        Ok(Self { columns, ..projection })
    }

    /// Whole attributes, as AttributesToGet and indexes name them.
    pub fn attributes(names: impl IntoIterator<Item = String>) -> Self {
        Self::new(names.into_iter().map(DocumentPath::attribute).collect())
    }

    /// The names of the attributes, if only whole ones are wanted.
    pub fn top_level_only(&self) -> Option<&Arc<[String]>> {
        self.attributes.as_ref()
    }

    /// The paths, in order of appearance.
    pub fn paths(&self) -> &[DocumentPath] {
        &self.paths
    }

    /// What of `source` lies at the paths. Elements of one list keep their order and close up; a map or list of which
    /// nothing is found is not there at all.
    pub fn project(&self, source: &impl AttributeSource) -> Item {
        if let Some(columns) = &self.columns {
            let found = self
                .paths
                .iter()
                .zip(columns)
                .filter_map(|(path, column)| Some((column.clone(), path.find(source)?.to_value())));
            return found.collect();
        }
        let found = self.parts.iter().filter_map(|(name, part)| {
            let value = part.take(source.attribute(name)?)?;
            Some((name.clone(), value))
        });
        found.collect()
    }
}

/// `c[0]` of `a.b.c[0]`.
fn column_name(path: &DocumentPath) -> String {
    let mut column = path.attribute.clone();
    for element in &path.rest {
        match element {
            PathElement::Name(name) => column.clone_from(name),
            PathElement::Index(at) => column.push_str(&format!("[{at}]")),
        }
    }
    column
}

impl Part {
    fn none() -> Self {
        Self::Some { values: BTreeMap::new(), elements: BTreeMap::new() }
    }

    /// This part of a value, if the value has any of it.
    fn take(&self, value: ValueRef<'_>) -> Option<AttributeValue> {
        let Self::Some { values, elements } = self else { return Some(value.to_value()) };
        if elements.is_empty() {
            let found = values.iter().filter_map(|(name, part)| {
                let value = part.take(value.value(name)?)?;
                Some((name.clone(), value))
            });
            let map: Item = found.collect();
            return (!map.is_empty()).then_some(AttributeValue::M(map));
        }
        let list: Vec<_> = elements.iter().filter_map(|(at, part)| part.take(value.element(*at)?)).collect();
        (!list.is_empty()).then_some(AttributeValue::L(list))
    }
}

/// Reads paths, and checks them as AWS does: syntax, reserved words, undefined names, clashes.
fn parse(text: &str, placeholders: &mut Placeholders<'_>) -> Result<Vec<DocumentPath>, ExpressionFault> {
    let mut tokens = Tokens::new(text)?;
    let mut syntax = vec![PathSyntax::parse(&mut tokens, &[])?];
    while tokens.kind() == TokenKind::Comma {
        tokens.advance();
        syntax.push(PathSyntax::parse(&mut tokens, &[])?);
    }
    tokens.expect(TokenKind::End)?;
    syntax.iter().try_for_each(PathSyntax::check_reserved)?;
    let paths: Vec<_> = syntax.iter().map(|path| path.bind(placeholders)).collect::<Result<_, _>>()?;
    path::check_clashes(&paths)?;
    Ok(paths)
}

#[cfg(test)]
mod tests;
