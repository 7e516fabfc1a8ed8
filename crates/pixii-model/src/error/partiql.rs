//! PartiQL statements that cannot be read, bound or run.

use super::{ExpressionFault, ValidationError};
use crate::attribute_value::AttributeType;
use crate::number::NumberError;
use std::fmt;

/// Where in a statement something stands, as AWS prints it: `line:column:length`, in characters from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatementPosition {
    /// The line.
    pub line: usize,
    /// The column of its first character.
    pub column: usize,
    /// How many characters it has.
    pub length: usize,
}

/// Where in a literal something stands: `root.a[0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralPath(pub String);

/// What is wrong with a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementFault {
    /// Its syntax.
    Syntax(StatementSyntaxFault),
    /// Fewer parameters than question marks.
    ParameterCount,
    /// It is an expression, not a statement; with what AWS calls the kind of expression.
    UnsupportedOperation {
        /// `Id`, `Path`, `Lit` and the like.
        expression: &'static str,
    },
    /// `EXISTS`, or an expression that AWS takes for it, outside a transaction that writes.
    ExistsOutsideTransaction,
    /// SET or REMOVE without a table.
    NoTable,
    /// A table that is given another name.
    Alias,
    /// A table's, an index's or an attribute's name that is empty.
    EmptyName,
    /// A path of more than a table and an index.
    SourceTooLong,
    /// INSERT, UPDATE or DELETE of an index.
    WriteToIndex,
    /// Something in a list of columns that is no path.
    Column(StatementPosition),
    /// SELECT VALUE or PIVOT.
    SelectValue,
    /// Columns beside `*`.
    StarAndColumns,
    /// Two columns that would be returned under one name.
    DuplicateColumn {
        /// The name.
        name: String,
    },
    /// `a[*]` or `a.*`.
    WildcardPath,
    /// A clause that DynamoDB does not have.
    UnsupportedClause {
        /// The clause.
        clause: &'static str,
        /// Where its operand stands.
        at: StatementPosition,
    },
    /// An INSERT of something else than an item written out.
    NoItem,
    /// INSERT with RETURNING.
    InsertReturning,
    /// RETURNING without `*`.
    ReturningSyntax,
    /// An INSERT without a key attribute.
    KeyAttributeMissing {
        /// The key attribute.
        attribute: String,
    },
    /// An argument of ORDER BY that is no name; with what it is instead.
    OrderByArgument {
        /// `PATH`, or the argument itself.
        found: String,
        /// Where.
        at: StatementPosition,
    },
    /// A function that does not exist, or not there.
    UnknownFunction {
        /// Its name.
        function: String,
        /// Where.
        at: StatementPosition,
    },
    /// A statement within a condition.
    Subquery(StatementPosition),
    /// A type that IS cannot tell.
    UnsupportedIsType {
        /// What AWS calls the type.
        type_name: &'static str,
        /// Where its operand stands.
        at: StatementPosition,
    },
    /// IS of something that is neither a path nor a literal.
    IsOperand,
    /// MISSING compared otherwise than by IS.
    MissingCompared,
    /// A WHERE clause that is no condition.
    NoCondition,
    /// IN of something else than a list.
    InOperand,
    /// An operator that updates do not have.
    UnsupportedUpdateOperator {
        /// The operator.
        operator: String,
    },
    /// A key of a map that is no text.
    MapKeyType {
        /// What it is instead.
        found: &'static str,
        /// Where in the value.
        path: LiteralPath,
    },
    /// A key that a map has twice.
    MapKeyTwice {
        /// The key.
        key: String,
        /// Where in the value.
        path: LiteralPath,
    },
    /// An operator that conditions do not have.
    UnsupportedOperator {
        /// The operator.
        operator: String,
    },
    /// A literal of a type that cannot be stored.
    UnsupportedType {
        /// What AWS calls it.
        found: String,
        /// Where in the value.
        path: LiteralPath,
        /// Where in the statement.
        at: StatementPosition,
    },
    /// A literal in Ion's notation.
    IonLiteral {
        /// What AWS calls its type.
        type_name: &'static str,
        /// Where in the value.
        path: LiteralPath,
        /// Where in the statement.
        at: StatementPosition,
    },
    /// An element that a set cannot have. AWS does not say where if the set begins with a number.
    BagElement(Option<StatementPosition>),
    /// NULL in a set that begins with a number.
    NullInNumberSet(LiteralPath),
    /// A set without elements.
    EmptyBag,
    /// A set that has an element twice; with its elements, as AWS prints them.
    BagDuplicates {
        /// The elements.
        elements: Vec<String>,
        /// Where in the value, which AWS says of numbers.
        path: Option<LiteralPath>,
    },
    /// A Number that cannot be stored.
    Number {
        /// Why.
        error: NumberError,
        /// Where in the value.
        path: LiteralPath,
    },
    /// A literal nested deeper than values may be.
    NestedTooDeep(Option<LiteralPath>),
    /// A function of SET with another number of arguments than two.
    SetFunctionArguments {
        /// `SET_ADD` or `SET_DELETE`.
        function: &'static str,
        /// Where.
        at: StatementPosition,
    },
    /// A function of SET whose first argument is another path than the one that is set.
    SetFunctionPath {
        /// `SET_ADD` or `SET_DELETE`.
        function: &'static str,
        /// Where.
        at: StatementPosition,
    },
    /// A function of SET whose second argument is no set.
    SetFunctionOperand {
        /// `SET_ADD` or `SET_DELETE`.
        function: &'static str,
        /// Where.
        at: StatementPosition,
    },
    /// What conditions, updates and projections are refused for, too.
    Expression(ExpressionFault),
    /// A DELETE that returns something else than the item as it was.
    DeleteReturning {
        /// `MODIFIED OLD` and the like.
        returning: &'static str,
    },

    /// A token for the next page that is none.
    NextTokenInvalid,
    /// A token for the next page of another statement.
    NextTokenMismatch,
    /// The table has no index of that name.
    UnknownIndex,
    /// A strongly consistent read of a global secondary index.
    ConsistentOnGlobalIndex,
    /// An index whose key has several partition or sort attributes.
    MultiAttributeIndex,
    /// Attributes in a condition that a secondary index does not hold.
    FilterNotProjected {
        /// The index.
        index: String,
        /// The attributes.
        attributes: Vec<String>,
    },
    /// A key condition with a value of a type that no key has.
    KeyType {
        /// The key attribute.
        attribute: String,
        /// The value's type.
        actual: AttributeType,
    },
    /// A key condition with a value of another type than the key's.
    KeyTypeMismatch {
        /// The key attribute.
        attribute: String,
    },
    /// More partitions, or items, than one statement may name.
    TooManyReads,
    /// Alternatives that ask for the same items.
    OverlappingConditions,
    /// ORDER BY without WHERE.
    OrderWithoutWhere,
    /// ORDER BY an attribute that is no key.
    OrderByNonKey {
        /// The attribute.
        attribute: String,
    },
    /// ORDER BY without a partition key in every alternative.
    OrderWithoutPartition,
    /// ORDER BY of several partitions that does not say in which order these come.
    OrderOfPartitions,
    /// A write whose WHERE does not name one item.
    KeyEqualityMissing,
    /// A write whose WHERE gives a key attribute two values.
    SeveralKeyValues {
        /// The key attribute.
        attribute: String,
    },

    /// Reads and writes in one batch.
    MixedBatch,
    /// A SELECT of a batch or transaction that asks for something else than one item by its key.
    SelectWithoutKey {
        /// The operation.
        operation: &'static str,
    },
    /// Reads and writes in one transaction.
    MixedTransaction,
    /// An EXISTS of a transaction that is no condition on one item.
    ExistsWithoutCondition,
    /// An EXISTS on an index.
    ExistsOnIndex,
    /// A read of an index in a transaction.
    IndexInTransaction,
    /// RETURNING in a transaction.
    ReturningInTransaction,
    /// One statement of a transaction cannot be.
    InTransaction {
        /// Which, from 0.
        index: usize,
        /// Why.
        error: Box<ValidationError>,
    },
}

/// What is wrong with a statement's syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementSyntaxFault {
    /// A character or literal that cannot be read; AWS does not say more.
    Token,
    /// Something that begins no term, or nothing where one must be.
    UnexpectedTerm,
    /// A keyword where a term must be.
    UnexpectedKeyword,
    /// An operator where a term must be.
    UnexpectedOperator,
    /// Nothing behind an operator.
    MissingRightHandSide,
    /// Something behind the end.
    UnexpectedToken,
    /// A second statement.
    SecondStatement,
    /// No statement where there must be one.
    ExpectedDataManipulation,
    /// No path where there must be one.
    ExpectedSimplePath,
    /// Something else than a name behind a dot.
    InvalidDotComponent,
    /// No type behind IS.
    ExpectedTypeName,
    /// BETWEEN without AND.
    ExpectedAnd,
    /// Nothing behind the AND of a BETWEEN.
    ExpectedAfterAnd,
    /// DELETE without FROM.
    ExpectedFromAfterDelete,
    /// One of the others: something particular was expected.
    Expected(&'static str),
}

impl From<StatementFault> for ValidationError {
    fn from(fault: StatementFault) -> Self {
        Self::Statement(fault)
    }
}

impl From<StatementFault> for super::ApiError {
    fn from(fault: StatementFault) -> Self {
        Self::Validation(fault.into())
    }
}

impl From<StatementSyntaxFault> for StatementFault {
    fn from(fault: StatementSyntaxFault) -> Self {
        Self::Syntax(fault)
    }
}

impl From<ExpressionFault> for StatementFault {
    fn from(fault: ExpressionFault) -> Self {
        Self::Expression(fault)
    }
}

impl fmt::Display for StatementPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.line, self.column, self.length)
    }
}
