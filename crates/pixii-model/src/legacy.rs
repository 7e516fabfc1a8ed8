//! The parameters from before expressions: Expected, AttributeUpdates, KeyConditions, QueryFilter and ScanFilter.

use crate::attribute_value::AttributeValue;

/// How an attribute is compared (API model: ComparisonOperator).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComparisonOperator {
    /// `EQ`.
    Equal,
    /// `NE`.
    NotEqual,
    /// `IN`.
    In,
    /// `LE`.
    LessOrEqual,
    /// `LT`.
    Less,
    /// `GE`.
    GreaterOrEqual,
    /// `GT`.
    Greater,
    /// `BETWEEN`.
    Between,
    /// `NOT_NULL`: the attribute exists.
    NotNull,
    /// `NULL`: the attribute does not exist.
    Null,
    /// `CONTAINS`.
    Contains,
    /// `NOT_CONTAINS`.
    NotContains,
    /// `BEGINS_WITH`.
    BeginsWith,
}

/// How conditions are joined (API model: ConditionalOperator).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConditionalOperator {
    /// All must hold.
    #[default]
    And,
    /// One must hold.
    Or,
}

/// What an attribute update does (API model: AttributeAction).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AttributeAction {
    /// Add to a number, set or list.
    Add,
    /// Replace or create.
    #[default]
    Put,
    /// Remove the attribute, or elements from a set.
    Delete,
}

/// A condition of KeyConditions, QueryFilter or ScanFilter (API model: Condition).
#[derive(Clone, Debug, PartialEq)]
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

impl ComparisonOperator {
    /// All thirteen.
    pub const ALL: [Self; 13] = [
        Self::Equal,
        Self::NotEqual,
        Self::In,
        Self::LessOrEqual,
        Self::Less,
        Self::GreaterOrEqual,
        Self::Greater,
        Self::Between,
        Self::NotNull,
        Self::Null,
        Self::Contains,
        Self::NotContains,
        Self::BeginsWith,
    ];

    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "EQ",
            Self::NotEqual => "NE",
            Self::In => "IN",
            Self::LessOrEqual => "LE",
            Self::Less => "LT",
            Self::GreaterOrEqual => "GE",
            Self::Greater => "GT",
            Self::Between => "BETWEEN",
            Self::NotNull => "NOT_NULL",
            Self::Null => "NULL",
            Self::Contains => "CONTAINS",
            Self::NotContains => "NOT_CONTAINS",
            Self::BeginsWith => "BEGINS_WITH",
        }
    }

    /// The operator of that wire name.
    pub fn from_wire(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str() == name)
    }
}

impl ConditionalOperator {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
        }
    }

    /// The operator of that wire name.
    pub fn from_wire(name: &str) -> Option<Self> {
        [Self::And, Self::Or].into_iter().find(|operator| operator.as_str() == name)
    }
}

impl AttributeAction {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// The action of that wire name.
    pub fn from_wire(name: &str) -> Option<Self> {
        [Self::Add, Self::Put, Self::Delete].into_iter().find(|action| action.as_str() == name)
    }
}
