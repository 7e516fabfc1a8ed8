//! Literals and parameters to values, with AWS's refusals of what cannot be stored.

use super::bind::Binder;
use super::tree::{Expr, Kind};
use pixii_model::error::partiql::{LiteralPath, StatementFault};
use pixii_model::limits::NESTING_LEVELS_MAX;
use pixii_model::{AttributeValue, Item, Number};

type Bound<T> = Result<T, StatementFault>;

/// The way from the outermost value to the one at hand.
pub(super) enum Way<'w> {
    Root,
    Key(&'w Way<'w>, &'w str),
    Index(&'w Way<'w>, usize),
}

impl Way<'_> {
    fn depth(&self) -> usize {
        match self {
            Self::Root => 0,
            Self::Key(parent, _) | Self::Index(parent, _) => 1 + parent.depth(),
        }
    }

    /// As AWS prints it: `root.a[0]`.
    fn print(&self) -> LiteralPath {
        let mut path = match self {
            Self::Root => return LiteralPath("root".to_owned()),
            Self::Key(parent, _) | Self::Index(parent, _) => parent.print(),
        };
        match self {
            Self::Root => {}
            Self::Key(_, name) => path.0.extend([".", name]),
            Self::Index(_, at) => path.0.push_str(&format!("[{at}]")),
        }
        path
    }
}

impl Binder<'_> {
    /// The value that a literal or a parameter is.
    pub(super) fn value(&self, expr: &Expr<'_>, way: &Way<'_>) -> Bound<AttributeValue> {
        if way.depth() >= NESTING_LEVELS_MAX {
            return Err(StatementFault::NestedTooDeep(Some(way.print())));
        }
        Ok(match &expr.kind {
            Kind::Text(text) => AttributeValue::S(text.clone().into_owned()),
            Kind::Number { negative, digits } => AttributeValue::N(number(*negative, digits, way)?),
            Kind::Bool(value) => AttributeValue::Bool(*value),
            Kind::Null => AttributeValue::Null,
            Kind::Parameter(at) => self.parameters[*at].clone(),
            Kind::List(elements) => AttributeValue::L(
                elements
                    .iter()
                    .enumerate()
                    .map(|(at, element)| self.value(element, &Way::Index(way, at)))
                    .collect::<Bound<_>>()?,
            ),
            Kind::Map(entries) => {
                let mut map = Item::new();
                for (key, value) in entries {
                    let key = map_key(key, way)?;
                    let value = self.value(value, &Way::Key(way, key))?;
                    put(&mut map, key, value, way)?;
                }
                AttributeValue::M(map)
            }
            Kind::Bag(elements) => self.bag(elements, way)?,
            Kind::Ion(text) => {
                let type_name = ion_type(text);
                return Err(StatementFault::IonLiteral {
                    type_name,
                    path: way.print(),
                    at: self.position(expr),
                });
            }
            other => {
                let found = match other {
                    // Of an attribute of its own, AWS tells the function's name.
                    Kind::Call { name, .. } if matches!(way, Way::Root) => name.clone().into_owned(),
                    other => kind_name(other).to_owned(),
                };
                return Err(StatementFault::UnsupportedType {
                    found,
                    path: way.print(),
                    at: self.position(expr),
                });
            }
        })
    }

    /// The item of an INSERT. Each attribute is a root of its own.
    pub(super) fn item(&self, expr: &Expr<'_>) -> Bound<Item> {
        let item = match &expr.kind {
            Kind::Map(entries) => {
                let mut item = Item::new();
                for (key, value) in entries {
                    let key = map_key(key, &Way::Root)?;
                    put(&mut item, key, self.value(value, &Way::Root)?, &Way::Root)?;
                }
                item
            }
            Kind::Parameter(at) => match &self.parameters[*at] {
                AttributeValue::M(item) => item.clone(),
                _ => return Err(StatementFault::NoItem),
            },
            _ => return Err(StatementFault::NoItem),
        };
        // A parameter may be deep by itself, within a literal that is deep, too.
        if item.values().any(|value| value.nesting_levels() >= NESTING_LEVELS_MAX) {
            return Err(StatementFault::NestedTooDeep(None));
        }
        Ok(item)
    }

    /// A set. Its first element decides of what.
    fn bag(&self, elements: &[Expr<'_>], way: &Way<'_>) -> Bound<AttributeValue> {
        let Some((first, rest)) = elements.split_first() else { return Err(StatementFault::EmptyBag) };
        let of_texts = match first.kind {
            Kind::Text(_) => true,
            Kind::Number { .. } => false,
            _ => return Err(StatementFault::BagElement(Some(self.position(first)))),
        };
        for element in rest {
            match &element.kind {
                Kind::Text(_) if of_texts => {}
                Kind::Number { .. } if !of_texts => {}
                Kind::Parameter(_) => {
                    return Err(StatementFault::UnsupportedType {
                        found: kind_name(&element.kind).to_owned(),
                        path: way.print(),
                        at: self.position(element),
                    });
                }
                Kind::Ion(_) => return self.value(element, way),
                Kind::Null if !of_texts => return Err(StatementFault::NullInNumberSet(way.print())),
                _ => return Err(StatementFault::BagElement(of_texts.then(|| self.position(element)))),
            }
        }
        if of_texts {
            let texts = elements.iter().filter_map(|element| match &element.kind {
                Kind::Text(text) => Some(text.clone().into_owned()),
                _ => None,
            });
            let texts: Vec<String> = texts.collect();
            let set = sorted(texts.clone());
            set.map(AttributeValue::Ss).ok_or(StatementFault::BagDuplicates { elements: texts, path: None })
        } else {
            let mut numbers = Vec::with_capacity(elements.len());
            for element in elements {
                if let Kind::Number { negative, digits } = element.kind {
                    numbers.push(number(negative, digits, way)?);
                }
            }
            let printed = || numbers.iter().map(Number::to_string).collect();
            sorted(numbers.clone())
                .map(AttributeValue::Ns)
                .ok_or_else(|| StatementFault::BagDuplicates { elements: printed(), path: Some(way.print()) })
        }
    }
}

/// The elements in order; `None` if one comes twice.
fn sorted<T: Ord>(mut elements: Vec<T>) -> Option<Vec<T>> {
    elements.sort_unstable();
    let repeats = elements.windows(2).any(|pair| pair[0] == pair[1]);
    (!repeats).then_some(elements)
}

fn number(negative: bool, digits: &str, way: &Way<'_>) -> Bound<Number> {
    let parsed = if negative { Number::parse(&format!("-{digits}")) } else { Number::parse(digits) };
    parsed.map_err(|error| StatementFault::Number { error, path: way.print() })
}

fn map_key<'e>(key: &'e Expr<'_>, way: &Way<'_>) -> Bound<&'e str> {
    match &key.kind {
        Kind::Text(text) if text.is_empty() => Err(StatementFault::EmptyName),
        Kind::Text(text) => Ok(text),
        other => Err(StatementFault::MapKeyType { found: kind_name(other), path: way.print() }),
    }
}

fn put(map: &mut Item, key: &str, value: AttributeValue, way: &Way<'_>) -> Bound<()> {
    match map.insert(key.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(StatementFault::MapKeyTwice { key: key.to_owned(), path: way.print() }),
    }
}

/// What AWS calls a kind of expression.
pub(super) fn kind_name(kind: &Kind<'_>) -> &'static str {
    match kind {
        Kind::Path(path) if path.steps.is_empty() => "Id",
        Kind::Path(_) => "Path",
        Kind::Text(_) | Kind::Number { .. } | Kind::Bool(_) | Kind::Null | Kind::Ion(_) => "Lit",
        Kind::Missing => "Missing",
        Kind::Parameter(_) => "Parameter",
        Kind::List(_) => "List",
        Kind::Map(_) => "Struct",
        Kind::Bag(_) => "Bag",
        Kind::Call { .. } => "Call",
        Kind::Subquery(_) => "Select",
        Kind::Is(..) => "IsType",
        Kind::And(_)
        | Kind::Or(_)
        | Kind::Not(_)
        | Kind::Compare(..)
        | Kind::Between(_)
        | Kind::In(..)
        | Kind::Operator(..) => "NAry",
    }
}

/// The type of a literal in Ion's notation.
fn ion_type(text: &str) -> &'static str {
    let text = text.trim();
    let is_number = text.trim_start_matches(['-', '+']).starts_with(|first: char| first.is_ascii_digit());
    match text.as_bytes() {
        [b'{', b'{', rest @ ..] if rest.trim_ascii_start().starts_with(b"\"") => "CLOB",
        [b'{', b'{', ..] => "BLOB",
        [b'{', ..] => "STRUCT",
        [b'[', ..] => "LIST",
        [b'(', ..] => "SEXP",
        [b'"', ..] => "STRING",
        b"true" | b"false" => "BOOL",
        b"null" => "NULL",
        _ if text.starts_with("null.") => "NULL",
        _ if is_number && text.contains('T') => "TIMESTAMP",
        _ if is_number && text.contains(['e', 'E']) => "FLOAT",
        _ if is_number && text.contains(['.', 'd', 'D']) => "DECIMAL",
        _ if is_number => "INT",
        _ => "SYMBOL",
    }
}
