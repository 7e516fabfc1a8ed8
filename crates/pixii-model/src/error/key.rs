//! Items and keys that do not fit their table.

use crate::attribute_value::AttributeType;

/// What is wrong with an item or a key, once its table is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// A key has other attributes, or attributes of other types, than the table's schema says.
    SchemaMismatch,
    /// A key attribute is not in the item.
    Missing {
        /// Its name.
        attribute: String,
    },
    /// A key attribute of an item has another type than the table's definition.
    TypeMismatch {
        /// Its name.
        attribute: String,
        /// The type defined.
        expected: AttributeType,
        /// The type that came.
        actual: AttributeType,
    },
    /// A key attribute is an empty string or an empty binary.
    Empty {
        /// Its name.
        attribute: String,
        /// S or B.
        attribute_type: AttributeType,
    },
    /// The partition key is longer than 2048 bytes.
    PartitionKeyTooLong,
    /// The sort keys together are longer than 1024 bytes.
    SortKeyTooLong,
    /// An index's key attribute has another type than its definition.
    IndexTypeMismatch {
        /// Its name.
        attribute: String,
        /// The index.
        index: String,
        /// The type defined.
        expected: AttributeType,
        /// The type that came.
        actual: AttributeType,
    },
    /// An index's key attribute is an empty string or an empty binary.
    IndexEmpty {
        /// Its name.
        attribute: String,
        /// The index.
        index: String,
        /// S or B.
        attribute_type: AttributeType,
    },
    /// An update gives an index's key attribute another type than its definition.
    UpdatedIndexTypeMismatch {
        /// Its name.
        attribute: String,
        /// The type defined.
        expected: AttributeType,
        /// The type that came.
        actual: AttributeType,
    },
    /// An update makes an index's key attribute empty.
    UpdatedIndexEmpty {
        /// S or B.
        attribute_type: AttributeType,
    },
    /// An update writes a key attribute.
    Updated {
        /// Its name.
        attribute: String,
    },
    /// A document path leads into a key attribute.
    NestedPath {
        /// Its name.
        attribute: String,
        /// Whether it is the key of an index rather than the table's.
        of_index: bool,
    },
    /// A put item is larger than 400 KB.
    ItemTooLarge,
    /// An updated item is larger than 400 KB.
    UpdatedItemTooLarge,
    /// The items of a transaction are larger than 4 MB together.
    TransactionTooLarge,
    /// What a transaction brings along, items, keys and values, is larger than 4 MB together.
    TransactionPayloadTooLarge,
    /// The same key twice in a batch.
    RepeatedKey,
    /// The same item twice in a transaction.
    RepeatedTransactionItem,
}
