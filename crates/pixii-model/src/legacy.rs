//! The parameters from before expressions: Expected, AttributeUpdates, KeyConditions, QueryFilter and ScanFilter.

use crate::attribute_value::AttributeValue;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Json, JsonKind, Rule};
use crate::wire_enum;

wire_enum! {
    /// How an attribute is compared (API model: ComparisonOperator).
    ComparisonOperator {
        /// `EQ`.
        Equal = "EQ",
        /// `NE`.
        NotEqual = "NE",
        /// `IN`.
        In = "IN",
        /// `LE`.
        LessOrEqual = "LE",
        /// `LT`.
        Less = "LT",
        /// `GE`.
        GreaterOrEqual = "GE",
        /// `GT`.
        Greater = "GT",
        /// `BETWEEN`.
        Between = "BETWEEN",
        /// `NOT_NULL`: the attribute exists.
        NotNull = "NOT_NULL",
        /// `NULL`: the attribute does not exist.
        Null = "NULL",
        /// `CONTAINS`.
        Contains = "CONTAINS",
        /// `NOT_CONTAINS`.
        NotContains = "NOT_CONTAINS",
        /// `BEGINS_WITH`.
        BeginsWith = "BEGINS_WITH",
    }
    printed [
        "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE",
        "CONTAINS",
    ]
}

wire_enum! {
    /// How conditions are joined (API model: ConditionalOperator).
    ConditionalOperator {
        /// All must hold.
        And = "AND",
        /// One must hold.
        Or = "OR",
    }
    printed ["OR", "AND"]
}

wire_enum! {
    /// What an attribute update does (API model: AttributeAction).
    AttributeAction {
        /// Replace or create.
        Put = "PUT",
        /// Add to a number, set or list.
        Add = "ADD",
        /// Remove the attribute, or elements from a set.
        Delete = "DELETE",
    }
    printed ["ADD", "PUT", "DELETE"]
}

/// A condition of KeyConditions, QueryFilter or ScanFilter (API model: Condition).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LegacyCondition {
    /// How to compare.
    pub comparison_operator: ComparisonOperator,
    /// With what.
    pub attribute_value_list: Vec<AttributeValue>,
}

/// A condition of Expected (API model: ExpectedAttributeValue).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpectedAttributeValue {
    /// The value to find.
    pub value: Option<AttributeValue>,
    /// Whether there must be a value.
    pub exists: Option<bool>,
    /// How to compare.
    pub comparison_operator: Option<ComparisonOperator>,
    /// With what.
    pub attribute_value_list: Option<Vec<AttributeValue>>,
}

/// A change of AttributeUpdates (API model: AttributeValueUpdate).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttributeValueUpdate {
    /// The value.
    pub value: Option<AttributeValue>,
    /// What to do with it.
    pub action: AttributeAction,
}

impl Decode for LegacyCondition {
    const KIND: JsonKind = JsonKind::Structure("Condition");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut condition = decoder.structure(json)?;
        Ok(Self {
            attribute_value_list: condition.optional("AttributeValueList", &Rule::NONE)?.unwrap_or_default(),
            comparison_operator: condition.required("ComparisonOperator", &Rule::NONE)?,
        })
    }
}

impl Decode for ExpectedAttributeValue {
    const KIND: JsonKind = JsonKind::Structure("ExpectedAttributeValue");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut expected = decoder.structure(json)?;
        Ok(Self {
            value: expected.optional("Value", &Rule::NONE)?,
            exists: expected.optional("Exists", &Rule::NONE)?,
            comparison_operator: expected.optional("ComparisonOperator", &Rule::NONE)?,
            attribute_value_list: expected.optional("AttributeValueList", &Rule::NONE)?,
        })
    }
}

impl Decode for AttributeValueUpdate {
    const KIND: JsonKind = JsonKind::Structure("AttributeValueUpdate");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut update = decoder.structure(json)?;
        Ok(Self {
            value: update.optional("Value", &Rule::NONE)?,
            action: update.optional("Action", &Rule::NONE)?.unwrap_or_default(),
        })
    }
}
