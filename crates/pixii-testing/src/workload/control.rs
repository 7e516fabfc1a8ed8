//! Tables and indexes that come and go while requests go on.

use super::{Run, open};
use crate::audit;
use crate::generate::global_index;
use crate::world::Refusal;
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
        match self.dice.below(5) {
            0 => {
                self.control(OperationName::DeleteTable, &json!({ "TableName": name })).await?;
                self.model.tables.remove(&name);
            }
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
            self.control(OperationName::DeleteTable, &json!({ "TableName": name })).await?;
            self.model.tables.remove(&name);
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

/// Whether a refusal says that what was asked has been done already.
fn done(operation: OperationName, code: &str, message: &str) -> bool {
    match operation {
        OperationName::CreateTable => code == "ResourceInUseException",
        OperationName::DeleteTable => code == "ResourceNotFoundException",
        _ => code == "ResourceNotFoundException" || message.contains("already exists"),
    }
}

/// Lets others run: the background work of the engine, and on disk the commit thread.
async fn rest() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}
