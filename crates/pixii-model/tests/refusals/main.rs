//! What each operation refuses before it knows any table, with AWS's words and in AWS's order: tables of requests and the
//! error each is answered with.

mod batch;
mod json_types;
mod keys_and_reads;
mod streams;
mod transactions;
mod values;
mod writes;

use pixii_model::operation::Operation;
use pixii_model::wire::fault::{code, to_wire};
use pixii_model::wire::{decode_input, json};
use pixii_model::{ApiError, wire::Json};

/// How an operation answers a body that it does not refuse.
const ACCEPTED: &str = "accepted";

/// Decodes each body and compares the error with what is expected: code, colon, message.
fn check<Op: Operation>(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(body, expected)| {
            let got = answer::<Op>(body.as_bytes());
            (got != *expected).then(|| format!("{body}\n  expected {expected}\n       got {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}:\n{}", Op::NAME, wrong.join("\n"));
}

/// Like [`check`], for ValidationExceptions alone: what is expected is the message.
fn check_messages<Op: Operation>(cases: &[(&str, &str)]) {
    let expected: Vec<_> =
        cases.iter().map(|(_, message)| format!("ValidationException: {message}")).collect();
    let cases: Vec<_> =
        cases.iter().zip(&expected).map(|((body, _), expected)| (*body, &**expected)).collect();
    check::<Op>(&cases);
}

fn answer<Op: Operation>(body: &[u8]) -> String {
    let decoded = json::parse(body).map_err(ApiError::from).and_then(decode_input::<Op::Input>);
    match decoded {
        Ok(_) => ACCEPTED.to_owned(),
        Err(error) => format!("{}: {error}", code(&error)),
    }
}

/// The whole body of an error.
fn error_body(error: &ApiError) -> String {
    String::from_utf8(to_wire(error).body).expect("a body is UTF-8")
}

fn parse(body: &str) -> Json<'_> {
    json::parse(body.as_bytes()).expect("a body that is JSON")
}
