//! Ring 3: what many clients at once are answered has an order that explains it, over every kind of Store.
//!
//! A failure prints the history and its seed. Threads make their own order, so the seed alone does not bring it back, but it
//! brings back the requests: `PIXII_TEST_SEED=<seed>`, and `PIXII_TEST_STEPS=<histories>` for more of them.

use pixii_embedded::{Durability, EmbeddedStore, Options};
use pixii_engine::Settings;
use pixii_engine::env::Clock;
use pixii_store::memory::ClusterBehaviour;
use pixii_store::{MemoryStore, Store};
use pixii_testing::clock::SimulatedClock;
use pixii_testing::history::{Load, Outcome, check, record};
use pixii_testing::world::World;
use std::sync::Arc;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
}

/// Records and checks that many histories.
async fn histories<S: Store + Clone>(store: S, clock: SimulatedClock, count: u64) {
    let world = World::open(store, clock, 1, Settings::default()).await;
    let first = number("PIXII_TEST_SEED").unwrap_or(1);
    let (mut written, mut open) = (0, 0);
    for seed in first..first + number("PIXII_TEST_STEPS").unwrap_or(count) {
        let items = 2 + (seed % 2) as usize;
        let load = Load { seed, clients: 3 + (seed % 4) as usize, requests: 12, items };
        let events = record(&world, load).await;
        written += events.iter().filter(|event| event.outcome == Outcome::Written).count();
        open += events.iter().filter(|event| event.outcome == Outcome::Unknown).count();
        if let Err(fault) = check(&vec![None; items], &events) {
            panic!("seed {seed}: {fault}");
        }
    }
    println!("{written} transactions written, {open} requests of open outcome");
    assert!(written > 0, "no transaction was written: the histories show nothing");
}

fn cluster_like(seed: u64, clock: &SimulatedClock) -> ClusterBehaviour {
    let clock = clock.clone();
    ClusterBehaviour::new(seed, Arc::new(move || clock.now().millis()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_memory() {
    histories(MemoryStore::new(), SimulatedClock::default(), 300).await;
}

#[tokio::test]
async fn on_a_store_like_the_cluster() {
    let clock = SimulatedClock::default();
    let behaviour = ClusterBehaviour { conflict: 0.1, too_old: 0.01, ..cluster_like(5, &clock) };
    histories(MemoryStore::cluster_like(behaviour), clock, 150).await;
}

#[tokio::test]
async fn on_a_store_like_several_nodes_of_a_cluster_with_lost_replies() {
    let clock = SimulatedClock::default();
    let behaviour = ClusterBehaviour {
        gates: false,
        conflict: 0.05,
        unknown_committed: 0.02,
        unknown_lost: 0.02,
        ..cluster_like(6, &clock)
    };
    histories(MemoryStore::cluster_like(behaviour), clock, 150).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { durability: Durability::Relaxed, reserve_bytes: 0, ..Options::default() };
    let store = EmbeddedStore::open(dir.path(), options).unwrap();
    histories(store, SimulatedClock::default(), 150).await;
}
