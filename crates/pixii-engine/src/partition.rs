//! A table's partitions: which of them an item belongs to.
//!
//! A partition is a range of stored keys: it begins at a prefix of `hash variant partition sort` (what follows tag and id in
//! the key of an item) and ends where the next one begins. A new table's partitions divide the hashes evenly. One that splits
//! leaves the map, and two with new numbers take its place, so that a number always means the same range.
//!
//! The map is part of the table's record. A write depends on the version of that, so no write lands in a partition that has
//! split.

use pixii_model::table::ProvisionedThroughput;
use serde::{Deserialize, Serialize};

/// Read units a second that one partition serves (AWS: Best practices for designing partition keys).
pub const READ_UNITS: u64 = 3_000;
/// Write units a second that one partition takes.
pub const WRITE_UNITS: u64 = 1_000;
/// With how many partitions a table can begin, however much throughput it is given.
const INITIAL_MAX: u64 = 128;

/// The number of a partition, never used again within its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartitionId(pub u32);

/// One partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// Its number.
    pub id: PartitionId,
    /// Where it begins.
    pub start: Vec<u8>,
}

/// The partitions of a table, in the order of their keys. There is at least one, and the first begins at the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Partitions(Vec<Partition>);

impl Default for Partitions {
    /// The one partition of tables that were made before there were maps.
    fn default() -> Self {
        Self::even(1)
    }
}

/// A split that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CannotSplit;

impl Partitions {
    /// So many partitions, numbered from 0, that divide the hashes evenly.
    pub fn even(count: u32) -> Self {
        let start = |at: u32| match at {
            0 => Vec::new(),
            _ => ((u128::from(at) << 64).div_ceil(u128::from(count)) as u64).to_be_bytes().to_vec(),
        };
        Self((0..count.max(1)).map(|at| Partition { id: PartitionId(at), start: start(at) }).collect())
    }

    /// The partitions of a new table with provisioned throughput: reads and writes share a partition.
    pub fn provisioned(throughput: ProvisionedThroughput) -> Self {
        let reads = throughput.read_capacity_units.max(0) as u64;
        let writes = throughput.write_capacity_units.max(0) as u64;
        Self::bounded((reads * WRITE_UNITS + writes * READ_UNITS).div_ceil(READ_UNITS * WRITE_UNITS))
    }

    /// The partitions of a new table on demand that is warm for so much: its partitions serve all of their reads beside all of
    /// their writes.
    pub fn on_demand(read_units: i64, write_units: i64) -> Self {
        let of = |units: i64, each: u64| (units.max(0) as u64).div_ceil(each);
        Self::bounded(of(read_units, READ_UNITS).max(of(write_units, WRITE_UNITS)))
    }

    fn bounded(count: u64) -> Self {
        Self::even(count.clamp(1, INITIAL_MAX) as u32)
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Partition> {
        self.0.iter()
    }

    /// The partition that a place belongs to: `hash variant partition sort` of an item's key.
    pub fn at(&self, place: &[u8]) -> PartitionId {
        self.0[self.position_of(place)].id
    }

    /// Where in the map the partition is that a place belongs to.
    pub fn position_of(&self, place: &[u8]) -> usize {
        let behind = self.0.partition_point(|partition| partition.start.as_slice() <= place);
        behind.saturating_sub(1)
    }

    /// Whether a partition is in the map.
    pub fn contains(&self, id: PartitionId) -> bool {
        self.0.iter().any(|partition| partition.id == id)
    }

    /// Splits partitions in halves until none has more of the hashes than one of so many that divide them evenly.
    pub fn grow(&mut self, count: usize) {
        let share = (1u128 << 64).div_ceil(count.max(1) as u128);
        while let Some((hashes, widest)) = (0..self.0.len()).map(|at| (self.hashes(at), at)).max()
            && hashes > share
        {
            let Some(middle) = self.middle(widest) else { return };
            if self.split(self.0[widest].id, middle).is_err() {
                return;
            }
        }
    }

    /// How many hashes begin in the partition at that place in the map.
    pub fn hashes(&self, at: usize) -> u128 {
        let (start, end) = self.bounds(at);
        end.saturating_sub(start)
    }

    /// The place with half of a partition's hashes before it; `None` if it has too few to be divided so.
    pub fn middle(&self, at: usize) -> Option<Vec<u8>> {
        let (start, end) = self.bounds(at);
        let middle = start + end.saturating_sub(start) / 2;
        (middle > start).then(|| (middle as u64).to_be_bytes().to_vec())
    }

    /// The first hash of a partition, and the first behind it.
    fn bounds(&self, at: usize) -> (u128, u128) {
        let hash = |partition: &Partition| {
            let mut hash = [0; 8];
            let length = partition.start.len().min(8);
            hash[..length].copy_from_slice(&partition.start[..length]);
            // What begins within a hash leaves that to the one before.
            u128::from(u64::from_be_bytes(hash)) + u128::from(partition.start.len() > 8)
        };
        (hash(&self.0[at]), self.0.get(at + 1).map_or(1 << 64, hash))
    }

    /// Splits a partition in two with new numbers, the second of which begins at `place`.
    ///
    /// # Errors
    /// [`CannotSplit`] if there is no such partition, or the place is not inside it.
    pub fn split(&mut self, id: PartitionId, place: Vec<u8>) -> Result<(), CannotSplit> {
        let at = self.0.iter().position(|partition| partition.id == id).ok_or(CannotSplit)?;
        let ends = self.0.get(at + 1).map(|next| &next.start);
        if place <= self.0[at].start || ends.is_some_and(|end| *end <= place) {
            return Err(CannotSplit);
        }
        // Numbers only grow, and a partition that leaves has smaller ones than those that replace it.
        let next = self.0.iter().map(|partition| partition.id.0).max().map_or(0, |last| last + 1);
        self.0[at].id = PartitionId(next);
        self.0.insert(at + 1, Partition { id: PartitionId(next + 1), start: place });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_begins_with_what_its_throughput_needs() {
        for (read, write, expect) in [
            (0, 0, 1),
            (5, 5, 1),
            (3_000, 0, 1),
            (3_000, 1, 2),
            (1_500, 500, 1),
            (12_000, 4_000, 8),
            (40_000, 40_000, 54),
            (i64::from(u32::MAX), 1, 128),
        ] {
            let throughput = ProvisionedThroughput { read_capacity_units: read, write_capacity_units: write };
            assert_eq!(Partitions::provisioned(throughput).iter().len(), expect, "{read} {write}");
        }
        assert_eq!(Partitions::on_demand(12_000, 4_000).iter().len(), 4);
        assert_eq!(Partitions::on_demand(3_000, 9_500).iter().len(), 10);
    }

    #[test]
    fn every_place_belongs_to_one_partition() {
        let mut partitions = Partitions::even(4);
        let place = |hash: u64| hash.to_be_bytes().to_vec();
        assert_eq!(partitions.at(b""), PartitionId(0));
        assert_eq!(partitions.at(&place(0)), PartitionId(0));
        assert_eq!(partitions.at(&place((1 << 62) - 1)), PartitionId(0));
        assert_eq!(partitions.at(&place(1 << 62)), PartitionId(1));
        assert_eq!(partitions.at(&place(u64::MAX)), PartitionId(3));

        // By hash, and within one hash: an item collection in two.
        assert_eq!(partitions.split(PartitionId(1), place(3 << 61)), Ok(()));
        let inside = [&place(3 << 61)[..], b"\0sort"].concat();
        assert_eq!(partitions.split(PartitionId(5), inside.clone()), Ok(()));
        assert_eq!(partitions.at(&place(1 << 62)), PartitionId(4));
        assert_eq!(partitions.at(&place(3 << 61)), PartitionId(6));
        assert_eq!(partitions.at(&inside), PartitionId(7));
        assert!(!partitions.contains(PartitionId(1)) && !partitions.contains(PartitionId(5)));

        let mut grown = Partitions::even(1);
        grown.grow(4);
        let starts = |partitions: &Partitions| -> Vec<_> {
            partitions.iter().map(|partition| partition.start.clone()).collect()
        };
        assert_eq!(starts(&grown), starts(&Partitions::even(4)));
        grown.grow(5);
        assert_eq!(starts(&grown), starts(&Partitions::even(8)));
        let mut three = Partitions::even(3);
        three.grow(3);
        assert_eq!(three, Partitions::even(3));
        let hashes = |at: usize| partitions.hashes(at);
        assert_eq!((0..partitions.iter().len()).map(hashes).sum::<u128>(), 1 << 64);

        for (id, place) in [
            (PartitionId(1), place(3 << 61)),
            (PartitionId(0), Vec::new()),
            (PartitionId(0), place(1 << 62)),
            (PartitionId(2), place(1 << 62)),
        ] {
            assert_eq!(partitions.split(id, place), Err(CannotSplit), "{id:?}");
        }
    }
}
