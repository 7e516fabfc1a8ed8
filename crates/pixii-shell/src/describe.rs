//! A table's description, for people. Pure.

use crate::names::{indexes, key_attributes};
use crate::text::printable;
use serde_json::Value as Json;

/// A description as the wire has it, in lines.
pub fn describe(table: &Json) -> String {
    let word = |value: &Json| printable(value.as_str().unwrap_or("?"));
    let mut facts = vec![word(&table["TableStatus"])];
    for (member, noun) in [("ItemCount", "item"), ("TableSizeBytes", "byte")] {
        facts.extend(table[member].as_u64().map(|count| counted(count, noun)));
    }
    facts.push(billing(table));
    let mut lines = vec![format!("Table {}: {}", word(&table["TableName"]), facts.join(", "))];
    lines.push(format!("  key: {}", keys(table, &table["KeySchema"])));
    let globals = table["GlobalSecondaryIndexes"].as_array();
    for index in indexes(table) {
        let is_global = globals.is_some_and(|globals| globals.contains(index));
        let kind = if is_global { "global" } else { "local" };
        let status = index["IndexStatus"].as_str().filter(|status| *status != "ACTIVE");
        let status = status.map(|status| format!(" ({})", printable(status))).unwrap_or_default();
        lines.push(format!(
            "  {kind} index {}{status}: {}{}",
            word(&index["IndexName"]),
            keys(table, &index["KeySchema"]),
            projection(&index["Projection"]),
        ));
    }
    if table["StreamSpecification"]["StreamEnabled"] == true {
        lines.push(format!("  stream: {}", word(&table["StreamSpecification"]["StreamViewType"])));
    }
    lines.join("\n") + "\n"
}

/// `1 item`, `2 items`.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `Artist (S), SongTitle (S)`: partition, then sort.
fn keys(table: &Json, schema: &Json) -> String {
    let type_of = |name: &str| {
        let definitions = table["AttributeDefinitions"].as_array().into_iter().flatten();
        let mut found = definitions.filter(|definition| definition["AttributeName"] == name);
        found.next().and_then(|definition| definition["AttributeType"].as_str()).unwrap_or("?")
    };
    let keys = key_attributes(schema).into_iter();
    keys.map(|name| format!("{} ({})", printable(&name), type_of(&name))).collect::<Vec<_>>().join(", ")
}

fn billing(table: &Json) -> String {
    if table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST" {
        return "on demand".to_owned();
    }
    let units = |kind: &str| table["ProvisionedThroughput"][kind].as_u64().unwrap_or_default();
    format!("{} read and {} write units", units("ReadCapacityUnits"), units("WriteCapacityUnits"))
}

fn projection(projection: &Json) -> String {
    match projection["ProjectionType"].as_str() {
        Some("KEYS_ONLY") => "; only keys".to_owned(),
        Some("INCLUDE") => {
            let names =
                projection["NonKeyAttributes"].as_array().into_iter().flatten().filter_map(Json::as_str);
            format!("; with {}", names.map(printable).collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn descriptions_are_read() {
        let table = json!({
            "TableName": "Music", "TableStatus": "ACTIVE", "ItemCount": 1, "TableSizeBytes": 57,
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "AttributeDefinitions": [
                {"AttributeName": "Artist", "AttributeType": "S"}, {"AttributeName": "SongTitle", "AttributeType": "S"},
                {"AttributeName": "Year", "AttributeType": "N"}
            ],
            "KeySchema": [{"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "SongTitle", "KeyType": "RANGE"}],
            "LocalSecondaryIndexes": [{
                "IndexName": "ByYear", "Projection": {"ProjectionType": "KEYS_ONLY"},
                "KeySchema": [{"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "Year", "KeyType": "RANGE"}]
            }],
            "GlobalSecondaryIndexes": [{
                "IndexName": "OfYear", "IndexStatus": "CREATING",
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["Label", "Genre"]},
                "KeySchema": [{"AttributeName": "Year", "KeyType": "HASH"}]
            }],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"},
        });
        assert_eq!(
            describe(&table),
            "Table Music: ACTIVE, 1 item, 57 bytes, on demand\n  \
             key: Artist (S), SongTitle (S)\n  \
             local index ByYear: Artist (S), Year (N); only keys\n  \
             global index OfYear (CREATING): Year (N); with Label, Genre\n  \
             stream: KEYS_ONLY\n"
        );
    }

    #[test]
    fn provisioned_tables_say_how_much() {
        let table = json!({
            "TableName": "t", "TableStatus": "ACTIVE", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 1}
        });
        assert_eq!(describe(&table), "Table t: ACTIVE, 5 read and 1 write units\n  key: \n");
    }
}
