//! Ring 3: streams read while many write, partitions split, shards close, streams and tables come and go, the server restarts
//! and old records are trimmed, over every kind of Store.
//!
//! A failure prints its seed; `PIXII_TEST_SEED=<seed>` runs it again, as far as threads allow.

use pixii_embedded::{Durability, EmbeddedStore, Options};
use pixii_engine::Settings;
use pixii_engine::env::Clock;
use pixii_store::memory::ClusterBehaviour;
use pixii_store::{MemoryStore, Store};
use pixii_testing::clock::SimulatedClock;
use pixii_testing::workload::{Changes, Happened, changes};
use pixii_testing::world::World;
use std::sync::Arc;
use std::time::Duration;

/// Long enough that the engine looks at streams less often than the simulated clock lets sleeps pass by themselves.
const RETENTION: Duration = Duration::from_secs(60);

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
}

fn seeds(count: u64) -> Vec<u64> {
    match number("PIXII_TEST_SEED") {
        Some(seed) => vec![seed],
        None => (1..=count).collect(),
    }
}

fn settings() -> Settings {
    Settings {
        shard_age: Duration::from_secs(3),
        stream_retention: RETENTION,
        ttl_sweep_delay: Duration::from_secs(1 << 32),
        ..Settings::default()
    }
}

fn plan(seed: u64, requests: usize) -> Changes {
    let requests = number("PIXII_TEST_STEPS").map_or(requests, |steps| steps as usize);
    Changes { seed, clients: 4, requests, rounds: 80, retention: RETENTION }
}

async fn open<S: Store + Clone>(store: S, clock: SimulatedClock, seed: u64) -> World<S> {
    World::open(store, clock, seed, settings()).await
}

/// Runs it with restarts of the engine over a Store that goes on, and with a second engine if that can be.
async fn run<S: Store + Clone>(store: S, clock: SimulatedClock, plan: Changes) -> Happened {
    let other = match store.shared() {
        true => Some(open(store.clone(), clock.clone(), plan.seed + 1000).await),
        false => None,
    };
    let world = open(store, clock, plan.seed).await;
    let reopen = async |world: World<S>| {
        let (store, clock, seed) = (world.store.clone(), world.clock.clone(), world.clock.now().0);
        drop(world);
        // What the engine was at in the background comes to its end.
        tokio::time::sleep(Duration::from_millis(5)).await;
        open(store, clock, seed).await
    };
    changes(world, other, plan, reopen).await.unwrap_or_else(|fault| panic!("seed {}: {fault}", plan.seed))
}

/// Whether all happened that these tests are about.
fn show(all: &[Happened]) {
    for happened in all {
        println!("{happened:?}");
        assert!(happened.records > 100 && happened.splits > 0 && happened.shards > 20, "{happened:?}");
    }
    let sum = |count: fn(&Happened) -> usize| all.iter().map(count).sum::<usize>();
    let (restarts, streams) = (sum(|happened| happened.restarts), sum(|happened| happened.streams));
    assert!(restarts > 0 && streams > 2 * all.len(), "{restarts} restarts, {streams} streams");
}

fn cluster_like(seed: u64, clock: &SimulatedClock) -> ClusterBehaviour {
    let clock = clock.clone();
    ClusterBehaviour::new(seed, Arc::new(move || clock.now().millis()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_memory() {
    let mut all = Vec::new();
    for seed in seeds(4) {
        all.push(run(MemoryStore::new(), SimulatedClock::default(), plan(seed, 300)).await);
    }
    show(&all);
}

#[tokio::test]
async fn on_a_store_like_several_nodes_of_a_cluster_with_lost_replies() {
    let mut all = Vec::new();
    for seed in seeds(3) {
        let clock = SimulatedClock::default();
        let behaviour = ClusterBehaviour {
            gates: false,
            conflict: 0.05,
            unknown_committed: 0.01,
            unknown_lost: 0.01,
            ..cluster_like(seed, &clock)
        };
        all.push(run(MemoryStore::cluster_like(behaviour), clock, plan(seed, 150)).await);
    }
    show(&all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_disk() {
    let mut all = Vec::new();
    for seed in seeds(2) {
        let dir = tempfile::tempdir().unwrap();
        // What a crash leaves is for other tests.
        let options = Options { durability: Durability::Relaxed, reserve_bytes: 0, ..Options::default() };
        let store = EmbeddedStore::open(dir.path(), options.clone()).unwrap();
        let world = open(store, SimulatedClock::default(), seed).await;
        let reopen = async |world: World<EmbeddedStore>| {
            let clock = world.clock.clone();
            drop(world);
            for _ in 0..1000 {
                tokio::time::sleep(Duration::from_millis(5)).await;
                if let Ok(store) = EmbeddedStore::open(dir.path(), options.clone()) {
                    let seed = clock.now().0;
                    return open(store, clock, seed).await;
                }
            }
            panic!("the data directory is not given up");
        };
        let plan = plan(seed, 300);
        let outcome = changes(world, None, plan, reopen).await;
        all.push(outcome.unwrap_or_else(|fault| panic!("seed {seed}: {fault}")));
    }
    show(&all);
}
