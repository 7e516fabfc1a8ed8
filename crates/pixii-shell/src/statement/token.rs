//! Text of a statement to tokens, as far as a client has to know them. Nothing is refused: what is left open goes to the
//! end, and what no statement may hold is a symbol.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword, or a name without quotes.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A text in single quotes.
    Text,
    /// A literal in Ion's notation, in backticks.
    Ion,
    /// A number without sign.
    Number,
    /// `-- to the end of the line` or `/* to its end */`
    Comment,
    /// Any other character.
    Symbol,
}

/// A token, and where it stands, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: Kind,
    /// As written, quotes and all.
    pub text: &'t str,
    /// Where it begins.
    pub start: usize,
    /// Whether what it opens, it closes.
    pub closed: bool,
}

impl<'t> Token<'t> {
    /// Where it ends.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword, in any case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this character.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// The name that it is, without its quotes.
    pub fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::Quoted => Some(self.inner().replace("\"\"", "\"")),
            _ => None,
        }
    }

    /// What stands between its quotes.
    pub fn inner(&self) -> &'t str {
        let open = &self.text[1..];
        if self.closed { &open[..open.len() - 1] } else { open }
    }
}

/// The tokens of a text, one after the other.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        start += text[start..].len() - text[start..].trim_start().len();
        let rest = &text[start..];
        let (kind, length, closed) = measure(rest)?;
        let token = Token { kind, text: &rest[..length], start, closed };
        start = token.end();
        Some(token)
    })
}

/// The first token: kind, length, whether it is closed.
fn measure(rest: &str) -> Option<(Kind, usize, bool)> {
    let closed_by = |kind, found: Option<usize>| (kind, found.unwrap_or(rest.len()), found.is_some());
    let first = rest.chars().next()?;
    Some(match first {
        '\'' => closed_by(Kind::Text, quoted(rest, b'\'')),
        '"' => closed_by(Kind::Quoted, quoted(rest, b'"')),
        '`' => closed_by(Kind::Ion, rest[1..].find('`').map(|end| end + 2)),
        '-' if rest.starts_with("--") => (Kind::Comment, rest.find('\n').unwrap_or(rest.len()), true),
        '/' if rest.starts_with("/*") => closed_by(Kind::Comment, rest[2..].find("*/").map(|end| end + 4)),
        'a'..='z' | 'A'..='Z' | '_' | '$' => (Kind::Word, while_word(rest), true),
        '0'..='9' => (Kind::Number, number(rest), true),
        _ => (Kind::Symbol, first.len_utf8(), true),
    })
}

/// How long the token between quotes is; inside it they are doubled.
fn quoted(rest: &str, quote: u8) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match (bytes[at] == quote, bytes.get(at + 1) == Some(&quote)) {
            (true, true) => at += 2,
            (true, false) => return Some(at + 1),
            (false, _) => at += 1,
        }
    }
    None
}

/// How many bytes at the beginning can be one word.
pub fn while_word(rest: &str) -> usize {
    rest.bytes().take_while(|byte| is_word_byte(*byte)).count()
}

/// Whether a name without quotes can have this byte.
pub fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// `12`, `1.5`, `1e-5`.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let sign_of_exponent = matches!(bytes[at], b'+' | b'-') && matches!(bytes[at - 1], b'e' | b'E');
        if !(bytes[at].is_ascii_digit() || matches!(bytes[at], b'.' | b'e' | b'E') || sign_of_exponent) {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[(Kind, &str)]) {
        let found: Vec<_> = tokens(text).map(|token| (token.kind, token.text)).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn tokens_are_found() {
        use Kind::{Comment, Ion, Number, Quoted, Symbol, Text, Word};
        check("SELECT *", &[(Word, "SELECT"), (Symbol, "*")]);
        check(r#""a""b" 'it''s'"#, &[(Quoted, r#""a""b""#), (Text, "'it''s'")]);
        check("a=1.5e-3-2", &[(Word, "a"), (Symbol, "="), (Number, "1.5e-3"), (Symbol, "-"), (Number, "2")]);
        check("a -- 'b\nc", &[(Word, "a"), (Comment, "-- 'b"), (Word, "c")]);
        check("/* ; */`x`", &[(Comment, "/* ; */"), (Ion, "`x`")]);
        check("é;", &[(Symbol, "é"), (Symbol, ";")]);
    }

    #[test]
    fn what_is_left_open_goes_to_the_end() {
        for (text, inner) in [("'it''s", "it''s"), ("\"a b", "a b"), ("`x", "x"), ("'a''", "a''")] {
            let token = tokens(text).next().unwrap();
            assert!(!token.closed, "{text}");
            assert_eq!((token.end(), token.inner()), (text.len(), inner), "{text}");
        }
        assert!(!tokens("/* a").next().unwrap().closed);
    }
}
