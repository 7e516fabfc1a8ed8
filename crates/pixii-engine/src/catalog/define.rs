//! Definitions of requests as records. What cannot be is refused before this.

use super::record::{IndexRecord, Throughput};
use crate::partition::Partitions;
use crate::table::{DataId, IndexKind, KeyAttribute, KeySchema, KeyType as AttributeKeyType, Projection};
use pixii_model::table::index::ProjectionType;
use pixii_model::table::{
    self as model, AttributeDefinition, GlobalSecondaryIndex, IndexStatus, KeySchemaElement, KeyType,
    LocalSecondaryIndex, ScalarAttributeType,
};

/// The key attributes that definitions define.
pub fn key_attributes(definitions: &[AttributeDefinition]) -> Vec<KeyAttribute> {
    definitions
        .iter()
        .map(|definition| KeyAttribute {
            name: definition.attribute_name.clone(),
            key_type: match definition.attribute_type {
                ScalarAttributeType::S => AttributeKeyType::S,
                ScalarAttributeType::N => AttributeKeyType::N,
                ScalarAttributeType::B => AttributeKeyType::B,
            },
        })
        .collect()
}

/// The key that elements make of defined attributes.
pub fn key_schema(elements: &[KeySchemaElement], attributes: &[KeyAttribute]) -> KeySchema {
    let of = |key_type: KeyType| {
        elements
            .iter()
            .filter(|element| element.key_type == key_type)
            .map(|element| {
                let defined = attributes.iter().find(|attribute| attribute.name == element.attribute_name);
                defined.expect("key attributes are defined: the request was checked").clone()
            })
            .collect()
    };
    KeySchema { partition: of(KeyType::Hash), sort: of(KeyType::Range) }
}

/// A local secondary index, ready from the start.
pub fn local_index(index: &LocalSecondaryIndex, id: DataId, attributes: &[KeyAttribute]) -> IndexRecord {
    IndexRecord {
        id,
        name: index.index_name.clone(),
        kind: IndexKind::Local,
        key_schema: key_schema(&index.key_schema, attributes),
        projection: projection(&index.projection),
        status: IndexStatus::Active,
        backfilling: false,
        partitions: Partitions::default(),
        throughput: Throughput::default(),
        insights: None,
    }
}

/// A global secondary index, CREATING.
pub fn global_index(
    index: &GlobalSecondaryIndex,
    id: DataId,
    attributes: &[KeyAttribute],
    on_demand: bool,
) -> IndexRecord {
    let throughput =
        Throughput::new(index.provisioned_throughput, index.on_demand_throughput, index.warm_throughput);
    IndexRecord {
        id,
        name: index.index_name.clone(),
        kind: IndexKind::Global,
        key_schema: key_schema(&index.key_schema, attributes),
        projection: projection(&index.projection),
        status: IndexStatus::Creating,
        backfilling: false,
        partitions: throughput.partitions(on_demand),
        throughput,
        insights: None,
    }
}

fn projection(projection: &model::Projection) -> Projection {
    match projection.projection_type {
        Some(ProjectionType::All) => Projection::All,
        Some(ProjectionType::Include) => {
            Projection::Include(projection.non_key_attributes.clone().unwrap_or_default())
        }
        Some(ProjectionType::KeysOnly) | None => Projection::KeysOnly,
    }
}
