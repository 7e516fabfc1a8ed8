//! How golden files lay out JSON, and fold long runs of one character.

use serde_json::Value as Json;

/// Columns that a line may have.
const WIDTH: usize = 110;
/// Runs of one character that are longer than this are folded.
const RUN_MAX: usize = 60;

/// JSON on one line if it fits, else broken at the outermost brackets that make it fit.
pub(super) fn json(json: &Json) -> String {
    let mut out = String::new();
    put(&mut out, json, 0, 4);
    out
}

fn put(out: &mut String, json: &Json, indent: usize, used: usize) {
    let flat = flat(json);
    let items: Vec<(String, &Json)> = match json {
        Json::Array(list) => list.iter().map(|item| (String::new(), item)).collect(),
        Json::Object(map) => map.iter().map(|(name, item)| (format!("{}: ", quoted(name)), item)).collect(),
        _ => Vec::new(),
    };
    if used + fold(&flat).len() <= WIDTH || items.is_empty() {
        out.push_str(&flat);
        return;
    }
    let (open, close) = if json.is_array() { ('[', ']') } else { ('{', '}') };
    out.push(open);
    let last = items.len() - 1;
    for (at, (name, item)) in items.into_iter().enumerate() {
        out.push_str(&format!("\n{}{name}", " ".repeat(indent + 2)));
        put(out, item, indent + 2, indent + 2 + name.len() + 1);
        if at < last {
            out.push(',');
        }
    }
    out.push_str(&format!("\n{}{close}", " ".repeat(indent)));
}

/// On one line, with a space after commas and colons.
fn flat(json: &Json) -> String {
    match json {
        Json::Array(list) => format!("[{}]", list.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let members = map.iter().map(|(name, item)| format!("{}: {}", quoted(name), flat(item)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn quoted(name: &str) -> String {
    Json::from(name).to_string()
}

/// Writes long runs of a character `x` as `${x*count}`.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest.find(|other| other != first).unwrap_or(rest.len());
        if run > RUN_MAX * first.len_utf8() && first != ' ' {
            out.push_str(&format!("${{{first}*{}}}", run / first.len_utf8()));
        } else {
            out.push_str(&rest[..run]);
        }
        rest = &rest[run..];
    }
    out
}

/// Undoes [`fold`]. What is repeated may be longer than a character.
pub(super) fn unfold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, run)) = rest.split_once("${") {
        let (part, count, after) = run
            .match_indices('}')
            .find_map(|(end, _)| {
                let (part, count) = run[..end].rsplit_once('*')?;
                Some((part, count.parse().ok()?, &run[end + 1..]))
            })
            .expect("${ begins ${part*count}");
        out.push_str(before);
        out.push_str(&part.repeat(count));
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_fold_and_unfold() {
        let text = format!("a{}b  {}", "x".repeat(100), "é".repeat(61));
        assert_eq!(fold(&text), "a${x*100}b  ${é*61}");
        assert_eq!(unfold(&fold(&text)), text);
        assert_eq!(unfold("${ab*3}${]}*2}"), "ababab]}]}");
    }
}
