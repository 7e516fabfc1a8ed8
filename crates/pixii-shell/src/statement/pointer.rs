//! Where in a statement something is wrong, as far as the endpoint's answer tells: a place (`at 1:8:4`), the name of
//! something in it, or that it is no statement at all, of which the shell's own parser knows the place.

use super::anatomy::Anatomy;
use super::token::{Kind, tokens};
use crate::text::{printable, width};
use pixii_expression::partiql::fault_place;
use std::ops::Range;

/// What precedes a name in AWS's sentences.
const INTRODUCTIONS: [&str; 6] =
    [": Key ", "Key name: ", "Attribute ", "update attribute ", "select clause: ", "on same key "];

/// The bytes of the statement that an error is about.
pub fn place(statement: &str, kind: &str, message: &str) -> Option<Range<usize>> {
    let anatomy = Anatomy::of(statement);
    if let Some(place) = position(statement, message) {
        return Some(place);
    }
    if message.starts_with("Statement wasn't well formed") {
        return fault_place(statement);
    }
    if kind == "ResourceNotFoundException" {
        return anatomy.table.map(|table| table.at);
    }
    if message.contains("does not have the specified index") {
        return anatomy.index.map(|index| index.at);
    }
    named(statement, message)
}

/// `at line:column:length`, counted in characters from 1.
fn position(statement: &str, message: &str) -> Option<Range<usize>> {
    let (_, written) = message.rsplit_once(" at ")?;
    let mut numbers = written.trim_end_matches('.').split(':').map(|number| number.parse::<usize>().ok());
    let (line, column) = (numbers.next()??, numbers.next()??);
    let length = numbers.next().flatten().unwrap_or(1).max(1);
    let begins = match line.checked_sub(2) {
        None => 0,
        Some(before) => statement.match_indices('\n').nth(before)?.0 + 1,
    };
    let mut places = statement[begins..].char_indices().map(|(at, _)| begins + at).chain([statement.len()]);
    let start = places.nth(column.checked_sub(1)?)?;
    let end = places.nth(length - 1).unwrap_or(statement.len());
    Some(start..end)
}

/// A name that the message mentions and that stands in the statement once; or the last of those that are too many.
fn named(statement: &str, message: &str) -> Option<Range<usize>> {
    let introduced = INTRODUCTIONS.iter().filter_map(|introduction| {
        let (_, name) = message.split_once(introduction)?;
        name.split([' ', ',', '.', ']']).next()
    });
    let tokens: Vec<_> = tokens(statement).filter(|token| token.kind != Kind::Comment).collect();
    introduced.filter(|name| !name.is_empty()).find_map(|name| {
        let mut found = tokens.iter().enumerate().filter(|(at, token)| match token.kind {
            // As a member's name, not as a value.
            Kind::Text => token.inner() == name && tokens.get(at + 1).is_some_and(|next| next.is_symbol(":")),
            _ => token.name().is_some_and(|found| found == name),
        });
        let place = match (found.next(), found.next_back()) {
            (Some(only), None) => Some(only),
            (_, last) => last.filter(|_| message.starts_with("Duplicate")),
        };
        place.map(|(_, token)| token.start..token.end())
    })
}

/// The line in which a place begins, and carets under the place, both indented. Fits into `columns`.
pub fn draw(statement: &str, place: &Range<usize>, columns: Option<usize>) -> String {
    const INDENT: &str = "  ";
    let begins = statement[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let ends = statement[begins..].find('\n').map_or(statement.len(), |at| begins + at);
    let mut before = printable(&statement[begins..place.start]);
    let pointed = printable(&statement[place.start..place.end.min(ends).max(place.start)]);
    let after = printable(&statement[place.end.min(ends).max(place.start)..ends]);
    if let Some(columns) = columns {
        // Of a long line, what leads to the place.
        let room = columns.saturating_sub(INDENT.len() + 1).max(20);
        let wanted = width(&pointed).min(room / 2) + 1;
        while width(&before) + wanted > room {
            let cut = before.chars().skip(room / 3 + 1).collect::<String>();
            before = format!("…{cut}");
        }
        let mut line = format!("{before}{pointed}{after}");
        let whole = width(&line) <= room;
        while width(&line) > room {
            line.pop();
        }
        let carets = width(&pointed).clamp(1, room.saturating_sub(width(&before)).max(1));
        let more = if whole { "" } else { "…" };
        return format!("{INDENT}{line}{more}\n{INDENT}{}{}", " ".repeat(width(&before)), "^".repeat(carets));
    }
    let carets = "^".repeat(width(&pointed).max(1));
    format!("{INDENT}{before}{pointed}{after}\n{INDENT}{}{carets}", " ".repeat(width(&before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a message points at.
    #[track_caller]
    fn check(statement: &str, kind: &str, message: &str, expect: Option<&str>) {
        let found = place(statement, kind, message).map(|place| &statement[place]);
        assert_eq!(found, expect, "{statement}: {message}");
    }

    #[test]
    fn positions_are_read() {
        let message = "Unexpected path component at 1:8:4";
        check("SELECT a[*] FROM x", "ValidationException", message, Some("a[*]"));
        check("SELECT é.a FROM x", "ValidationException", "Unsupported at 1:9:1", Some("."));
        check(
            "SELECT *\nFROM x\nLIMIT 1",
            "ValidationException",
            "Unsupported clause: LIMIT at 3:1:5",
            Some("LIMIT"),
        );
        check("SELECT", "ValidationException", "Something at 1:7:1", Some(""));
        check("SELECT", "ValidationException", "Something at 9:7:1", None);
        check("SELECT", "ValidationException", "Something at 1:0:1", None);
        check("SELECT", "ValidationException", "Look at this", None);
    }

    #[test]
    fn names_are_found_where_they_stand_once() {
        let key = "Key attribute's data type should match its data type in table's schema: Key Artist";
        check("INSERT INTO M VALUE {Artist: 1}", "ValidationException", key, Some("Artist"));
        check("SELECT Artist FROM M WHERE Artist = 1", "ValidationException", key, None);
        let order = "Attribute Year in ORDER BY clause must be part of the primary key";
        check(
            "SELECT * FROM M WHERE a = 1 ORDER BY \"Year\"",
            "ValidationException",
            order,
            Some("\"Year\""),
        );
        check("INSERT INTO M VALUE {'Artist': 'Artist'}", "ValidationException", key, Some("'Artist'"));
        let update = "Cannot update attribute Artist. This attribute is part of the key";
        check("UPDATE M SET Artist = 1", "ValidationException", update, Some("Artist"));
        check("SELECT * FROM M", "ThrottlingException", "Rate exceeded", None);
    }

    #[test]
    fn of_duplicates_the_last_is_pointed_at() {
        let message = "Duplicate identifiers in select clause: a";
        assert_eq!(place("SELECT a, b, a FROM M", "ValidationException", message), Some(13..14));
    }

    #[test]
    fn tables_and_indexes_that_are_not_there_are_pointed_at() {
        let message = "Requested resource not found";
        check("SELECT * FROM \"Musik\"", "ResourceNotFoundException", message, Some("\"Musik\""));
        let message = "The table does not have the specified index";
        check("SELECT * FROM M.\"byYear\"", "ValidationException", message, Some("\"byYear\""));
    }

    #[test]
    fn syntax_is_pointed_at() {
        let message = "Statement wasn't well formed, can't be processed: Unexpected term";
        check("SELECT * FORM Music", "ValidationException", message, Some("FORM"));
        check("SELECT * FROM Music WHERE a = 'x", "ValidationException", message, Some("'x"));
    }

    #[test]
    fn carets_stand_under_the_place() {
        assert_eq!(draw("SELECT * FORM x", &(9..13), None), "  SELECT * FORM x\n           ^^^^");
        assert_eq!(draw("SELECT *\nFORM x", &(9..13), None), "  FORM x\n  ^^^^");
        assert_eq!(draw("SELECT", &(6..6), None), "  SELECT\n        ^");
        assert_eq!(draw("日本 x", &(7..8), None), "  日本 x\n       ^");
        assert_eq!(draw("a\nb", &(0..3), None), "  a\n  ^");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let long = format!("SELECT {} FORM x WHERE {}", "a, ".repeat(60), "b = 1 AND ".repeat(20));
        let at = long.find("FORM").unwrap();
        let drawn = draw(&long, &(at..at + 4), Some(60));
        let (line, carets) = drawn.split_once('\n').unwrap();
        assert!(width(line) <= 60 && width(carets) <= 60, "{drawn}");
        let column = carets.find('^').unwrap();
        assert_eq!(line.chars().skip(column).take(4).collect::<String>(), "FORM", "{drawn}");
        assert_eq!(carets.matches('^').count(), 4, "{drawn}");
    }
}
