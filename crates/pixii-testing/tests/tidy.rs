//! What a reader of the tree may rely on: files of a size that fits the head, modules with names of their own, AWS's
//! sentences in one folder, golden tests of every operation.
#![allow(clippy::unwrap_used, reason = "a test that cannot read the tree fails")]

use pixii_model::operation::OperationName;
use std::path::{Path, PathBuf};

/// Longest file, in lines; tests and tables of data may be longer.
const LINES_MAX: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All files of Rust under a folder, with their text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

fn of_crates() -> Vec<(PathBuf, String)> {
    let found = sources(&root().join("crates"));
    assert!(found.len() > 100, "the crates' sources are not where this looks for them");
    found
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

#[test]
fn files_fit_the_head() {
    for (path, text) in of_crates() {
        let lines = text.lines().count();
        assert!(
            is_test(&path) || lines <= LINES_MAX,
            "{} has {lines} lines: look for the seam",
            path.display()
        );
    }
}

#[test]
fn modules_say_what_they_are() {
    for (path, text) in of_crates() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        for name in [name, folder] {
            let nobody_decided =
                ["util", "utils", "common", "helper", "helpers", "misc"].contains(&name.as_str());
            assert!(!nobody_decided, "{}: {name} says nothing of what lives there", path.display());
        }
        if is_test(&path) {
            continue;
        }
        let header = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
        assert!(
            header.is_some_and(|line| line.starts_with("//!")),
            "{} does not begin with what it is (//!)",
            path.display()
        );
    }
}

#[test]
fn only_the_messages_spell_sentences_of_aws() {
    // Words of AWS's refusals that nobody writes by chance.
    const TELLING: [&str; 16] = [
        "One or more parameter values",
        "validation error",
        "failed to satisfy constraint",
        "Requested resource not found",
        "The provided key element",
        "The provided starting key",
        "The provided expression refers",
        "The conditional request failed",
        "cannot be converted to",
        "Supplied AttributeValue",
        "has exceeded the maximum",
        "Transaction cancelled",
        "can only be specified when",
        "is not supported for",
        "Syntax error; token",
        "security token",
    ];
    for (path, text) in of_crates() {
        let of_messages = path.components().any(|part| part.as_os_str() == "message");
        let ours = path.components().any(|part| {
            ["pixii-model", "pixii-expression", "pixii-engine", "pixii-server", "pixii-auth"]
                .contains(&part.as_os_str().to_string_lossy().as_ref())
        });
        if of_messages || !ours || is_test(&path) {
            continue;
        }
        // What stands behind `mod tests` is tests.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let comment = line.trim_start().starts_with("//");
            let spelled = TELLING.iter().find(|telling| line.contains(*telling) && line.contains('"'));
            if let Some(spelled) = spelled.filter(|_| !comment) {
                panic!("{}:{}: {spelled:?} belongs into error/message", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn every_operation_has_golden_tests() {
    let golden = root().join("tests/golden");
    let missing: Vec<&str> = OperationName::ALL
        .iter()
        .map(|operation| operation.unique_name())
        .filter(|name| {
            let files = std::fs::read_dir(golden.join(snake_case(name)));
            files.map_or(0, Iterator::count) == 0
        })
        .collect();
    assert!(missing.is_empty(), "no golden tests of {missing:?}");
}

/// `PutItem` as `put_item`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
