//! Keeping a panic inside the request that caused it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// A future panicked. The process's panic hook has said where.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs a future to its end or to its panic. After a panic it is dropped and never polled again.
pub(crate) async fn contain<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // Whatever the future shares with others is behind locks or in the store, which drop what was not finished.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_before_or_after_waiting_is_contained() {
        assert_eq!(contain(async { 1 }).await.expect("no panic"), 1);
        assert!(contain(async { panic!("at once") }).await.is_err());
        let later = async {
            tokio::task::yield_now().await;
            panic!("later")
        };
        assert!(contain(later).await.is_err());
    }
}
