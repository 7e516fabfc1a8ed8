//! GetItem.

use super::binding;
use crate::capacity::{ReadKind, read_units};
use crate::engine::Engine;
use crate::key_check;
use crate::keyspace::{self, DataPath};
use crate::read::output;
use crate::stored;
use pixii_expression::{Projection, legacy};
use pixii_model::capacity::{Capacity, ConsumedCapacity, ReturnConsumedCapacity};
use pixii_model::error::Flow;
use pixii_model::operation::{Execute, GetItem, GetItemInput, GetItemOutput, OperationName};
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Freshness, Read, Store};

impl<S: Store> Execute<GetItem> for Engine<S> {
    async fn execute(&self, _: &RequestContext, input: GetItemInput) -> Result<GetItemOutput, ApiError> {
        let legacy_projection =
            input.attributes_to_get.as_deref().map(legacy::attributes_to_get).transpose()?;
        let mut placeholders = binding::placeholders(input.expression_attribute_names.as_ref(), None)?;
        let projection = binding::projection(input.projection_expression.as_deref(), &mut placeholders)?;
        placeholders.finish()?;
        let projection = projection.or(legacy_projection);
        let table = self.table(&input.table_name).await?;
        key_check::is_key(&table, &input.key)?;
        key_check::scalar_keys(&table, projection.iter().flat_map(Projection::paths))?;

        let key = keyspace::item(&table, &input.key).expect("the key was checked against the schema");
        let account = self.account(DataPath::Table(&table), Flow::Read, Some(OperationName::GetItem));
        account.admit(&key).map_err(ApiError::ThroughputExceeded)?;
        let freshness = if input.consistent_read { Freshness::Latest } else { Freshness::Recent };
        let found = self.read(|| async {
            let snapshot = self.store.snapshot(freshness).await?;
            match snapshot.get(&key).await? {
                Some(value) => stored::load(&snapshot, table.id, &value).await.map(Some),
                None => Ok(None),
            }
        });
        let found = found.await?;

        let size = found.as_ref().map_or(0, |stored| stored.item.size());
        let units = read_units(size, ReadKind::of(input.consistent_read));
        account.consume(&key, units);
        let consumed_capacity =
            (input.return_consumed_capacity != ReturnConsumedCapacity::None).then(|| ConsumedCapacity {
                table_name: table.name.clone(),
                table: Capacity::read(units),
                detail: input.return_consumed_capacity,
                ..ConsumedCapacity::default()
            });
        let item = found.map(|stored| output::select(stored.item, projection.as_ref()));
        Ok(GetItemOutput { item, consumed_capacity })
    }
}
