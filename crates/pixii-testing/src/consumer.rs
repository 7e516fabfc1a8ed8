//! A reader of one stream as applications read it: shards found by DescribeStream, parents to their end before their children,
//! and each shard on from where it was. It holds what is answered against what streams promise whatever was written: numbers
//! that grow and lie within their shard, children that name their parents, ids that do not come again.

use crate::generate::Dice;
use crate::naive::{Item, item_from_json};
use crate::world::{Answer, Refusal, World};
use pixii_engine::env::Clock;
use pixii_model::operation::OperationName;
use pixii_store::Store;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashSet};

/// How often a request is tried that a failing Store does not let through.
const ATTEMPTS_MAX: usize = 50;

/// A change as a stream tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// INSERT, MODIFY or REMOVE.
    pub event: String,
    /// The item's key.
    pub keys: Item,
    /// The item as it was, if the record has it.
    pub old: Option<Item>,
    /// The item as it is, if the record has it.
    pub new: Option<Item>,
    /// Whether Time to Live did it.
    pub by_time_to_live: bool,
    /// The shard it lies in.
    pub shard: String,
    /// Its place.
    pub number: u128,
    /// `ApproximateCreationDateTime`.
    pub seconds: u64,
}

/// How far a shard is read.
#[derive(Debug)]
struct Reading {
    parent: Option<String>,
    start: u128,
    end: Option<u128>,
    iterator: Option<String>,
    /// The last record that was read.
    last: Option<u128>,
    finished: bool,
}

/// A reader that remembers how far it came.
#[derive(Debug)]
pub struct Consumer {
    /// The stream.
    pub arn: String,
    shards: BTreeMap<String, Reading>,
    ids: HashSet<String>,
    /// How often records were trimmed before they were read.
    pub trimmed: usize,
    /// How many shards were gone before they were read to their end.
    pub vanished: usize,
    finished: usize,
    dice: Dice,
}

impl Consumer {
    /// One that has read nothing.
    pub fn new(arn: &str, seed: u64) -> Self {
        let (shards, ids) = (BTreeMap::new(), HashSet::new());
        Self { arn: arn.to_owned(), shards, ids, trimmed: 0, vanished: 0, finished: 0, dice: Dice::new(seed) }
    }

    /// How many shards it has met.
    pub fn shards(&self) -> usize {
        self.shards.len()
    }

    /// Whether every shard it knows is read to its end.
    pub fn is_finished(&self) -> bool {
        self.shards.values().all(|reading| reading.finished)
    }

    /// Reads all there is to read.
    ///
    /// # Errors
    /// What breaks a promise.
    pub async fn poll<S: Store + Clone>(&mut self, world: &World<S>) -> Result<Vec<Seen>, String> {
        let mut all = Vec::new();
        loop {
            let finished = self.finished;
            self.discover(world).await?;
            let mut ready: Vec<String> = Vec::new();
            for (id, reading) in &self.shards {
                let parent = reading.parent.as_ref().and_then(|parent| self.shards.get(parent));
                if !reading.finished && parent.is_none_or(|parent| parent.finished) {
                    ready.push(id.clone());
                }
            }
            // In no order of their own, so that only lineage brings records into theirs.
            while !ready.is_empty() {
                let id = ready.swap_remove(self.dice.below(ready.len()));
                self.read_shard(world, &id, &mut all).await?;
            }
            if self.finished == finished {
                return Ok(all);
            }
        }
    }

    /// Learns of shards.
    async fn discover<S: Store + Clone>(&mut self, world: &World<S>) -> Result<(), String> {
        let mut body = json!({ "StreamArn": self.arn });
        loop {
            if self.dice.chance(0.5) {
                body["Limit"] = json!(1 + self.dice.below(3));
            }
            let page = call(world, OperationName::DescribeStream, &body).await;
            let page = page.map_err(|refusal| format!("DescribeStream {body}: {refusal:?}"))?;
            let description = &page["StreamDescription"];
            for shard in description["Shards"].as_array().expect("shards are a list") {
                self.take_in(shard)?;
            }
            match description.get("LastEvaluatedShardId") {
                Some(last) => body["ExclusiveStartShardId"] = last.clone(),
                None => return Ok(()),
            }
        }
    }

    fn take_in(&mut self, shard: &Json) -> Result<(), String> {
        let id = shard["ShardId"].as_str().expect("a shard has an id").to_owned();
        let range = &shard["SequenceNumberRange"];
        let start = number(&range["StartingSequenceNumber"])?;
        let end = range.get("EndingSequenceNumber").map(number).transpose()?;
        let parent = shard.get("ParentShardId").and_then(Json::as_str).map(str::to_owned);
        if !(28..=65).contains(&id.len()) {
            return Err(format!("a shard id that SDKs refuse: {id}"));
        }
        if let Some(parent) = parent.as_ref().and_then(|parent| self.shards.get_mut(parent)) {
            // The child begins where the parent ended; an earlier page may have shown the parent while it was open.
            let ended = *parent.end.get_or_insert(start);
            if ended > start {
                return Err(format!("{shard} begins before its parent ends at {ended}"));
            }
        }
        match self.shards.get_mut(&id) {
            Some(known) if known.start == start && known.parent == parent => {
                if known.end.is_some_and(|known| end.is_some_and(|end| known < end)) {
                    return Err(format!("{shard} ended at {:?} before", known.end));
                }
                known.end = end.or(known.end);
                Ok(())
            }
            Some(known) => Err(format!("{shard} was {known:?} before")),
            None => {
                let reading = Reading { parent, start, end, iterator: None, last: None, finished: false };
                self.shards.insert(id, reading);
                Ok(())
            }
        }
    }

    /// Reads a shard as far as it goes now.
    async fn read_shard<S: Store + Clone>(
        &mut self,
        world: &World<S>,
        id: &str,
        all: &mut Vec<Seen>,
    ) -> Result<(), String> {
        loop {
            let iterator = match self.reading(id).iterator.clone() {
                Some(iterator) => iterator,
                None => match self.begin(world, id).await? {
                    Some(iterator) => iterator,
                    None => return Ok(()),
                },
            };
            let mut body = json!({ "ShardIterator": iterator });
            if self.dice.chance(0.5) {
                body["Limit"] = json!(self.dice.pick(&[1, 2, 3, 10, 1000]));
            }
            let page = match call(world, OperationName::GetRecords, &body).await {
                Ok(page) => page,
                Err(refusal) if refusal.code == "ExpiredIteratorException" => {
                    self.reading(id).iterator = None;
                    continue;
                }
                Err(refusal) if refusal.code == "TrimmedDataAccessException" => {
                    self.trimmed += 1;
                    let reading = self.reading(id);
                    (reading.iterator, reading.last) = (None, None);
                    continue;
                }
                Err(refusal) => return Err(format!("GetRecords {body}: {refusal:?}")),
            };
            let records = page["Records"].as_array().expect("records are a list");
            for record in records {
                let now = world.clock.now().seconds();
                let seen = self.check(id, record, now).map_err(|fault| format!("{fault}: {record}"))?;
                all.push(seen);
            }
            let next = page.get("NextShardIterator").and_then(Json::as_str).map(str::to_owned);
            let (at_end, is_empty) = (next.is_none(), records.is_empty());
            self.reading(id).iterator = next;
            if at_end {
                self.finish(id);
            }
            if at_end || is_empty {
                return Ok(());
            }
        }
    }

    /// An iterator for where a shard is to be read on; none if the shard is gone.
    async fn begin<S: Store + Clone>(
        &mut self,
        world: &World<S>,
        id: &str,
    ) -> Result<Option<String>, String> {
        let mut body = json!({ "StreamArn": self.arn, "ShardId": id });
        match self.reading(id).last {
            None => body["ShardIteratorType"] = json!("TRIM_HORIZON"),
            Some(last) => {
                body["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
                body["SequenceNumber"] = json!(last.to_string());
            }
        }
        match call(world, OperationName::GetShardIterator, &body).await {
            Ok(answer) => Ok(answer["ShardIterator"].as_str().map(str::to_owned)),
            Err(refusal) if refusal.code == "ResourceNotFoundException" => {
                self.vanished += 1;
                self.finish(id);
                Ok(None)
            }
            Err(refusal) if refusal.code == "TrimmedDataAccessException" => {
                self.trimmed += 1;
                self.reading(id).last = None;
                body["ShardIteratorType"] = json!("TRIM_HORIZON");
                body.as_object_mut().expect("a request is an object").remove("SequenceNumber");
                let answer = call(world, OperationName::GetShardIterator, &body).await;
                let answer = answer.map_err(|refusal| format!("GetShardIterator {body}: {refusal:?}"))?;
                Ok(answer["ShardIterator"].as_str().map(str::to_owned))
            }
            Err(refusal) => Err(format!("GetShardIterator {body}: {refusal:?}")),
        }
    }

    fn check(&mut self, id: &str, record: &Json, now: u64) -> Result<Seen, String> {
        let told = &record["dynamodb"];
        let number = number(&told["SequenceNumber"])?;
        let reading = self.reading(id);
        if reading.last.is_some_and(|last| number <= last) {
            return Err("a number that does not grow".to_owned());
        }
        reading.last = Some(number);
        if number <= reading.start || reading.end.is_some_and(|end| end < number) {
            return Err(format!("a number outside its shard {reading:?}"));
        }
        let event = record["eventID"].as_str().expect("a record has an id").to_owned();
        if !self.ids.insert(event) {
            return Err("a record that was there before".to_owned());
        }
        let seconds = told["ApproximateCreationDateTime"].as_f64().expect("a time is a number") as u64;
        // An item's time may run ahead of the clock by the microseconds that its writes are apart at least.
        if seconds > now + 1 {
            return Err(format!("a record from the future: it is {now}"));
        }
        let image = |name: &str| told.get(name).map(item_from_json);
        Ok(Seen {
            event: record["eventName"].as_str().expect("a record has a kind").to_owned(),
            keys: image("Keys").ok_or("a record without keys")?,
            old: image("OldImage"),
            new: image("NewImage"),
            by_time_to_live: record.get("userIdentity").is_some_and(|identity| {
                *identity == json!({ "Type": "Service", "PrincipalId": "dynamodb.amazonaws.com" })
            }),
            shard: id.to_owned(),
            number,
            seconds,
        })
    }

    fn finish(&mut self, id: &str) {
        self.reading(id).finished = true;
        self.finished += 1;
    }

    fn reading(&mut self, id: &str) -> &mut Reading {
        self.shards.get_mut(id).expect("a shard that is read is known")
    }
}

/// The sequence number that a value is.
fn number(value: &Json) -> Result<u128, String> {
    let text = value.as_str().filter(|text| (21..=40).contains(&text.len()));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| format!("{value} is no sequence number"))
}

/// Sends a request that only reads, until a failing Store lets it through.
async fn call<S: Store + Clone>(world: &World<S>, operation: OperationName, body: &Json) -> Answer {
    let mut last = None;
    for _ in 0..ATTEMPTS_MAX {
        match world.call(operation, body).await {
            Err(refusal @ Refusal { status: 500, .. }) => last = Some(refusal),
            answer => return answer,
        }
        tokio::task::yield_now().await;
    }
    Err(last.expect("there was an attempt"))
}
