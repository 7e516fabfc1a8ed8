//! Where a read goes: a table's items, or an index's entries.

use super::{INDEX_ENTRY, ITEM, index_entry, item};
use crate::partition::Partitions;
use crate::table::{DataId, Index, IndexKind, KeySchema, Table};
use bytes::Bytes;
use pixii_model::Item;
use pixii_model::table::ContributorInsightsMode;

/// Where a read goes: the table itself or one of its indexes.
#[derive(Clone, Copy, Debug)]
pub enum DataPath<'a> {
    /// The table's items.
    Table(&'a Table),
    /// An index's entries.
    Index(&'a Table, &'a Index),
}

impl<'a> DataPath<'a> {
    pub(super) fn tag(self) -> u8 {
        match self {
            Self::Table(_) => ITEM,
            Self::Index(..) => INDEX_ENTRY,
        }
    }

    /// What its items or entries are keyed by.
    pub fn id(self) -> DataId {
        match self {
            Self::Table(table) => table.id,
            Self::Index(_, index) => index.id,
        }
    }

    /// The table.
    pub fn table(self) -> &'a Table {
        match self {
            Self::Table(table) | Self::Index(table, _) => table,
        }
    }

    /// Its partitions. A local index has those of its table.
    pub fn partitions(self) -> &'a Partitions {
        match self {
            Self::Index(_, index) if index.kind == IndexKind::Global => &index.partitions,
            Self::Index(table, _) | Self::Table(table) => &table.partitions,
        }
    }

    /// What insights are gathered of it. A local index is a part of its table.
    pub fn insights(self) -> Option<ContributorInsightsMode> {
        match self {
            Self::Index(_, index) if index.kind == IndexKind::Global => index.insights,
            Self::Index(table, _) | Self::Table(table) => table.insights,
        }
    }

    /// The index, if it is one.
    pub fn index(self) -> Option<&'a Index> {
        match self {
            Self::Table(_) => None,
            Self::Index(_, index) => Some(index),
        }
    }

    /// What it is keyed by.
    pub fn key_schema(self) -> &'a KeySchema {
        match self {
            Self::Table(table) => &table.key_schema,
            Self::Index(_, index) => &index.key_schema,
        }
    }

    /// Key of the item or entry that these key attributes (of index and table) belong to.
    pub fn key(self, attributes: &Item) -> Option<Bytes> {
        match self {
            Self::Table(table) => item(table, attributes),
            Self::Index(table, index) => index_entry(table, index, attributes),
        }
    }
}
