//! Members outside the constraints of the API model.

/// One member outside one constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The value as AWS prints it.
    pub value: ViolatingValue,
    /// Where it stands: `tableName`, `attributeDefinitions.1.member.attributeName`.
    pub path: String,
    /// What it should have satisfied.
    pub constraint: Constraint,
}

/// How many violations AWS lists at the most.
pub const VIOLATIONS_MAX: usize = 10;

/// What AWS tells of a value outside a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViolatingValue {
    /// That there is none.
    Null,
    /// This, in quotes.
    Printed(String),
    /// Nothing, as in the newer wording.
    Untold,
}

/// A constraint of the API model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// The member is required.
    NotNull,
    /// One of an enum's values, in the order AWS prints them.
    Enum(&'static [&'static str]),
    /// At least this many characters, elements or entries.
    LengthMin(usize),
    /// At most this many.
    LengthMax(usize),
    /// A number of at least this.
    ValueMin(i64),
    /// A number of at most this.
    ValueMax(i64),
    /// A number between these.
    ValueBetween(i64, i64),
    /// A regular expression.
    Pattern(&'static str),
    /// A constraint on each key of a map.
    MapKey(Vec<Constraint>),
    /// A constraint on each value of a map.
    MapValue(Vec<Constraint>),
}
