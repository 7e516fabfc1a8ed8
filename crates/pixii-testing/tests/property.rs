//! Ring 3: generated requests to the engine and to the naive model, over every kind of Store.
//!
//! Each test runs some seeds. A failure prints its seed; `PIXII_TEST_SEED=<seed>` runs that one alone, and
//! `PIXII_TEST_STEPS=<steps>` makes all runs longer (or shorter).

use pixii_embedded::{Durability, EmbeddedStore, Options};
use pixii_engine::Settings;
use pixii_engine::env::Clock;
use pixii_store::memory::ClusterBehaviour;
use pixii_store::{MemoryStore, Store};
use pixii_testing::clock::SimulatedClock;
use pixii_testing::workload::{Plan, Run};
use pixii_testing::world::World;
use std::sync::Arc;
use std::time::Duration;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
}

/// The seeds of one test: some, or the one that was asked for.
fn seeds(count: u64) -> Vec<u64> {
    match number("PIXII_TEST_SEED") {
        Some(seed) => vec![seed],
        None => (1..=count).collect(),
    }
}

fn plan(seed: u64, steps: usize) -> Plan {
    let steps = number("PIXII_TEST_STEPS").map_or(steps, |steps| steps as usize);
    Plan { seed, steps, audit_every: 5, failures: false, control: true }
}

async fn run<S: Store + Clone>(store: S, clock: SimulatedClock, plan: Plan) -> String {
    // The run sweeps itself, so that it knows when.
    let settings = Settings { ttl_sweep_delay: Duration::from_secs(1 << 32), ..Settings::default() };
    let world = World::open(store, clock, plan.seed, settings).await;
    let log = Run::run(world, plan).await.unwrap_or_else(|fault| {
        panic!("{fault}\n\nPIXII_TEST_SEED={} PIXII_TEST_STEPS={} runs it again", plan.seed, plan.steps)
    });
    if let Some(path) = std::env::var_os("PIXII_TEST_LOG") {
        std::fs::write(path, &log).expect("the log can be written");
    }
    log
}

fn cluster_like(seed: u64, clock: &SimulatedClock) -> ClusterBehaviour {
    let clock = clock.clone();
    ClusterBehaviour::new(seed, Arc::new(move || clock.now().millis()))
}

#[tokio::test]
async fn on_memory() {
    for seed in seeds(6) {
        run(MemoryStore::new(), SimulatedClock::default(), plan(seed, 1500)).await;
    }
}

#[tokio::test]
async fn the_same_seed_twice_gives_the_same_log() {
    let [one, other] = [(); 2].map(|()| run(MemoryStore::new(), SimulatedClock::default(), plan(77, 300)));
    let (one, other) = (one.await, other.await);
    let differing = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    assert_eq!(differing, None);
}

#[tokio::test]
async fn on_a_store_like_the_cluster() {
    for seed in seeds(3) {
        let clock = SimulatedClock::default();
        let store = MemoryStore::cluster_like(cluster_like(seed, &clock));
        run(store, clock, plan(seed, 1000)).await;
    }
}

#[tokio::test]
async fn on_a_store_like_the_cluster_that_fails() {
    for seed in seeds(4) {
        let clock = SimulatedClock::default();
        let behaviour = ClusterBehaviour {
            conflict: 0.1,
            too_old: 0.005,
            unknown_committed: 0.02,
            unknown_lost: 0.02,
            ..cluster_like(seed, &clock)
        };
        let store = MemoryStore::cluster_like(behaviour);
        run(store, clock, Plan { failures: true, ..plan(seed, 1000) }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_disk() {
    for seed in seeds(2) {
        let dir = tempfile::tempdir().unwrap();
        // What a crash leaves is for other tests.
        let options = Options { durability: Durability::Relaxed, reserve_bytes: 0, ..Options::default() };
        let store = EmbeddedStore::open(dir.path(), options).unwrap();
        run(store, SimulatedClock::default(), plan(seed, 800)).await;
    }
}
