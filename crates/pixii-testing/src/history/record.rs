//! Makes histories: several clients at once, each with its own dice.

use super::{Action, Event, Held, Op, Outcome};
use crate::generate::Dice;
use crate::world::{Answer, World};
use pixii_model::operation::OperationName;
use pixii_store::Store;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const TABLE: &str = "history";

/// What makes a history.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Decides the requests.
    pub seed: u64,
    /// How many clients there are.
    pub clients: usize,
    /// How many requests each makes.
    pub requests: usize,
    /// How many items there are.
    pub items: usize,
}

/// Records one history, on items of its own.
pub async fn record<S: Store + Clone>(world: &World<S>, load: Load) -> Vec<Event> {
    create_table(world).await;
    let count = Arc::new(AtomicU64::new(0));
    let mut clients = Vec::new();
    for client in 0..load.clients {
        let (world, count) = (world.clone(), Arc::clone(&count));
        clients.push(tokio::spawn(async move { run(&world, load, client, &count).await }));
    }
    let mut events = Vec::new();
    for client in clients {
        events.extend(client.await.expect("a client does not panic"));
    }
    events
}

async fn create_table<S: Store + Clone>(world: &World<S>) {
    let table = json!({
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "k", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "k", "KeyType": "HASH" }],
    });
    // Later histories find it there; a failed attempt is made again.
    for _ in 0..100 {
        match world.call(OperationName::CreateTable, &table).await {
            Ok(_) => return,
            Err(refusal) if refusal.code == "ResourceInUseException" => return,
            Err(_) => {}
        }
    }
    panic!("the table cannot be created");
}

async fn run<S: Store + Clone>(world: &World<S>, load: Load, client: usize, count: &AtomicU64) -> Vec<Event> {
    let mut dice = Dice::new(load.seed.wrapping_mul(1000) + client as u64);
    let mut events = Vec::new();
    // What this client has seen lately makes its conditions likely to hold.
    let mut seen: Vec<Held> = vec![None; load.items];
    for request in 0..load.requests {
        let value = (client * 1000 + request) as i64;
        let op = random(&mut dice, load.items, value, &seen);
        if dice.chance(0.3) {
            tokio::task::yield_now().await;
        }
        let (operation, body) = wire(&op, load.seed);
        let began = count.fetch_add(1, Ordering::SeqCst);
        let answer = world.call(operation, &body).await;
        let ended = count.fetch_add(1, Ordering::SeqCst);
        let outcome = outcome(&op, &answer);
        learn(&mut seen, &op, &outcome);
        let ended = if outcome == Outcome::Unknown { u64::MAX } else { ended };
        events.push(Event { op, outcome, began, ended });
    }
    events
}

fn random(dice: &mut Dice, items: usize, value: i64, seen: &[Held]) -> Op {
    let at = dice.below(items);
    let places: Vec<usize> = (0..items).collect();
    match dice.below(16) {
        0 | 1 => Op::Put { at, value },
        2..5 => Op::PutIf { at, expect: seen[at], value },
        5..8 => Op::Add { at, by: 1 },
        8 => Op::Delete { at },
        9 | 10 => Op::Get { at },
        11 | 12 => Op::Read(dice.some(&places, 2.max(items - 1))),
        _ => {
            let count = 2 + dice.below(items - 1);
            let places = dice.some(&places, count);
            let action = |at: usize, dice: &mut Dice| match dice.below(6) {
                0 => Action::Put(value),
                1 => Action::PutIf(seen[at], value),
                2 => Action::Delete,
                3 => Action::Check(seen[at]),
                _ => Action::Add(1),
            };
            Op::Write(places.into_iter().map(|at| (at, action(at, dice))).collect())
        }
    }
}

fn learn(seen: &mut [Held], op: &Op, outcome: &Outcome) {
    match (op, outcome) {
        (Op::Put { at, value } | Op::PutIf { at, value, .. }, Outcome::Held(_)) => seen[*at] = Some(*value),
        (Op::Delete { at }, Outcome::Held(_)) => seen[*at] = None,
        (Op::Add { at, .. } | Op::Get { at }, Outcome::Held(held)) => seen[*at] = held[0],
        (Op::PutIf { at, .. }, Outcome::Refused(held)) => seen[*at] = held[0].flatten(),
        (Op::Read(places), Outcome::Held(held)) => {
            places.iter().zip(held).for_each(|(at, held)| seen[*at] = *held);
        }
        (Op::Write(actions), Outcome::Refused(held)) => {
            for ((at, _), held) in actions.iter().zip(held) {
                seen[*at] = held.unwrap_or(seen[*at]);
            }
        }
        _ => {}
    }
}

/// The request of an operation on the items of one history.
fn wire(op: &Op, history: u64) -> (OperationName, Json) {
    let key = |at: usize| json!({ "k": { "S": format!("{history}-{at}") } });
    let item = |at: usize, value: i64| json!({ "k": { "S": format!("{history}-{at}") }, "v": number(value) });
    match op {
        Op::Put { at, value } => {
            let body = json!({ "TableName": TABLE, "Item": item(*at, *value), "ReturnValues": "ALL_OLD" });
            (OperationName::PutItem, body)
        }
        Op::PutIf { at, expect, value } => {
            let mut body =
                json!({ "TableName": TABLE, "Item": item(*at, *value), "ReturnValues": "ALL_OLD" });
            put_condition(&mut body, *expect);
            (OperationName::PutItem, body)
        }
        Op::Add { at, by } => {
            let mut body = add(key(*at), *by);
            body["ReturnValues"] = json!("UPDATED_NEW");
            (OperationName::UpdateItem, body)
        }
        Op::Delete { at } => {
            let body = json!({ "TableName": TABLE, "Key": key(*at), "ReturnValues": "ALL_OLD" });
            (OperationName::DeleteItem, body)
        }
        Op::Get { at } => {
            let body = json!({ "TableName": TABLE, "Key": key(*at), "ConsistentRead": true });
            (OperationName::GetItem, body)
        }
        Op::Read(places) => {
            let gets = places.iter().map(|at| json!({ "Get": { "TableName": TABLE, "Key": key(*at) } }));
            (OperationName::TransactGetItems, json!({ "TransactItems": gets.collect::<Vec<_>>() }))
        }
        Op::Write(actions) => {
            let actions = actions.iter().map(|(at, action)| match action {
                Action::Put(value) => json!({ "Put": { "TableName": TABLE, "Item": item(*at, *value) } }),
                Action::PutIf(expect, value) => {
                    let mut put = json!({ "TableName": TABLE, "Item": item(*at, *value) });
                    put_condition(&mut put, *expect);
                    json!({ "Put": put })
                }
                Action::Add(by) => json!({ "Update": add(key(*at), *by) }),
                Action::Delete => json!({ "Delete": { "TableName": TABLE, "Key": key(*at) } }),
                Action::Check(expect) => {
                    let mut check = json!({ "TableName": TABLE, "Key": key(*at) });
                    put_condition(&mut check, *expect);
                    json!({ "ConditionCheck": check })
                }
            });
            (OperationName::TransactWriteItems, json!({ "TransactItems": actions.collect::<Vec<_>>() }))
        }
    }
}

fn number(value: i64) -> Json {
    json!({ "N": value.to_string() })
}

fn add(key: Json, by: i64) -> Json {
    json!({
        "TableName": TABLE,
        "Key": key,
        "UpdateExpression": "ADD v :by",
        "ExpressionAttributeValues": { ":by": number(by) },
    })
}

fn put_condition(body: &mut Json, expect: Held) {
    body["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
    match expect {
        None => body["ConditionExpression"] = json!("attribute_not_exists(k)"),
        Some(value) => {
            body["ConditionExpression"] = json!("v = :expect");
            body["ExpressionAttributeValues"] = json!({ ":expect": number(value) });
        }
    }
}

/// What an answer says, in the history's terms.
fn outcome(op: &Op, answer: &Answer) -> Outcome {
    match answer {
        Ok(answer) => match op {
            Op::Write(_) => Outcome::Written,
            Op::Read(_) => {
                let found = answer["Responses"].as_array().expect("responses are a list");
                Outcome::Held(found.iter().map(|found| held(found.get("Item"))).collect())
            }
            Op::Get { .. } => Outcome::Held(vec![held(answer.get("Item"))]),
            _ => Outcome::Held(vec![held(answer.get("Attributes"))]),
        },
        Err(refusal) => match refusal.code.as_str() {
            "ConditionalCheckFailedException" => Outcome::Refused(vec![Some(held(refusal.rest.get("Item")))]),
            "TransactionCanceledException" => {
                let reasons = refusal.rest["CancellationReasons"].as_array().expect("reasons are a list");
                if reasons.iter().any(|reason| reason["Code"] == "TransactionConflict") {
                    return Outcome::NotWritten;
                }
                let refused = |reason: &Json| match reason["Code"].as_str() {
                    Some("None") => None,
                    Some("ConditionalCheckFailed") => Some(held(reason.get("Item"))),
                    other => panic!("a history gives no cause for {other:?}"),
                };
                Outcome::Refused(reasons.iter().map(refused).collect())
            }
            "TransactionConflictException" => Outcome::NotWritten,
            _ if refusal.status == 500 => Outcome::Unknown,
            _ => panic!("a history gives no cause for {refusal:?}"),
        },
    }
}

fn held(item: Option<&Json>) -> Held {
    item.map(|item| {
        item["v"]["N"].as_str().and_then(|text| text.parse().ok()).expect("an item holds a number")
    })
}
