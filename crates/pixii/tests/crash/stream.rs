//! A table's stream, read from its beginning and replayed.
//!
//! Every record must follow from what the records before it left: so none is missing, none is there twice, and after
//! the last one the table must be what was replayed.

use crate::ledger::Row;
use crate::server::Connection;
use crate::workload::TABLE;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Items without their keys, by key.
pub type Items = BTreeMap<(String, String), Row>;

/// The items that the table must have by what its stream says, and how many records that took.
pub fn replay(connection: &mut Connection) -> Result<(Items, usize), String> {
    let described = ask(connection, "DescribeTable", json!({"TableName": TABLE}))?;
    let arn = described["Table"]["LatestStreamArn"].clone();
    let mut shards: Vec<Value> = Vec::new();
    let mut request = json!({"StreamArn": arn});
    loop {
        let mut page = ask(connection, "DescribeStream", request.clone())?;
        let description = &mut page["StreamDescription"];
        shards.extend(description["Shards"].as_array().cloned().unwrap_or_default());
        match description.get_mut("LastEvaluatedShardId") {
            Some(last) if !last.is_null() => request["ExclusiveStartShardId"] = last.take(),
            _ => break,
        }
    }
    let (mut items, mut count) = (Items::new(), 0);
    // What a parent tells comes before what its children tell.
    let mut read: Vec<Value> = Vec::new();
    while read.len() < shards.len() {
        let unread = |shard: &&Value| !read.contains(&shard["ShardId"]);
        let is_known = |id: &Value| shards.iter().any(|shard| shard["ShardId"] == *id);
        let next = shards.iter().filter(unread).find(|shard| {
            let parent = &shard["ParentShardId"];
            parent.is_null() || !is_known(parent) || read.contains(parent)
        });
        let id = next.ok_or("shards descend from each other in a circle")?["ShardId"].clone();
        read_shard(connection, &arn, &id, &mut |record| {
            count += 1;
            apply(&mut items, record)
        })?;
        read.push(id);
    }
    Ok((items, count))
}

fn read_shard(
    connection: &mut Connection,
    arn: &Value,
    shard: &Value,
    tell: &mut dyn FnMut(&Value) -> Result<(), String>,
) -> Result<(), String> {
    let from_the_start = json!({"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
    let mut iterator = ask(connection, "GetShardIterator", from_the_start)?["ShardIterator"].take();
    while !iterator.is_null() {
        let mut page = ask(connection, "GetRecords", json!({"ShardIterator": iterator}))?;
        let records = page["Records"].as_array().cloned().unwrap_or_default();
        records.iter().try_for_each(&mut *tell)?;
        // Nobody writes any more, so an empty page is the end.
        if records.is_empty() {
            break;
        }
        iterator = page["NextShardIterator"].take();
    }
    Ok(())
}

fn apply(items: &mut Items, record: &Value) -> Result<(), String> {
    let change = &record["dynamodb"];
    let text = |name: &str| change["Keys"][name]["S"].as_str().unwrap_or_default().to_owned();
    let key = (text("pk"), text("sk"));
    let image = |name: &str| {
        let mut row = change[name].as_object().cloned()?;
        row.retain(|name, _| name != "pk" && name != "sk");
        Some(row)
    };
    let (old, new) = (image("OldImage"), image("NewImage"));
    if items.get(&key) != old.as_ref() {
        let sequence = &change["SequenceNumber"];
        let brief = |row: Option<&Row>| format!("{:.200}", json!(row).to_string());
        return Err(format!(
            "record {sequence} of {key:?} changes {}, and the records before it left {}",
            brief(old.as_ref()),
            brief(items.get(&key))
        ));
    }
    match new {
        Some(row) => items.insert(key, row),
        None => items.remove(&key),
    };
    Ok(())
}

fn ask(connection: &mut Connection, operation: &str, request: Value) -> Result<Value, String> {
    match connection.ask(operation, &request).map_err(|error| error.to_string())? {
        (200, answer) => Ok(answer),
        (status, answer) => Err(format!("{operation} is answered {status} {answer}")),
    }
}
