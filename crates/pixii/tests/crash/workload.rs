//! What clients write, and how everything is read back and held against what they were told.

use crate::ledger::{self, Change, Ledger};
use crate::server::{Connection, Server};
use crate::stream::{self, Items};
use rand::Rng;
use rand::rngs::SmallRng;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// How many clients write at once.
pub const CLIENTS: usize = 6;
/// How many keys each client has.
const KEYS: u32 = 30;
/// The table.
pub const TABLE: &str = "Crash";
/// The partition key of the counters that all clients add to.
const SHARED: &str = "shared";

/// The request that makes the table, with indexes of both kinds.
pub fn create_table() -> Value {
    let key = |partition: &str, sort: &str| json!([{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]);
    let attribute = |name: &str, of_type: &str| json!({"AttributeName": name, "AttributeType": of_type});
    json!({
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        "AttributeDefinitions":
            [attribute("pk", "S"), attribute("sk", "S"), attribute("group", "S"), attribute("n", "N")],
        "KeySchema": key("pk", "sk"),
        "LocalSecondaryIndexes": [
            {"IndexName": "local", "KeySchema": key("pk", "n"), "Projection": {"ProjectionType": "ALL"}}
        ],
        "GlobalSecondaryIndexes": [
            {"IndexName": "by-group", "KeySchema": key("group", "n"), "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "by-number", "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
             "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ]
    })
}

/// Adds the index `extra`, or deletes it, and waits for no answer: the server may be killed at any point of it.
pub fn toggle_index(server: &Server) {
    let mut connection = server.connect();
    let create = json!({"Create": {
        "IndexName": "extra",
        "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["data"]}
    }});
    let delete = json!({"Delete": {"IndexName": "extra"}});
    let described = connection.ask("DescribeTable", &json!({"TableName": TABLE})).expect("it is up").1;
    let indexes = described["Table"]["GlobalSecondaryIndexes"].as_array().expect("it has indexes");
    let exists = indexes.iter().any(|index| index["IndexName"] == "extra");
    let update = json!({
        "TableName": TABLE,
        "AttributeDefinitions": [{"AttributeName": "group", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [if exists { delete } else { create }]
    });
    connection.send("UpdateTable", &update).expect("it is up");
}

/// Everything a table or an index holds, by key.
fn scan(connection: &mut Connection, index: Option<&str>) -> Result<Items, String> {
    let mut found = Items::new();
    let mut request = json!({"TableName": TABLE, "ConsistentRead": index.is_none()});
    if let Some(index) = index {
        request["IndexName"] = index.into();
    }
    loop {
        let (status, mut page) = connection.ask("Scan", &request).expect("it is up");
        if status != 200 {
            return Err(format!("a Scan is answered {page}"));
        }
        for item in page["Items"].as_array_mut().expect("a list") {
            let Value::Object(mut row) = item.take() else { panic!("{item} is no item") };
            let mut text = |name: &str| {
                let value = row.remove(name).expect("a key attribute");
                value["S"].as_str().expect("a string").to_owned()
            };
            assert!(found.insert((text("pk"), text("sk")), row).is_none(), "one item came twice");
        }
        match page.get_mut("LastEvaluatedKey") {
            Some(key) => request["ExclusiveStartKey"] = key.take(),
            None => return Ok(found),
        }
    }
}

/// A write that a client may send, and what it changes. One in `rarity` is large.
pub fn random_write(ledger: &Ledger, rarity: u32, dice: &mut SmallRng) -> (&'static str, Value, Change) {
    let group = ["red", "green", "blue"][dice.random_range(0..3)];
    let bytes = if dice.random_ratio(1, rarity) {
        dice.random_range(10_000..150_000)
    } else {
        dice.random_range(1..500)
    };
    let first = dice.random_range(0..KEYS);
    let keys = [first, (first + dice.random_range(1..KEYS)) % KEYS].map(|at| format!("{at:02}"));
    let key = |sk: &str| json!({"pk": {"S": ledger.client}, "sk": {"S": sk}});
    let row = json!({"n": {"N": dice.random_range(0..1000).to_string()}, "group": {"S": group},
        "data": {"S": "x".repeat(bytes)}});
    let put = |sk: &str| {
        let mut item = row.clone();
        item.as_object_mut().expect("an item").extend(key(sk).as_object().expect("a key").clone());
        json!({"TableName": TABLE, "Item": item})
    };
    let add = |key: Value| {
        json!({"TableName": TABLE, "Key": key, "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}}})
    };
    let delete = |sk: &str| json!({"TableName": TABLE, "Key": key(sk)});
    let shared = |sk: &str| add(json!({"pk": {"S": SHARED}, "sk": {"S": sk}}));
    let row = row.as_object().cloned();
    let [a, b] = &keys;
    let mut change = Change::default();
    match dice.random_range(0..10) {
        0..3 => {
            change.rows.insert(a.clone(), row);
            ("PutItem", put(a), change)
        }
        3..5 => {
            change.rows.insert(a.clone(), Some(ledger.with_one_more(a)));
            ("UpdateItem", add(key(a)), change)
        }
        5 => {
            change.rows.insert(a.clone(), None);
            ("DeleteItem", delete(a), change)
        }
        6 => {
            change.adds = 1;
            ("UpdateItem", shared("adds"), change)
        }
        chosen => {
            change.transactions = 1;
            change.rows.insert(b.clone(), Some(ledger.with_one_more(b)));
            let first = if chosen == 7 {
                change.rows.insert(a.clone(), None);
                json!({"Delete": delete(a)})
            } else {
                change.rows.insert(a.clone(), row);
                json!({"Put": put(a)})
            };
            let actions = json!([first, {"Update": add(key(b))}, {"Update": shared("transactions")}]);
            let token = format!("{:016x}", dice.random::<u64>());
            ("TransactWriteItems", json!({"TransactItems": actions, "ClientRequestToken": token}), change)
        }
    }
}

/// What `pixii check` says of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// All is well.
    Clean,
    /// There is no data directory: it was never completely made.
    Absent,
}

/// Runs `pixii check`.
pub fn check(data: &Path) -> Result<Checked, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_pixii")).arg("check").arg(data).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) if said.contains("is clean") => Ok(Checked::Clean),
        Some(2) if failed.contains("there is no data directory") => Ok(Checked::Absent),
        code => Err(format!("pixii check ends with {code:?} and says: {said}{failed}")),
    }
}

/// Everything acknowledged is there, indexes hold the same items, and the stream tells how they came to be.
pub fn verify(server: &Server, ledgers: &mut [Ledger]) -> Result<(), String> {
    verify_with(&mut server.connect(), ledgers)
}

/// The same, on a connection.
pub fn verify_with(connection: &mut Connection, ledgers: &mut [Ledger]) -> Result<(), String> {
    let found = scan(connection, None)?;
    ledger::settle(ledgers, &found, SHARED)?;
    for (index, attribute) in [("by-group", "group"), ("local", "n")] {
        let indexed = found.iter().filter(|(_, row)| row.contains_key(attribute) && row.contains_key("n"));
        let expected: Items = indexed.map(|(key, row)| (key.clone(), row.clone())).collect();
        if scan(connection, Some(index))? != expected {
            return Err(format!("{index} is not what the items say"));
        }
    }
    let (replayed, records) = stream::replay(connection)?;
    match replayed == found {
        true => Ok(()),
        false => Err(format!("the table is not what its stream's {records} records say")),
    }
}
