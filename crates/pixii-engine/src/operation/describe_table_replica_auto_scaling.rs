//! DescribeTableReplicaAutoScaling.

use crate::catalog::{IndexRecord, TableRecord};
use crate::engine::Engine;
use crate::scaling::TargetRecord;
use crate::table::IndexKind;
use pixii_model::error::{Flow, MissingResource};
use pixii_model::operation::{
    DescribeTableReplicaAutoScaling, DescribeTableReplicaAutoScalingInput,
    DescribeTableReplicaAutoScalingOutput, Execute,
};
use pixii_model::scaling::ScalableTargetId;
use pixii_model::scaling::replica::{
    AutoScalingSettingsDescription, IndexAutoScalingDescription, ReadAndWriteSettings, ReplicaTargetTracking,
    ScaledSettings, TableAutoScalingDescription,
};
use pixii_model::table::IndexStatus;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeTableReplicaAutoScaling> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeTableReplicaAutoScalingInput,
    ) -> Result<DescribeTableReplicaAutoScalingOutput, ApiError> {
        let table = self.scaled_table(&input.table_name).await?;
        Ok(DescribeTableReplicaAutoScalingOutput { description: self.describe_scaling(&table).await? })
    }
}

impl<S: Store> Engine<S> {
    /// The record of a table whose scaling is asked for.
    pub(super) async fn scaled_table(&self, name_or_arn: &str) -> Result<TableRecord, ApiError> {
        let missing = || ApiError::ResourceNotFound(MissingResource::GlobalTable(name_or_arn.to_owned()));
        let name = self.named_table(name_or_arn).map_err(|_| missing())?;
        self.find_record(&name).await?.ok_or_else(missing)
    }

    /// How a table scales.
    pub(super) async fn describe_scaling(
        &self,
        table: &TableRecord,
    ) -> Result<TableAutoScalingDescription, ApiError> {
        let targets = self.scalable_targets().await?;
        let settings = |index: Option<&str>| {
            let of = |flow| {
                let found = targets.iter().find(|(id, _)| {
                    id.table == table.name && id.index.as_deref() == index && id.flow == flow
                });
                self.describe_settings(found, table.is_on_demand())
            };
            ReadAndWriteSettings { read: of(Flow::Read), write: of(Flow::Write) }
        };
        let index = |index: &IndexRecord| IndexAutoScalingDescription {
            index_name: index.name.clone(),
            index_status: index.status,
            settings: settings(Some(&index.name)),
        };
        // AWS does not tell of indexes that are still being created.
        let is_told =
            |index: &&IndexRecord| index.kind == IndexKind::Global && index.status != IndexStatus::Creating;
        Ok(TableAutoScalingDescription {
            table_name: table.name.clone(),
            table_status: table.status,
            region_name: self.settings.region.clone(),
            settings: settings(None),
            indexes: table.indexes.iter().filter(is_told).map(index).collect(),
        })
    }

    /// A target without a policy is told of as if it were not there.
    fn describe_settings(
        &self,
        target: Option<&(ScalableTargetId, TargetRecord)>,
        on_demand: bool,
    ) -> AutoScalingSettingsDescription {
        let scaled = target.and_then(|(_, record)| {
            let policy = record.policy.as_ref()?;
            Some(ScaledSettings {
                minimum_units: record.min.into(),
                maximum_units: record.max.into(),
                role_arn: record.role_arn(&self.settings),
                policy_name: policy.name.clone(),
                target_tracking: ReplicaTargetTracking {
                    disable_scale_in: policy.disable_scale_in,
                    scale_in_cooldown: policy.scale_in_cooldown,
                    scale_out_cooldown: policy.scale_out_cooldown,
                    target_value: policy.target_value,
                },
            })
        });
        AutoScalingSettingsDescription { disabled: scaled.is_none() || on_demand, scaled }
    }
}
