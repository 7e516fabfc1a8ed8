//! A client that writes and notes what it was answered.

use super::{Changes, STEADY, Stage, TOGGLED, tag_of_json};
use crate::generate::Dice;
use crate::world::Refusal;
use pixii_model::operation::OperationName;
use pixii_store::Store;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

/// What is known of a table's stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Era {
    /// How often it changed.
    pub count: usize,
    /// Which is on, or none; not known while it changes.
    pub on: Option<Option<usize>>,
}

/// What a client was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Written,
    Refused,
    Unknown,
}

/// One write of one item.
#[derive(Clone, Debug)]
pub(super) struct Noted {
    pub table: &'static str,
    /// The tag it gives; none if it deletes.
    pub tag: Option<String>,
    /// The tag it found, if the answer told; the inner `None` is for no item.
    pub found: Option<Option<String>>,
    pub outcome: Outcome,
    /// The stream that was on from before the request until after the answer, or none; not known if it changed meanwhile.
    pub on: Option<Option<usize>>,
}

pub(super) fn partition(dice: &mut Dice) -> String {
    format!("p{}", dice.below(6))
}

pub(super) fn sort(dice: &mut Dice) -> String {
    format!("s{}", dice.below(3))
}

/// Makes requests.
pub(super) async fn client<S: Store + Clone>(
    stage: Arc<Stage<S>>,
    plan: Changes,
    at: usize,
) -> Result<(), String> {
    let mut dice = Dice::new(plan.seed.wrapping_mul(1000) + at as u64);
    for count in 0..plan.requests {
        let table = dice.pick(&[STEADY, TOGGLED]);
        let (operation, body, tags) = request(&mut dice, table, &format!("{at}-{count}"));
        let (before, answer, after) = {
            let held = stage.world.read().await;
            let own = held.as_ref().expect("whoever takes the world holds the lock");
            let world = stage.other.as_ref().filter(|_| dice.chance(0.5)).unwrap_or(own);
            let before = stage.eras.lock()[table];
            let answer = world.call(operation, &body).await;
            let after = stage.eras.lock()[table];
            (before, answer, after)
        };
        let outcome = match &answer {
            Ok(_) => Outcome::Written,
            Err(Refusal { detail: Some(detail), .. }) if detail.contains("outcome") => Outcome::Unknown,
            Err(Refusal { detail: Some(detail), .. }) => {
                return Err(format!("{} {body}\n{detail}", operation.as_str()));
            }
            Err(_) => Outcome::Refused,
        };
        let single = matches!(
            operation,
            OperationName::PutItem | OperationName::UpdateItem | OperationName::DeleteItem
        );
        let found = match &answer {
            Ok(answer) if single => Some(answer.get("Attributes").and_then(tag_of_json)),
            _ => None,
        };
        // In a batch that came through in part, the rest was not written.
        let outcome = match &answer {
            Ok(answer) if answer.get("UnprocessedItems").is_some_and(|left| *left != json!({})) => {
                Outcome::Unknown
            }
            _ => outcome,
        };
        let on = if before == after { before.on } else { None };
        let notes = tags.into_iter().map(|tag| Noted { table, tag, found: found.clone(), outcome, on });
        stage.noted.lock().extend(notes);
        match dice.chance(0.2) {
            true => tokio::time::sleep(Duration::from_millis(1)).await,
            false => tokio::task::yield_now().await,
        }
    }
    Ok(())
}

/// A request, and the tags of the changes that it would make: `None` for a deletion.
fn request(dice: &mut Dice, table: &str, name: &str) -> (OperationName, Json, Vec<Option<String>>) {
    let tag = |part: usize| format!("{name}-{part}");
    let key = |dice: &mut Dice| json!({ "pk": { "S": partition(dice) }, "sk": { "S": sort(dice) } });
    let item = |dice: &mut Dice, part: usize| {
        let mut item = key(dice);
        item["tag"] = json!({ "S": tag(part) });
        if dice.chance(0.3) {
            item["group"] = json!({ "S": partition(dice) });
        }
        if dice.chance(0.3) {
            let size = dice.pick(&[500, 5_000, 100_000]);
            item["filler"] = json!({ "S": "x".repeat(size) });
        }
        item
    };
    match dice.below(10) {
        0..=2 => {
            let mut body = json!({ "TableName": table, "Item": item(dice, 0), "ReturnValues": "ALL_OLD" });
            if dice.chance(0.3) {
                body["ConditionExpression"] = json!("attribute_not_exists(pk)");
            }
            (OperationName::PutItem, body, vec![Some(tag(0))])
        }
        3 | 4 => {
            let update = dice.pick(&["SET tag = :t", "SET tag = :t, #g = :g", "SET tag = :t REMOVE filler"]);
            let mut body = json!({
                "TableName": table,
                "Key": key(dice),
                "UpdateExpression": update,
                "ExpressionAttributeValues": { ":t": { "S": tag(0) } },
                "ReturnValues": "ALL_OLD",
            });
            if update.contains("#g") {
                body["ExpressionAttributeNames"] = json!({ "#g": "group" });
                body["ExpressionAttributeValues"][":g"] = json!({ "S": partition(dice) });
            }
            (OperationName::UpdateItem, body, vec![Some(tag(0))])
        }
        5 => {
            let body = json!({ "TableName": table, "Key": key(dice), "ReturnValues": "ALL_OLD" });
            (OperationName::DeleteItem, body, vec![None])
        }
        6 => {
            // Changes nothing, whether there is an item or not.
            let body = json!({
                "TableName": table,
                "Key": key(dice),
                "UpdateExpression": "REMOVE nothing",
            });
            (OperationName::UpdateItem, body, Vec::new())
        }
        7 => {
            let (one, mut other) = (item(dice, 0), item(dice, 1));
            other["sk"] = json!({ "S": "apart" });
            let put = |item: Json| json!({ "PutRequest": { "Item": item } });
            let body = json!({ "RequestItems": { table: [put(one), put(other)] } });
            (OperationName::BatchWriteItem, body, vec![Some(tag(0)), Some(tag(1))])
        }
        _ => {
            let (one, mut other, removed) = (item(dice, 0), item(dice, 1), key(dice));
            other["sk"] = json!({ "S": "apart" });
            let mut checked = key(dice);
            checked["sk"] = json!({ "S": dice.pick(&["checked", "apart"]) });
            checked["pk"] = json!({ "S": dice.pick(&["elsewhere", "p7"]) });
            let condition =
                dice.pick(&["attribute_not_exists(pk)", "attribute_not_exists(pk)", "attribute_exists(pk)"]);
            let mut body = json!({ "TransactItems": [
                { "Put": { "TableName": table, "Item": one } },
                { "ConditionCheck": { "TableName": table, "Key": checked, "ConditionExpression": condition } },
                { "Put": { "TableName": table, "Item": other } },
                { "Delete": { "TableName": table, "Key": removed } },
            ] });
            if dice.chance(0.5) {
                body["ClientRequestToken"] = json!(name);
            }
            (OperationName::TransactWriteItems, body, vec![Some(tag(0)), Some(tag(1))])
        }
    }
}
