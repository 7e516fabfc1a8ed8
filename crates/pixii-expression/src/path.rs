//! Document paths: `a.b[0].c` names a value inside an item.

use pixii_model::error::ExpressionFault;
use std::fmt;

/// A bound path to an attribute or to a value inside one: placeholders are replaced.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentPath {
    /// The top-level attribute's name.
    pub attribute: String,
    /// The way from there; empty for the attribute itself.
    pub rest: Vec<PathElement>,
}

/// One step into a map or list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathElement {
    /// A map's value of that name.
    Name(String),
    /// A list's element, counted from 0.
    Index(usize),
}

impl DocumentPath {
    /// The path of a top-level attribute.
    pub fn attribute(name: impl Into<String>) -> Self {
        Self { attribute: name.into(), rest: Vec::new() }
    }

    /// Whether it leads into an attribute rather than to one.
    pub fn is_nested(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Whether `self` and `other` cannot stand in one expression: one lies in the other, or they take the same value for
    /// a list and for a map.
    pub fn clash(&self, other: &Self) -> Option<Clash> {
        if self.attribute != other.attribute {
            return None;
        }
        for (one, two) in self.rest.iter().zip(&other.rest) {
            match (one, two) {
                (PathElement::Name(one), PathElement::Name(two)) if one == two => {}
                (PathElement::Index(one), PathElement::Index(two)) if one == two => {}
                (PathElement::Name(_), PathElement::Name(_))
                | (PathElement::Index(_), PathElement::Index(_)) => {
                    return None;
                }
                _ => return Some(Clash::Conflict),
            }
        }
        Some(Clash::Overlap)
    }
}

/// How two paths clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// One lies in the other, or they are equal.
    Overlap,
    /// They take the same value for a list and for a map.
    Conflict,
}

impl Clash {
    /// The fault to report for the paths `one` and `two`, in order of appearance.
    pub fn fault(self, one: &DocumentPath, two: &DocumentPath) -> ExpressionFault {
        let (one, two) = (one.to_string(), two.to_string());
        match self {
            Self::Overlap => ExpressionFault::PathsOverlap { one, two },
            Self::Conflict => ExpressionFault::PathsConflict { one, two },
        }
    }
}

/// As AWS prints a path in its errors: `[a, b, [0]]`.
impl fmt::Display for DocumentPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}", self.attribute)?;
        for element in &self.rest {
            match element {
                PathElement::Name(name) => write!(f, ", {name}")?,
                PathElement::Index(index) => write!(f, ", [{index}]")?,
            }
        }
        f.write_str("]")
    }
}
