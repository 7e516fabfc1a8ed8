//! Keeping a panic inside the request that caused it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

/// A future panicked. The process's panic hook has said where.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs a future to its end or to its panic, where it lies: those of requests are large to move. After a panic it must
/// not be polled again.
pub(crate) async fn contain<F: Future>(mut future: Pin<&mut F>) -> Result<F::Output, Panicked> {
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
    use std::pin::pin;

    #[tokio::test]
    async fn a_panic_before_or_after_waiting_is_contained() {
        assert_eq!(contain(pin!(async { 1 })).await.expect("no panic"), 1);
        assert!(contain(pin!(async { panic!("at once") })).await.is_err());
        let later = async {
            tokio::task::yield_now().await;
            panic!("later")
        };
        assert!(contain(pin!(later)).await.is_err());
    }
}
