//! Generated requests to an engine and to the naive model: the same answers, and what is stored is what the model has.
//!
//! One seed decides tables, requests and (on a cluster-like Store) failures. A failure ends the run with the seed, the step
//! and the request.

mod changes;
mod control;
mod following;
mod reading;
mod storm;

use crate::audit;
use crate::generate::{Dice, Kind, Reading, Request, schema};
use crate::naive::{Expected, Item, Model, Schema, Table, item_from_json, item_json};
use crate::world::{Answer, World};
use control::Building;
use following::Followed;
use pixii_model::operation::OperationName;
use pixii_store::Store;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::time::Duration;

pub use changes::{Changes, Happened, changes};
pub use storm::{Storm, storm};

/// What a run is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Decides all of it.
    pub seed: u64,
    /// How many requests.
    pub steps: usize,
    /// After how many requests the Store is held against the model.
    pub audit_every: usize,
    /// Whether the Store injects failures, so that a request may end as a 500 whose outcome is open.
    pub failures: bool,
    /// Whether tables and indexes come and go.
    pub control: bool,
}

/// One run.
pub struct Run<S: Store + Clone> {
    world: World<S>,
    plan: Plan,
    dice: Dice,
    model: Model,
    building: Option<Building>,
    streams: Vec<Followed>,
    /// How many names of tables and indexes were used.
    named: usize,
    /// A line for each request: the same seed must give the same log.
    log: String,
}

impl<S: Store + Clone> Run<S> {
    /// Runs a plan to its end. Answers the log; or what went wrong, and where.
    pub async fn run(world: World<S>, plan: Plan) -> Result<String, String> {
        let dice = Dice::new(plan.seed);
        let (model, streams, log) = (Model::default(), Vec::new(), String::new());
        let mut run = Self { world, plan, dice, model, building: None, streams, named: 0, log };
        for step in 0..plan.steps {
            let outcome = Box::pin(run.step(step)).await;
            outcome.map_err(|fault| format!("seed {}, step {step}: {fault}", plan.seed))?;
        }
        run.end().await.map_err(|fault| format!("seed {}, at the end: {fault}", plan.seed))?;
        Ok(run.log)
    }

    async fn step(&mut self, step: usize) -> Result<(), String> {
        self.world.clock.advance(Duration::from_millis(3));
        if self.model.tables.is_empty() || (self.model.tables.len() < 3 && self.dice.chance(0.005)) {
            return self.create_table().await;
        }
        if self.plan.control && self.dice.chance(0.02) {
            return self.change_tables().await;
        }
        if self.plan.control && self.dice.chance(0.02) {
            return self.sweep().await;
        }
        self.look_at_building().await?;
        if self.dice.chance(0.25) {
            let unreadable: Vec<String> =
                self.building.iter().map(|building| building.index.clone()).collect();
            let reading = Reading::random(&mut self.dice, &self.model, &unreadable);
            self.check_reading(&reading).await?;
        } else {
            let schemas: Vec<Schema> = self.model.tables.values().map(|table| table.schema.clone()).collect();
            let request = Request::random(&mut self.dice, &schemas.iter().collect::<Vec<_>>());
            self.check_request(&request).await?;
        }
        if step.is_multiple_of(self.plan.audit_every) {
            self.audit().await?;
        }
        if step.is_multiple_of(self.plan.audit_every * 5) {
            self.check_streams().await?;
        }
        Ok(())
    }

    async fn audit(&self) -> Result<(), String> {
        audit::check_store(&self.world.store, &self.model).await
    }

    async fn create_table(&mut self) -> Result<(), String> {
        self.named += 1;
        // Names come again, as tables that were deleted and are created anew.
        let name = format!("table{}", self.named % 4);
        if self.model.tables.contains_key(&name) {
            return Ok(());
        }
        let schema = schema(&mut self.dice, &name);
        let mut body = schema.create_table();
        let stream = self.dice.chance(0.5).then(|| self.stream_specification());
        if let Some((_, specification)) = &stream {
            body["StreamSpecification"] = specification.clone();
        }
        self.control(OperationName::CreateTable, &body).await?;
        self.model.tables.insert(name.clone(), Table::new(schema));
        match stream {
            Some((view, _)) => self.stream_is_on(&name, view).await,
            None => Ok(()),
        }
    }

    /// Sends a request and holds the answer against the model's.
    async fn check_request(&mut self, request: &Request) -> Result<(), String> {
        let mut after = self.model.clone();
        let expected = request.expected(&mut after);
        let mut answer = self.world.call(request.operation, &request.body).await;
        self.note(request.operation, &request.body, &answer);
        let told = |fault: String| format!("{} {}\n{fault}", request.operation.as_str(), request.body);
        if self.plan.failures && open(&answer) {
            return self.resync(request, after).await.map_err(told);
        }
        let batch = matches!(request.kind, Kind::BatchGet(_));
        let expected = match expected {
            Expected::Answer(answer) => Expected::Answer(in_order(answer, batch)),
            fault => fault,
        };
        answer = answer.map(|answer| in_order(answer, batch));
        expected.check(&answer).map_err(told)?;
        self.model = after;
        Ok(())
    }

    /// After a write of open outcome: each item is as before or as after, in a transaction all alike. Whatever it is, the model
    /// follows.
    async fn resync(&mut self, request: &Request, after: Model) -> Result<(), String> {
        let mut happened = Vec::new();
        for (table, key) in request.writes() {
            let found = self.get(&table, &key).await?;
            let (old, new) = (self.model.table(&table).get(&key), after.table(&table).get(&key));
            if found.as_ref() != old && found.as_ref() != new {
                return Err(format!(
                    "after a failure the item is neither\n{old:?}\nnor\n{new:?}\nbut\n{found:?}"
                ));
            }
            if old != new {
                happened.push(found.as_ref() == new);
            }
            let table = self.model.tables.get_mut(&table).expect("the table is there");
            table.set(&key, found);
        }
        let mixed = happened.contains(&true) && happened.contains(&false);
        if mixed && !matches!(request.kind, Kind::BatchWrite(_)) {
            return Err("after a failure a part of it is written".to_owned());
        }
        if happened.first() == Some(&true) && !mixed {
            self.model.tokens = after.tokens;
        }
        Ok(())
    }

    async fn get(&self, table: &str, key: &Item) -> Result<Option<Item>, String> {
        let body = json!({ "TableName": table, "Key": item_json(key), "ConsistentRead": true });
        let answer = self.sure(OperationName::GetItem, &body).await?;
        Ok(answer.get("Item").map(item_from_json))
    }

    /// Sends a request that must succeed: what only reads does, whatever commits are lost and snapshots too old.
    async fn sure(&self, operation: OperationName, body: &Json) -> Result<Json, String> {
        let answer = self.world.call(operation, body).await;
        answer.map_err(|refusal| format!("{} {body}\n{refusal:?}", operation.as_str()))
    }

    fn note(&mut self, operation: OperationName, body: &Json, answer: &Answer) {
        let (body, answer) = (
            body.to_string(),
            match answer {
                Ok(answer) => answer.to_string(),
                Err(refusal) => format!("{}: {}", refusal.code, refusal.message),
            },
        );
        writeln!(self.log, "{} {body} -> {answer}", operation.as_str()).expect("a string takes text");
    }
}

/// Whether an answer leaves open what happened: the one failure of a Store that nobody above it can mend.
fn open(answer: &Answer) -> bool {
    let detail = answer.as_ref().err().and_then(|refusal| refusal.detail.as_deref());
    detail.is_some_and(|detail| detail.contains("outcome"))
}

/// Sorts what DynamoDB answers in no particular order: the units of several tables, the items of a BatchGetItem.
fn in_order(mut answer: Json, batch: bool) -> Json {
    if let Some(consumed) = answer.get_mut("ConsumedCapacity").and_then(Json::as_array_mut) {
        consumed.sort_by_key(|of_table| of_table["TableName"].to_string());
    }
    let responses = answer.get_mut("Responses").filter(|_| batch).and_then(Json::as_object_mut);
    for (_, items) in responses.into_iter().flatten() {
        items.as_array_mut().expect("a table's responses are a list").sort_by_key(Json::to_string);
    }
    answer
}
