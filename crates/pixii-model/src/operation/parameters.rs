//! Parameters that several operations share: tables by name, return values, and which parameters go together.

use crate::error::{DataFault, SerializationFault, ValueFault};
use crate::item::Item;
use crate::wire::attribute_value::ExpressionAttributeValues;
use crate::wire::rule::{Pattern, Rule};
use crate::wire::{Decode, Deferred, Structure};
use crate::wire_enum;
use std::collections::BTreeMap;

/// Rule of a member that takes a table's name or ARN (API model: TableArn).
pub const TABLE_ARN: Rule = Rule::length(1, 1024).pattern(Pattern::NameOrArn);

/// Rule of a table's or index's name (API model: TableName, IndexName).
pub const NAME: Rule = Rule::length(3, 255).pattern(Pattern::Name);

/// Rule of `AttributesToGet` (API model: AttributeNameList).
const ATTRIBUTES_TO_GET: Rule = Rule::length(1, 255).members(&Rule::length_max(65_535));

/// `ExpressionAttributeNames`: attribute names by placeholder.
pub type ExpressionAttributeNames = BTreeMap<String, String>;

wire_enum! {
    /// Which attributes a write returns.
    ReturnValues {
        /// None.
        None = "NONE",
        /// The whole item as it was.
        AllOld = "ALL_OLD",
        /// The updated attributes as they were.
        UpdatedOld = "UPDATED_OLD",
        /// The whole item as it is now.
        AllNew = "ALL_NEW",
        /// The updated attributes as they are now.
        UpdatedNew = "UPDATED_NEW",
    }
    printed ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]
}

wire_enum! {
    /// Whether a failed condition returns the item.
    ReturnValuesOnConditionCheckFailure {
        /// It does not.
        None = "NONE",
        /// It returns the item as it was.
        AllOld = "ALL_OLD",
    }
    printed ["ALL_OLD", "NONE"]
}

wire_enum! {
    /// What Query and Scan return.
    Select {
        /// All attributes of the items.
        AllAttributes = "ALL_ATTRIBUTES",
        /// The attributes that the index holds.
        AllProjectedAttributes = "ALL_PROJECTED_ATTRIBUTES",
        /// The attributes that the request names.
        SpecificAttributes = "SPECIFIC_ATTRIBUTES",
        /// How many items there are.
        Count = "COUNT",
    }
    printed ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]
}

/// What decides whether `Select` fits the rest of a Query or Scan.
pub(super) struct SelectUse {
    pub select: Option<Select>,
    pub projection_expression: bool,
    pub attributes_to_get: bool,
    pub index: bool,
}

impl SelectUse {
    /// Refuses a choice that names of attributes contradict or are missing for, or that needs an index.
    pub fn check(&self) -> Result<(), DataFault> {
        let Some(select) = self.select else { return Ok(()) };
        let parameter = if self.projection_expression {
            Some("ProjectionExpression")
        } else if self.attributes_to_get {
            Some("AttributesToGet")
        } else {
            None
        };
        match (select, parameter) {
            (Select::SpecificAttributes, None) => Err(DataFault::SpecificAttributesWithoutNames),
            (Select::SpecificAttributes, Some(_)) => Ok(()),
            (_, Some(parameter)) => Err(DataFault::NamesBesideSelect { parameter, select }),
            (Select::AllProjectedAttributes, None) if !self.index => {
                Err(DataFault::AllProjectedAttributesWithoutIndex)
            }
            (_, None) => Ok(()),
        }
    }
}

/// Reads `ExclusiveStartKey` of Query and Scan, whose faults AWS tells in their own words.
pub(super) fn start_key(input: &mut Structure<'_, '_>) -> Result<Option<Deferred<Item>>, SerializationFault> {
    let key: Option<Deferred<Item>> = input.optional("ExclusiveStartKey", &Rule::NONE)?;
    Ok(key.map(|key| key.map_fault(ValueFault::in_start_key)))
}

/// Reads `AttributesToGet`.
pub(super) fn attributes_to_get(
    input: &mut Structure<'_, '_>,
) -> Result<Option<Vec<String>>, SerializationFault> {
    let names: Option<Vec<String>> = input.optional("AttributesToGet", &ATTRIBUTES_TO_GET)?;
    names.iter().flatten().for_each(|name| input.decoder().check_name(name));
    Ok(names)
}

/// Reads a legacy map by attribute: `Expected` or `AttributeUpdates`. (In filters AWS takes names as they come.)
pub(super) fn by_attribute<T: Decode>(
    input: &mut Structure<'_, '_>,
    member: &'static str,
) -> Result<Option<BTreeMap<String, T>>, SerializationFault> {
    let map: Option<BTreeMap<String, T>> = input.optional(member, &Rule::NONE)?;
    map.iter().flatten().for_each(|(name, _)| input.decoder().check_name(name));
    Ok(map)
}

/// Which of a request's expression parameters and legacy parameters are there, by name, in the order AWS lists them.
pub struct ParameterUse<'a> {
    /// Expression parameters: may be given placeholders.
    pub expressions: &'a [(&'static str, bool)],
    /// Legacy parameters: exclude expressions.
    pub legacy: &'a [(&'static str, bool)],
    /// The expressions that may use `ExpressionAttributeValues`.
    pub with_values: &'a [(&'static str, bool)],
}

impl ParameterUse<'_> {
    /// Refuses legacy parameters beside expressions, and placeholders without an expression to use them.
    pub fn check(
        &self,
        names: Option<&ExpressionAttributeNames>,
        values: Option<&ExpressionAttributeValues>,
    ) -> Result<(), DataFault> {
        let used = |parameters: &[(&'static str, bool)]| -> Vec<&'static str> {
            parameters.iter().filter(|(_, used)| *used).map(|(name, _)| *name).collect()
        };
        let (expressions, legacy) = (used(self.expressions), used(self.legacy));
        if !expressions.is_empty() && !legacy.is_empty() {
            return Err(DataFault::LegacyBesideExpressions { legacy, expressions });
        }
        if names.is_some() && expressions.is_empty() {
            return Err(DataFault::NamesWithoutExpression);
        }
        if values.is_some() && used(self.with_values).is_empty() {
            let absent = self.with_values.iter().map(|(name, _)| *name).collect();
            return Err(DataFault::ValuesWithoutExpression { absent });
        }
        Ok(())
    }
}
