//! What may stand where the cursor is: a table, an index, an attribute, a keyword, a command. Pure; what is known comes from
//! [`Known`].

use crate::command;
use crate::statement::anatomy::{Anatomy, precedes_table};
use crate::statement::split::unfinished;
use crate::statement::token::{Kind, Token, is_word_byte, tokens};
use pixii_expression::partiql::is_keyword;

/// What names there are.
pub trait Known {
    /// All tables.
    fn tables(&self) -> Vec<String>;
    /// The indexes of a table.
    fn indexes(&self, table: &str) -> Vec<String>;
    /// The attributes of a table's items.
    fn attributes(&self, table: &str) -> Vec<String>;
}

/// Something to put in the place of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// As listed.
    pub display: String,
    /// As put in.
    pub replacement: String,
}

/// How statements begin.
const VERBS: [&str; 4] = ["SELECT", "INSERT INTO", "UPDATE", "DELETE FROM"];

/// The keywords and functions that statements of DynamoDB have.
const KEYWORDS: [&str; 40] = [
    "ALL",
    "AND",
    "ASC",
    "ATTRIBUTE_TYPE",
    "BEGINS_WITH",
    "BETWEEN",
    "BY",
    "CONTAINS",
    "DELETE",
    "DESC",
    "EXISTS",
    "FALSE",
    "FROM",
    "IN",
    "INSERT",
    "INTO",
    "IS",
    "LIST_APPEND",
    "MISSING",
    "MODIFIED",
    "NEW",
    "NOT",
    "NULL",
    "OLD",
    "OR",
    "ORDER",
    "ORDER BY",
    "REMOVE",
    "RETURNING",
    "RETURNING ALL NEW *",
    "RETURNING ALL OLD *",
    "SELECT",
    "SET",
    "SET_ADD",
    "SET_DELETE",
    "SIZE",
    "TRUE",
    "UPDATE",
    "VALUE",
    "WHERE",
];

/// Where what was typed begins, and what could stand there instead.
pub fn complete(typed: &str, cursor: usize, known: &impl Known) -> (usize, Vec<Candidate>) {
    let begins = unfinished(&typed[..cursor]);
    let before = &typed[begins..cursor];
    let leading = before.len() - before.trim_start().len();
    if before[leading..].starts_with('\\') {
        let (start, candidates) = complete_command(&before[leading..], known);
        return (begins + leading + start, candidates);
    }
    let mut all: Vec<Token<'_>> = tokens(before).collect();
    // A comment of the line kind is open to the end of its line.
    let inside = all.last().is_some_and(|last| match last.kind {
        Kind::Text | Kind::Ion => !last.closed,
        Kind::Comment => !last.closed || (last.text.starts_with("--") && last.end() == before.len()),
        _ => false,
    });
    if inside {
        return (cursor, Vec::new());
    }
    all.retain(|token| token.kind != Kind::Comment);
    // What is being typed: a word that the cursor touches, or a name whose quote is open.
    let typing =
        all.pop_if(|token| token.end() == before.len() && (token.kind == Kind::Word || !token.closed));
    let start = typing.map_or(before.len(), |token| token.start);
    let quoted = typing.is_some_and(|token| token.kind == Kind::Quoted);
    let prefix = typing
        .and_then(|token| if quoted { Some(token.inner().replace("\"\"", "\"")) } else { token.name() });
    let prefix = prefix.unwrap_or_default();
    let names = |names: Vec<String>| -> Vec<Candidate> {
        let fitting = names.into_iter().filter(|name| begins_with(name, &prefix));
        fitting.map(|name| Candidate { replacement: as_name(&name, quoted), display: name }).collect()
    };
    let candidates = match &all[..] {
        [.., token] if precedes_table(token) => names(known.tables()),
        [.., before, table, point] if precedes_table(before) && point.is_symbol(".") => {
            table.name().map_or_else(Vec::new, |table| names(known.indexes(&table)))
        }
        // A step into a value, whose names nobody knows.
        [.., point] if point.is_symbol(".") => Vec::new(),
        [] => keywords(&VERBS, &prefix),
        _ => {
            // The table may stand behind the cursor.
            let statement = &typed[begins..];
            let table = Anatomy::of(statement).table;
            let mut candidates = names(table.map_or_else(Vec::new, |table| known.attributes(&table.value)));
            if !quoted {
                candidates.extend(keywords(&KEYWORDS, &prefix));
            }
            candidates
        }
    };
    (begins + start, candidates)
}

fn complete_command(typed: &str, known: &impl Known) -> (usize, Vec<Candidate>) {
    let plain =
        |name: &str, more: &str| Candidate { display: name.to_owned(), replacement: format!("{name}{more}") };
    match typed.rsplit_once(' ') {
        None => {
            let names = command::names().filter(|name| name.starts_with(&typed[1..]));
            (1, names.map(|name| plain(name, " ")).collect())
        }
        Some((command, prefix)) => {
            let words: Vec<String> = match command::argument(command.trim()[1..].trim()) {
                command::Argument::Table => known.tables(),
                command::Argument::OneOf(words) => words.iter().map(|word| (*word).to_owned()).collect(),
                command::Argument::None => Vec::new(),
            };
            let fitting = words.iter().filter(|word| begins_with(word, prefix));
            (typed.len() - prefix.len(), fitting.map(|word| plain(word, "")).collect())
        }
    }
}

/// In the case in which they are being typed.
fn keywords(keywords: &[&str], prefix: &str) -> Vec<Candidate> {
    let lower = !prefix.is_empty() && !prefix.contains(|letter: char| letter.is_ascii_uppercase());
    let fitting = keywords.iter().filter(|keyword| begins_with(keyword, prefix));
    let cased =
        fitting.map(|keyword| if lower { keyword.to_ascii_lowercase() } else { (*keyword).to_owned() });
    cased.map(|keyword| Candidate { replacement: format!("{keyword} "), display: keyword }).collect()
}

/// Whether a word is one of the keywords that completion knows.
pub fn is_statement_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

fn begins_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
}

/// A name as a statement has to write it.
fn as_name(name: &str, quoted: bool) -> String {
    let plain = name.bytes().all(is_word_byte) && !name.starts_with(|letter: char| letter.is_ascii_digit());
    if plain && !quoted && !is_keyword(name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Music;

    impl Known for Music {
        fn tables(&self) -> Vec<String> {
            vec!["Music".into(), "Movies".into(), "my-table".into()]
        }

        fn indexes(&self, table: &str) -> Vec<String> {
            if table == "Music" { vec!["ByYear".into(), "by-label".into()] } else { Vec::new() }
        }

        fn attributes(&self, table: &str) -> Vec<String> {
            if table == "Music" {
                vec!["Artist".into(), "SongTitle".into(), "Size".into(), "a b".into()]
            } else {
                Vec::new()
            }
        }
    }

    /// Completes where `|` stands: what is replaced, and by what.
    #[track_caller]
    fn check(typed: &str, replaced: &str, expect: &[&str]) {
        let cursor = typed.find('|').expect("a cursor");
        let typed = typed.replace('|', "");
        let (start, candidates) = complete(&typed, cursor, &Music);
        let found: Vec<_> = candidates.iter().map(|candidate| candidate.replacement.as_str()).collect();
        assert_eq!((&typed[start..cursor], &found[..]), (replaced, expect), "{typed}");
    }

    #[test]
    fn statements_begin_with_a_verb() {
        check("|", "", &["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "]);
        check("s|", "s", &["select "]);
        check("SELECT 1; IN|", "IN", &["INSERT INTO "]);
    }

    #[test]
    fn tables_stand_behind_from_into_and_update() {
        check("SELECT * FROM |", "", &["Music", "Movies", "\"my-table\""]);
        check("select * from mu|", "mu", &["Music"]);
        check("INSERT INTO \"m|", "\"m", &["\"Music\"", "\"Movies\"", "\"my-table\""]);
        check("UPDATE Mo|", "Mo", &["Movies"]);
        check("SELECT * FROM /* here */ Mo|", "Mo", &["Movies"]);
    }

    #[test]
    fn indexes_stand_behind_their_table() {
        check("SELECT * FROM Music.|", "", &["ByYear", "\"by-label\""]);
        check("SELECT * FROM \"Music\".\"b|", "\"b", &["\"ByYear\"", "\"by-label\""]);
        check("SELECT * FROM Movies.|", "", &[]);
    }

    #[test]
    fn attributes_and_keywords_stand_elsewhere() {
        check("SELECT * FROM Music WHERE Art|", "Art", &["Artist"]);
        check(
            "SELECT * FROM Music WHERE s|",
            "s",
            &["SongTitle", "\"Size\"", "select ", "set ", "set_add ", "set_delete ", "size "],
        );
        check("SELECT a| FROM Music", "a", &["Artist", "\"a b\"", "all ", "and ", "asc ", "attribute_type "]);
        check("SELECT \"a| FROM Music", "\"a", &[]);
        check("SELECT * FROM Music WHERE \"a|", "\"a", &["\"Artist\"", "\"a b\""]);
        check("SELECT * FROM Music WH|", "WH", &["WHERE "]);
        check("SELECT * FROM Music ORD|", "ORD", &["ORDER ", "ORDER BY "]);
    }

    #[test]
    fn nothing_stands_in_texts_comments_and_behind_points() {
        check("SELECT * FROM Music WHERE Artist = 'N|", "", &[]);
        check("SELECT * -- fr|", "", &[]);
        check("SELECT * FROM Music WHERE Artist.S|", "S", &[]);
    }

    #[test]
    fn commands_are_completed() {
        check("\\ta|", "ta", &["tables "]);
        check("\\describe M|", "M", &["Music", "Movies", "my-table"]);
        check("\\json o|", "o", &["on", "off"]);
        check("\\tables|", "tables", &["tables "]);
    }
}
