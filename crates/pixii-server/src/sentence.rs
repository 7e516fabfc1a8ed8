//! The sentence of a refusal without what the client sent: some of AWS's sentences quote values, and data stays out of logs.

use pixii_model::wire::json::{self, Json};
use std::collections::HashSet;

/// Of larger requests nothing is told but the error's code.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// What stands for a word that the client sent.
const HIDDEN: &str = "…";
/// What a number that the client sent may be told as, too.
const DIGITS_COMPARED: usize = 15;

/// The sentence, with every word hidden that stands somewhere in the request's strings.
///
/// Names of tables and indexes stay, and so do the names of the API's own members. A word of the sentence itself is hidden
/// as well if the request happens to hold it: better too few than too many.
pub(crate) fn without_data(sentence: &str, body: &[u8]) -> String {
    if body.len() > BODY_BYTES_MAX {
        return String::new();
    }
    let mut sent = Sent::default();
    match json::parse(body) {
        Ok(Json::Object(members)) => {
            for (name, value) in &members {
                // Members of the API, and what is no data.
                if !matches!(name.as_ref(), "TableName" | "IndexName" | "StreamArn" | "ResourceArn") {
                    sent.see(value);
                }
            }
        }
        Ok(other) => sent.see(&other),
        // What is no JSON is quoted by nothing.
        Err(_) => {}
    }
    let mut shown = String::with_capacity(sentence.len());
    for (word, between) in words(sentence) {
        shown.push_str(if sent.holds(word) { HIDDEN } else { word });
        shown.push_str(between);
    }
    shown
}

/// The words that a client sent.
#[derive(Default)]
struct Sent {
    words: HashSet<String>,
    numbers: HashSet<String>,
}

impl Sent {
    fn see(&mut self, value: &Json<'_>) {
        match value {
            Json::String(text) => self.see_text(text),
            Json::Number(number) => {
                self.numbers.insert(digits(&format!("{number:?}")));
            }
            Json::Array(elements) => elements.iter().for_each(|element| self.see(element)),
            Json::Object(members) => {
                for (name, value) in members {
                    self.see_text(name);
                    self.see(value);
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn see_text(&mut self, text: &str) {
        for (word, _) in words(text).filter(|(word, _)| !word.is_empty()) {
            if word.bytes().any(|byte| byte.is_ascii_digit()) {
                self.numbers.insert(digits(word));
            }
            self.words.insert(word.to_owned());
        }
    }

    fn holds(&self, word: &str) -> bool {
        // A number may be told in another form than it was sent in, and a word may be cut short.
        self.words.contains(word)
            || (word.bytes().any(|byte| byte.is_ascii_digit()) && self.numbers.contains(&digits(word)))
    }
}

/// The digits of a number that tell it from others, whatever zeros, point and exponent they come with.
fn digits(word: &str) -> String {
    let mantissa = word.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').chars().take(DIGITS_COMPARED).collect()
}

/// Each word and what stands behind it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let end = behind.find(char::is_alphanumeric).unwrap_or(behind.len());
        let (between, left) = behind.split_at(end);
        rest = left;
        Some((word, between))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_sent_is_hidden_in_whatever_form_it_is_told() {
        for (sentence, body, shown) in [
            (
                r#"Invalid expression: wrong token: "hush", near: "= hush =""#,
                r#"{"TableName":"t","ConditionExpression":"h\u0075sh = hush"}"#,
                r#"Invalid expression: wrong token: "…", near: "= … =""#,
            ),
            ("Number 1.50 of 38 digits", r#"{"Item":{"a":{"N":"0001.5"}}}"#, "Number ….… of 38 digits"),
            (
                "Table Music: no key Artist",
                r#"{"TableName":"Music","Item":{}}"#,
                "Table Music: no key Artist",
            ),
            ("Table Music: no key Artist", r#"{"Key":{"Artist":{"S":"x"}}}"#, "Table Music: no key …"),
            ("bare text hush", "hush", "bare text hush"),
            ("", "{}", ""),
        ] {
            assert_eq!(without_data(sentence, body.as_bytes()), shown);
        }
        assert_eq!(without_data("whatever", &vec![b' '; BODY_BYTES_MAX + 1]), "");
    }
}
