//! Many clients at once on tables with streams, while partitions split, shards close, streams are turned off and on, tables
//! are deleted, the server restarts and old records are trimmed: then every acknowledged change is in the stream that was on,
//! once and in order, and nothing that was refused.
//!
//! Each write gives its item a tag that no other write gives. So a record tells which write it is of, and an answer with
//! `ALL_OLD` which write came before it.

mod client;
mod verdict;

use super::storm::control;
use crate::audit;
use crate::consumer::{Consumer, Seen};
use crate::generate::Dice;
use crate::naive::{Index, Item, KeyAttribute, Model, Projection, Schema, Table, Value, item_from_json};
use crate::world::World;
use client::{Era, Noted, client};
use parking_lot::Mutex;
use pixii_engine::catalog::read_record;
use pixii_engine::env::{Clock, Micros};
use pixii_engine::keyspace;
use pixii_model::operation::OperationName;
use pixii_store::{Freshness, Store};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::RwLock;
use verdict::judge;

/// How long is waited for what takes background work.
const PATIENCE: usize = 5000;
/// The table whose stream is on from its creation to the end.
const STEADY: &str = "steady";
/// The table whose stream comes and goes, and with it sometimes the table.
const TOGGLED: &str = "toggled";

/// What a run is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Changes {
    /// Decides the requests.
    pub seed: u64,
    /// How many clients there are.
    pub clients: usize,
    /// How many requests each makes at most.
    pub requests: usize,
    /// How many things happen meanwhile.
    pub rounds: usize,
    /// For how long streams are kept, as the engine was told.
    pub retention: Duration,
}

/// What happened, for a test to see that it did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Happened {
    pub records: usize,
    pub splits: usize,
    pub shards: usize,
    pub streams: usize,
    pub restarts: usize,
}

/// What clients and the conductor share.
pub(crate) struct Stage<S: Store + Clone> {
    world: RwLock<Option<World<S>>>,
    /// Another node over the same Store, for half of the requests.
    other: Option<World<S>>,
    /// By table.
    eras: Mutex<BTreeMap<&'static str, Era>>,
    noted: Mutex<Vec<Noted>>,
}

/// A stream and what was read of it.
struct Followed {
    table: &'static str,
    consumer: Consumer,
    seen: Vec<Seen>,
    /// When it was turned off, once it was read to its end.
    over: Option<Micros>,
}

struct Conductor<S: Store + Clone> {
    stage: Arc<Stage<S>>,
    plan: Changes,
    dice: Dice,
    streams: Vec<Followed>,
    happened: Happened,
}

/// Runs it, and judges what the streams told. `other` is a second engine over the same data, where the Store can be shared;
/// `reopen` closes an engine and opens another.
pub async fn changes<S: Store + Clone>(
    world: World<S>,
    other: Option<World<S>>,
    plan: Changes,
    reopen: impl AsyncFn(World<S>) -> World<S>,
) -> Result<Happened, String> {
    let eras = Mutex::new(BTreeMap::from([(STEADY, Era::default()), (TOGGLED, Era::default())]));
    let stage = Stage { world: RwLock::new(Some(world)), other, eras, noted: Mutex::default() };
    let (stage, dice) = (Arc::new(stage), Dice::new(plan.seed));
    let happened = Happened::default();
    let mut conductor = Conductor { stage: Arc::clone(&stage), plan, dice, streams: Vec::new(), happened };
    conductor.create(STEADY).await?;
    conductor.create(TOGGLED).await?;
    let clients: Vec<_> =
        (0..plan.clients).map(|at| tokio::spawn(client(Arc::clone(&stage), plan, at))).collect();
    let mut outcome = Ok(());
    for round in 0..plan.rounds {
        outcome = conductor.round(&reopen).await.map_err(|fault| format!("round {round}: {fault}"));
        if outcome.is_err() {
            break;
        }
    }
    for client in clients {
        outcome = outcome.and(client.await.expect("a client does not panic"));
    }
    outcome?;
    // The large items are large by one letter.
    conductor.finish().await.map_err(|fault| fault.replace(&"x".repeat(100), ""))?;
    Ok(conductor.happened)
}

/// Two partitions' worth of keys, local and global indexes, one of which holds large items whole.
fn schema(name: &str) -> Schema {
    let key = |name: &str| KeyAttribute { name: name.to_owned(), kind: "S" };
    let index = |name: &str, local, partition: &str, sort: Vec<KeyAttribute>, projection| Index {
        name: name.to_owned(),
        local,
        partition: vec![key(partition)],
        sort,
        projection,
    };
    Schema {
        name: name.to_owned(),
        partition: key("pk"),
        sort: Some(key("sk")),
        indexes: vec![
            index("local", true, "pk", vec![key("tag")], Projection::KeysOnly),
            index("global", false, "group", Vec::new(), Projection::All),
        ],
    }
}

impl<S: Store + Clone> Conductor<S> {
    async fn world(&self) -> World<S> {
        self.stage.world.read().await.clone().expect("between rounds there is a world")
    }

    /// One thing happens, time passes, and all streams are read.
    async fn round(&mut self, reopen: &impl AsyncFn(World<S>) -> World<S>) -> Result<(), String> {
        let world = self.world().await;
        let pass = self.dice.pick(&[5, 50, 400, 3000]);
        world.clock.advance(Duration::from_millis(pass));
        tokio::time::sleep(Duration::from_millis(2)).await;
        match self.dice.below(12) {
            0..=4 => {
                let table = self.dice.pick(&[STEADY, TOGGLED]);
                self.split(&world, table).await?;
            }
            5..=7 => self.toggle(&world).await?,
            8 => self.replace(&world).await?,
            9 => {
                drop(world);
                let mut held = self.stage.world.write().await;
                let world = held.take().expect("between rounds there is a world");
                *held = Some(reopen(world).await);
                self.happened.restarts += 1;
            }
            _ => {}
        }
        self.read().await
    }

    async fn split(&mut self, world: &World<S>, name: &'static str) -> Result<(), String> {
        let snapshot = world.store.snapshot(Freshness::Latest).await;
        let Ok(Ok(Some(record))) = (match snapshot {
            Ok(snapshot) => Ok(read_record(&snapshot, name).await),
            Err(error) => Err(error),
        }) else {
            return Ok(());
        };
        if record.partitions.iter().len() > 8 {
            return Ok(());
        }
        let text = |text: String| pixii_model::AttributeValue::from(text.as_str());
        let (pk, sk) = (client::partition(&mut self.dice), client::sort(&mut self.dice));
        let item = [("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))];
        let key = keyspace::item(&record.table(), &item.into_iter().collect()).expect("it has the key");
        let mut place = keyspace::place(&key).to_vec();
        if self.dice.chance(0.5) {
            // Between two partition keys rather than within one.
            place.truncate(8);
        }
        let partition = record.partitions.at(&place);
        match world.engine.split_partition(name, record.id, partition, place).await {
            Ok(split) => self.happened.splits += usize::from(split),
            // A commit of open outcome.
            Err(error) if format!("{error:?}").contains("outcome") => {}
            Err(error) => return Err(format!("a split: {error:?}")),
        }
        Ok(())
    }

    /// Turns the stream on or off.
    async fn toggle(&mut self, world: &World<S>) -> Result<(), String> {
        let is_on = matches!(self.stage.eras.lock()[TOGGLED].on, Some(Some(_)));
        let specification = match is_on {
            true => json!({ "StreamEnabled": false }),
            false => json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" }),
        };
        let body = json!({ "TableName": TOGGLED, "StreamSpecification": specification });
        self.change(TOGGLED, None);
        control(world, OperationName::UpdateTable, &body).await?;
        match is_on {
            true => self.turned_off(world, TOGGLED).await,
            false => self.turned_on(world, TOGGLED).await,
        }
    }

    /// Deletes the table and creates it anew.
    async fn replace(&mut self, world: &World<S>) -> Result<(), String> {
        let was_on = matches!(self.stage.eras.lock()[TOGGLED].on, Some(Some(_)));
        self.change(TOGGLED, None);
        control(world, OperationName::DeleteTable, &json!({ "TableName": TOGGLED })).await?;
        if was_on {
            self.turned_off(world, TOGGLED).await?;
            self.change(TOGGLED, None);
        }
        self.create(TOGGLED).await
    }

    async fn create(&mut self, name: &'static str) -> Result<(), String> {
        let world = self.world().await;
        let mut body = schema(name).create_table();
        body["StreamSpecification"] =
            json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
        control(&world, OperationName::CreateTable, &body).await?;
        self.turned_on(&world, name).await
    }

    async fn turned_on(&mut self, world: &World<S>, name: &'static str) -> Result<(), String> {
        let description = world.call(OperationName::DescribeTable, &json!({ "TableName": name })).await;
        let description = description.map_err(|refusal| format!("{refusal:?}"))?;
        let arn = description["Table"]["LatestStreamArn"].as_str().ok_or("there is no stream's ARN")?;
        let known = self.streams.iter().position(|stream| stream.consumer.arn == arn);
        if known.is_some() {
            return Err(format!("the ARN {arn} comes again"));
        }
        let consumer = Consumer::new(arn, self.dice.bits());
        self.streams.push(Followed { table: name, consumer, seen: Vec::new(), over: None });
        self.happened.streams += 1;
        self.change(name, Some(Some(self.streams.len() - 1)));
        Ok(())
    }

    /// Reads the stream to its end, which it must have.
    async fn turned_off(&mut self, world: &World<S>, name: &'static str) -> Result<(), String> {
        self.change(name, Some(None));
        let stream = self.streams.iter_mut().rfind(|stream| stream.table == name).expect("it had one");
        stream.seen.extend(stream.consumer.poll(world).await?);
        if !stream.consumer.is_finished() {
            return Err(format!("a stream that was turned off has open shards: {:?}", stream.consumer));
        }
        stream.over = Some(world.clock.now());
        Ok(())
    }

    fn change(&self, table: &'static str, on: Option<Option<usize>>) {
        let mut eras = self.stage.eras.lock();
        let era = eras.get_mut(table).expect("the tables are known");
        *era = Era { count: era.count + 1, on };
    }

    /// Reads what is new in all streams. Those that are over are gone when it is time.
    async fn read(&mut self) -> Result<(), String> {
        let world = self.world().await;
        for stream in &mut self.streams {
            let Some(over) = stream.over else {
                stream.seen.extend(stream.consumer.poll(&world).await?);
                continue;
            };
            if world.clock.now() < over.after(self.plan.retention) {
                continue;
            }
            let body = json!({ "StreamArn": stream.consumer.arn });
            match world.call(OperationName::DescribeStream, &body).await {
                Err(refusal) if refusal.code == "ResourceNotFoundException" => {}
                answer => return Err(format!("a stream that should be gone: {answer:?}")),
            }
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), String> {
        self.read().await?;
        let world = self.world().await;
        let mut model = Model::default();
        for name in [STEADY, TOGGLED] {
            model.tables.insert(name.to_owned(), scan(&world, name).await?);
        }
        audit::check_store(&world.store, &model).await?;
        let noted = std::mem::take(&mut *self.stage.noted.lock());
        let eras = self.stage.eras.lock().clone();
        for (at, stream) in self.streams.iter().enumerate() {
            let Consumer { arn, trimmed, vanished, .. } = &stream.consumer;
            if trimmed + vanished > 0 {
                return Err(format!("{arn}: trimmed {trimmed} times, {vanished} shards vanished"));
            }
            let items = match eras[stream.table].on {
                Some(Some(on)) if on == at => Some(&model.tables[stream.table].items),
                _ => None,
            };
            let from_creation = stream.table == STEADY;
            judge(&stream.seen, items, from_creation).map_err(|fault| format!("{arn}: {fault}"))?;

            self.happened.records += stream.seen.len();
            self.happened.shards += stream.consumer.shards();
        }
        let told: Vec<(&'static str, &[Seen])> =
            self.streams.iter().map(|stream| (stream.table, &stream.seen[..])).collect();
        verdict::compare(&noted, &told)?;
        self.leave_nothing(&world).await
    }

    /// With all tables deleted and all streams too old to be read, nothing is left.
    async fn leave_nothing(&mut self, world: &World<S>) -> Result<(), String> {
        for name in [STEADY, TOGGLED] {
            control(world, OperationName::DeleteTable, &json!({ "TableName": name })).await?;
        }
        world.clock.advance(self.plan.retention);
        let mut outcome = Ok(());
        for _ in 0..PATIENCE {
            outcome = audit::check_empty(&audit::everything(&world.store).await);
            if outcome.is_ok() {
                break;
            }
            world.clock.advance(Duration::from_millis(250));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        outcome
    }
}

/// A table with the items that a scan finds.
async fn scan<S: Store + Clone>(world: &World<S>, name: &str) -> Result<Table, String> {
    let mut table = Table::new(schema(name));
    let mut body = json!({ "TableName": name, "ConsistentRead": true });
    loop {
        let page = world.call(OperationName::Scan, &body).await;
        let page = page.map_err(|refusal| format!("Scan {body}: {refusal:?}"))?;
        for item in page["Items"].as_array().expect("items are a list") {
            let item = item_from_json(item);
            table.items.insert(table.key(&item), item);
        }
        match page.get("LastEvaluatedKey") {
            Some(key) => body["ExclusiveStartKey"] = key.clone(),
            None => return Ok(table),
        }
    }
}

/// The tag of an item.
fn tag(item: &Item) -> Result<String, String> {
    match item.get("tag") {
        Some(Value::S(tag)) => Ok(tag.clone()),
        _ => Err(format!("an item without a tag: {item:?}")),
    }
}

/// The tag of an item in an answer.
fn tag_of_json(item: &Json) -> Option<String> {
    item["tag"]["S"].as_str().map(str::to_owned)
}
