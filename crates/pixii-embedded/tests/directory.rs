//! Which directories open, which do not, and what a person is told.
#![allow(clippy::unwrap_used, reason = "a test")]

use bytes::Bytes;
use pixii_embedded::{EmbeddedStore, OpenError, Options};
use pixii_store::{Store, Transaction};
use std::fs;
use std::path::Path;

fn open(dir: &Path) -> Result<EmbeddedStore, OpenError> {
    EmbeddedStore::open(dir, Options { reserve_bytes: 0, ..Options::default() })
}

fn refusal(dir: &Path) -> String {
    let text = open(dir).map(|_| ()).unwrap_err().to_string();
    text.replace(&dir.display().to_string(), "DIR")
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_missing_directory_is_made_and_an_empty_one_used() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("deep/data");
    drop(open(&dir).unwrap());
    assert_eq!(names(&dir), ["FORMAT", "LOCK", "SYNCED", "store"]);
    let format = fs::read_to_string(dir.join("FORMAT")).unwrap();
    assert!(
        format.starts_with("pixii data format 3\nid ")
            && format.len() == "pixii data format 3\nid \n".len() + 16
    );
    let mounted = parent.path().join("mounted");
    fs::create_dir_all(mounted.join("lost+found")).unwrap();
    drop(open(&mounted).unwrap());
}

#[test]
fn a_foreign_directory_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.tex"), "years of work").unwrap();
    assert_eq!(
        refusal(dir.path()),
        "DIR is not a data directory: it holds \"thesis.tex\"; give an empty directory or one that Pixii made"
    );
    assert_eq!(names(dir.path()), ["thesis.tex"]);
}

#[test]
fn a_file_is_not_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "").unwrap();
    assert_eq!(refusal(&path), "DIR is not a directory");
    let below = refusal(&path.join("below"));
    assert!(below.starts_with("cannot use data directory DIR: "), "{below}");
}

#[test]
fn a_directory_in_use_is_refused_and_free_again_later() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let clone = store.clone();
    drop(store);
    assert_eq!(
        refusal(dir.path()),
        format!("data directory DIR is in use by process {}", std::process::id())
    );
    drop(clone);
    drop(open(dir.path()).unwrap());
}

#[test]
fn a_newer_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    fs::write(dir.path().join("FORMAT"), "pixii data format 4\n").unwrap();
    assert_eq!(
        refusal(dir.path()),
        "data directory DIR has format 4, and this version of Pixii reads formats up to 3; use the version that wrote it"
    );
    fs::write(dir.path().join("FORMAT"), "something else").unwrap();
    assert!(refusal(dir.path()).starts_with("DIR is not a data directory"));
}

#[test]
fn missing_parts_are_damage() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    let dir = dir.path();
    for (part, expect) in [
        ("store/keyspaces/2", "store/keyspaces/2/current is missing"),
        ("store/keyspaces/1", "store/keyspaces/1/current is missing"),
        ("store", "store/version is missing"),
    ] {
        fs::remove_dir_all(dir.join(part)).unwrap();
        let expect = format!("data directory DIR is damaged: {expect}; restore it from a backup");
        assert_eq!(refusal(dir), expect);
    }
    assert_eq!(names(dir), ["FORMAT", "LOCK", "SYNCED"], "nothing is made in its place");
}

#[tokio::test]
async fn an_interrupted_creation_starts_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let mut txn = store.begin(&[]).await.unwrap();
    txn.set(Bytes::from_static(b"k"), Bytes::new());
    txn.commit().await.unwrap();
    drop(store);
    // As if the power had failed before the last step of creation.
    fs::rename(dir.path().join("FORMAT"), dir.path().join("CREATING")).unwrap();
    fs::write(dir.path().join("store/version"), "half").unwrap();
    drop(open(dir.path()).unwrap());
    assert_eq!(names(dir.path()), ["FORMAT", "LOCK", "SYNCED", "store"]);
}

#[test]
fn an_unwritable_directory_is_one_sentence() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o500)).unwrap();
    // Root writes anywhere.
    if fs::write(dir.join("probe"), "").is_err() {
        assert_eq!(refusal(&dir), "cannot use data directory DIR: Permission denied (os error 13)");
    }
}
