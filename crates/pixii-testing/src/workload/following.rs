//! Streams of the tables of a run: what they tell must be just what the model changed, each item's changes in order.

use super::Run;
use crate::consumer::{Consumer, Seen};
use crate::naive::{Item, Key, Logged, Schema, item_json};
use pixii_engine::catalog::read_record;
use pixii_engine::env::{Clock, Micros};
use pixii_engine::{Settings, keyspace};
use pixii_model::operation::OperationName;
use pixii_store::{Freshness, Store};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, VecDeque};

const VIEWS: [&str; 4] = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];

/// A stream, and what it has still to tell.
#[derive(Debug)]
pub(super) struct Followed {
    schema: Schema,
    view: &'static str,
    consumer: Consumer,
    expected: BTreeMap<Key, VecDeque<Logged>>,
    /// When it was turned off.
    off: Option<Micros>,
}

impl<S: Store + Clone> Run<S> {
    /// What CreateTable and UpdateTable are told to turn a stream on.
    pub(super) fn stream_specification(&mut self) -> (&'static str, Json) {
        let view = self.dice.pick(&VIEWS);
        (view, json!({ "StreamEnabled": true, "StreamViewType": view }))
    }

    /// Turns the stream of a table on, or off.
    pub(super) async fn change_stream(&mut self, name: &str) -> Result<(), String> {
        if self.model.table(name).log.is_some() {
            let off = json!({ "StreamEnabled": false });
            let body = json!({ "TableName": name, "StreamSpecification": off });
            self.control(OperationName::UpdateTable, &body).await?;
            return self.stream_is_off(name).await;
        }
        let (view, specification) = self.stream_specification();
        let body = json!({ "TableName": name, "StreamSpecification": specification });
        self.control(OperationName::UpdateTable, &body).await?;
        self.stream_is_on(name, view).await
    }

    /// Begins to follow the stream that a table has now.
    pub(super) async fn stream_is_on(&mut self, name: &str, view: &'static str) -> Result<(), String> {
        let description = self.sure(OperationName::DescribeTable, &json!({ "TableName": name })).await?;
        let arn = description["Table"]["LatestStreamArn"].as_str().ok_or("there is no stream's ARN")?;
        let consumer = Consumer::new(arn, self.dice.bits());
        let table = self.model.tables.get_mut(name).expect("the table is there");
        table.log = Some(Vec::new());
        let schema = table.schema.clone();
        self.streams.push(Followed { schema, view, consumer, expected: BTreeMap::new(), off: None });
        Ok(())
    }

    /// Takes what a table's stream, which was just turned off, has still to tell.
    pub(super) async fn stream_is_off(&mut self, name: &str) -> Result<(), String> {
        self.take_logs();
        self.model.tables.get_mut(name).expect("the table is there").log = None;
        let now = self.world.clock.now();
        let streams = self.streams.iter_mut();
        if let Some(stream) = streams.rev().find(|stream| stream.schema.name == name && stream.off.is_none())
        {
            stream.off = Some(now);
        }
        self.check_streams().await
    }

    /// Splits a partition of a table.
    pub(super) async fn split(&mut self, name: &str) -> Result<(), String> {
        let table = self.model.table(name);
        let keys: Vec<Key> = table.items.keys().cloned().collect();
        let Some(key) = (!keys.is_empty()).then(|| self.dice.pick(&keys)) else { return Ok(()) };
        let item = self.model.table(name).items[&key].clone();
        let Ok(snapshot) = self.world.store.snapshot(Freshness::Latest).await else { return Ok(()) };
        let Ok(Some(record)) = read_record(&snapshot, name).await else { return Ok(()) };
        drop(snapshot);
        let key = keyspace::item(&record.table(), &crate::audit::engine_item(&item)).ok_or("no key")?;
        let mut place = keyspace::place(&key).to_vec();
        place.truncate(self.dice.pick(&[8, 8, 200]));
        let partition = record.partitions.at(&place);
        let split = self.world.engine.split_partition(name, record.id, partition, place).await;
        match split {
            Err(error) if !format!("{error:?}").contains("outcome") => Err(format!("a split: {error:?}")),
            _ => Ok(()),
        }
    }

    /// Reads all streams, and holds what they tell against what the model changed.
    pub(super) async fn check_streams(&mut self) -> Result<(), String> {
        self.take_logs();
        let retention = Settings::default().stream_retention;
        let mut streams = std::mem::take(&mut self.streams);
        for mut stream in streams.drain(..) {
            let arn = stream.consumer.arn.clone();
            if stream.off.is_some_and(|off| off.after(retention) <= self.world.clock.now()) {
                let body = json!({ "StreamArn": arn });
                match self.world.call(OperationName::DescribeStream, &body).await {
                    Err(refusal) if refusal.code == "ResourceNotFoundException" => continue,
                    answer => return Err(format!("a stream that should be gone: {answer:?}")),
                }
            }
            let told = |fault: String| format!("{arn}, {}: {fault}", stream.view);
            for seen in stream.consumer.poll(&self.world).await.map_err(told)? {
                stream.take(seen).map_err(|fault| format!("{arn}: {fault}"))?;
            }
            if let Some(missing) = stream.expected.values().find_map(|changes| changes.front()) {
                return Err(format!("{arn} does not tell of {missing:?}"));
            }
            if stream.off.is_some() && !stream.consumer.is_finished() {
                return Err(format!("{arn} is off and has open shards: {:?}", stream.consumer));
            }
            self.streams.push(stream);
        }
        Ok(())
    }

    /// Hands what the model changed to the streams of its tables.
    fn take_logs(&mut self) {
        for (name, table) in &mut self.model.tables {
            let Some(log) = &mut table.log else { continue };
            let streams = self.streams.iter_mut();
            let stream = streams.rev().find(|stream| stream.schema.name == *name && stream.off.is_none());
            let stream = stream.expect("a table with a log has a stream");
            for change in log.drain(..) {
                stream.expected.entry(change.key.clone()).or_default().push_back(change);
            }
        }
    }
}

impl Followed {
    /// Holds a record against the next change of its item.
    fn take(&mut self, seen: Seen) -> Result<(), String> {
        let key: Key = self.schema.key().map(|key| seen.keys[&key.name].clone()).collect();
        let Some(change) = self.expected.get_mut(&key).and_then(VecDeque::pop_front) else {
            return Err(format!("a record of what did not happen: {seen:?}"));
        };
        let event = match (&change.before, &change.after) {
            (None, _) => "INSERT",
            (Some(_), Some(_)) => "MODIFY",
            (Some(_), None) => "REMOVE",
        };
        let shown = |image: &Option<Item>, views: [&str; 2]| {
            image.as_ref().filter(|_| views.contains(&self.view)).map(item_json)
        };
        let json = |image: &Option<Item>| image.as_ref().map(item_json);
        let is_right = seen.event == event
            && seen.keys.len() == key.len()
            && json(&seen.old) == shown(&change.before, ["OLD_IMAGE", "NEW_AND_OLD_IMAGES"])
            && json(&seen.new) == shown(&change.after, ["NEW_IMAGE", "NEW_AND_OLD_IMAGES"])
            && seen.by_time_to_live == change.by_time_to_live;
        if is_right { Ok(()) } else { Err(format!("expected {event} {change:?}\nfound {seen:?}")) }
    }
}
