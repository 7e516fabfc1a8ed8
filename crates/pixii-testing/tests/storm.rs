//! Ring 3: many clients at once while indexes and tables come and go, over every kind of Store; then every index must equal
//! its rebuild, every counter the truth.

use pixii_embedded::{Durability, EmbeddedStore, Options};
use pixii_engine::Settings;
use pixii_engine::env::Clock;
use pixii_store::memory::ClusterBehaviour;
use pixii_store::{MemoryStore, Store};
use pixii_testing::clock::SimulatedClock;
use pixii_testing::workload::{Storm, storm};
use pixii_testing::world::World;
use std::sync::Arc;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
}

async fn run<S: Store + Clone>(store: S, clock: SimulatedClock, seed: u64, requests: usize) {
    let world = World::open(store, clock, seed, Settings::default()).await;
    let requests = number("PIXII_TEST_STEPS").map_or(requests, |steps| steps as usize);
    let storm_of = Storm { seed, clients: 4, requests, changes: 6 };
    storm(&world, storm_of).await.unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
}

fn seeds(count: u64) -> Vec<u64> {
    match number("PIXII_TEST_SEED") {
        Some(seed) => vec![seed],
        None => (1..=count).collect(),
    }
}

fn cluster_like(seed: u64, clock: &SimulatedClock) -> ClusterBehaviour {
    let clock = clock.clone();
    ClusterBehaviour::new(seed, Arc::new(move || clock.now().millis()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_memory() {
    for seed in seeds(8) {
        run(MemoryStore::new(), SimulatedClock::default(), seed, 250).await;
    }
}

#[tokio::test]
async fn on_a_store_like_several_nodes_of_a_cluster_with_lost_replies() {
    for seed in seeds(6) {
        let clock = SimulatedClock::default();
        let behaviour = ClusterBehaviour {
            gates: false,
            conflict: 0.05,
            unknown_committed: 0.01,
            unknown_lost: 0.01,
            ..cluster_like(seed, &clock)
        };
        run(MemoryStore::cluster_like(behaviour), clock, seed, 150).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_disk() {
    for seed in seeds(3) {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { durability: Durability::Relaxed, reserve_bytes: 0, ..Options::default() };
        let store = EmbeddedStore::open(dir.path(), options).unwrap();
        run(store, SimulatedClock::default(), seed, 250).await;
    }
}
