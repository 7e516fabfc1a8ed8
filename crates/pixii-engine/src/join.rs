//! Several futures of one request, side by side: what waits for the same sync waits once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// The outputs of all futures, in their order. Each is polled in turn by whoever asks for the whole.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, output) in running.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let Poll::Ready(done) = future.as_mut().poll(context)
            {
                *output = Some(done);
            }
        }
        if outputs.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().map(|output| output.expect("all are done")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn outputs_come_in_order_though_futures_end_otherwise() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        type Boxed = Pin<Box<dyn Future<Output = u32>>>;
        let first: Boxed = Box::pin(async { receiver.await.unwrap() });
        let second: Boxed = Box::pin(async {
            sender.send(1).unwrap();
            2
        });
        assert_eq!(join_all([first, second]).await, [1, 2]);
        assert!(join_all(Vec::<Boxed>::new()).await.is_empty());
    }
}
