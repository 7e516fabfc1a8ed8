//! Many clients at once, while indexes and tables come and go. What they are answered depends on who came first; what is
//! stored in the end must still be of one piece: every index its rebuild from the items, every counter true.

use super::control::until_expiry_is_filled;
use crate::audit;
use crate::generate::{Dice, EXPIRES, Request, global_index, schema};
use crate::naive::{Index, Model, Schema, Table, item_from_json};
use crate::world::World;
use pixii_engine::env::Clock;
use pixii_model::operation::OperationName;
use pixii_store::Store;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// How long is waited for what takes background work.
const PATIENCE: usize = 5000;

/// What a storm is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    /// Decides the requests.
    pub seed: u64,
    /// How many clients there are.
    pub clients: usize,
    /// How many requests each makes.
    pub requests: usize,
    /// How many indexes and tables come or go meanwhile.
    pub changes: usize,
}

/// Runs a storm, and holds what is stored against itself.
pub async fn storm<S: Store + Clone>(world: &World<S>, storm: Storm) -> Result<(), String> {
    let mut dice = Dice::new(storm.seed);
    let mut schemas: Vec<Schema> = (0..2).map(|at| schema(&mut dice, &format!("storm{at}"))).collect();
    for schema in &schemas {
        create(world, schema).await?;
    }
    let mut clients = Vec::new();
    for client in 0..storm.clients {
        let (world, schemas) = (world.clone(), schemas.clone());
        clients.push(tokio::spawn(async move {
            let mut dice = Dice::new(storm.seed.wrapping_mul(1000) + client as u64);
            for _ in 0..storm.requests {
                let request = Request::random(&mut dice, &schemas.iter().collect::<Vec<_>>());
                let answer = world.call(request.operation, &request.body).await;
                if let Err(refusal) = &answer
                    && let Some(detail) = &refusal.detail
                    && !detail.contains("outcome")
                {
                    return Err(format!("{} {}\n{detail}", request.operation.as_str(), request.body));
                }
                tokio::task::yield_now().await;
            }
            Ok(())
        }));
    }
    let mut outcome = Ok(());
    for change in 0..storm.changes {
        outcome = outcome.and(change_something(world, &mut dice, &mut schemas, change).await);
    }
    for client in clients {
        outcome = outcome.and(client.await.expect("a client does not panic"));
    }
    outcome?;
    check(world, schemas).await
}

async fn change_something<S: Store + Clone>(
    world: &World<S>,
    dice: &mut Dice,
    schemas: &mut [Schema],
    change: usize,
) -> Result<(), String> {
    let at = dice.below(schemas.len());
    let table = &mut schemas[at];
    let global: Vec<String> =
        table.indexes.iter().filter(|index| !index.local).map(|index| index.name.clone()).collect();
    match dice.below(6) {
        0 => {
            control(world, OperationName::DeleteTable, &json!({ "TableName": table.name })).await?;
            // The same keys, so that clients go on; but other indexes.
            table.indexes.retain(|index| index.local);
            create(world, table).await
        }
        1 | 2 if !global.is_empty() => {
            let index = dice.pick(&global);
            control(world, OperationName::UpdateTable, &table.delete_index(&index)).await?;
            table.indexes.retain(|known| known.name != index);
            Ok(())
        }
        _ => {
            let index: Index = global_index(dice, table, &format!("added{change}"));
            control(world, OperationName::UpdateTable, &table.create_index(&index)).await?;
            wait_until_active(world, &table.name).await?;
            table.indexes.push(index);
            Ok(())
        }
    }
}

/// Creates a table whose items expire.
async fn create<S: Store + Clone>(world: &World<S>, schema: &Schema) -> Result<(), String> {
    control(world, OperationName::CreateTable, &schema.create_table()).await?;
    let specification = json!({ "AttributeName": EXPIRES, "Enabled": true });
    let body = json!({ "TableName": schema.name, "TimeToLiveSpecification": specification });
    control(world, OperationName::UpdateTimeToLive, &body).await
}

async fn wait_until_active<S: Store + Clone>(world: &World<S>, table: &str) -> Result<(), String> {
    let body = json!({ "TableName": table });
    let mut last = Json::Null;
    for _ in 0..PATIENCE {
        if let Ok(description) = world.call(OperationName::DescribeTable, &body).await {
            let busy = |index: &Json| index["IndexStatus"] != "ACTIVE";
            let table = &description["Table"];
            let indexes = table["GlobalSecondaryIndexes"].as_array();
            if table["TableStatus"] == "ACTIVE" && !indexes.is_some_and(|indexes| indexes.iter().any(busy)) {
                return Ok(());
            }
            last = description;
        }
        rest(world).await;
    }
    Err(format!("{table} does not become ACTIVE: {last}"))
}

/// Sends a request that changes tables until it is done.
pub(super) async fn control<S: Store + Clone>(
    world: &World<S>,
    operation: OperationName,
    body: &Json,
) -> Result<(), String> {
    let mut last = None;
    for attempt in 0..PATIENCE {
        match world.call(operation, body).await {
            Ok(_) => return Ok(()),
            Err(refusal) => {
                let done = match operation {
                    OperationName::CreateTable => refusal.code == "ResourceInUseException",
                    _ => refusal.code == "ResourceNotFoundException" || refusal.message.contains("already"),
                };
                if attempt > 0 && done {
                    return Ok(());
                }
                last = Some(refusal);
            }
        }
        rest(world).await;
    }
    Err(format!("{} {body} does not come through: {last:?}", operation.as_str()))
}

async fn rest<S: Store + Clone>(world: &World<S>) {
    world.clock.advance(Duration::from_millis(50));
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Deletes what has expired. Nothing more expires until the clock makes a leap.
async fn sweep<S: Store + Clone>(world: &World<S>) -> Result<(), String> {
    until_expiry_is_filled(world).await?;
    for _ in 0..PATIENCE {
        if matches!(world.engine.sweep_expired().await, Ok(0)) {
            return Ok(());
        }
    }
    Err("sweeping comes to no end".to_owned())
}

/// Takes the items that a scan finds for true, and holds everything else against them.
async fn check<S: Store + Clone>(world: &World<S>, schemas: Vec<Schema>) -> Result<(), String> {
    let mut model = Model::default();
    for schema in schemas {
        wait_until_active(world, &schema.name).await?;
        sweep(world).await?;
        let mut table = Table::new(schema);
        table.time_to_live = Some(EXPIRES.to_owned());
        let mut body = json!({ "TableName": table.schema.name, "ConsistentRead": true });
        loop {
            let Ok(page) = world.call(OperationName::Scan, &body).await else { continue };
            for item in page["Items"].as_array().expect("items are a list") {
                let item = item_from_json(item);
                table.items.insert(table.key(&item), item);
            }
            match page.get("LastEvaluatedKey") {
                Some(key) => body["ExclusiveStartKey"] = key.clone(),
                None => break,
            }
        }
        let items = table.items.len();
        table.sweep(world.clock.now().seconds());
        if table.items.len() < items {
            return Err(format!("{} items have expired and are still there", items - table.items.len()));
        }
        model.tables.insert(table.schema.name.clone(), table);
    }
    audit::check_store(&world.store, &model).await
}
