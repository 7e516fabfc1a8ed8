//! The parameters of a question, as its URL has them.

use super::{Refusal, bad};

/// The parameters of a query.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn parse(query: &str) -> Result<Self, Refusal> {
        let mut parameters = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = decoded(value).ok_or_else(|| bad("a parameter is not encoded as UTF-8"))?;
            parameters.push((name.to_owned(), value));
        }
        Ok(Self(parameters))
    }

    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => {
                Err(bad(&format!("unknown parameter {name:?}; there are {}", known.join(", "))))
            }
            None => Ok(()),
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    }

    pub(super) fn table(&self) -> Result<String, Refusal> {
        self.text("table").filter(|table| !table.is_empty()).ok_or_else(|| bad("say which table"))
    }

    pub(super) fn number(&self, name: &str, min: u64, max: u64) -> Result<Option<u64>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
            _ => Err(bad(&format!("{name} is a whole number from {min} to {max}"))),
        }
    }
}

/// A value without its percent-encoding.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, left)) = rest.split_first() {
        rest = left;
        bytes.push(match byte {
            b'%' => {
                let (digits, left) = rest.split_at_checked(2)?;
                rest = left;
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        for (query, table) in [
            ("table=Music", Some("Music")),
            (
                "index=x&table=arn:aws:dynamodb:us-east-1:000000000000:table/Music",
                Some("arn:aws:dynamodb:us-east-1:000000000000:table/Music"),
            ),
            ("table=arn%3Aaws%2f", Some("arn:aws/")),
            ("table=%", None),
            ("table=%zz", None),
            ("table=%ff", None),
            ("table=", None),
            ("", None),
        ] {
            let found = Parameters::parse(query).and_then(|parameters| parameters.table());
            assert_eq!(found.ok().as_deref(), table, "{query}");
        }
    }
}
