//! The embedded Store keeps the contract.
#![allow(clippy::unwrap_used, reason = "a test")]

use pixii_embedded::{Durability, EmbeddedStore, Options};
use pixii_store::conformance;

async fn keeps_the_contract(durability: Durability) {
    let dir = tempfile::tempdir().unwrap();
    let number = std::sync::atomic::AtomicUsize::new(0);
    conformance::run(async || {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let options = Options { durability, reserve_bytes: 0, ..Options::default() };
        EmbeddedStore::open(dir.path().join(number.to_string()), options).unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn durable() {
    keeps_the_contract(Durability::Durable).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relaxed() {
    keeps_the_contract(Durability::Relaxed).await;
}
