//! Reads and writes that cannot be.

use crate::attribute_value::AttributeType;

/// What is wrong with a request about items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataFault {
    /// A key attribute is not in the item.
    MissingKey {
        /// Its name.
        attribute: String,
    },
    /// A key attribute of an item has another type than the table's definition.
    KeyTypeMismatch {
        /// Its name.
        attribute: String,
        /// The type defined.
        expected: AttributeType,
        /// The type that came.
        actual: AttributeType,
    },
}
