//! Whether an item meets a condition.

use super::Condition;
use crate::attribute_source::AttributeSource;

impl Condition {
    /// Whether it holds for `source`. Operands that are missing or cannot be compared make their comparison false.
    pub fn holds(&self, source: &impl AttributeSource) -> bool {
        let _ = source;
        unimplemented!("the evaluation is being written")
    }
}
