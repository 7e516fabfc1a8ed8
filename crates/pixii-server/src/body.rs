//! Collecting a request's body, within bounds.
//!
//! Small bodies are simply read. A large one first takes its share of a budget that all connections have in common, all
//! of it at once, so that uploads wait for each other instead of exhausting memory, and none waits while it holds a
//! part. A body that does not say how long it is, or is compressed, takes what it may grow to.
//!
//! Once it is whole it takes a share of a second, tighter budget, because a body taken apart can fill many times its
//! length. The two are apart so that a slow upload keeps nobody else from working.

use crate::Limits;
use crate::activity::{Activity, BODY_PROGRESS_BYTES, Phase};
use crate::compress::{Coding, DecodeFault};
use crate::exposition::{Exposition, Kind};
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

/// What large bodies may hold at the same time, in bytes: while they come, and while they are worked on.
#[derive(Debug)]
pub(crate) struct BodyBudget {
    in_flight: Shares,
    at_work: Shares,
    wait: Duration,
}

/// A number of bytes to share.
#[derive(Debug)]
struct Shares {
    free: Semaphore,
    all: usize,
}

/// A whole body, decompressed. Its shares of the budget are given back when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Body<'b> {
    pub(crate) bytes: Bytes,
    _shares: [Option<SemaphorePermit<'b>>; 2],
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
        Self {
            // The largest claim must fit, or it would wait in vain.
            in_flight: Shares::new(limits.body_bytes_in_flight_max.max(2 * REQUEST_BYTES_MAX)),
            at_work: Shares::new(limits.body_bytes_at_work_max.max(REQUEST_BYTES_MAX)),
            wait: limits.body_wait,
        }
    }

    /// Writes how much of the budget is taken.
    pub(crate) fn expose(&self, page: &mut Exposition) {
        let shares = [("coming", &self.in_flight), ("at_work", &self.at_work)];
        let help = "Bytes of large bodies that hold a share of the budget.";
        let mut family = page.family("pixii_body_budget_used_bytes", Kind::Gauge, help);
        for (stage, shares) in shares {
            let used = shares.all.saturating_sub(shares.free.available_permits());
            family.value(&[("stage", stage)], used * SHARE_BYTES);
        }
        let help = "Bytes that large bodies may hold at the same time.";
        let mut family = page.family("pixii_body_budget_bytes", Kind::Gauge, help);
        for (stage, shares) in shares {
            family.value(&[("stage", stage)], shares.all * SHARE_BYTES);
        }
    }

    /// Reads a request's body to its end, even where it is refused: a client sends first and listens then.
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
        match self.read(&mut incoming, length, coding, activity).await {
            // Whoever asks before sending is told before sending.
            Err(BodyFault::TooLarge) if headers.expect.is_some() => Err(BodyFault::TooLarge),
            Err(fault) => {
                discard(incoming, activity).await?;
                Err(fault)
            }
            Ok(body) => Ok(body),
        }
    }

    async fn read(
        &self,
        incoming: &mut Incoming,
        length: Option<u64>,
        coding: Result<Option<Coding>, DecodeFault>,
        activity: &Activity,
    ) -> Result<Body<'_>, BodyFault> {
        if length.is_some_and(|length| length > REQUEST_BYTES_MAX as u64) {
            return Err(BodyFault::TooLarge);
        }
        let coding = coding.map_err(|_| BodyFault::Undecodable)?;
        let length = length.map(|length| length as usize);
        let claimed = match (coding, length) {
            (Some(_), _) => 2 * REQUEST_BYTES_MAX,
            (None, Some(length)) => length,
            (None, None) => 0,
        };
        let mut coming = self.wait_for(&self.in_flight, claimed, activity).await?;
        let mut bytes = match length {
            Some(length) => read_known(incoming, length, activity).await?,
            None => {
                let mut read = BytesMut::new();
                if !read_up_to(incoming, &mut read, SMALL_BYTES_MAX, activity).await? {
                    if coming.is_none() {
                        coming = self.wait_for(&self.in_flight, REQUEST_BYTES_MAX, activity).await?;
                    }
                    read.reserve(REQUEST_BYTES_MAX.saturating_sub(read.len()));
                    if !read_up_to(incoming, &mut read, REQUEST_BYTES_MAX, activity).await? {
                        return Err(BodyFault::TooLarge);
                    }
                }
                read.freeze()
            }
        };
        if let Some(coding) = coding {
            bytes = decoded(coding, bytes).await?;
        }
        let working = self.wait_for(&self.at_work, bytes.len(), activity).await?;
        Ok(Body { bytes, _shares: [coming, working] })
    }

    /// Waits for the share that so many bytes need, if they need one. Meanwhile the client is not to blame for being slow.
    async fn wait_for<'b>(
        &self,
        shares: &'b Shares,
        bytes: usize,
        activity: &Activity,
    ) -> Result<Option<SemaphorePermit<'b>>, BodyFault> {
        if bytes <= SMALL_BYTES_MAX {
            return Ok(None);
        }
        activity.enter(Phase::Answering);
        let share = tokio::time::timeout(self.wait, shares.claim(bytes)).await;
        activity.enter(Phase::Body);
        share.map(Some).map_err(|_| BodyFault::Crowded)
    }
}

impl Shares {
    fn new(bytes: usize) -> Self {
        let all = (bytes / SHARE_BYTES).min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
        Self { free: Semaphore::new(all), all }
    }

    async fn claim(&self, bytes: usize) -> SemaphorePermit<'_> {
        let shares = bytes.div_ceil(SHARE_BYTES).min(self.all) as u32;
        self.free.acquire_many(shares).await.expect("the semaphore is never closed")
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
