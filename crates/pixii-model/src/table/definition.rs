//! What AWS checks on the definition of a table or index as a whole, in its order.

use super::index::{GlobalSecondaryIndex, LocalSecondaryIndex, Projection, ProjectionType};
use super::java_order::{InitialCapacity, listed};
use super::{AttributeDefinition, KeySchemaElement, KeyType};
use crate::error::{Constraint, TableFault, ValidationError, ViolatingValue, Violation};
use crate::limits::{
    GLOBAL_SECONDARY_INDEXES_MAX, INDEX_KEY_ATTRIBUTES_MAX, LOCAL_SECONDARY_INDEXES_MAX,
    PROJECTED_ATTRIBUTES_MAX,
};

/// Most elements in the key schema of a table or local secondary index.
const KEY_SCHEMA_ELEMENTS_MAX: usize = 2;

/// The keys and indexes of a table to be created.
#[derive(Clone, Copy, Debug)]
pub struct TableDefinition<'a> {
    /// The types of all key attributes.
    pub attribute_definitions: &'a [AttributeDefinition],
    /// The table's key.
    pub key_schema: &'a [KeySchemaElement],
    /// Local secondary indexes, if the request has that list.
    pub local_secondary_indexes: Option<&'a [LocalSecondaryIndex]>,
    /// Global secondary indexes, if the request has that list.
    pub global_secondary_indexes: Option<&'a [GlobalSecondaryIndex]>,
    /// Whether the table is on demand.
    pub on_demand: bool,
}

impl TableDefinition<'_> {
    /// Whether such a table can be.
    pub fn check(&self) -> Result<(), ValidationError> {
        check_repeated_definitions(self.attribute_definitions)?;
        self.check_table_key()?;
        let local = self.local_secondary_indexes.unwrap_or_default();
        let global = self.global_secondary_indexes.unwrap_or_default();
        if self.local_secondary_indexes.is_some_and(<[_]>::is_empty) {
            return Err(TableFault::EmptyIndexList { list: "LocalSecondaryIndexes" }.into());
        }
        if self.global_secondary_indexes.is_some_and(<[_]>::is_empty) {
            return Err(TableFault::EmptyIndexList { list: "GlobalSecondaryIndexes" }.into());
        }
        self.check_local(local)?;
        self.check_global(global)?;
        check_repeated_names(
            local.iter().map(|l| &l.index_name).chain(global.iter().map(|g| &g.index_name)),
        )?;
        self.check_all_used(local, global)?;
        let projections = local.iter().map(|l| &l.projection).chain(global.iter().map(|g| &g.projection));
        check_projected_attributes(projections.map(|projection| projection.non_key_attributes.as_deref()))?;
        Ok(())
    }

    fn check_table_key(&self) -> Result<(), TableFault> {
        if self.key_schema.len() > self.attribute_definitions.len() {
            return Err(TableFault::KeyWithoutDefinition);
        }
        check_defined(self.key_schema, self.attribute_definitions)?;
        check_simple_key(self.key_schema)?;
        let no_indexes = self.local_secondary_indexes.is_none() && self.global_secondary_indexes.is_none();
        if no_indexes && self.key_schema.len() != self.attribute_definitions.len() {
            return Err(TableFault::DefinitionCount);
        }
        Ok(())
    }

    fn check_local(&self, indexes: &[LocalSecondaryIndex]) -> Result<(), ValidationError> {
        if !indexes.is_empty() && self.key_schema.len() < KEY_SCHEMA_ELEMENTS_MAX {
            return Err(TableFault::LocalIndexOfSimpleTable.into());
        }
        for index in indexes {
            check_key_schema_length(&index.key_schema, KEY_SCHEMA_ELEMENTS_MAX)?;
        }
        for index in indexes {
            check_defined(&index.key_schema, self.attribute_definitions)?;
        }
        for index in indexes {
            check_simple_key(&index.key_schema)?;
            let [index_hash, _] = &index.key_schema[..] else {
                return Err(TableFault::LocalIndexWithoutRange { index: index.index_name.clone() }.into());
            };
            let table_hash = &self.key_schema[0];
            if index_hash.attribute_name != table_hash.attribute_name {
                return Err(TableFault::LocalIndexHashDiffers {
                    index: index.index_name.clone(),
                    index_hash: index_hash.attribute_name.clone(),
                    table_hash: table_hash.attribute_name.clone(),
                }
                .into());
            }
            check_projection(&index.projection)?;
        }
        check_repeated_names(indexes.iter().map(|index| &index.index_name))?;
        if indexes.len() > LOCAL_SECONDARY_INDEXES_MAX {
            return Err(TableFault::TooManyLocalIndexes.into());
        }
        Ok(())
    }

    fn check_global(&self, indexes: &[GlobalSecondaryIndex]) -> Result<(), ValidationError> {
        for index in indexes {
            check_key_schema_length(&index.key_schema, 2 * INDEX_KEY_ATTRIBUTES_MAX)?;
        }
        for index in indexes {
            check_defined(&index.key_schema, self.attribute_definitions)?;
        }
        for index in indexes {
            check_global_key(&index.key_schema)?;
            check_projection(&index.projection)?;
            check_index_throughput(index, self.on_demand)?;
        }
        check_repeated_names(indexes.iter().map(|index| &index.index_name))?;
        if indexes.len() > GLOBAL_SECONDARY_INDEXES_MAX {
            return Err(TableFault::TooManyGlobalIndexes.into());
        }
        Ok(())
    }

    fn check_all_used(
        &self,
        local: &[LocalSecondaryIndex],
        global: &[GlobalSecondaryIndex],
    ) -> Result<(), TableFault> {
        let local = local.iter().flat_map(|index| &index.key_schema);
        let global = global.iter().flat_map(|index| &index.key_schema);
        let used: Vec<&str> =
            self.key_schema.iter().chain(local).chain(global).map(|key| &*key.attribute_name).collect();
        let defined = names(self.attribute_definitions);
        if defined.iter().all(|name| used.contains(name)) {
            return Ok(());
        }
        Err(TableFault::DefinitionsUnused {
            definitions: listed(&defined, InitialCapacity::ForNames),
            used: listed(&used, InitialCapacity::Default),
        })
    }
}

/// Whether an index can be added to a table; `definitions` are those of the request, which must name all its key attributes
/// even if the table has them already.
pub fn check_new_index(
    index: &GlobalSecondaryIndex,
    definitions: &[AttributeDefinition],
    on_demand: bool,
) -> Result<(), ValidationError> {
    check_repeated_definitions(definitions)?;
    check_key_schema_length(&index.key_schema, 2 * INDEX_KEY_ATTRIBUTES_MAX)?;
    if definitions.is_empty() {
        let keys: Vec<&str> = index.key_schema.iter().map(|key| &*key.attribute_name).collect();
        let keys = listed(&keys, InitialCapacity::ForNames);
        return Err(TableFault::KeysUndefined { keys, definitions: Vec::new() }.into());
    }
    check_defined(&index.key_schema, definitions)?;
    check_global_key(&index.key_schema)?;
    check_projection(&index.projection)?;
    check_index_throughput(index, on_demand)?;
    Ok(())
}

/// Whether a table's indexes together name no more attributes than they may.
pub fn check_projected_attributes<'a>(
    projections: impl Iterator<Item = Option<&'a [String]>>,
) -> Result<(), TableFault> {
    let projected: usize = projections.flatten().map(<[String]>::len).sum();
    if projected > PROJECTED_ATTRIBUTES_MAX { Err(TableFault::TooManyProjectedAttributes) } else { Ok(()) }
}

fn names(definitions: &[AttributeDefinition]) -> Vec<&str> {
    definitions.iter().map(|definition| &*definition.attribute_name).collect()
}

fn check_repeated_definitions(definitions: &[AttributeDefinition]) -> Result<(), TableFault> {
    match repeated(names(definitions)) {
        Some(attribute) => Err(TableFault::RepeatedDefinition { attribute: attribute.to_owned() }),
        None => Ok(()),
    }
}

/// The first name that stands in a list a second time.
fn repeated<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = Vec::new();
    names.into_iter().find(|name| {
        let again = seen.contains(name);
        seen.push(*name);
        again
    })
}

/// AWS reports this one, whichever index it is about, at `keySchema`.
fn check_key_schema_length(key_schema: &[KeySchemaElement], max: usize) -> Result<(), ValidationError> {
    if key_schema.len() <= max {
        return Ok(());
    }
    let printed: Vec<_> = key_schema
        .iter()
        .map(|key| {
            format!(
                "KeySchemaElement(attributeName={}, keyType={})",
                key.attribute_name,
                key.key_type.as_str()
            )
        })
        .collect();
    Err(ValidationError::Constraints(vec![Violation {
        value: ViolatingValue::Printed(format!("[{}]", printed.join(", "))),
        path: "keySchema".to_owned(),
        constraint: Constraint::LengthMax(max),
    }]))
}

fn check_defined(
    key_schema: &[KeySchemaElement],
    definitions: &[AttributeDefinition],
) -> Result<(), TableFault> {
    let keys: Vec<&str> = key_schema.iter().map(|key| &*key.attribute_name).collect();
    let defined = names(definitions);
    if keys.iter().all(|key| defined.contains(key)) {
        return Ok(());
    }
    let keys = listed(&keys, InitialCapacity::ForNames);
    if defined.len() < keys.len() {
        return Err(TableFault::KeyWithoutDefinition);
    }
    Err(TableFault::KeysUndefined { keys, definitions: listed(&defined, InitialCapacity::ForNames) })
}

/// The key of a table or local secondary index: HASH, then perhaps RANGE.
fn check_simple_key(key_schema: &[KeySchemaElement]) -> Result<(), TableFault> {
    if let [first, second] = key_schema
        && first.attribute_name == second.attribute_name
    {
        return Err(TableFault::HashAndRangeSameName);
    }
    if key_schema.first().is_none_or(|first| first.key_type != KeyType::Hash) {
        return Err(TableFault::FirstKeyNotHash);
    }
    if key_schema.get(1).is_some_and(|second| second.key_type != KeyType::Range) {
        return Err(TableFault::SecondKeyNotRange);
    }
    Ok(())
}

/// The key of a global secondary index: up to four HASH attributes, then up to four RANGE attributes.
fn check_global_key(key_schema: &[KeySchemaElement]) -> Result<(), TableFault> {
    if key_schema.first().is_none_or(|first| first.key_type != KeyType::Hash) {
        return Err(TableFault::FirstKeyNotHash);
    }
    if let [hash, range] = key_schema
        && range.key_type == KeyType::Range
        && hash.attribute_name == range.attribute_name
    {
        return Err(TableFault::HashAndRangeSameName);
    }
    if repeated(key_schema.iter().map(|key| &*key.attribute_name)).is_some() {
        return Err(TableFault::RepeatedKeyName);
    }
    if key_schema
        .windows(2)
        .any(|pair| pair[0].key_type == KeyType::Range && pair[1].key_type == KeyType::Hash)
    {
        return Err(TableFault::HashAfterRange);
    }
    for key_type in [KeyType::Hash, KeyType::Range] {
        if key_schema.iter().filter(|key| key.key_type == key_type).count() > INDEX_KEY_ATTRIBUTES_MAX {
            return Err(TableFault::TooManyKeyAttributes { key_type });
        }
    }
    Ok(())
}

fn check_projection(projection: &Projection) -> Result<(), TableFault> {
    let Some(projection_type) = projection.projection_type else {
        return Err(TableFault::NoProjectionType);
    };
    match (projection_type, &projection.non_key_attributes) {
        (ProjectionType::Include, None) => Err(TableFault::NonKeyAttributesMissing),
        (ProjectionType::Include, Some(names)) => match repeated(names.iter().map(String::as_str)) {
            Some(attribute) => Err(TableFault::RepeatedNonKeyAttribute { attribute: attribute.to_owned() }),
            None => Ok(()),
        },
        (ProjectionType::All | ProjectionType::KeysOnly, Some(_)) => {
            Err(TableFault::NonKeyAttributesUnwanted { projection_type })
        }
        (ProjectionType::All | ProjectionType::KeysOnly, None) => Ok(()),
    }
}

fn check_index_throughput(index: &GlobalSecondaryIndex, on_demand: bool) -> Result<(), TableFault> {
    match (on_demand, &index.provisioned_throughput) {
        (true, Some(_)) => Err(TableFault::IndexThroughputOnDemand { index: index.index_name.clone() }),
        (false, None) => Err(TableFault::IndexThroughputMissing { indexes: vec![index.index_name.clone()] }),
        _ => Ok(()),
    }
}

fn check_repeated_names<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), TableFault> {
    match repeated(names.map(String::as_str)) {
        Some(index) => Err(TableFault::RepeatedIndexName { index: index.to_owned() }),
        None => Ok(()),
    }
}
