//! Consumed capacity and item collection metrics: what answers say a request cost.

use crate::attribute_value::AttributeValue;
use crate::wire::{Encode, JsonWriter, ObjectWriter};
use crate::wire_enum;
use std::collections::BTreeMap;

wire_enum! {
    /// How much an answer says of the capacity it consumed.
    ReturnConsumedCapacity {
        /// Nothing.
        None = "NONE",
        /// The total of each table.
        Total = "TOTAL",
        /// The total, and the shares of table and indexes.
        Indexes = "INDEXES",
    }
    printed ["INDEXES", "TOTAL", "NONE"]
}

wire_enum! {
    /// Whether an answer says how large the item collections are that it touched.
    ReturnItemCollectionMetrics {
        /// It does not.
        None = "NONE",
        /// It does.
        Size = "SIZE",
    }
    printed ["SIZE", "NONE"]
}

/// Capacity units, of table or index. Halves are exact in an f64.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Capacity {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

impl Capacity {
    /// Read units alone.
    pub fn read(units: f64) -> Self {
        Self { read: units, write: 0.0 }
    }

    /// Write units alone.
    pub fn write(units: f64) -> Self {
        Self { read: 0.0, write: units }
    }

    /// Both kinds together.
    pub fn total(&self) -> f64 {
        self.read + self.write
    }
}

impl std::ops::AddAssign for Capacity {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.write += other.write;
    }
}

/// The units a request consumed on one table (API model: ConsumedCapacity).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumedCapacity {
    /// The table, as the request named it.
    pub table_name: String,
    /// The table's own share.
    pub table: Capacity,
    /// The shares of local secondary indexes.
    pub local_secondary_indexes: BTreeMap<String, Capacity>,
    /// The shares of global secondary indexes.
    pub global_secondary_indexes: BTreeMap<String, Capacity>,
    /// The share of what was refused: a part of the total alone.
    pub failed: Capacity,
    /// How much of it the request wants to see.
    pub detail: ReturnConsumedCapacity,
    /// Whether reads and writes are told apart, as transactions do.
    pub split: bool,
}

impl ConsumedCapacity {
    /// What several requests consumed, for each table, in the order in which tables come up.
    pub fn by_table(parts: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut tables: Vec<Self> = Vec::new();
        for part in parts {
            match tables.iter_mut().find(|known| known.table_name == part.table_name) {
                None => tables.push(part),
                Some(known) => {
                    known.table += part.table;
                    for (index, share) in part.local_secondary_indexes {
                        *known.local_secondary_indexes.entry(index).or_default() += share;
                    }
                    for (index, share) in part.global_secondary_indexes {
                        *known.global_secondary_indexes.entry(index).or_default() += share;
                    }
                }
            }
        }
        tables
    }

    /// All units together.
    pub fn total(&self) -> Capacity {
        let mut total = self.table;
        total += self.failed;
        for share in self.local_secondary_indexes.values().chain(self.global_secondary_indexes.values()) {
            total += *share;
        }
        total
    }

    fn encode_share(&self, object: &mut ObjectWriter<'_>, share: Capacity) {
        if self.split {
            if share.read > 0.0 {
                object.field("ReadCapacityUnits", &share.read);
            }
            if share.write > 0.0 {
                object.field("WriteCapacityUnits", &share.write);
            }
        }
        object.field("CapacityUnits", &share.total());
    }
}

impl Encode for ConsumedCapacity {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("TableName", &self.table_name);
            self.encode_share(object, self.total());
            if self.detail != ReturnConsumedCapacity::Indexes {
                return;
            }
            object.write("Table", |writer| writer.object(|object| self.encode_share(object, self.table)));
            for (name, indexes) in [
                ("LocalSecondaryIndexes", &self.local_secondary_indexes),
                ("GlobalSecondaryIndexes", &self.global_secondary_indexes),
            ] {
                if indexes.is_empty() {
                    continue;
                }
                object.write(name, |writer| {
                    writer.object(|object| {
                        for (index, share) in indexes {
                            object.write_named(index, |writer| {
                                writer.object(|object| self.encode_share(object, *share));
                            });
                        }
                    });
                });
            }
        });
    }
}

/// How large an item collection is, in bytes rounded to gigabytes (API model: ItemCollectionMetrics).
#[derive(Clone, Debug, PartialEq)]
pub struct ItemCollectionMetrics {
    /// The partition key's name.
    pub partition_key_name: String,
    /// The partition key's value.
    pub partition_key: AttributeValue,
    /// Lower and upper bound, in gigabytes.
    pub size_estimate_range_gb: [f64; 2],
}

impl Encode for ItemCollectionMetrics {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("ItemCollectionKey", |writer| {
                writer.object(|object| object.field_named(&self.partition_key_name, &self.partition_key));
            });
            object.write("SizeEstimateRangeGB", |writer| {
                writer.array(self.size_estimate_range_gb, |writer, bound| bound.encode(writer));
            });
        });
    }
}
