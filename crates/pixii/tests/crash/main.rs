//! A server that is killed again and again under load, and never loses what it acknowledged.
//!
//! Each round starts `pixii dev` as a process of its own on the same directory, lets several clients write at once, and ends
//! it with SIGKILL at a moment that the seed decides. Then every acknowledged write must be there, no transaction half
//! there, every index as the items say, and `pixii check` must find the directory clean.
//!
//! SIGKILL leaves the operating system's cache alone, so this shows nothing about syncs.
//!
//! `PIXII_TEST_ROUNDS` says how many rounds, `PIXII_TEST_SEED` repeats a run's choices (not its timing).

mod ledger;
mod server;

use ledger::{Change, Ledger, Row};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use server::{Connection, Server};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const CLIENTS: usize = 6;
/// How many keys each client has.
const KEYS: u32 = 30;
const TABLE: &str = "Crash";
/// The partition key of the counters that all clients add to.
const SHARED: &str = "shared";

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable is a number"))
}

fn create_table() -> Value {
    let key = |partition: &str, sort: &str| json!([{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]);
    let attribute = |name: &str, of_type: &str| json!({"AttributeName": name, "AttributeType": of_type});
    json!({
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
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
fn toggle_index(server: &Server) {
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
fn scan(connection: &mut Connection, index: Option<&str>) -> BTreeMap<(String, String), Row> {
    let mut found = BTreeMap::new();
    let mut request = json!({"TableName": TABLE, "ConsistentRead": index.is_none()});
    if let Some(index) = index {
        request["IndexName"] = index.into();
    }
    loop {
        let (status, mut page) = connection.ask("Scan", &request).expect("it is up");
        assert_eq!(status, 200, "{page}");
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
            None => return found,
        }
    }
}

/// Writes until the server is gone.
fn client(server: &Server, ledger: &mut Ledger, dice: &mut SmallRng) {
    let mut connection = server.connect();
    loop {
        let (operation, request, change) = random_write(ledger, dice);
        ledger.begin(change);
        match connection.ask(operation, &request) {
            Ok((200, _)) => ledger.acknowledged(),
            // All clients add to the same counter in their transactions.
            Ok((400, refusal)) if refusal.to_string().contains("TransactionConflict") => ledger.refused(),
            Ok((status, answer)) => panic!("{operation} {request} was answered {status} {answer}"),
            Err(_) => return,
        }
    }
}

fn random_write(ledger: &Ledger, dice: &mut SmallRng) -> (&'static str, Value, Change) {
    let group = ["red", "green", "blue"][dice.random_range(0..3)];
    let bytes =
        if dice.random_ratio(1, 20) { dice.random_range(10_000..150_000) } else { dice.random_range(1..500) };
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

/// Runs `pixii check`, which must find the directory clean.
fn check_clean(data: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_pixii")).arg("check").arg(data).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "pixii check says:\n{said}{failed}");
    assert!(said.contains("is clean"), "{said}");
}

/// Everything acknowledged is there, and indexes hold the same items.
fn verify(server: &Server, ledgers: &mut [Ledger]) {
    let mut connection = server.connect();
    let found = scan(&mut connection, None);
    ledger::settle(ledgers, &found, SHARED).unwrap_or_else(|fault| panic!("{fault}"));
    let with = |attribute: &str| -> BTreeMap<_, _> {
        let indexed = found.iter().filter(|(_, row)| row.contains_key(attribute) && row.contains_key("n"));
        indexed.map(|(key, row)| (key.clone(), row.clone())).collect()
    };
    assert!(scan(&mut connection, Some("by-group")) == with("group"), "by-group is not what the items say");
    assert!(scan(&mut connection, Some("local")) == with("n"), "local is not what the items say");
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let seed = number("PIXII_TEST_SEED").unwrap_or_else(|| RandomState::new().hash_one("seed"));
    let rounds = number("PIXII_TEST_ROUNDS").unwrap_or(8);
    println!("PIXII_TEST_SEED={seed} PIXII_TEST_ROUNDS={rounds}");
    let mut dice = SmallRng::seed_from_u64(seed);
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let mut ledgers: Vec<Ledger> = (0..CLIENTS).map(|at| Ledger::new(format!("client{at}"))).collect();
    let server = Server::start(&data);
    assert_eq!(server.connect().ask("CreateTable", &create_table()).expect("it is up").0, 200);
    server.kill();
    for round in 0..rounds {
        if dice.random_ratio(1, 4) {
            // Killed while it recovers from the last time.
            Server::spawn_and_kill(&data, Duration::from_millis(dice.random_range(0..80)));
        }
        let server = Server::start(&data);
        if dice.random_ratio(1, 3) {
            toggle_index(&server);
        }
        let mut dices: Vec<SmallRng> =
            ledgers.iter().map(|_| SmallRng::seed_from_u64(dice.random())).collect();
        let until_killed = Duration::from_millis(dice.random_range(1..500));
        std::thread::scope(|scope| {
            for (ledger, dice) in ledgers.iter_mut().zip(&mut dices) {
                let server = &server;
                scope.spawn(move || client(server, ledger, dice));
            }
            std::thread::sleep(until_killed);
            server.kill_now();
        });
        server.kill();
        // Who comes first recovers.
        if dice.random_ratio(1, 2) {
            check_clean(&data);
        }
        let server = Server::start(&data);
        verify(&server, &mut ledgers);
        server.kill();
        check_clean(&data);
        let writes: u64 = ledgers.iter().map(|ledger| ledger.acknowledgements).sum();
        let settled: u64 = ledgers.iter().map(|ledger| ledger.in_doubt).sum();
        println!("round {round}: {writes} writes acknowledged so far, {settled} in doubt");
    }
    let writes: u64 = ledgers.iter().map(|ledger| ledger.acknowledgements).sum();
    assert!(writes > 10 * rounds, "only {writes} writes were acknowledged: that shows nothing");
}
