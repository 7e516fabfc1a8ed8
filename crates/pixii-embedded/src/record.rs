//! The record that every group commit carries.
//!
//! With [`crate::synced`] it lets [`crate::guard`] tell a commit that was never acknowledged, which a crash may take, from
//! one that was, which nothing may.

/// Written with every group commit, as its last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CommitRecord {
    /// The number of this group commit, from 1.
    pub(crate) group: u64,
    /// The newest group commit that was known to be on stable storage when this one was written.
    pub(crate) synced_group: u64,
    /// The sequence of the last transaction in it.
    pub(crate) sequence: u64,
    /// The incarnation in the keys of appends.
    pub(crate) incarnation: u32,
    /// The data directory's id: a secret that tells a record from a value that looks like one.
    pub(crate) directory: u64,
}

impl CommitRecord {
    pub(crate) const KEY: &'static [u8] = b"commit";
    pub(crate) const BYTES: usize = 36;

    /// What a new directory begins with.
    pub(crate) fn first(directory: u64) -> Self {
        Self { group: 0, synced_group: 0, sequence: 0, incarnation: 1, directory }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.extend(self.group.to_be_bytes());
        bytes.extend(self.synced_group.to_be_bytes());
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.directory.to_be_bytes());
        bytes.extend(self.incarnation.to_be_bytes());
        bytes
    }

    /// Reads a record of the directory with this id.
    pub(crate) fn decode(bytes: &[u8], directory: u64) -> Option<Self> {
        let (numbers, incarnation) = bytes.split_at_checked(32)?;
        let (numbers, []) = numbers.as_chunks::<8>() else { return None };
        let record = Self {
            group: u64::from_be_bytes(numbers[0]),
            synced_group: u64::from_be_bytes(numbers[1]),
            sequence: u64::from_be_bytes(numbers[2]),
            directory: u64::from_be_bytes(numbers[3]),
            incarnation: u32::from_be_bytes(incarnation.try_into().ok()?),
        };
        (record.directory == directory).then_some(record)
    }

    /// The records of this directory in bytes that cannot be read in order any more.
    pub(crate) fn find(bytes: &[u8], directory: u64) -> impl Iterator<Item = Self> {
        let entries = bytes.windows(Self::KEY.len() + Self::BYTES);
        entries
            .filter(|entry| entry.starts_with(Self::KEY))
            .filter_map(move |entry| Self::decode(&entry[Self::KEY.len()..], directory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: CommitRecord =
        CommitRecord { group: 7, synced_group: 6, sequence: 1 << 40, incarnation: 3, directory: 0xFEED };

    #[test]
    fn a_record_reads_as_it_was_written() {
        assert_eq!(RECORD.encode().len(), CommitRecord::BYTES);
        assert_eq!(CommitRecord::decode(&RECORD.encode(), 0xFEED), Some(RECORD));
        assert_eq!(CommitRecord::decode(&RECORD.encode(), 0xFEEE), None, "of another directory");
        for length in [0, 31, 32, 35, 37] {
            assert_eq!(CommitRecord::decode(&vec![0; length], 0), None, "{length} bytes");
        }
    }

    #[test]
    fn records_are_found_among_rubble() {
        let later = CommitRecord { group: 8, synced_group: 7, ..RECORD };
        let rubble =
            [b"xxcommit", RECORD.encode().as_slice(), b"commitcommit", &later.encode(), b"commit"].concat();
        assert_eq!(CommitRecord::find(&rubble, 0xFEED).collect::<Vec<_>>(), [RECORD, later]);
        assert_eq!(CommitRecord::find(b"", 0xFEED).count(), 0);
    }
}
