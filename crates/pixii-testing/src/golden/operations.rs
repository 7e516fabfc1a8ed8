//! What a request committed, for people to read: keys parsed, and all bytes in hex.

use pixii_engine::keyspace::Key;
use pixii_store::APPEND_SUFFIX_BYTES;
use pixii_store::recording::{Committed, Mutation};

/// The mutations of a transaction, each on lines of its own after a line break.
pub(super) fn print(committed: &Committed) -> String {
    committed.mutations.iter().map(mutation).collect()
}

fn mutation(mutation: &Mutation) -> String {
    match mutation {
        Mutation::Set { key, value } => {
            format!("\nset {}\n    {}\n    = {}", parsed(key), hex(key), shown(value))
        }
        Mutation::Clear { key } => format!("\nclear {}\n    {}", parsed(key), hex(key)),
        Mutation::ClearRange { range } => {
            let end = range.end.as_deref().map_or("end".to_owned(), hex);
            format!("\nclear {} .. {end}", hex(&range.start))
        }
        Mutation::Add { key, delta } => format!("\nadd {delta:+} {}\n    {}", parsed(key), hex(key)),
        Mutation::Append { prefix, value } => {
            format!("\nappend {}\n    {} ..\n    = {}", appended(prefix), hex(prefix), shown(value))
        }
    }
}

fn parsed(key: &[u8]) -> String {
    Key::parse(key).map_or("a key that is none".to_owned(), |key| format!("{key:?}"))
}

/// A key that the store completes, as far as it is known.
fn appended(prefix: &[u8]) -> String {
    let completed = [prefix, &[0; APPEND_SUFFIX_BYTES]].concat();
    let text = parsed(&completed);
    text.replacen(", position: Position(0)", "", 1)
}

/// A table's record is JSON; everything else is bytes.
fn shown(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) if text.starts_with('{') => text.to_owned(),
        _ => hex(value),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
