//! Items and keys that do not fit their table.

use crate::attribute_value::AttributeType;
use crate::error::KeyFault;
use crate::limits::TRANSACTION_BYTES_MAX;
use std::fmt;

/// How these sentences name an empty value.
fn empty(attribute_type: AttributeType) -> &'static str {
    if attribute_type == AttributeType::B { "binary" } else { "string" }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SchemaMismatch => f.write_str("The provided key element does not match the schema"),
            Self::Missing { attribute } => {
                write!(f, "One or more parameter values were invalid: Missing the key {attribute} in the item")
            }
            Self::TypeMismatch { attribute, expected, actual } => write!(
                f,
                "One or more parameter values were invalid: Type mismatch for key {attribute} expected: {} actual: {}",
                expected.as_str(),
                actual.as_str()
            ),
            Self::Empty { attribute, attribute_type } => write!(
                f,
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain \
                 an empty {} value. Key: {attribute}",
                empty(*attribute_type)
            ),
            Self::PartitionKeyTooLong => f.write_str(
                "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit \
                 of2048 bytes",
            ),
            Self::SortKeyTooLong => f.write_str(
                "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size \
                 limit of 1024 bytes",
            ),
            Self::IndexTypeMismatch { attribute, index, expected, actual } => write!(
                f,
                "One or more parameter values were invalid: Type mismatch for Index Key {attribute} Expected: {} \
                 Actual: {} IndexName: {index}",
                expected.as_str(),
                actual.as_str()
            ),
            Self::IndexEmpty { attribute, index, attribute_type } => write!(
                f,
                "One or more parameter values are not valid. A value specified for a secondary index key is not \
                 supported. The AttributeValue for a key attribute cannot contain an empty {} value. \
                 IndexName: {index}, IndexKey: {attribute}",
                empty(*attribute_type)
            ),
            Self::UpdatedIndexTypeMismatch { .. } => {
                f.write_str("The update expression attempted to update the secondary index key to unsupported type")
            }
            Self::UpdatedIndexEmpty { attribute_type } => write!(
                f,
                "One or more parameter values are not valid. The update expression attempted to update a secondary \
                 index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an \
                 empty {} value.",
                empty(*attribute_type)
            ),
            Self::Updated { attribute } => write!(
                f,
                "One or more parameter values were invalid: Cannot update attribute {attribute}. This attribute is \
                 part of the key"
            ),
            Self::NestedPath { attribute, of_index } => write!(
                f,
                "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: {}: \
                 {attribute}",
                if *of_index { "IndexKey" } else { "Key" }
            ),
            Self::ItemTooLarge => f.write_str("Item size has exceeded the maximum allowed size"),
            Self::UpdatedItemTooLarge => f.write_str("Item size to update has exceeded the maximum allowed size"),
            Self::TransactionTooLarge => f.write_str(
                "Collection size of items exceeded, which can also be caused by the aggregate size of the items in \
                 the transaction exceeding the 4MB limit",
            ),
            Self::TransactionPayloadTooLarge => {
                write!(f, "Transaction payload size cannot exceed {TRANSACTION_BYTES_MAX} bytes")
            }
            Self::RepeatedKey => f.write_str("Provided list of item keys contains duplicates"),
            Self::RepeatedTransactionItem => {
                f.write_str("Transaction request cannot include multiple operations on one item")
            }
        }
    }
}
