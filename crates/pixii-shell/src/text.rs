//! Text on a terminal: how wide it is, and what of it may be printed.

use unicode_width::UnicodeWidthStr;

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text on one line. What steers a terminal is written as an escape, so that data cannot do it.
pub fn printable(text: &str) -> String {
    let mut printed = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' => printed.push_str("\\t"),
            '\n' => printed.push_str("\\n"),
            '\r' => printed.push_str("\\r"),
            // Marks of direction would show what follows in another order.
            _ if letter.is_control() || is_direction(letter) => {
                printed.extend(letter.escape_unicode());
            }
            _ => printed.push(letter),
        }
    }
    printed
}

fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text's beginning that fits into so many columns, with `…` if it is not all of it.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = 1;
    for letter in text.chars() {
        let mut bytes = [0; 4];
        taken += width(letter.encode_utf8(&mut bytes));
        if taken > columns {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        assert_eq!(
            printable("a\tb\nc\u{1b}[31m\u{7f}\u{202e}é日"),
            "a\\tb\\nc\\u{1b}[31m\\u{7f}\\u{202e}é日"
        );
    }

    #[test]
    fn texts_are_cut_to_columns() {
        for (text, columns, expect) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("ab", 1, "…"),
        ] {
            assert_eq!(cut(text, columns), expect);
            assert!(width(&cut(text, columns)) <= columns);
        }
    }
}
