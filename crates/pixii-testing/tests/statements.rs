//! Ring 3: a PartiQL statement does what the operation does that it is the counterpart of. Two worlds begin alike; one is sent
//! statements, the other operations, and the answers and all that is stored stay the same.
//!
//! A failure prints its seed; `PIXII_TEST_SEED=<seed>` runs that one alone.

use pixii_engine::Settings;
use pixii_engine::env::Clock;
use pixii_model::operation::OperationName;
use pixii_store::memory::ClusterBehaviour;
use pixii_store::{MemoryStore, Store};
use pixii_testing::clock::SimulatedClock;
use pixii_testing::generate::{Dice, Twin, schema};
use pixii_testing::world::{Answer, World};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

const STEPS: usize = 1200;
const TABLES: usize = 3;

/// What an action of an update may find wrong with the item.
const UPDATE_FAULTS: [&str; 3] = [
    "An operand in the update expression has an incorrect data type",
    "The provided expression refers to an attribute that does not exist in the item",
    "The document path provided in the update expression is invalid for update",
];

fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("PIXII_TEST_SEED") {
        Ok(seed) => vec![seed.parse().expect("the variable is a number")],
        Err(_) => (1..=count).collect(),
    }
}

/// An answer without what only one of the two operations has.
fn comparable(twin: &Twin, answer: Answer, statement: bool) -> Json {
    let answer = match answer {
        Ok(answer) => answer,
        Err(refusal) => {
            let code = match refusal.code.as_str() {
                "ConditionalCheckFailedException" if twin.operation == OperationName::PutItem => {
                    "DuplicateItemException"
                }
                code => code,
            };
            // A put that finds an item says so in other words; and an update's actions are not in the order of its statement's.
            let message = match refusal.message.as_str() {
                _ if code == "DuplicateItemException" => "",
                message if UPDATE_FAULTS.contains(&message) => UPDATE_FAULTS[0],
                message => message,
            };
            return json!({ "refused": code, "message": message, "rest": refusal.rest });
        }
    };
    let items = match statement {
        true => answer["Items"].clone(),
        false => match twin.operation {
            OperationName::Query | OperationName::Scan => answer["Items"].clone(),
            OperationName::GetItem => answer.get("Item").into_iter().cloned().collect(),
            _ => answer.get("Attributes").into_iter().cloned().collect(),
        },
    };
    let mut same = Map::from_iter([("Items".to_owned(), items)]);
    for member in ["ConsumedCapacity", "LastEvaluatedKey"] {
        same.insert(member.to_owned(), answer[member].clone());
    }
    Json::Object(same)
}

async fn everything<S: Store + Clone>(world: &World<S>, table: &str) -> Json {
    let scan = json!({ "TableName": table, "ConsistentRead": true });
    world.call(OperationName::Scan, &scan).await.expect("a scan succeeds")
}

async fn run<S: Store + Clone>(stores: [S; 2], clocks: [SimulatedClock; 2], seed: u64) {
    let mut worlds = Vec::new();
    for (store, clock) in stores.into_iter().zip(clocks) {
        worlds.push(World::open(store, clock, seed, Settings::default()).await);
    }
    let mut dice = Dice::new(seed);
    let schemas: Vec<_> = (0..TABLES).map(|at| schema(&mut dice, &format!("table{at}"))).collect();
    for world in &worlds {
        for schema in &schemas {
            world.call(OperationName::CreateTable, &schema.create_table()).await.expect("the table is made");
        }
    }
    let mut done = 0;
    for step in 0..STEPS {
        for world in &worlds {
            world.clock.advance(Duration::from_millis(3));
        }
        let twin = Twin::random(&mut dice, &schemas.iter().collect::<Vec<_>>());
        let by_operation = worlds[0].call(twin.operation, &twin.body).await;
        let by_statement = worlds[1].call(OperationName::ExecuteStatement, &twin.statement).await;
        done += usize::from(by_statement.is_ok());
        if let (Ok(answer), true) = (&by_statement, twin.operation == OperationName::Query) {
            assert_eq!(answer["NextToken"].is_null(), answer["LastEvaluatedKey"].is_null());
        }
        let expect = comparable(&twin, by_operation, false);
        let found = comparable(&twin, by_statement, true);
        assert_eq!(
            found,
            expect,
            "seed {seed}, step {step}:\n{} {}\n{}",
            twin.operation.as_str(),
            twin.body,
            twin.statement
        );
        if step % 40 == 39 {
            for schema in &schemas {
                let [one, other] = [&worlds[0], &worlds[1]].map(|world| everything(world, &schema.name));
                assert_eq!(one.await, other.await, "seed {seed}, after step {step}: {}", schema.name);
            }
        }
    }
    assert!(done > STEPS / 3, "most of it is refused: {done} of {STEPS} is done");
}

#[tokio::test]
async fn statements_and_operations_do_the_same_on_memory() {
    for seed in seeds(4) {
        run([(); 2].map(|()| MemoryStore::new()), Default::default(), seed).await;
    }
}

#[tokio::test]
async fn statements_and_operations_do_the_same_on_a_store_like_the_cluster() {
    for seed in seeds(2) {
        let clocks: [SimulatedClock; 2] = Default::default();
        let stores = clocks.clone().map(|clock| {
            let behaviour = ClusterBehaviour::new(seed, Arc::new(move || clock.now().millis()));
            MemoryStore::cluster_like(behaviour)
        });
        run(stores, clocks, seed).await;
    }
}
