//! Text in columns: the first to the left, the others to the right.

/// Rows of text.
#[derive(Default)]
pub struct Columns(Vec<Vec<String>>);

impl Columns {
    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.0.push(cells.into());
    }

    /// Adds the rows of others.
    pub fn append(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The rows, each in a line that begins with `indent`.
    pub fn lines(&self, indent: &str) -> String {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or_default();
        let width = |at: usize| {
            let cells = self.0.iter().filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = String::new();
        for row in &self.0 {
            let mut line = indent.to_owned();
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match at {
                    0 => line += &format!("{cell:<width$}"),
                    _ => line += &format!("  {cell:>width$}"),
                }
            }
            out += line.trim_end();
            out.push('\n');
        }
        out
    }
}

/// A number with its thousands apart.
pub fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{out}.{fraction}"),
        None => out,
    }
}

/// Text that somebody else decided on, for a terminal: what it could not print is escaped, and what is long is cut.
pub fn printable(text: &str, chars_max: usize) -> String {
    let mut out = String::new();
    for (taken, char) in text.chars().enumerate() {
        if taken >= chars_max {
            out.push('…');
            break;
        }
        // Marks that change the direction of writing are no control characters, and hide what is there.
        let hides =
            matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        match char.is_control() || hides {
            true => out.extend(char.escape_default()),
            false => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let mut columns = Columns::default();
        columns.row(["a".into(), "1".into(), "10".into()]);
        columns.row(["bébé".into(), "1,000".into()]);
        assert_eq!(columns.lines("  "), "  a         1  10\n  bébé  1,000\n");
        assert_eq!(Columns::default().lines(""), "");
    }

    #[test]
    fn numbers_have_their_thousands_apart() {
        for (value, decimals, expected) in [
            (0.0, 1, "0.0"),
            (999.95, 1, "1,000.0"),
            (1234567.891, 2, "1,234,567.89"),
            (-1234.0, 0, "-1,234"),
            (123.0, 0, "123"),
        ] {
            assert_eq!(number(value, decimals), expected);
        }
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(printable("a\u{1b}[31mb\nc", 80), "a\\u{1b}[31mb\\nc");
        assert_eq!(printable("a\u{202e}b", 80), "a\\u{202e}b");
        assert_eq!(printable("abcdef", 3), "abc…");
    }
}
