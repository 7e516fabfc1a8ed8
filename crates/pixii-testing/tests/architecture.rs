//! Which way the arrows point: `STYLE` of the tree as a table of allowed edges, held against `cargo metadata`.
#![allow(clippy::unwrap_used, reason = "a test that cannot read the tree fails")]

use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What each crate may depend on among ours. Whoever needs another edge mends the design first.
const EDGES: &[(&str, &[&str])] = &[
    ("pixii-model", &[]),
    ("pixii-store", &[]),
    ("pixii-expression", &["pixii-model"]),
    ("pixii-engine", &["pixii-expression", "pixii-model", "pixii-store"]),
    ("pixii-embedded", &["pixii-store"]),
    ("pixii-auth", &["pixii-model"]),
    ("pixii-server", &["pixii-auth", "pixii-model"]),
    // A client like any other, which reads statements with the engine's parser.
    ("pixii-shell", &["pixii-expression"]),
    // The one place that names concrete types.
    (
        "pixii",
        &[
            "pixii-auth",
            "pixii-embedded",
            "pixii-engine",
            "pixii-model",
            "pixii-server",
            "pixii-shell",
            "pixii-store",
        ],
    ),
    // For tests alone.
    ("pixii-testing", &["pixii-embedded", "pixii-engine", "pixii-model", "pixii-store"]),
    // A client like any other: it knows the wire, not the crates.
    ("pixii-bench", &[]),
];

/// What only these crates may depend on: the disk, the network, the wire.
const ALONE: &[(&str, &[&str])] = &[
    ("fjall", &["pixii-embedded"]),
    ("hyper", &["pixii-server"]),
    ("ureq", &["pixii-shell"]),
    ("rustyline", &["pixii-shell"]),
    ("clap", &["pixii", "pixii-bench"]),
];

fn packages() -> Vec<Json> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Json = serde_json::from_slice(&output.stdout).expect("a list");
    metadata["packages"].as_array().unwrap().clone()
}

fn name(json: &Json) -> &str {
    json["name"].as_str().unwrap()
}

/// What a package depends on; of tests, examples and benchmarks too, or without them.
fn dependencies(package: &Json, of_tests: bool) -> BTreeSet<&str> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|dependency| of_tests || dependency["kind"].is_null()).map(name).collect()
}

#[test]
fn no_crate_depends_on_one_that_it_should_not_know() {
    for package in packages() {
        let (_, allowed) = EDGES
            .iter()
            .find(|(known, _)| *known == name(&package))
            .unwrap_or_else(|| panic!("say in {} what {} may depend on", file!(), name(&package)));
        let ours = dependencies(&package, true).into_iter().filter(|other| other.starts_with("pixii"));
        for other in ours {
            assert!(allowed.contains(&other), "{} must not depend on {other}", name(&package));
        }
    }
}

#[test]
fn every_crate_of_the_table_is_there() {
    let packages = packages();
    for (known, _) in EDGES {
        assert!(packages.iter().any(|package| name(package) == *known), "there is no crate {known}");
    }
}

#[test]
fn disk_network_and_command_line_stay_where_they_belong() {
    for package in packages() {
        for (library, users) in ALONE {
            let uses = dependencies(&package, false).contains(library);
            assert!(!uses || users.contains(&name(&package)), "{} must not use {library}", name(&package));
        }
    }
}
