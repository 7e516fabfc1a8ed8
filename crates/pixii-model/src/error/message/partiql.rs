//! PartiQL statements.

use crate::error::partiql::{StatementFault, StatementSyntaxFault};
use std::fmt;

impl fmt::Display for StatementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(fault) => write!(f, "Statement wasn't well formed, can't be processed: {fault}"),
            Self::ParameterCount => {
                f.write_str("Number of parameters in request and statement don't match.")
            }
            Self::UnsupportedOperation { expression } => write!(f, "Unsupported operation: {expression}"),
            Self::ExistsOutsideTransaction => {
                f.write_str("EXISTS can only be used in ExecuteTransaction write requests.")
            }
            Self::NoTable => f.write_str("Only select from a single table or index is supported."),
            Self::Alias => f.write_str("Aliasing is not supported"),
            Self::EmptyName => f.write_str("Path component cannot be an empty string"),
            Self::SourceTooLong => {
                f.write_str("A path may contain at most 2 components in the FROM clause")
            }
            Self::WriteToIndex => f.write_str("This operation is not supported on an index"),
            Self::Column(at) => write!(f, "Unexpected path component at {at}"),
            Self::SelectValue => f.write_str("Select projection doesn't support value or pivot keywords"),
            Self::StarAndColumns => {
                f.write_str("Other attributes should not be present in the projection when '*' is used.")
            }
            Self::DuplicateColumn { name } => write!(f, "Duplicate identifiers in select clause: {name}"),
            Self::WildcardPath => f.write_str("Wildcard path component like a[*].b are not supported"),
            Self::UnsupportedClause { clause, at } => write!(f, "Unsupported clause: {clause} at {at}"),
            Self::NoItem => f.write_str(
                "Unsupported format in item expression. Please use struct format {...} to express item values for \
                 insert statement.",
            ),
            Self::InsertReturning => f.write_str("RETURNING is not supported in INSERT"),
            Self::ReturningSyntax => {
                f.write_str("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")
            }
            Self::KeyAttributeMissing { attribute } => {
                write!(f, "Key attribute should be present in the item: Key {attribute}")
            }
            Self::OrderByArgument { found, at } => write!(
                f,
                "Argument to ORDER BY must be of type VariableReference. Type: {found} at {at}"
            ),
            Self::UnknownFunction { function, at } => write!(f, "Unrecognized function: {function} at {at}"),
            Self::Subquery(at) => write!(f, "Unsupported token in expression: SELECT at {at}"),
            Self::UnsupportedIsType { type_name, at } => write!(
                f,
                "Unsupported data type for IS operator: {type_name}. Supported data types are [MISSING, NULL, \
                 BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] at {at}"
            ),
            Self::IsOperand => f.write_str(
                "The left hand side argument to IS must be a Variable Reference, Literal, or Path",
            ),
            Self::MissingCompared => f.write_str("MISSING must be compared using IS operator"),
            Self::NoCondition => {
                f.write_str("WHERE clause must contain an expression that resolves to a boolean")
            }
            Self::InOperand => f.write_str(
                "IN operator must have a left hand argument of type Variable Reference and right hand argument of \
                 type Seq with at least one member",
            ),
            Self::UnsupportedUpdateOperator { operator } => {
                write!(f, "Unsupported operator in Update Expression. Operator: {operator}")
            }
            Self::MapKeyType { found, path } => {
                write!(f, "Tuple keys must be of type String. Actual type: {found} under {}", path.0)
            }
            Self::MapKeyTwice { key, path } => {
                write!(f, "Duplicate keys in tuple. Key: {key} under {}", path.0)
            }
            Self::UnsupportedOperator { operator } => {
                write!(f, "Unsupported operator in Condition Expression. Operator: {operator}")
            }
            Self::UnsupportedType { found, path, at } => {
                write!(f, "Unsupported data type: {found} under key {} at {at}", path.0)
            }
            Self::IonLiteral { type_name, path, at } => {
                write!(f, "Ion Literals are not supported: {type_name} under key {} at {at}", path.0)
            }
            Self::BagElement(at) => {
                f.write_str(
                    "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags",
                )?;
                at.map_or(Ok(()), |at| write!(f, " at {at}"))
            }
            Self::NullInNumberSet(path) => write!(
                f,
                "One or more parameter values were invalid: Numeric sets may not contain null under {}",
                path.0
            ),
            Self::EmptyBag => f.write_str("Empty bags are not supported"),
            Self::BagDuplicates { elements, path } => {
                let elements = elements.join(", ");
                write!(
                    f,
                    "One or more parameter values were invalid: Input collection [{elements}] contains duplicates"
                )?;
                match path {
                    Some(path) => write!(f, "! under {}", path.0),
                    None => f.write_str("."),
                }
            }
            Self::Number { error, path } => write!(f, "{} under {}", error, path.0),
            Self::NestedTooDeep(path) => {
                f.write_str("Nesting Levels have exceeded supported limits")?;
                path.as_ref().map_or(Ok(()), |path| write!(f, " under {}", path.0))
            }
            Self::SetFunctionArguments { function, at } => {
                write!(f, "{function} must have exactly two arguments at {at}")
            }
            Self::SetFunctionPath { function, at } => {
                write!(f, "The first argument to {function} must equal the assignment value at {at}")
            }
            Self::SetFunctionOperand { function, at } => {
                write!(f, "The second argument to {function} must be a value with type SET at {at}")
            }
            Self::Expression(fault) => fault.fmt(f),
            Self::DeleteReturning { returning } => write!(
                f,
                "Invalid returning clause: RETURNING {returning} *. Only RETURNING ALL OLD * is allowed in DELETE \
                 statements."
            ),
            Self::NextTokenInvalid => f.write_str("Invalid NextToken"),
            Self::NextTokenMismatch => f.write_str("NextToken does not match request"),
            Self::UnknownIndex => f.write_str("The table does not have the specified index"),
            Self::ConsistentOnGlobalIndex => {
                f.write_str("Strongly consistent read is not supported on Global Secondary Indexes")
            }
            Self::MultiAttributeIndex => f.write_str(
                "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or \
                 multi-attribute RANGE keys.",
            ),
            Self::FilterNotProjected { index, attributes } => write!(
                f,
                "One or more parameter values were invalid: Secondary index {index} does not project one or more \
                 filter attributes: [{}]",
                attributes.join(", ")
            ),
            Self::KeyType { attribute, actual } => write!(
                f,
                "Key value must be of type S, N, or B. Key name: {attribute}, Key type: {}",
                actual.as_str()
            ),
            Self::KeyTypeMismatch { attribute } => write!(
                f,
                "Key attribute's data type should match its data type in table's schema: Key {attribute}"
            ),
            Self::TooManyReads => f.write_str("Too many decomposed read operations for a given query."),
            Self::OverlappingConditions => {
                f.write_str("Overlapping conditions with range keys are not supported in where clause")
            }
            Self::OrderWithoutWhere => {
                f.write_str("Must have WHERE clause in the statement when using ORDER BY clause.")
            }
            Self::OrderByNonKey { attribute } => {
                write!(f, "Attribute {attribute} in ORDER BY clause must be part of the primary key")
            }
            Self::OrderWithoutPartition => f.write_str(
                "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
            ),
            Self::OrderOfPartitions => f.write_str(
                "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.",
            ),
            Self::KeyEqualityMissing => {
                f.write_str("Where clause does not contain a mandatory equality on all key attributes")
            }
            Self::SeveralKeyValues { attribute } => write!(
                f,
                "Multiple conditions on same key {attribute}. Only single item Update/Insert/Delete are supported"
            ),
            Self::MixedBatch => {
                f.write_str("Read and write requests together in the same batch is not supported.")
            }
            Self::SelectWithoutKey { operation } => write!(
                f,
                "Select statements within {operation} must specify the primary key in the where clause."
            ),
            Self::MixedTransaction => f.write_str(
                "ExecuteTransaction API does not support both read and write operations in the same request.",
            ),
            Self::ExistsWithoutCondition => {
                f.write_str("EXISTS() must contain a single item read with additional condition")
            }
            Self::ExistsOnIndex => f.write_str("Operations on indices are not supported in transactions"),
            Self::IndexInTransaction => {
                f.write_str("Reads on indices are not supported within transactions.")
            }
            Self::ReturningInTransaction => {
                f.write_str("RETURNING clause is not supported in ExecuteTransaction.")
            }
            Self::InTransaction { index, error } => {
                write!(f, "Validation failed in TransactStatements[{index}]: {error}")
            }
        }
    }
}

impl fmt::Display for StatementSyntaxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "",
            Self::UnexpectedTerm => "Unexpected term",
            Self::UnexpectedKeyword => "Unexpected keyword",
            Self::UnexpectedOperator => "Unexpected operator",
            Self::MissingRightHandSide => "Missing right-hand side expression of infix operator",
            Self::UnexpectedToken => "Unexpected token after expression",
            Self::SecondStatement => "Unexpected token after semicolon. (Only one query is allowed.)",
            Self::ExpectedDataManipulation => "Expected data manipulation",
            Self::ExpectedSimplePath => "Expected identifier for simple path",
            Self::InvalidDotComponent => "Invalid path dot component",
            Self::ExpectedTypeName => "Expected type name",
            Self::ExpectedAnd => "Expected AND keyword",
            Self::ExpectedAfterAnd => "Expected expression after AND",
            Self::ExpectedFromAfterDelete => "Expected FROM after DELETE",
            Self::Expected(what) => return write!(f, "Expected {what}"),
        })
    }
}
