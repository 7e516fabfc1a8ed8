//! Attribute values to text, in the notation of statements: `'text'`, `1`, `true`, `['a', 1]`, `{'a': 1}`, `<<1, 2>>`. Binary
//! is in base64 between double braces, as Ion has it.

use crate::text::printable;
use serde_json::Value as Json;

/// A value as the wire has it (`{"S": "a"}`), on one line. A text that is all of it goes without its quotes.
pub fn show(value: &Json) -> String {
    match typed(value) {
        Some(("S", Json::String(text))) if !text.is_empty() => printable(text),
        _ => nested(value),
    }
}

/// Whether a value is a number.
pub fn is_number(value: &Json) -> bool {
    matches!(typed(value), Some(("N", _)))
}

/// The type and what it holds.
fn typed(value: &Json) -> Option<(&str, &Json)> {
    let (name, held) = value.as_object()?.iter().next()?;
    Some((name, held))
}

fn nested(value: &Json) -> String {
    let Some((name, held)) = typed(value) else { return printable(&value.to_string()) };
    match (name, held) {
        ("S", Json::String(text)) => quoted(text),
        ("N", Json::String(number)) => printable(number),
        ("B", Json::String(base64)) => binary(base64),
        ("BOOL", Json::Bool(value)) => value.to_string(),
        ("NULL", _) => "null".to_owned(),
        ("SS", Json::Array(texts)) => set(texts, quoted),
        ("NS", Json::Array(numbers)) => set(numbers, printable),
        ("BS", Json::Array(binaries)) => set(binaries, binary),
        ("L", Json::Array(values)) => format!("[{}]", joined(values.iter().map(nested))),
        ("M", Json::Object(map)) => {
            let members = map.iter().map(|(name, value)| format!("{}: {}", quoted(name), nested(value)));
            format!("{{{}}}", joined(members))
        }
        // A type that is newer than this program.
        _ => printable(&value.to_string()),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", printable(&text.replace('\'', "''")))
}

fn binary(base64: &str) -> String {
    format!("{{{{{}}}}}", printable(base64))
}

fn set(members: &[Json], show: impl Fn(&str) -> String) -> String {
    format!("<<{}>>", joined(members.iter().filter_map(Json::as_str).map(show)))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_shown_as_statements_write_them() {
        for (value, expect) in [
            (json!({"S": "it's\n"}), "it's\\n"),
            (json!({"S": ""}), "''"),
            (json!({"N": "-1.5E+20"}), "-1.5E+20"),
            (json!({"B": "aGk="}), "{{aGk=}}"),
            (json!({"BOOL": false}), "false"),
            (json!({"NULL": true}), "null"),
            (json!({"SS": ["a", "b'"]}), "<<'a', 'b'''>>"),
            (json!({"NS": ["1", "2"]}), "<<1, 2>>"),
            (json!({"BS": ["aGk="]}), "<<{{aGk=}}>>"),
            (json!({"L": [{"S": "a"}, {"L": []}, {"NULL": true}]}), "['a', [], null]"),
            (json!({"M": {"a": {"M": {}}, "b c": {"N": "1"}}}), "{'a': {}, 'b c': 1}"),
            (json!({"X": 1}), "{\"X\":1}"),
        ] {
            assert_eq!(show(&value), expect);
        }
    }
}
