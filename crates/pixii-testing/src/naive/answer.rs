//! What the model expects of an answer, and whether an answer is that.

use crate::world::{Answer, Refusal};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// What a request should be answered.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Expected {
    Answer(Json),
    Fault(Fault),
}

/// An error, as far as the model knows which.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Fault {
    /// `ValidationException` with one of these messages: of several faults DynamoDB tells any one.
    Validation(BTreeSet<String>),
    /// `ConditionalCheckFailedException`, with the item if it is to be returned.
    ConditionFailed(Option<Json>),
    /// `TransactionCanceledException` with these reasons.
    Canceled(Vec<Reason>),
    IdempotentParameterMismatch,
}

/// Why one action of a transaction is to blame.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Reason {
    None,
    ConditionFailed(Option<Json>),
    Validation(BTreeSet<String>),
}

impl Fault {
    /// A `ValidationException` with this message.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::Validation(BTreeSet::from([message.into()]))
    }
}

impl Expected {
    /// Whether an answer is what is expected; what differs, if not.
    pub fn check(&self, answer: &Answer) -> Result<(), String> {
        let fits = match (self, answer) {
            (Self::Answer(expect), Ok(found)) => same(expect, found),
            (Self::Fault(fault), Err(refusal)) => fault.fits(refusal),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let expect = match self {
            Self::Answer(json) => json.to_string(),
            Self::Fault(fault) => format!("{fault:?}"),
        };
        let found = match answer {
            Ok(json) => json.to_string(),
            Err(refusal) => format!("{refusal:?}"),
        };
        Err(format!("  expected {expect}\n  found    {found}"))
    }
}

impl Fault {
    fn fits(&self, refusal: &Refusal) -> bool {
        let Refusal { code, message, rest, .. } = refusal;
        match self {
            Self::Validation(messages) => code == "ValidationException" && messages.contains(message),
            Self::ConditionFailed(item) => {
                let members = item.iter().map(|item| ("Item".to_owned(), item.clone()));
                code == "ConditionalCheckFailedException"
                    && message == "The conditional request failed"
                    && *rest == members.collect::<Map<_, _>>()
            }
            Self::Canceled(reasons) => {
                let codes: Vec<&str> = reasons.iter().map(Reason::code).collect();
                let said = format!(
                    "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                    codes.join(", ")
                );
                let found = rest.get("CancellationReasons").and_then(Json::as_array);
                code == "TransactionCanceledException"
                    && *message == said
                    && found.is_some_and(|found| {
                        found.len() == reasons.len()
                            && reasons.iter().zip(found).all(|(reason, found)| reason.fits(found))
                    })
            }
            Self::IdempotentParameterMismatch => code == "IdempotentParameterMismatchException",
        }
    }
}

impl Reason {
    fn code(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::ConditionFailed(_) => "ConditionalCheckFailed",
            Self::Validation(_) => "ValidationError",
        }
    }

    fn fits(&self, found: &Json) -> bool {
        let message = found["Message"].as_str();
        found["Code"] == self.code()
            && match self {
                Self::None => message.is_none(),
                Self::ConditionFailed(item) => {
                    message == Some("The conditional request failed") && found.get("Item") == item.as_ref()
                }
                Self::Validation(messages) => message.is_some_and(|message| messages.contains(message)),
            }
    }
}

/// Whether two JSON values are the same, a number being what it is worth.
pub fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| same(left, right)))
        }
        _ => left == right,
    }
}
