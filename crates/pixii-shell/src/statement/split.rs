//! Lines to statements and commands.
//!
//! A statement ends at `;`, wherever no quote or comment holds it, or where the text ends. A command begins with `\`
//! where a statement could begin, and is the rest of its line.

use super::token::{Kind, tokens};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A statement without its semicolon. Where there were comments there are blanks, so that what an endpoint says about
    /// a place is true of what was written.
    Statement(String),
    /// A command without its backslash.
    Command(String),
}

/// A piece and the line it begins in, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// What to do.
    pub piece: Piece,
    /// Where it was read.
    pub line: usize,
}

/// Takes text as it comes.
#[derive(Debug)]
pub struct Splitter {
    pending: String,
    /// The line in which what is pending begins.
    line: usize,
}

impl Default for Splitter {
    fn default() -> Self {
        Self { pending: String::new(), line: 1 }
    }
}

impl Splitter {
    /// Takes whole lines; gives what they complete.
    pub fn push(&mut self, text: &str) -> Vec<Numbered> {
        self.pending.push_str(text);
        // What cannot complete anything is not looked at again and again.
        if !text.contains([';', '\\']) { Vec::new() } else { self.cut(false) }
    }

    /// What is left, now that nothing follows.
    pub fn finish(&mut self) -> Vec<Numbered> {
        self.cut(true)
    }

    fn cut(&mut self, to_the_end: bool) -> Vec<Numbered> {
        let text = std::mem::take(&mut self.pending);
        let (pieces, rest) = cut(&text);
        let number = |start: usize| self.line + text[..start].matches('\n').count();
        let mut numbered: Vec<_> =
            pieces.into_iter().map(|(start, piece)| Numbered { piece, line: number(start) }).collect();
        let begins = text[rest..].find(|letter: char| !letter.is_whitespace()).map(|at| rest + at);
        match begins {
            Some(begins) if to_the_end => {
                let last = statement(&text, begins, text.len());
                numbered.extend(last.map(|(begins, piece)| Numbered { piece, line: number(begins) }));
            }
            Some(begins) => {
                self.line = number(begins);
                self.pending = text[begins..].to_owned();
            }
            None => self.line = number(text.len()),
        }
        numbered
    }
}

/// Whether Enter runs what has been typed: a command, statements that all have their semicolon, or an empty line.
pub fn is_complete(typed: &str) -> bool {
    let (_, rest) = cut(typed);
    let mut open = false;
    let mut only_comments = true;
    for token in tokens(&typed[rest..]) {
        open = !token.closed;
        only_comments &= token.kind == Kind::Comment;
    }
    let last_line_is_empty = typed.rfind('\n').is_some_and(|at| typed[at..].trim().is_empty());
    !open && (only_comments || last_line_is_empty)
}

/// Where the piece begins that the end of a text is a part of.
pub fn unfinished(typed: &str) -> usize {
    let (pieces, rest) = cut(typed);
    match pieces.last() {
        // A command goes on until its line ends.
        Some((begins, Piece::Command(_))) if rest == typed.len() => *begins,
        _ => rest,
    }
}

/// The pieces of a text and where each begins; and where what is not complete begins.
fn cut(text: &str) -> (Vec<(usize, Piece)>, usize) {
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some((ends, piece)) = cut_one(text, from) {
        pieces.extend(piece);
        from = ends;
    }
    (pieces, from)
}

/// Where the first piece behind a place ends, if it does, and the piece, if there is more to it than its end.
fn cut_one(text: &str, from: usize) -> Option<(usize, Option<(usize, Piece)>)> {
    let mut significant = tokens(&text[from..]).filter(|token| token.kind != Kind::Comment).peekable();
    let first = significant.peek()?;
    if first.is_symbol("\\") {
        let begins = from + first.start;
        let ends = text[begins..].find('\n').map_or(text.len(), |at| begins + at);
        let command = text[begins + 1..ends].trim().trim_end_matches(';').trim_end();
        return Some((ends, Some((begins, Piece::Command(command.to_owned())))));
    }
    let semicolon = significant.find(|token| token.is_symbol(";"))?;
    let ends = from + semicolon.start;
    Some((ends + 1, statement(text, from, ends)))
}

/// The statement between two places and where it begins, if there is more than comments.
fn statement(text: &str, from: usize, to: usize) -> Option<(usize, Piece)> {
    let source = &text[from..to];
    let mut begins = None;
    let mut clean = String::with_capacity(source.len());
    let mut copied = 0;
    for token in tokens(source) {
        if token.kind == Kind::Comment {
            clean.push_str(&source[copied..token.start]);
            clean.extend(token.text.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
            copied = token.end();
        } else {
            begins.get_or_insert(from + token.start);
        }
    }
    clean.push_str(&source[copied..]);
    Some((begins?, Piece::Statement(clean.trim().to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text is cut into: `line:statement` or `line:\command`.
    fn pieces(numbered: Vec<Numbered>) -> Vec<String> {
        let show = |Numbered { piece, line }| match piece {
            Piece::Statement(text) => format!("{line}:{text}"),
            Piece::Command(text) => format!("{line}:\\{text}"),
        };
        numbered.into_iter().map(show).collect()
    }

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let mut splitter = Splitter::default();
        let mut found = pieces(splitter.push(text));
        found.extend(pieces(splitter.finish()));
        assert_eq!(found, expect, "{text}");
        // The same, as it comes through a pipe.
        let mut splitter = Splitter::default();
        let mut found = Vec::new();
        for line in text.split_inclusive('\n') {
            found.extend(pieces(splitter.push(line)));
        }
        found.extend(pieces(splitter.finish()));
        assert_eq!(found, expect, "{text}, line by line");
    }

    #[test]
    fn statements_end_at_semicolons() {
        check("SELECT 1; SELECT 2", &["1:SELECT 1", "1:SELECT 2"]);
        check("SELECT\n1\n;\n\n;SELECT 2;\n", &["1:SELECT\n1", "5:SELECT 2"]);
        check(" \n ", &[]);
        check("", &[]);
    }

    #[test]
    fn quotes_and_comments_hold_semicolons() {
        check("SELECT 'a;''b;' ;x", &["1:SELECT 'a;''b;'", "1:x"]);
        check("SELECT \";\" `;`;", &["1:SELECT \";\" `;`"]);
        check("SELECT /* ; */ 1;", &["1:SELECT         1"]);
        check("SELECT -- a;'\n1;x", &["1:SELECT       \n1", "2:x"]);
        check("SELECT '--', '/*';", &["1:SELECT '--', '/*'"]);
    }

    #[test]
    fn comments_alone_are_nothing() {
        check("-- a\n/* b\n */\n", &[]);
        check("-- a\n;SELECT 1", &["2:SELECT 1"]);
        check("-- é\nSELECT 1", &["2:SELECT 1"]);
    }

    #[test]
    fn columns_stay_where_they_are() {
        check("SELECT /* é */ x;", &["1:SELECT         x"]);
    }

    #[test]
    fn commands_are_lines() {
        check("\\tables\nSELECT 1;\\json on", &["1:\\tables", "2:SELECT 1", "2:\\json on"]);
        check("-- it's\n\\describe it's;\nSELECT 2", &["2:\\describe it's", "3:SELECT 2"]);
        check("SELECT 1\n\\x", &["1:SELECT 1\n\\x"]);
    }

    #[test]
    fn the_end_of_a_text_is_part_of_its_last_piece() {
        for (typed, expect) in [
            ("SELECT 1;SEL", "SEL"),
            ("SELECT 1;", ""),
            ("\\x\n\\ta", "\\ta"),
            ("\\x\n", "\n"),
            ("a ';'", "a ';'"),
        ] {
            assert_eq!(&typed[unfinished(typed)..], expect, "{typed:?}");
        }
    }

    #[test]
    fn enter_runs_what_is_complete() {
        for (typed, expect) in [
            ("", true),
            ("SELECT 1;", true),
            ("SELECT 1; -- done", true),
            ("SELECT 1", false),
            ("SELECT 1;SELECT 2", false),
            ("SELECT 1\n", true),
            ("SELECT 1\nFROM", false),
            ("SELECT ';", false),
            ("SELECT '\n", false),
            ("SELECT /* ;", false),
            ("\\tables", true),
            ("SELECT 1;\\x", true),
            ("-- only a comment", true),
        ] {
            assert_eq!(is_complete(typed), expect, "{typed:?}");
        }
    }
}
