//! Items to a table, or, where a table would not fit, to one record below the other. Pure.

use crate::text::{cut, printable, width};
use crate::value;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Between two columns.
const GAP: &str = " | ";
/// No column with more in it gets narrower; if one would have to, there is no table.
const COLUMN_WIDTH_MIN: usize = 10;
/// The line above a record is this long, if the terminal is.
const RULE_WIDTH: usize = 40;

/// How items are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As a table if it fits.
    Auto,
    /// As a table, with values cut as short as it takes.
    Table,
    /// As records.
    Records,
}

/// What is printed, and whether values had to be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Lines, each with its end.
    pub text: String,
    /// Whether there is more to some value than its cell shows.
    pub is_cut: bool,
}

/// The attributes that items have, in order: those named first, then the others by name.
pub fn columns(items: &[Json], first: &[String]) -> Vec<String> {
    let mut present: BTreeSet<&String> =
        items.iter().filter_map(Json::as_object).flat_map(|item| item.keys()).collect();
    let mut columns: Vec<String> = first.iter().filter_map(|name| present.take(name)).cloned().collect();
    columns.extend(present.into_iter().cloned());
    columns
}

/// Lays items out under these columns, in a terminal of so many columns if there is one.
pub fn print(items: &[Json], columns: &[String], layout: Layout, terminal: Option<usize>) -> Printed {
    let names: Vec<String> = columns.iter().map(|name| printable(name)).collect();
    let cell = |item: &Json, name: &String| item.get(name).map(value::show).unwrap_or_default();
    let rows: Vec<Vec<String>> =
        items.iter().map(|item| columns.iter().map(|name| cell(item, name)).collect()).collect();
    let natural: Vec<usize> = (0..columns.len())
        .map(|column| {
            rows.iter().map(|row| &row[column]).chain([&names[column]]).map(|text| width(text)).max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    let numeric: Vec<bool> = columns.iter().map(|name| is_numeric(items, name)).collect();
    // A number that is cut is another number.
    let narrowest = |(natural, numeric): (&usize, &bool)| if *numeric { *natural } else { COLUMN_WIDTH_MIN };
    let readable: Vec<usize> = natural.iter().zip(&numeric).map(narrowest).collect();
    let widths = match (layout, terminal) {
        (Layout::Records, _) => None,
        (_, None) => Some(natural.clone()),
        (Layout::Auto, Some(terminal)) => fit(&natural, terminal, &readable),
        (Layout::Table, Some(terminal)) => {
            let any = vec![1; natural.len()];
            fit(&natural, terminal, &readable).or_else(|| fit(&natural, terminal, &any)).or(Some(any))
        }
    };
    let Some(widths) = widths else { return records(&names, items, columns, terminal) };
    let line = |cells: &[String]| -> String {
        let cells = cells.iter().zip(&widths).zip(&numeric);
        let padded = cells.map(|((text, &width), &numeric)| pad(&cut(text, width), width, numeric));
        format!("{}\n", padded.collect::<Vec<_>>().join(GAP).trim_end())
    };
    let rule = widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("-+-");
    let mut text = format!("{}{rule}\n", line(&names));
    text.extend(rows.iter().map(|row| line(row)));
    let is_cut = rows.iter().any(|row| row.iter().zip(&widths).any(|(cell, kept)| width(cell) > *kept));
    Printed { text, is_cut }
}

/// Whether all that a column shows are numbers, so that their digits stand below each other.
fn is_numeric(items: &[Json], column: &str) -> bool {
    items.iter().filter_map(|item| item.get(column)).all(value::is_number)
}

/// Takes from the widest columns until all fit; `None` if one had to be narrower than it may.
fn fit(natural: &[usize], terminal: usize, narrowest: &[usize]) -> Option<Vec<usize>> {
    let room = terminal.checked_sub(GAP.len() * natural.len().saturating_sub(1))?;
    let columns = || natural.iter().zip(narrowest);
    let widths =
        |widest: usize| columns().map(move |(natural, narrowest)| (*natural).min(widest.max(*narrowest)));
    let widest_of_all = natural.iter().copied().max().unwrap_or_default();
    let widest = (0..=widest_of_all).rev().find(|widest| widths(*widest).sum::<usize>() <= room)?;
    let mut widths: Vec<usize> = widths(widest).collect();
    // What is left is less than one for each.
    let mut left = room - widths.iter().sum::<usize>();
    for (width, natural) in widths.iter_mut().zip(natural) {
        if left > 0 && *width < *natural {
            *width += 1;
            left -= 1;
        }
    }
    Some(widths)
}

fn pad(text: &str, columns: usize, right: bool) -> String {
    let blanks = " ".repeat(columns.saturating_sub(width(text)));
    if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
}

/// One line for each attribute that an item has, whole.
fn records(names: &[String], items: &[Json], columns: &[String], terminal: Option<usize>) -> Printed {
    let widest = names.iter().map(|name| width(name)).max().unwrap_or_default();
    let rule = RULE_WIDTH.min(terminal.unwrap_or(RULE_WIDTH));
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        let title = format!("-- {} ", at + 1);
        text.push_str(&format!("{title}{}\n", "-".repeat(rule.saturating_sub(title.len()))));
        for (column, name) in columns.iter().zip(names) {
            if let Some(value) = item.get(column) {
                text.push_str(&format!("{}{GAP}{}\n", pad(name, widest, false), value::show(value)));
            }
        }
    }
    Printed { text, is_cut: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn songs() -> Vec<Json> {
        vec![
            json!({"Year": {"N": "1965"}, "Artist": {"S": "Nina Simone"}, "SongTitle": {"S": "Sinnerman"}}),
            json!({"Artist": {"S": "坂本 九"}, "SongTitle": {"S": "上を向いて歩こう"}, "Year": {"N": "61"}}),
            json!({"Artist": {"S": "Nobody"}, "Tags": {"SS": ["a", "b"]}, "SongTitle": {"S": "x"}}),
        ]
    }

    fn order(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[track_caller]
    fn check(layout: Layout, terminal: Option<usize>, is_cut: bool, expect: &str) {
        let items = songs();
        let columns = columns(&items, &order(&["Artist", "SongTitle", "Missing"]));
        let printed = print(&items, &columns, layout, terminal);
        assert_eq!(printed.text, expect.trim_start_matches('\n'), "\n{}", printed.text);
        assert_eq!(printed.is_cut, is_cut);
        let widest = printed.text.lines().map(width).max().unwrap();
        let is_table = !expect.contains("-- 1 -");
        assert!(!is_table || terminal.is_none_or(|terminal| widest <= terminal));
    }

    #[test]
    fn keys_come_first_and_the_others_by_name() {
        assert_eq!(
            columns(&songs(), &order(&["SongTitle", "Artist"])),
            ["SongTitle", "Artist", "Tags", "Year"]
        );
        assert_eq!(columns(&songs(), &[]), ["Artist", "SongTitle", "Tags", "Year"]);
        assert!(columns(&[], &order(&["a"])).is_empty());
    }

    #[test]
    fn tables_take_the_room_they_need() {
        let expect = "
Artist      | SongTitle        | Tags         | Year
------------+------------------+--------------+-----
Nina Simone | Sinnerman        |              | 1965
坂本 九     | 上を向いて歩こう |              |   61
Nobody      | x                | <<'a', 'b'>> |
";
        check(Layout::Auto, None, false, expect);
        check(Layout::Auto, Some(52), false, expect);
    }

    #[test]
    fn narrow_terminals_cut_the_widest_columns() {
        check(
            Layout::Auto,
            Some(46),
            true,
            "
Artist      | SongTitle   | Tags        | Year
------------+-------------+-------------+-----
Nina Simone | Sinnerman   |             | 1965
坂本 九     | 上を向いて… |             |   61
Nobody      | x           | <<'a', 'b'… |
",
        );
    }

    #[test]
    fn numbers_are_not_cut() {
        let items =
            [json!({"n": {"N": "12345678901234567890"}, "text": {"S": "a text that is rather long"}})];
        let columns = columns(&items, &[]);
        let printed = print(&items, &columns, Layout::Auto, Some(34));
        assert!(printed.text.ends_with("\n12345678901234567890 | a text tha…\n"), "{}", printed.text);
        assert!(print(&items, &columns, Layout::Auto, Some(32)).text.starts_with("-- 1 "));
    }

    #[test]
    fn what_does_not_fit_is_printed_as_records() {
        let expect = "
-- 1 -----------------
Artist    | Nina Simone
SongTitle | Sinnerman
Year      | 1965
-- 2 -----------------
Artist    | 坂本 九
SongTitle | 上を向いて歩こう
Year      | 61
-- 3 -----------------
Artist    | Nobody
SongTitle | x
Tags      | <<'a', 'b'>>
";
        check(Layout::Auto, Some(22), false, expect);
        check(Layout::Records, Some(22), false, expect);
    }

    #[test]
    fn a_table_that_was_asked_for_is_always_one() {
        let items = songs();
        let columns = columns(&items, &[]);
        let printed = print(&items, &columns, Layout::Table, Some(16));
        assert!(printed.is_cut && printed.text.lines().all(|line| width(line) <= 16), "{}", printed.text);
    }
}
