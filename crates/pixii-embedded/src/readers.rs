//! Where long reads run: off the threads that serve, and only so many at once.
//!
//! A short read takes less time than handing it to another thread would. A long one over cold data can take many reads of
//! the disk, one after the other, and there may be as few serving threads as two.

use pixii_store::StoreError;
use std::num::NonZero;
use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Long reads at once, for each core: some wait for the disk while others use the core.
const PER_CORE: usize = 4;

/// Room for long reads. One for the process, as its cores are.
static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let cores = available_parallelism().map_or(1, NonZero::get);
    Arc::new(Semaphore::new(PER_CORE * cores))
});

/// Runs a read on a thread of its own, once there is room.
pub(crate) async fn run<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let room = Arc::clone(&ROOM).acquire_owned().await.expect("the semaphore is never closed");
    let reading = spawn_blocking(move || {
        // Held by the thread: a caller who goes away does not end what it does.
        let _room = room;
        read()
    });
    match reading.await {
        Ok(outcome) => outcome,
        Err(_) => Err(StoreError::Fatal { detail: "a read of stored data did not end well".to_owned() }),
    }
}
