//! Read and write units: pure arithmetic on sizes.
//!
//! Source: Developer Guide, "Read/write capacity mode"; what indexes cost: "Using global secondary indexes", provisioned
//! throughput considerations.

use crate::index;
use pixii_model::limits::{READ_UNIT_BYTES, WRITE_UNIT_BYTES};

/// How a read was asked for, and so what 4 KB of it cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
    /// Half a unit.
    Eventual,
    /// One unit.
    Strong,
    /// Two units.
    Transactional,
}

impl ReadKind {
    /// Of a `ConsistentRead` parameter.
    pub fn of(consistent_read: bool) -> Self {
        if consistent_read { Self::Strong } else { Self::Eventual }
    }

    fn units_per_step(self) -> f64 {
        match self {
            Self::Eventual => 0.5,
            Self::Strong => 1.0,
            Self::Transactional => 2.0,
        }
    }
}

/// Units to read that many bytes: one step at least.
pub fn read_units(bytes: usize, kind: ReadKind) -> f64 {
    bytes.div_ceil(READ_UNIT_BYTES).max(1) as f64 * kind.units_per_step()
}

/// Units to write an item, from its size before and after.
pub fn write_units(before: Option<usize>, after: Option<usize>) -> f64 {
    let bytes = before.unwrap_or(0).max(after.unwrap_or(0));
    bytes.div_ceil(WRITE_UNIT_BYTES).max(1) as f64
}

/// Units to change one index: an entry that moves is a delete and a put.
pub fn index_write_units(change: &index::Change) -> f64 {
    let size = |entry: &index::Entry| entry.item.size();
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.key != after.key => {
            write_units(Some(size(before)), None) + write_units(None, Some(size(after)))
        }
        (before, after) => write_units(before.as_ref().map(size), after.as_ref().map(size)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_round_up_to_4_kb() {
        for (bytes, kind, units) in [
            (0, ReadKind::Eventual, 0.5),
            (4096, ReadKind::Eventual, 0.5),
            (4097, ReadKind::Eventual, 1.0),
            (4097, ReadKind::Strong, 2.0),
            (1, ReadKind::Transactional, 2.0),
        ] {
            assert_eq!(read_units(bytes, kind), units, "{bytes} {kind:?}");
        }
    }

    #[test]
    fn writes_cost_the_larger_image() {
        for (before, after, units) in
            [(None, None, 1.0), (None, Some(1024), 1.0), (Some(1025), Some(1), 2.0), (Some(3000), None, 3.0)]
        {
            assert_eq!(write_units(before, after), units, "{before:?} {after:?}");
        }
    }
}
