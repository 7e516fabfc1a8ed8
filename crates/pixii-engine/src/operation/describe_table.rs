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

    /// The record of a table given by name, as far as it is due; `None` if there is none.
    pub(crate) async fn find_record(&self, name: &str) -> Result<Option<TableRecord>, ApiError> {
        Ok(self.find_record_and_sizes(name).await?.map(|(record, _)| record))
    }

    /// The name of a table given by name or ARN, for a request that names it in its answer if it is missing.
    pub(crate) fn named_table(&self, name_or_arn: &str) -> Result<String, ApiError> {
        self.own_table_name(name_or_arn).map(str::to_owned).ok_or_else(|| missing(name_or_arn))
    }

    async fn record_and_sizes(&self, name_or_arn: &str) -> Result<(TableRecord, Sizes), ApiError> {
        let name = self.named_table(name_or_arn)?;
        self.find_record_and_sizes(&name).await?.ok_or_else(|| missing(name_or_arn))
    }

    async fn find_record_and_sizes(&self, name: &str) -> Result<Option<(TableRecord, Sizes)>, ApiError> {
        let found = self.read(|| self.read_record_and_sizes(name)).await?;
        let is_due =
            found.as_ref().is_some_and(|(record, _)| record.due.is_some_and(|due| due <= self.env.now()));
        if !is_due {
            return Ok(found);
        }
        self.settle(name).await?;
        self.read(|| self.read_record_and_sizes(name)).await
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

fn missing(name_or_arn: &str) -> ApiError {
    ApiError::ResourceNotFound(MissingResource::NamedTable(name_or_arn.to_owned()))
}
