//! Whether items and keys fit their table: presence, types, sizes.

use crate::table::{KeyAttribute, KeySchema, Table};
use pixii_expression::Update;
use pixii_model::error::KeyFault;
use pixii_model::limits::{PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX};
use pixii_model::{AttributeType, AttributeValue, Item};

/// Checks that a whole item has the table's key.
pub fn item_has_key(table: &Table, item: &Item) -> Result<(), KeyFault> {
    for attribute in table.key_schema.attributes() {
        let value = item
            .get(&attribute.name)
            .ok_or_else(|| KeyFault::Missing { attribute: attribute.name.clone() })?;
        if !attribute.key_type.admits(value) {
            return Err(KeyFault::TypeMismatch {
                attribute: attribute.name.clone(),
                expected: attribute.key_type.attribute_type(),
                actual: value.attribute_type(),
            });
        }
    }
    fits(&table.key_schema, item)
}

/// Checks that a key is exactly the table's.
pub fn is_key(table: &Table, key: &Item) -> Result<(), KeyFault> {
    if key.len() != table.key_schema.attributes().count() {
        return Err(KeyFault::SchemaMismatch);
    }
    has_attributes(&table.key_schema, key)?;
    fits(&table.key_schema, key)
}

/// Checks that the attributes of a schema are there and of its types.
pub fn has_attributes(schema: &KeySchema, key: &Item) -> Result<(), KeyFault> {
    let fits = |attribute: &KeyAttribute| {
        key.get(&attribute.name).is_some_and(|value| attribute.key_type.admits(value))
    };
    if schema.attributes().all(fits) { Ok(()) } else { Err(KeyFault::SchemaMismatch) }
}

/// Checks the values of a key for emptiness and length.
pub fn fits(schema: &KeySchema, key: &Item) -> Result<(), KeyFault> {
    for attribute in schema.attributes() {
        if let Some(attribute_type) = key.get(&attribute.name).and_then(empty_type) {
            return Err(KeyFault::Empty { attribute: attribute.name.clone(), attribute_type });
        }
    }
    let size = |attributes: &[KeyAttribute]| -> usize {
        attributes.iter().filter_map(|attribute| key.get(&attribute.name)).map(AttributeValue::size).sum()
    };
    if size(&schema.partition) > PARTITION_KEY_BYTES_MAX {
        return Err(KeyFault::PartitionKeyTooLong);
    }
    if size(&schema.sort) > SORT_KEY_BYTES_MAX {
        return Err(KeyFault::SortKeyTooLong);
    }
    Ok(())
}

/// The type of an empty string or binary.
fn empty_type(value: &AttributeValue) -> Option<AttributeType> {
    match value {
        AttributeValue::S(text) if text.is_empty() => Some(AttributeType::S),
        AttributeValue::B(bytes) if bytes.is_empty() => Some(AttributeType::B),
        _ => None,
    }
}

/// Checks the index keys that a put item has: an attribute that is there must fit every index it is a key of.
pub fn index_keys(table: &Table, item: &Item) -> Result<(), KeyFault> {
    written_index_keys(table, item, |_| true)
}

/// Checks the index keys of an item that are `written`. Others may be what an index cannot hold: they were there before it.
fn written_index_keys(
    table: &Table,
    item: &Item,
    written: impl Fn(&KeyAttribute) -> bool,
) -> Result<(), KeyFault> {
    for index in &table.indexes {
        if !index.key_schema.attributes().any(&written) {
            continue;
        }
        for attribute in index.key_schema.attributes().filter(|attribute| written(attribute)) {
            let Some(value) = item.get(&attribute.name) else { continue };
            if !attribute.key_type.admits(value) {
                return Err(KeyFault::IndexTypeMismatch {
                    attribute: attribute.name.clone(),
                    index: index.name.clone(),
                    expected: attribute.key_type.attribute_type(),
                    actual: value.attribute_type(),
                });
            }
            if let Some(attribute_type) = empty_type(value) {
                return Err(KeyFault::IndexEmpty {
                    attribute: attribute.name.clone(),
                    index: index.name.clone(),
                    attribute_type,
                });
            }
        }
        fits(&index.key_schema, item)?;
    }
    Ok(())
}

/// The same for an item that an update made, by the attributes it wrote; AWS words that otherwise.
pub fn updated_index_keys(table: &Table, item: &Item, update: &Update) -> Result<(), KeyFault> {
    let written = |attribute: &KeyAttribute| update.attributes().any(|name| name == attribute.name);
    written_index_keys(table, item, written).map_err(|fault| match fault {
        KeyFault::IndexTypeMismatch { attribute, expected, actual, .. } => {
            KeyFault::UpdatedIndexTypeMismatch { attribute, expected, actual }
        }
        KeyFault::IndexEmpty { attribute_type, .. } => KeyFault::UpdatedIndexEmpty { attribute_type },
        other => other,
    })
}
