//! Reads and writes that cannot be.

use crate::error::DataFault;
use std::fmt;

impl fmt::Display for DataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingKey { attribute } => {
                write!(
                    f,
                    "One or more parameter values were invalid: Missing the key {attribute} in the item"
                )
            }
            Self::KeyTypeMismatch { attribute, expected, actual } => write!(
                f,
                "One or more parameter values were invalid: Type mismatch for key {attribute} expected: {} actual: {}",
                expected.as_str(),
                actual.as_str()
            ),
        }
    }
}
