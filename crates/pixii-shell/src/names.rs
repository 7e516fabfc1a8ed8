//! What is known by name: tables, their indexes and attributes. Learnt from ListTables, DescribeTable and results, and
//! kept, because completion and column order ask for it again and again.

use crate::client::ClientError;
use crate::clock::Stopwatch;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// After this long a list of tables is fetched anew.
const TABLES_FRESH: Duration = Duration::from_secs(15);
/// So many attributes of a table are remembered.
const ATTRIBUTES_MAX: usize = 1_000;

/// What is known of a table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The key attributes: partition, then sort.
    pub keys: Vec<String>,
    /// The indexes and their key attributes.
    pub indexes: BTreeMap<String, Vec<String>>,
}

/// What is known.
#[derive(Debug, Default)]
pub struct Names {
    tables: Vec<String>,
    fetched: Option<Stopwatch>,
    described: BTreeMap<String, Table>,
    seen: BTreeMap<String, BTreeSet<String>>,
}

impl Names {
    /// Whether the list of tables should be fetched.
    pub fn is_stale(&self) -> bool {
        self.fetched.is_none_or(|fetched| fetched.elapsed() > TABLES_FRESH)
    }

    /// Takes a list of tables, or that there is none to be had for now.
    pub fn take_tables(&mut self, tables: Option<Vec<String>>) {
        self.fetched = Some(Stopwatch::start());
        if let Some(tables) = tables {
            self.described.retain(|table, _| tables.contains(table));
            self.seen.retain(|table, _| tables.contains(table));
            self.tables = tables;
        }
    }

    /// The tables.
    pub fn tables(&self) -> &[String] {
        &self.tables
    }

    /// Takes a table's description, as the wire has it.
    pub fn take_description(&mut self, table: &str, description: &Json) {
        self.described.insert(table.to_owned(), read(description));
    }

    /// Forgets a table that turns out not to be there.
    pub fn forget_if_gone(&mut self, table: &str, error: &ClientError) {
        if matches!(error, ClientError::Refused { kind, .. } if kind == "ResourceNotFoundException") {
            self.described.remove(table);
            self.fetched = None;
        }
    }

    /// A table, if it has been described.
    pub fn described(&self, table: &str) -> Option<&Table> {
        self.described.get(table)
    }

    /// Remembers the attributes of items.
    pub fn see(&mut self, table: &str, items: &[Json]) {
        let seen = self.seen.entry(table.to_owned()).or_default();
        for name in items.iter().filter_map(Json::as_object).flat_map(|item| item.keys()) {
            if seen.len() < ATTRIBUTES_MAX && !seen.contains(name) {
                seen.insert(name.clone());
            }
        }
    }

    /// The attributes that items of a table are known to have: keys, keys of indexes, and what was seen.
    pub fn attributes(&self, table: &str) -> Vec<String> {
        let mut attributes = self.keys(table, None);
        let of_indexes =
            self.described.get(table).into_iter().flat_map(|table| table.indexes.values().flatten());
        for name in of_indexes.chain(self.seen.get(table).into_iter().flatten()) {
            if !attributes.contains(name) {
                attributes.push(name.clone());
            }
        }
        attributes
    }

    /// The key attributes of an index, if there is one, and then of its table.
    pub fn keys(&self, table: &str, index: Option<&str>) -> Vec<String> {
        let Some(table) = self.described.get(table) else { return Vec::new() };
        let mut keys = index.and_then(|index| table.indexes.get(index)).cloned().unwrap_or_default();
        keys.extend(table.keys.iter().filter(|key| !keys.contains(key)).cloned().collect::<Vec<_>>());
        keys
    }
}

/// The attributes of a key schema: partition, then sort.
pub fn key_attributes(schema: &Json) -> Vec<String> {
    let of_type = |key_type| {
        let elements = schema.as_array().into_iter().flatten();
        elements.filter(move |element| element["KeyType"] == key_type)
    };
    let elements = of_type("HASH").chain(of_type("RANGE"));
    elements.filter_map(|element| element["AttributeName"].as_str()).map(str::to_owned).collect()
}

/// The indexes of a description, local ones first.
pub fn indexes(description: &Json) -> impl Iterator<Item = &Json> {
    let kinds = ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"];
    kinds.into_iter().flat_map(|kind| description[kind].as_array().into_iter().flatten())
}

fn read(description: &Json) -> Table {
    let indexes = indexes(description).filter_map(|index| {
        Some((index["IndexName"].as_str()?.to_owned(), key_attributes(&index["KeySchema"])))
    });
    Table { keys: key_attributes(&description["KeySchema"]), indexes: indexes.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn music() -> Json {
        json!({
            "TableName": "Music",
            "KeySchema": [{"AttributeName": "SongTitle", "KeyType": "RANGE"}, {"AttributeName": "Artist", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [
                {"IndexName": "ByYear", "KeySchema": [{"AttributeName": "Year", "KeyType": "HASH"}, {"AttributeName": "Artist", "KeyType": "RANGE"}]}
            ]
        })
    }

    #[test]
    fn keys_come_in_order() {
        let mut names = Names::default();
        names.take_description("Music", &music());
        assert_eq!(names.keys("Music", None), ["Artist", "SongTitle"]);
        assert_eq!(names.keys("Music", Some("ByYear")), ["Year", "Artist", "SongTitle"]);
        assert_eq!(names.keys("Music", Some("Gone")), ["Artist", "SongTitle"]);
        assert!(names.keys("Gone", None).is_empty());
    }

    #[test]
    fn what_was_seen_is_known() {
        let mut names = Names::default();
        names.take_description("Music", &music());
        names.see(
            "Music",
            &[json!({"Artist": {"S": "a"}, "Label": {"S": "b"}}), json!({"Awards": {"N": "1"}})],
        );
        assert_eq!(names.attributes("Music"), ["Artist", "SongTitle", "Year", "Awards", "Label"]);
    }

    #[test]
    fn tables_that_are_gone_are_forgotten() {
        let mut names = Names::default();
        assert!(names.is_stale());
        names.take_description("Music", &music());
        names.take_tables(Some(vec!["Other".into()]));
        assert!(!names.is_stale());
        assert!(names.described("Music").is_none());
        names.take_tables(None);
        assert_eq!(names.tables(), ["Other"]);
    }
}
