//! The memory Store keeps the contract, on its own and when it behaves like the cluster.

use pixii_store::memory::ClusterBehaviour;
use pixii_store::{MemoryStore, conformance};
use std::sync::Arc;

fn behaviour(seed: u64) -> ClusterBehaviour {
    ClusterBehaviour::new(seed, Arc::new(|| 0))
}

#[tokio::test(flavor = "multi_thread")]
async fn memory() {
    conformance::run(async || MemoryStore::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_like() {
    conformance::run(async || MemoryStore::cluster_like(behaviour(1))).await;
}

#[tokio::test]
async fn cluster_like_without_gates() {
    conformance::run(async || MemoryStore::cluster_like(ClusterBehaviour { gates: false, ..behaviour(2) }))
        .await;
}

#[tokio::test]
async fn cluster_like_with_failures() {
    let moody = || ClusterBehaviour { conflict: 0.2, too_old: 0.02, recent_lag_ms: 100, ..behaviour(3) };
    conformance::run(async || MemoryStore::cluster_like(moody())).await;
}
