//! INSERT, UPDATE, DELETE and EXISTS to write intents.

use super::key_terms::{check_type, conjuncts, equal_value, equal_values};
use crate::key_check;
use crate::table::Table;
use crate::write::WriteIntent;
use pixii_expression::Condition;
use pixii_expression::DocumentPath;
use pixii_expression::partiql::{Delete, Insert, Select, UpdateStatement};
use pixii_model::error::{KeyFault, StatementFault, ValidationError};
use pixii_model::limits::ITEM_SIZE_MAX;
use pixii_model::{AttributeValue, Item};

/// The one item that a WHERE clause names.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedItem {
    /// Its key. Whether its values are of the key's types is for [`NamedItem::check_types`].
    pub key: Item,
    /// Whether the clause says something else of it, too.
    pub conditioned: bool,
}

impl NamedItem {
    /// The item that a write's clause names: each key attribute by `=`, outside any OR and NOT.
    pub fn of_write(table: &Table, condition: Option<&Condition>) -> Result<Self, StatementFault> {
        let conjuncts = conjuncts(condition);
        let mut key = Item::new();
        for attribute in table.key_schema.attributes() {
            let name = &attribute.name;
            let mut values = conjuncts.iter().filter_map(|term| equal_value(term, name));
            let value = values.next().ok_or(StatementFault::KeyEqualityMissing)?;
            if values.any(|other| other != value) {
                return Err(StatementFault::SeveralKeyValues { attribute: name.clone() });
            }
            key.insert(name.clone(), value.clone());
        }
        let names_key = |term: &&Condition| key.keys().any(|name| equal_value(term, name).is_some());
        Ok(Self { conditioned: !conjuncts.iter().all(names_key), key })
    }

    /// The item that a SELECT names and says nothing else of: each key attribute by `=`, or by IN with one value. `None` if
    /// it asks for something else.
    pub fn of_read(table: &Table, condition: Option<&Condition>) -> Option<Self> {
        let mut key = Item::new();
        for term in conjuncts(condition) {
            let named = table.key_schema.attributes().find_map(|attribute| {
                let values = equal_values(term, &attribute.name)?;
                Some((&attribute.name, values))
            });
            let (name, values) = named?;
            let [value] = values[..] else { return None };
            match key.insert(name.clone(), value.clone()) {
                Some(other) if other != *value => return None,
                _ => {}
            }
        }
        let whole = key.len() == table.key_schema.attributes().count();
        whole.then_some(Self { key, conditioned: false })
    }

    /// Checks that the values are of the key's types.
    pub fn check_types(&self, table: &Table) -> Result<(), StatementFault> {
        check_types(table, &self.key)
    }
}

fn check_types(table: &Table, item: &Item) -> Result<(), StatementFault> {
    for attribute in table.key_schema.attributes() {
        if let Some(value) = item.get(&attribute.name) {
            check_type(attribute, value)?;
        }
    }
    Ok(())
}

/// An INSERT: the item must not be there. Its key is checked in the words of statements.
pub fn insert(table: &Table, insert: Insert) -> Result<WriteIntent, ValidationError> {
    for attribute in table.key_schema.attributes() {
        let name = &attribute.name;
        match insert.item.get(name) {
            None => return Err(StatementFault::KeyAttributeMissing { attribute: name.clone() }.into()),
            Some(value) if check_type(attribute, value).is_err() => {
                return Err(StatementFault::KeyTypeMismatch { attribute: name.clone() }.into());
            }
            Some(_) => {}
        }
    }
    insert_checked(table, insert)
}

/// An INSERT whose key is checked in the words of a put, as transactions do.
pub fn insert_checked(table: &Table, insert: Insert) -> Result<WriteIntent, ValidationError> {
    if insert.item.size() > ITEM_SIZE_MAX {
        return Err(KeyFault::ItemTooLarge.into());
    }
    Ok(WriteIntent::put(table, insert.item, Some(absent(table)))?)
}

/// An UPDATE: the item must be there, since its WHERE clause says what its key is.
pub fn update(
    table: &Table,
    named: NamedItem,
    update: UpdateStatement,
) -> Result<WriteIntent, ValidationError> {
    WriteIntent::update(table, named.key, update.update, update.condition)
}

/// A DELETE: of an item that is not there it asks nothing.
pub fn delete(table: &Table, named: NamedItem, delete: Delete) -> Result<WriteIntent, ValidationError> {
    let condition = delete
        .condition
        .filter(|_| named.conditioned)
        .map(|condition| Condition::Or(vec![absent(table), condition]));
    Ok(WriteIntent::delete(table, named.key, condition)?)
}

/// An EXISTS: one item by its key, and something that holds of it.
pub fn exists(table: &Table, select: Select) -> Result<WriteIntent, ValidationError> {
    if select.source.index.is_some() {
        return Err(StatementFault::ExistsOnIndex.into());
    }
    let named = NamedItem::of_write(table, select.condition.as_ref())
        .ok()
        .filter(|named| named.conditioned)
        .ok_or(StatementFault::ExistsWithoutCondition)?;
    let condition = select.condition.expect("an item is named by a condition");
    key_check::scalar_keys(table, condition.paths())?;
    Ok(WriteIntent::check(table, named.key, condition)?)
}

/// That there is no item.
fn absent(table: &Table) -> Condition {
    let partition = &table.key_schema.partition[0].name;
    Condition::AttributeNotExists(DocumentPath::attribute(partition.clone()))
}

/// The key of the item that an INSERT makes, if it has one.
pub fn inserted_key(table: &Table, item: &Item) -> Option<Item> {
    let key: Item = table
        .key_schema
        .attributes()
        .filter_map(|attribute| item.get_key_value(&attribute.name))
        .map(|(name, value): (&String, &AttributeValue)| (name.clone(), value.clone()))
        .collect();
    (key.len() == table.key_schema.attributes().count()).then_some(key)
}
