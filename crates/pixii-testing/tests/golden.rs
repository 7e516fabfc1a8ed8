//! Ring 2: every file under `tests/golden` gets the answers it expects, on the memory Store and on the embedded one.
//!
//! `UPDATE_GOLDEN=1 cargo test -p pixii-testing --test golden` writes the answers into the files; the difference is for
//! review against what AWS was recorded to answer. `GOLDEN=put_item/keys` picks files by a part of their path.

use pixii_embedded::{Durability, EmbeddedStore, Options};
use pixii_store::MemoryStore;
use pixii_testing::golden::{Golden, files};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}

fn chosen() -> Vec<PathBuf> {
    let part = std::env::var("GOLDEN").unwrap_or_default();
    let chosen: Vec<_> =
        files(&root()).into_iter().filter(|path| path.to_string_lossy().contains(&part)).collect();
    assert!(!chosen.is_empty(), "no file's path contains {part:?}");
    chosen
}

/// Says which lines differ, with a little of what is around them.
fn difference(path: &Path, expect: &str, found: &str) -> String {
    let (expect, found): (Vec<_>, Vec<_>) = (expect.lines().collect(), found.lines().collect());
    let same = expect.iter().zip(&found).take_while(|(expect, found)| expect == found).count();
    let request = expect[..same.min(expect.len())].iter().rposition(|line| line.contains("> ")).unwrap_or(0);
    let shown = |lines: &[&str]| {
        lines.iter().skip(same).take(12).map(|line| format!("    {line}\n")).collect::<String>()
    };
    format!(
        "{}:{}: {}\n  expected\n{}  found\n{}",
        path.display(),
        same + 1,
        expect.get(request).unwrap_or(&""),
        shown(&expect),
        shown(&found)
    )
}

fn report(failures: &[String]) {
    assert!(failures.is_empty(), "{} files differ:\n{}", failures.len(), failures.join("\n"));
}

#[tokio::test]
async fn on_memory() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut failures = Vec::new();
    for path in chosen() {
        let golden = Golden::read(&root(), &path);
        let (expect, found) = (golden.text(), golden.run(MemoryStore::new()).await);
        if expect == found {
            continue;
        }
        match update {
            true => std::fs::write(&path, found).unwrap(),
            false => failures.push(difference(&path, &expect, &found)),
        }
    }
    report(&failures);
}

#[tokio::test]
async fn on_disk() {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return;
    }
    let mut failures = Vec::new();
    for path in chosen() {
        let dir = tempfile::tempdir().unwrap();
        // What these tests show does not depend on syncs.
        let options = Options { durability: Durability::Relaxed, reserve_bytes: 0, ..Options::default() };
        let store = EmbeddedStore::open(dir.path(), options).unwrap();
        let golden = Golden::read(&root(), &path);
        let (expect, found) = (golden.text(), golden.run(store).await);
        if expect != found {
            failures.push(difference(&path, &expect, &found));
        }
    }
    report(&failures);
}
