//! What a statement is about, as far as its printing and completion need it. It does not have to be complete.

use super::token::{Kind, Token, tokens};
use std::ops::Range;

/// A name in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Without its quotes.
    pub value: String,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
}

/// The parts of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anatomy {
    /// Whether it reads.
    pub reads: bool,
    /// The table that it names first.
    pub table: Option<Name>,
    /// The index of it.
    pub index: Option<Name>,
    /// The attributes that a SELECT lists, in its order; none for `*`.
    pub columns: Vec<String>,
}

impl Anatomy {
    /// Takes a statement apart.
    pub fn of(statement: &str) -> Self {
        let tokens: Vec<_> = tokens(statement).filter(|token| token.kind != Kind::Comment).collect();
        let is_verb = |word| tokens.first().is_some_and(|first| first.is_word(word));
        let (table, index) = target(&tokens);
        Self {
            reads: is_verb("SELECT") || is_verb("EXISTS"),
            table,
            index,
            columns: if is_verb("SELECT") { columns(&tokens[1..]) } else { Vec::new() },
        }
    }
}

/// Whether a table's name follows.
pub fn precedes_table(token: &Token<'_>) -> bool {
    ["FROM", "INTO", "UPDATE"].iter().any(|word| token.is_word(word))
}

fn target(tokens: &[Token<'_>]) -> (Option<Name>, Option<Name>) {
    let Some(before) = tokens.iter().position(precedes_table) else { return (None, None) };
    let name = |at: usize| {
        let token = tokens.get(at)?;
        Some(Name { value: token.name()?, at: token.start..token.end() })
    };
    let dotted = tokens.get(before + 2).is_some_and(|token| token.is_symbol("."));
    (name(before + 1), if dotted { name(before + 3) } else { None })
}

/// The attributes that stand before FROM. A path gives the attribute that its last name is.
fn columns(tokens: &[Token<'_>]) -> Vec<String> {
    let mut columns = Vec::new();
    let mut last = None;
    let mut depth = 0;
    for token in tokens {
        match token.text {
            "[" | "(" => depth += 1,
            "]" | ")" => depth -= 1,
            "," if depth == 0 => columns.extend(last.take()),
            _ if depth > 0 => {}
            _ if token.is_word("FROM") => break,
            _ => last = token.name().or(last),
        }
    }
    columns.extend(last);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statement: &str, reads: bool, table: Option<&str>, index: Option<&str>, columns: &[&str]) {
        let found = Anatomy::of(statement);
        let value = |name: &Option<Name>| name.as_ref().map(|name| name.value.clone());
        assert_eq!(found.reads, reads, "{statement}");
        assert_eq!(
            (value(&found.table).as_deref(), value(&found.index).as_deref()),
            (table, index),
            "{statement}"
        );
        assert_eq!(found.columns, columns, "{statement}");
    }

    #[test]
    fn statements_are_taken_apart() {
        check("SELECT * FROM Music", true, Some("Music"), None, &[]);
        check(
            "select a, b.c[0].d, \"e f\" from \"my-table\".\"by\"\"x\"",
            true,
            Some("my-table"),
            Some("by\"x"),
            &["a", "d", "e f"],
        );
        check("INSERT INTO Music VALUE {'a': 1}", false, Some("Music"), None, &[]);
        check("UPDATE Music SET a = 1", false, Some("Music"), None, &[]);
        check("DELETE FROM Music WHERE a = 'FROM x'", false, Some("Music"), None, &[]);
        check("SELECT a /* FROM b */ FROM c", true, Some("c"), None, &["a"]);
        check("SELECT a FROM", true, None, None, &["a"]);
        check("SELECT a[1], b FROM x.", true, Some("x"), None, &["a", "b"]);
        check("", false, None, None, &[]);
    }
}
