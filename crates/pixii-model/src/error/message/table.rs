//! Tables, indexes and tags that cannot be.

use crate::error::TableFault;
use std::fmt;

impl fmt::Display for TableFault {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}
