//! Tables and indexes that come and go while requests go on.

use super::{Run, open};
use crate::audit;
use crate::clock::LEAP;
use crate::generate::{EXPIRES, global_index};
use crate::world::{Refusal, World};
use pixii_engine::catalog::TableRecord;
use pixii_engine::env::Clock;
use pixii_engine::keyspace::Key;
use pixii_model::operation::OperationName;
use pixii_store::Store;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// Within how many steps an index must be filled, and within how many turns dropped data must be gone.
const PATIENCE: usize = 2000;

/// An index that is being filled.
#[derive(Clone, Debug)]
pub(super) struct Building {
    table: String,
    pub(super) index: String,
    steps: usize,
}

impl<S: Store + Clone> Run<S> {
    /// Creates or deletes an index, or deletes a table.
    pub(super) async fn change_tables(&mut self) -> Result<(), String> {
        if self.building.is_some() {
            return Ok(());
        }
        let names: Vec<String> = self.model.tables.keys().cloned().collect();
        let name = self.dice.pick(&names);
        let schema = self.model.table(&name).schema.clone();
        let global: Vec<String> =
            schema.indexes.iter().filter(|index| !index.local).map(|index| index.name.clone()).collect();
        match self.dice.below(11) {
            5 | 6 => self.change_time_to_live(&name).await?,
            7 | 8 => self.change_stream(&name).await?,
            9 | 10 => self.split(&name).await?,
            0 => self.delete_table(&name).await?,
            1 if !global.is_empty() => {
                let index = self.dice.pick(&global);
                self.control(OperationName::UpdateTable, &schema.delete_index(&index)).await?;
                let table = self.model.tables.get_mut(&name).expect("the table is there");
                table.schema.indexes.retain(|known| known.name != index);
            }
            _ if global.len() < 5 => {
                self.named += 1;
                let index = global_index(&mut self.dice, &schema, &format!("global{}", self.named + 10));
                self.control(OperationName::UpdateTable, &schema.create_index(&index)).await?;
                self.building = Some(Building { table: name.clone(), index: index.name.clone(), steps: 0 });
                let table = self.model.tables.get_mut(&name).expect("the table is there");
                table.schema.indexes.push(index);
            }
            _ => {}
        }
        Ok(())
    }

    async fn delete_table(&mut self, name: &str) -> Result<(), String> {
        self.control(OperationName::DeleteTable, &json!({ "TableName": name })).await?;
        self.stream_is_off(name).await?;
        self.model.tables.remove(name);
        Ok(())
    }

    /// Lets the items of a table expire, or no more.
    async fn change_time_to_live(&mut self, name: &str) -> Result<(), String> {
        let current = self.model.table(name).time_to_live.clone();
        let attribute = current.clone().unwrap_or_else(|| {
            let by = self.dice.pick(&[EXPIRES, EXPIRES, EXPIRES, "n1", "u4", "p1"]);
            by.to_owned()
        });
        let specification = json!({ "AttributeName": attribute, "Enabled": current.is_none() });
        let body = json!({ "TableName": name, "TimeToLiveSpecification": specification });
        self.control(OperationName::UpdateTimeToLive, &body).await?;
        let table = self.model.tables.get_mut(name).expect("the table is there");
        table.time_to_live = current.is_none().then_some(attribute);
        Ok(())
    }

    /// Moves the clock, and has the engine and the model delete what has expired.
    pub(super) async fn sweep(&mut self) -> Result<(), String> {
        // What is not read by now may be trimmed then.
        self.check_streams().await?;
        let leap = self.dice.pick(&[Duration::ZERO, Duration::from_secs(20), LEAP]);
        self.world.clock.advance(leap);
        until_expiry_is_filled(&self.world).await?;
        let mut swept = Err(None);
        for _ in 0..PATIENCE {
            swept = self.world.engine.sweep_expired().await.map_err(Some);
            if matches!(swept, Ok(0)) {
                break;
            }
        }
        if !matches!(swept, Ok(0)) {
            return Err(format!("sweeping comes to no end: {swept:?}"));
        }
        let now = self.world.clock.now().seconds();
        self.model.tables.values_mut().for_each(|table| table.sweep(now));
        self.audit().await.map_err(|fault| format!("after a sweep: {fault}"))
    }

    /// Lets background work run a little, and looks whether an index has become ACTIVE.
    pub(super) async fn look_at_building(&mut self) -> Result<(), String> {
        let Some(building) = &mut self.building else { return Ok(()) };
        building.steps += 1;
        let Building { table, index, steps } = building.clone();
        rest().await;
        let description = self.sure(OperationName::DescribeTable, &json!({ "TableName": table })).await?;
        let indexes = description["Table"]["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
        let status =
            indexes.iter().find(|found| found["IndexName"] == *index).map(|found| &found["IndexStatus"]);
        if status == Some(&json!("ACTIVE")) {
            self.building = None;
            return self.audit().await.map_err(|fault| format!("once {index} is filled: {fault}"));
        }
        if steps > PATIENCE {
            return Err(format!("after {steps} steps the index {index} is still not filled: {description}"));
        }
        // Work that failed is tried again after a while.
        self.world.clock.advance(Duration::from_millis(250));
        Ok(())
    }

    /// Sends a request that changes tables, which must succeed; one whose outcome is open is looked after.
    pub(super) async fn control(&mut self, operation: OperationName, body: &Json) -> Result<(), String> {
        for attempt in 0..PATIENCE {
            let answer = self.world.call(operation, body).await;
            self.note(operation, body, &answer);
            match &answer {
                Ok(_) => return Ok(()),
                Err(_) if open(&answer) => {}
                // An earlier attempt happened after all.
                Err(Refusal { code, message, .. }) if attempt > 0 && done(operation, code, message) => {
                    return Ok(());
                }
                Err(refusal) => return Err(format!("{} {body}\n{refusal:?}", operation.as_str())),
            }
        }
        Err(format!("{} {body} fails again and again", operation.as_str()))
    }

    /// Compares for the last time, deletes all tables and waits until nothing is left of them.
    pub(super) async fn end(&mut self) -> Result<(), String> {
        while self.building.is_some() {
            self.look_at_building().await?;
        }
        self.audit().await?;
        let names: Vec<String> = self.model.tables.keys().cloned().collect();
        for name in names {
            self.delete_table(&name).await?;
        }
        self.world.clock.advance(LEAP);
        self.check_streams().await?;
        if !self.streams.is_empty() {
            return Err("streams outlive their retention".to_owned());
        }
        let mut outcome = Ok(());
        for _ in 0..PATIENCE {
            outcome = audit::check_empty(&audit::everything(&self.world.store).await);
            if outcome.is_ok() {
                break;
            }
            self.world.clock.advance(Duration::from_millis(250));
            rest().await;
        }
        outcome
    }
}

/// Waits until all items are in the orders of expiry that tables have.
pub(super) async fn until_expiry_is_filled<S: Store + Clone>(world: &World<S>) -> Result<(), String> {
    for _ in 0..PATIENCE {
        let all = audit::everything(&world.store).await;
        let mut records = all
            .iter()
            .filter(|(key, _)| matches!(Key::parse(key), Some(Key::TableRecord { .. })))
            .map(|(_, value)| TableRecord::from_stored(value).expect("a record can be read"));
        if !records.any(|record| record.time_to_live.is_backfilling()) {
            return Ok(());
        }
        world.clock.advance(Duration::from_millis(250));
        rest().await;
    }
    Err("an order of expiry is not filled".to_owned())
}

/// Whether a refusal says that what was asked has been done already.
fn done(operation: OperationName, code: &str, message: &str) -> bool {
    match operation {
        OperationName::CreateTable => code == "ResourceInUseException",
        OperationName::DeleteTable => code == "ResourceNotFoundException",
        _ => code == "ResourceNotFoundException" || message.contains("already"),
    }
}

/// Lets others run: the background work of the engine, and on disk the commit thread.
async fn rest() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}
