//! Document paths: `a.b[0].c` names a value inside an item.

use pixii_model::error::ExpressionFault;
use std::collections::BTreeMap;
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
}

/// Refuses paths that cannot stand in one expression: one lies in another (an overlap), or two take the same value for a
/// list and for a map (a conflict). AWS tells an overlap rather than a conflict.
pub fn check_clashes<'p>(paths: impl IntoIterator<Item = &'p DocumentPath>) -> Result<(), ExpressionFault> {
    let mut attributes: BTreeMap<&str, Branch<'_>> = BTreeMap::new();
    let mut conflict = None;
    for path in paths {
        let mut branch = attributes.entry(&path.attribute).or_insert_with(|| Branch::new(path));
        for element in &path.rest {
            if branch.ends {
                return Err(overlap(branch.first, path));
            }
            let first_of_other_kind = match element {
                PathElement::Name(_) => branch.first_index,
                PathElement::Index(_) => branch.first_name,
            };
            if let Some(first) = first_of_other_kind {
                conflict.get_or_insert((first, path));
            }
            branch = match element {
                PathElement::Name(name) => {
                    branch.first_name.get_or_insert(path);
                    branch.names.entry(name).or_insert_with(|| Branch::new(path))
                }
                PathElement::Index(at) => {
                    branch.first_index.get_or_insert(path);
                    branch.indexes.entry(*at).or_insert_with(|| Branch::new(path))
                }
            };
        }
        // Whoever made the branch is another path, unless this one did.
        if !std::ptr::eq(branch.first, path) {
            return Err(overlap(branch.first, path));
        }
        branch.ends = true;
    }
    conflict.map_or(Ok(()), |(one, two): (&DocumentPath, _)| {
        Err(ExpressionFault::PathsConflict { one: one.to_string(), two: two.to_string() })
    })
}

fn overlap(one: &DocumentPath, two: &DocumentPath) -> ExpressionFault {
    ExpressionFault::PathsOverlap { one: one.to_string(), two: two.to_string() }
}

/// The paths that begin alike.
struct Branch<'p> {
    /// The first of them.
    first: &'p DocumentPath,
    /// The first that goes on with a name.
    first_name: Option<&'p DocumentPath>,
    /// The first that goes on with an index.
    first_index: Option<&'p DocumentPath>,
    /// Whether the first ends here.
    ends: bool,
    names: BTreeMap<&'p str, Branch<'p>>,
    indexes: BTreeMap<usize, Branch<'p>>,
}

impl<'p> Branch<'p> {
    fn new(first: &'p DocumentPath) -> Self {
        Self {
            first,
            first_name: None,
            first_index: None,
            ends: false,
            names: BTreeMap::new(),
            indexes: BTreeMap::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> DocumentPath {
        let mut pieces = text.split('.');
        let attribute = pieces.next().unwrap().to_owned();
        let rest = pieces.map(|piece| match piece.parse() {
            Ok(at) => PathElement::Index(at),
            Err(_) => PathElement::Name(piece.to_owned()),
        });
        DocumentPath { attribute, rest: rest.collect() }
    }

    fn check(texts: &str, expect: Result<(), ExpressionFault>) {
        let paths: Vec<_> = texts.split(", ").map(path).collect();
        assert_eq!(check_clashes(&paths), expect, "{texts}");
    }

    #[test]
    fn paths_that_clash_are_refused() {
        for texts in ["a, b", "a.b, a.c", "a.0, a.1", "a.0.x, a.0.y", "a.b.d, a.b.e", "a.b, a.c.2, b", "a"] {
            check(texts, Ok(()));
        }
        for (texts, one, two) in [
            ("a, a", "[a]", "[a]"),
            ("a, b, a.b", "[a]", "[a, b]"),
            ("a.b, a", "[a, b]", "[a]"),
            ("a.1.x, a.1", "[a, [1], x]", "[a, [1]]"),
            ("a.1, a.1.x.y", "[a, [1]]", "[a, [1], x, y]"),
            ("d.1, d.b, c.1.a, c", "[c, [1], a]", "[c]"),
            ("b.1, b.a, a.b, a", "[a, b]", "[a]"),
        ] {
            check(texts, Err(ExpressionFault::PathsOverlap { one: one.to_owned(), two: two.to_owned() }));
        }
        for (texts, one, two) in [
            ("a.b, a.1", "[a, b]", "[a, [1]]"),
            ("a.1, a.b", "[a, [1]]", "[a, b]"),
            ("a.b.1, a.1", "[a, b, [1]]", "[a, [1]]"),
            ("x, a.b.c, a.b.2, a.b.3", "[a, b, c]", "[a, b, [2]]"),
        ] {
            check(texts, Err(ExpressionFault::PathsConflict { one: one.to_owned(), two: two.to_owned() }));
        }
    }
}
