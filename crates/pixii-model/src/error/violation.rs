//! Members outside the constraints of the API model.

/// One member outside one constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The value as AWS prints it; `None` prints `null`.
    pub value: Option<String>,
    /// Where it stands: `tableName`, `attributeDefinitions.1.member.attributeName`.
    pub path: String,
    /// What it should have satisfied.
    pub constraint: Constraint,
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
    /// A regular expression.
    Pattern(&'static str),
    /// A constraint on each element of a list or each key or value of a map: printed nested.
    Member(Vec<Constraint>),
    /// A constraint on each key of a map.
    MapKey(Vec<Constraint>),
    /// A constraint on each value of a map.
    MapValue(Vec<Constraint>),
}
