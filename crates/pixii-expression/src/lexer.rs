//! Text to tokens, for all kinds of expressions.
//!
//! Nothing is refused here: a character that belongs to no token is a token of its own, and the parser finds that it does
//! not fit. AWS does the same, which shows in its syntax errors: `_a` is the tokens `_` and `a`, and the error is at `_`.

use pixii_model::error::ExpressionFault;
use pixii_model::limits::EXPRESSION_BYTES_MAX;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A letter, then letters, digits and underscores: an attribute, a function or a keyword.
    Name,
    /// `#` and at least one letter, digit or underscore.
    NamePlaceholder,
    /// `:` and at least one letter, digit or underscore.
    ValuePlaceholder,
    /// A decimal number: `0`, or digits that do not begin with it. `00` is two of them.
    Digits,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
    Dot,
    Comma,
    Plus,
    Minus,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// Any other character.
    Other,
    /// The end of the text.
    End,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: TokenKind,
    start: usize,
    end: usize,
}

/// The tokens of a text, and a place among them.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    text: &'t str,
    /// Ends with [`TokenKind::End`].
    tokens: Vec<Token>,
    at: usize,
}

impl<'t> Tokens<'t> {
    /// Refuses an empty text and one that is too long, then splits it.
    pub(crate) fn new(text: &'t str) -> Result<Self, ExpressionFault> {
        if text.is_empty() {
            return Err(ExpressionFault::Empty);
        }
        if text.len() > EXPRESSION_BYTES_MAX {
            return Err(ExpressionFault::TooLong { bytes: text.len() });
        }
        let mut tokens = Vec::with_capacity(text.len() / 4 + 2);
        let mut start = 0;
        while let Some(first) = text[start..].chars().next() {
            if first.is_ascii_whitespace() {
                start += 1;
                continue;
            }
            let (kind, length) = token(&text.as_bytes()[start..], first);
            tokens.push(Token { kind, start, end: start + length });
            start += length;
        }
        tokens.push(Token { kind: TokenKind::End, start: text.len(), end: text.len() });
        Ok(Self { text, tokens, at: 0 })
    }

    /// The current token.
    pub(crate) fn kind(&self) -> TokenKind {
        self.tokens[self.at].kind
    }

    /// The token behind the current one.
    pub(crate) fn next_kind(&self) -> TokenKind {
        self.tokens[(self.at + 1).min(self.tokens.len() - 1)].kind
    }

    /// The current token's text.
    pub(crate) fn text(&self) -> &'t str {
        let token = self.tokens[self.at];
        &self.text[token.start..token.end]
    }

    /// Steps over the current token and gives its text. The end stays where it is.
    pub(crate) fn advance(&mut self) -> &'t str {
        let text = self.text();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        text
    }

    /// Whether the current token is that keyword, in whatever case.
    pub(crate) fn is_keyword(&self, keyword: &str) -> bool {
        self.kind() == TokenKind::Name && self.text().eq_ignore_ascii_case(keyword)
    }

    /// Steps over a token of that kind, or refuses the current one.
    pub(crate) fn expect(&mut self, kind: TokenKind) -> Result<&'t str, ExpressionFault> {
        if self.kind() == kind { Ok(self.advance()) } else { Err(self.fault()) }
    }

    /// The syntax error at the current token. `near` runs from the token before it to the token behind it.
    pub(crate) fn fault(&self) -> ExpressionFault {
        let token = self.tokens[self.at];
        let start = self.at.checked_sub(1).map_or(token.start, |before| self.tokens[before].start);
        if token.kind == TokenKind::End {
            let end = self.at.checked_sub(1).map_or(start, |before| self.tokens[before].end);
            return ExpressionFault::Syntax {
                token: "<EOF>".to_owned(),
                near: self.text[start..end].to_owned(),
            };
        }
        let behind = self.tokens[self.at + 1];
        let end = if behind.kind == TokenKind::End { token.end } else { behind.end };
        ExpressionFault::Syntax { token: self.text().to_owned(), near: self.text[start..end].to_owned() }
    }
}

/// Kind and length of the token that begins `rest`, whose first character is `first`.
fn token(rest: &[u8], first: char) -> (TokenKind, usize) {
    use TokenKind::*;
    let word = |from: usize| {
        from + rest[from..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
    };
    let second = rest.get(1).copied();
    match first {
        'a'..='z' | 'A'..='Z' => (Name, word(1)),
        '0' => (Digits, 1),
        '1'..='9' => (Digits, rest.iter().take_while(|byte| byte.is_ascii_digit()).count()),
        '#' if word(1) > 1 => (NamePlaceholder, word(1)),
        ':' if word(1) > 1 => (ValuePlaceholder, word(1)),
        '(' => (OpenParenthesis, 1),
        ')' => (CloseParenthesis, 1),
        '[' => (OpenBracket, 1),
        ']' => (CloseBracket, 1),
        '.' => (Dot, 1),
        ',' => (Comma, 1),
        '+' => (Plus, 1),
        '-' => (Minus, 1),
        '=' => (Equal, 1),
        '<' if second == Some(b'>') => (NotEqual, 2),
        '<' if second == Some(b'=') => (LessOrEqual, 2),
        '<' => (Less, 1),
        '>' if second == Some(b'=') => (GreaterOrEqual, 2),
        '>' => (Greater, 1),
        other => (Other, other.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        let mut tokens = Tokens::new(text).unwrap();
        std::iter::from_fn(|| (tokens.kind() != TokenKind::End).then(|| tokens.advance())).collect()
    }

    #[test]
    fn tokens_are_the_longest_that_fit() {
        for (text, expect) in [
            ("a=:b", vec!["a", "=", ":b"]),
            ("a1_B<>#1 \t\r\n>=:_x", vec!["a1_B", "<>", "#1", ">=", ":_x"]),
            ("a.b[10]", vec!["a", ".", "b", "[", "10", "]"]),
            ("_a", vec!["_", "a"]),
            ("12a", vec!["12", "a"]),
            ("[0010]", vec!["[", "0", "0", "10", "]"]),
            ("Pi#ctures", vec!["Pi", "#ctures"]),
            ("# : #-", vec!["#", ":", "#", "-"]),
            ("ü<é", vec!["ü", "<", "é"]),
        ] {
            assert_eq!(texts(text), expect, "{text}");
        }
    }

    #[test]
    fn a_fault_shows_the_tokens_around_it() {
        for (text, at, token, near) in [
            ("INVALID SYNTAX HERE", 0, "INVALID", "INVALID SYNTAX"),
            ("!!!", 0, "!", "!!"),
            ("ADD hits : incr", 2, ":", "hits : incr"),
            ("SET _123 = :v", 1, "_", "SET _123"),
            ("a ,  ", 2, "<EOF>", ","),
            ("a", 0, "a", "a"),
            (" ", 0, "<EOF>", ""),
        ] {
            let mut tokens = Tokens::new(text).unwrap();
            for _ in 0..at {
                tokens.advance();
            }
            let expect = ExpressionFault::Syntax { token: token.to_owned(), near: near.to_owned() };
            assert_eq!(tokens.fault(), expect, "{text}");
        }
    }

    #[test]
    fn length_is_checked_first() {
        assert_eq!(Tokens::new("").unwrap_err(), ExpressionFault::Empty);
        assert!(Tokens::new(&"(".repeat(4096)).is_ok());
        assert_eq!(Tokens::new(&"(".repeat(4097)).unwrap_err(), ExpressionFault::TooLong { bytes: 4097 });
    }
}
