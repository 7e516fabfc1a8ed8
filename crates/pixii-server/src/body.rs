//! Collecting a request's body, within bounds.
//!
//! Small bodies are simply read. A large one first takes its share of a budget that all connections have in common, all
//! of it at once, so that uploads wait for each other instead of exhausting memory, and none waits while it holds a
//! part. A body that does not say how long it is, or is compressed, takes what it may grow to.

use crate::Limits;
use crate::activity::{Activity, BODY_PROGRESS_BYTES, Phase};
use crate::compress::{Coding, DecodeFault};
use crate::request_headers::{RequestHeaders, text};
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use hyper::body::Incoming;
use pixii_model::limits::REQUEST_BYTES_MAX;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Bodies up to this length need no share of the budget.
const SMALL_BYTES_MAX: usize = 64 * 1024;
/// How much of a body that is too large is read and thrown away, so that its sender comes to read our answer.
const DISCARDED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The budget is counted in these, to fit a semaphore's range.
const SHARE_BYTES: usize = 1024;

/// The bytes that large bodies may hold at the same time.
#[derive(Debug)]
pub(crate) struct BodyBudget {
    shares: Semaphore,
    shares_max: usize,
    wait: Duration,
}

/// A whole body, decompressed.
#[derive(Debug, Default)]
pub(crate) struct Body<'b> {
    pub(crate) bytes: Bytes,
    _share: Option<SemaphorePermit<'b>>,
}

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// Larger than [`REQUEST_BYTES_MAX`].
    TooLarge,
    /// Its compression is unknown or broken.
    Undecodable,
    /// The budget stayed used up.
    Crowded,
    /// The client sent a malformed body, or left: there is nobody to answer.
    Broken,
}

impl BodyBudget {
    pub(crate) fn new(limits: &Limits) -> Self {
        // The largest claim must fit, or it would wait in vain.
        let shares_max = (limits.body_bytes_in_flight_max.max(2 * REQUEST_BYTES_MAX) / SHARE_BYTES)
            .min(Semaphore::MAX_PERMITS)
            .min(u32::MAX as usize);
        Self { shares: Semaphore::new(shares_max), shares_max, wait: limits.body_wait }
    }

    async fn claim(&self, bytes: usize) -> Result<SemaphorePermit<'_>, BodyFault> {
        let shares = bytes.div_ceil(SHARE_BYTES).min(self.shares_max) as u32;
        match tokio::time::timeout(self.wait, self.shares.acquire_many(shares)).await {
            Ok(Ok(share)) => Ok(share),
            Ok(Err(_)) | Err(_) => Err(BodyFault::Crowded),
        }
    }

    /// Reads a request's body to its end.
    pub(crate) async fn collect(
        &self,
        mut incoming: Incoming,
        headers: &RequestHeaders<'_>,
        activity: &Activity,
    ) -> Result<Body<'_>, BodyFault> {
        let coding = Coding::of_content(text(headers.content_encoding).unwrap_or_default());
        let length = incoming.size_hint().exact();
        if length == Some(0) && matches!(coding, Ok(None)) {
            return Ok(Body::default());
        }
        if length.is_some_and(|length| length > REQUEST_BYTES_MAX as u64) {
            // Whoever asks before sending is told at once; whoever sends already listens only afterwards.
            if headers.expect.is_none() {
                discard(incoming, activity).await?;
            }
            return Err(BodyFault::TooLarge);
        }
        let Ok(coding) = coding else {
            discard(incoming, activity).await?;
            return Err(BodyFault::Undecodable);
        };
        let length = length.map(|length| length as usize);
        let mut share = None;
        let claim = match (coding, length) {
            (Some(_), _) => Some(2 * REQUEST_BYTES_MAX),
            (None, Some(length)) => (length > SMALL_BYTES_MAX).then_some(length),
            (None, None) => None,
        };
        if let Some(bytes) = claim {
            share = Some(self.wait_for(bytes, activity).await?);
        }
        let bytes = match length {
            Some(length) => read_known(&mut incoming, length, activity).await?,
            None => {
                let mut read = BytesMut::new();
                if !read_up_to(&mut incoming, &mut read, SMALL_BYTES_MAX, activity).await? {
                    if share.is_none() {
                        share = Some(self.wait_for(REQUEST_BYTES_MAX, activity).await?);
                    }
                    read.reserve(REQUEST_BYTES_MAX.saturating_sub(read.len()));
                    if !read_up_to(&mut incoming, &mut read, REQUEST_BYTES_MAX, activity).await? {
                        drop((read, share));
                        discard(incoming, activity).await?;
                        return Err(BodyFault::TooLarge);
                    }
                }
                read.freeze()
            }
        };
        let bytes = match coding {
            None => bytes,
            Some(coding) => decoded(coding, bytes).await?,
        };
        Ok(Body { bytes, _share: share })
    }

    /// Claims a share. While a body waits for it, its client is not to blame.
    async fn wait_for(&self, bytes: usize, activity: &Activity) -> Result<SemaphorePermit<'_>, BodyFault> {
        activity.enter(Phase::Answering);
        let share = self.claim(bytes).await;
        activity.enter(Phase::Body);
        share
    }
}

/// The next piece of a body, or `None` at its end.
async fn next_piece(incoming: &mut Incoming) -> Result<Option<Bytes>, BodyFault> {
    loop {
        match poll_fn(|context| Pin::new(&mut *incoming).poll_frame(context)).await {
            None => return Ok(None),
            Some(Err(_)) => return Err(BodyFault::Broken),
            Some(Ok(frame)) => {
                // Trailers say nothing to us.
                if let Ok(piece) = frame.into_data() {
                    return Ok(Some(piece));
                }
            }
        }
    }
}

/// Reads a body whose length is known. One that came in one piece is not copied.
async fn read_known(incoming: &mut Incoming, length: usize, activity: &Activity) -> Result<Bytes, BodyFault> {
    let first = next_piece(incoming).await?.unwrap_or_default();
    if first.len() == length {
        return Ok(first);
    }
    let mut read = BytesMut::with_capacity(length);
    read.extend_from_slice(&first);
    drop(first);
    // hyper ends the body at its length, and reports one that ends earlier as broken.
    read_up_to(incoming, &mut read, length, activity).await?;
    Ok(read.freeze())
}

/// Reads on until the body ends (true) or has more than `bytes_max` (false).
async fn read_up_to(
    incoming: &mut Incoming,
    read: &mut BytesMut,
    bytes_max: usize,
    activity: &Activity,
) -> Result<bool, BodyFault> {
    let mut progress = 0;
    while let Some(piece) = next_piece(incoming).await? {
        read.extend_from_slice(&piece);
        note_progress(&mut progress, piece.len(), activity);
        if read.len() > bytes_max {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads what remains of a body and forgets it, up to a point.
async fn discard(mut incoming: Incoming, activity: &Activity) -> Result<(), BodyFault> {
    let (mut discarded, mut progress) = (0, 0);
    while discarded < DISCARDED_BYTES_MAX {
        let Some(piece) = next_piece(&mut incoming).await? else { break };
        discarded += piece.len();
        note_progress(&mut progress, piece.len(), activity);
    }
    Ok(())
}

fn note_progress(progress: &mut usize, bytes: usize, activity: &Activity) {
    *progress += bytes;
    if *progress >= BODY_PROGRESS_BYTES {
        *progress = 0;
        activity.enter(Phase::Body);
    }
}

/// Decompresses off the threads that serve: a few KiB can stand for many MiB.
async fn decoded(coding: Coding, bytes: Bytes) -> Result<Bytes, BodyFault> {
    let decoding = tokio::task::spawn_blocking(move || coding.decode(&bytes, REQUEST_BYTES_MAX));
    match decoding.await.map_err(|_| BodyFault::Undecodable)? {
        Ok(bytes) => Ok(bytes),
        Err(DecodeFault::Malformed) => Err(BodyFault::Undecodable),
        Err(DecodeFault::TooLarge) => Err(BodyFault::TooLarge),
    }
}
