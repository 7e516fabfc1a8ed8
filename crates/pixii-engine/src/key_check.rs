//! Whether items and keys fit their table: presence, types, sizes.

use crate::table::{KeyAttribute, KeySchema, Table};
use pixii_expression::{DocumentPath, Update, UpdateAction};
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
    lengths_fit(schema, key, |_| true)
}

/// Checks the lengths of a key's values, those that count together.
fn lengths_fit(
    schema: &KeySchema,
    key: &Item,
    counts: impl Fn(&KeyAttribute) -> bool,
) -> Result<(), KeyFault> {
    let size = |attributes: &[KeyAttribute]| -> usize {
        let counted = attributes.iter().filter(|attribute| counts(attribute));
        counted.filter_map(|attribute| key.get(&attribute.name)).map(AttributeValue::size).sum()
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
        lengths_fit(&index.key_schema, item, &written)?;
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

/// Refuses document paths that lead into keys, of the table or of one of its indexes: keys are scalars.
pub fn scalar_keys<'p>(
    table: &Table,
    paths: impl IntoIterator<Item = &'p DocumentPath>,
) -> Result<(), KeyFault> {
    let nested: Vec<&str> =
        paths.into_iter().filter(|path| path.is_nested()).map(|path| path.attribute.as_str()).collect();
    if nested.is_empty() {
        return Ok(());
    }
    let of_table = table.key_schema.attributes().map(|key| (key, false));
    let of_indexes =
        table.indexes.iter().flat_map(|index| index.key_schema.attributes()).map(|key| (key, true));
    match of_table.chain(of_indexes).find(|(key, _)| nested.contains(&key.name.as_str())) {
        Some((key, of_index)) => Err(KeyFault::NestedPath { attribute: key.name.clone(), of_index }),
        None => Ok(()),
    }
}

/// Checks what can be known of an update before its item is read: that it leaves the table's key alone, gives index keys
/// values of their types, and has no paths into keys.
pub fn update(table: &Table, update: &Update) -> Result<(), KeyFault> {
    let written = |key: &&KeyAttribute| update.attributes().any(|name| name == key.name);
    if let Some(key) = table.key_schema.attributes().find(written) {
        return Err(KeyFault::Updated { attribute: key.name.clone() });
    }
    for index in &table.indexes {
        for key in index.key_schema.attributes() {
            let writes_it = |action: &&UpdateAction| {
                let path = action.path();
                !path.is_nested() && path.attribute == key.name
            };
            let expected = key.key_type.attribute_type();
            match update.actions().iter().find(writes_it).and_then(UpdateAction::known_type) {
                Some(actual) if actual != expected => {
                    return Err(KeyFault::IndexTypeMismatch {
                        attribute: key.name.clone(),
                        index: index.name.clone(),
                        expected,
                        actual,
                    });
                }
                _ => {}
            }
        }
    }
    scalar_keys(table, update.paths().chain(update.operand_paths()))
}
