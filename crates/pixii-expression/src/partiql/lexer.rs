//! Text of a statement to tokens. Comments and blanks go; where each token stands is kept, because refusals say it.

use super::keyword::is_keyword;
use pixii_model::error::partiql::{StatementPosition, StatementSyntaxFault};
use std::borrow::Cow;

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A name without quotes, which is no keyword.
    Word(&'t str),
    /// A keyword, as written.
    Keyword(&'t str),
    /// A name in double quotes.
    Quoted(Cow<'t, str>),
    /// A text in single quotes.
    Text(Cow<'t, str>),
    /// A number without sign.
    Number(&'t str),
    /// A literal in Ion's notation, without its backticks.
    Ion(&'t str),
    /// Anything else.
    Symbol(&'static str),
    /// The end of the statement.
    End,
}

/// A token and where it stands, in bytes.
#[derive(Clone, Debug)]
pub(super) struct Lexeme<'t> {
    pub token: Token<'t>,
    pub at: Span,
}

/// A part of the statement's text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
}

/// Longest first, so that none hides another.
const SYMBOLS: [&str; 27] = [
    "<<", ">>", "<=", ">=", "<>", "!=", "||", "(", ")", "[", "]", "{", "}", "<", ">", "=", ",", ".", ":",
    ";", "?", "*", "+", "-", "/", "%", "@",
];

impl Span {
    /// As AWS counts: lines, and characters of a line, from 1.
    pub(super) fn position(self, text: &str) -> StatementPosition {
        let before = &text[..self.start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        StatementPosition {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            length: text[self.start..self.end].chars().count(),
        }
    }
}

/// Reads all tokens; the last is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<Lexeme<'_>>, StatementSyntaxFault> {
    let mut lexemes = Vec::with_capacity(text.len() / 4 + 2);
    read(text, &mut lexemes)?;
    Ok(lexemes)
}

/// Where what is no token stands: what is left open, or one word.
pub(super) fn fault(text: &str) -> Option<Span> {
    let mut lexemes = Vec::new();
    read(text, &mut lexemes).err()?;
    let behind = lexemes.last().map_or(0, |lexeme| lexeme.at.end);
    let start = behind + blank_bytes(&text[behind..]).0;
    let rest = &text[start..];
    let length = match rest.starts_with(['\'', '"', '`', '/']) {
        true => rest.len(),
        false => rest.find(char::is_whitespace).unwrap_or(rest.len()),
    };
    Some(Span { start, end: start + length })
}

fn read<'t>(text: &'t str, lexemes: &mut Vec<Lexeme<'t>>) -> Result<(), StatementSyntaxFault> {
    let mut start = 0;
    loop {
        let (blank, open) = blank_bytes(&text[start..]);
        if open {
            return Err(StatementSyntaxFault::Token);
        }
        start += blank;
        let rest = &text[start..];
        let (token, bytes) = token(rest, lexemes.last().map(|lexeme| &lexeme.token))?;
        let end = token == Token::End;
        lexemes.push(Lexeme { token, at: Span { start, end: start + bytes } });
        if end {
            return Ok(());
        }
        start += bytes;
    }
}

/// How many bytes of blanks and comments there are, and whether a comment follows that has no end.
fn blank_bytes(text: &str) -> (usize, bool) {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            match comment.find("*/") {
                Some(end) => rest = &comment[end + 2..],
                None => return (text.len() - rest.len(), true),
            }
        } else {
            return (text.len() - rest.len(), false);
        }
    }
}

fn token<'t>(rest: &'t str, before: Option<&Token<'_>>) -> Result<(Token<'t>, usize), StatementSyntaxFault> {
    let bytes = rest.as_bytes();
    match bytes {
        [] => Ok((Token::End, 0)),
        [b'\'', ..] => quoted(rest, '\'').map(|(text, bytes)| (Token::Text(text), bytes)),
        [b'"', ..] => quoted(rest, '"').map(|(name, bytes)| (Token::Quoted(name), bytes)),
        [b'`', ..] => {
            let end = rest[1..].find('`').ok_or(StatementSyntaxFault::Token)?;
            Ok((Token::Ion(&rest[1..=end]), end + 2))
        }
        [b'0'..=b'9', ..] => number(rest),
        // Behind a path, a point begins a step.
        [b'.', b'0'..=b'9', ..] if !ends_path(before) => number(rest),
        [b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$', ..] => {
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
            let length = bytes.iter().position(|byte| !is_part(byte)).unwrap_or(bytes.len());
            let word = &rest[..length];
            Ok((if is_keyword(word) { Token::Keyword(word) } else { Token::Word(word) }, length))
        }
        _ => {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            symbol.map(|symbol| (Token::Symbol(symbol), symbol.len())).ok_or(StatementSyntaxFault::Token)
        }
    }
}

fn ends_path(token: Option<&Token<'_>>) -> bool {
    matches!(token, Some(Token::Word(_) | Token::Quoted(_) | Token::Symbol("]")))
}

/// A text between quotes, which are doubled inside it.
fn quoted(rest: &str, quote: char) -> Result<(Cow<'_, str>, usize), StatementSyntaxFault> {
    let inner = &rest[1..];
    let mut from = 0;
    loop {
        let end = from + inner[from..].find(quote).ok_or(StatementSyntaxFault::Token)?;
        if !inner[end + 1..].starts_with(quote) {
            let text = &inner[..end];
            let doubled = [quote, quote].iter().collect::<String>();
            let text = if from == 0 {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(text.replace(&doubled, &quote.to_string()))
            };
            return Ok((text, end + 2));
        }
        from = end + 2;
    }
}

/// `12`, `1.5`, `15.`, `.5`, `1e-5`. AWS reads exponents that fit 32 bits.
fn number(rest: &str) -> Result<(Token<'_>, usize), StatementSyntaxFault> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end += 1;
        end += digits(end);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let mut exponent = end + 1;
        exponent += usize::from(matches!(bytes.get(exponent), Some(b'+' | b'-')));
        let exponent_end = exponent + digits(exponent);
        if rest[end + 1..exponent_end].parse::<i32>().is_err() {
            return Err(StatementSyntaxFault::Token);
        }
        end = exponent_end;
    }
    Ok((Token::Number(&rest[..end]), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[Token<'_>]) {
        let found: Vec<_> = tokens(text).unwrap().into_iter().map(|lexeme| lexeme.token).collect();
        let (end, found) = found.split_last().unwrap();
        assert_eq!((found, end), (expect, &Token::End), "{text}");
    }

    #[test]
    fn tokens_are_read() {
        use Token::{Ion, Keyword, Number, Quoted, Symbol, Text, Word};
        check("SELECT a FROM b", &[Keyword("SELECT"), Word("a"), Keyword("FROM"), Word("b")]);
        check(r#""a""b" 'it''s'"#, &[Quoted(r#"a"b"#.into()), Text("it's".into())]);
        check(
            "1 1.5 15. .5 1e5 1E-5 1.5e+3",
            &["1", "1.5", "15.", ".5", "1e5", "1E-5", "1.5e+3"].map(Number),
        );
        check("a[0].b", &[Word("a"), Symbol("["), Number("0"), Symbol("]"), Symbol("."), Word("b")]);
        check("a.5", &[Word("a"), Symbol("."), Number("5")]);
        check("1.2.3", &[Number("1.2"), Number(".3")]);
        check("<<1>>", &[Symbol("<<"), Number("1"), Symbol(">>")]);
        check(
            "a<>b!=c<=d",
            &[Word("a"), Symbol("<>"), Word("b"), Symbol("!="), Word("c"), Symbol("<="), Word("d")],
        );
        check("a -- b\n/* c\n */ `x`", &[Word("a"), Ion("x")]);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in
            ["'a", "\"a", "`a", "/* a", "5e", "5e+", "1e99999999999", "é", "a # b", "a\u{a0}b", "'a''"]
        {
            assert_eq!(tokens(text).err(), Some(StatementSyntaxFault::Token), "{text}");
        }
    }

    #[test]
    fn positions_count_characters() {
        let text = "é\n  'ä'";
        assert_eq!(Span { start: 5, end: 9 }.position(text).to_string(), "2:3:3");
    }
}
