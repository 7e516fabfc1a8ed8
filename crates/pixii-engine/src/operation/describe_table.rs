//! DescribeTable.

use crate::catalog::{Sizes, TableRecord, read_record};
use crate::engine::Engine;
use pixii_model::error::MissingResource;
use pixii_model::operation::{DescribeTable, DescribeTableInput, DescribeTableOutput, Execute};
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Store, StoreError};

impl<S: Store> Execute<DescribeTable> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeTableInput,
    ) -> Result<DescribeTableOutput, ApiError> {
        let (record, sizes) = self.record_and_sizes(&input.table_name).await?;
        Ok(DescribeTableOutput { table: record.describe(&sizes, self.env.now()) })
    }
}

impl<S: Store> Engine<S> {
    /// The record of a table given by name or ARN, as far as it is due.
    pub(crate) async fn record(&self, name_or_arn: &str) -> Result<TableRecord, ApiError> {
        self.record_and_sizes(name_or_arn).await.map(|(record, _)| record)
    }

    async fn record_and_sizes(&self, name_or_arn: &str) -> Result<(TableRecord, Sizes), ApiError> {
        let missing = || ApiError::ResourceNotFound(MissingResource::NamedTable(name_or_arn.to_owned()));
        let name = self.own_table_name(name_or_arn).ok_or_else(missing)?;
        let mut found = self.read_record_and_sizes(name).await.map_err(|error| self.store_failed(error))?;
        let is_due =
            found.as_ref().is_some_and(|(record, _)| record.due.is_some_and(|due| due <= self.env.now()));
        if is_due {
            self.settle(name).await?;
            found = self.read_record_and_sizes(name).await.map_err(|error| self.store_failed(error))?;
        }
        found.ok_or_else(missing)
    }

    async fn read_record_and_sizes(&self, name: &str) -> Result<Option<(TableRecord, Sizes)>, StoreError> {
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        match read_record(&snapshot, name).await? {
            Some(record) => {
                let sizes = Sizes::read(&snapshot, &record).await?;
                Ok(Some((record, sizes)))
            }
            None => Ok(None),
        }
    }
}
