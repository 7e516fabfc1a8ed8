//! How the replicas of a table scale, as DynamoDB's own API describes and changes it.

use super::policy::POLICY_NAME;
use crate::error::serialization::JsonKind;
use crate::error::{ReplicaScalingFault, SerializationFault};
use crate::operation::parameters::NAME;
use crate::table::{IndexStatus, TableStatus};
use crate::wire::{Decode, Decoder, Encode, Json, JsonWriter, ObjectWriter, Rule};

/// API model: AutoScalingSettingsUpdate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AutoScalingSettingsUpdate {
    /// The least that may be provisioned.
    pub minimum_units: Option<i64>,
    /// The most.
    pub maximum_units: Option<i64>,
    /// Whether to scale no longer.
    pub auto_scaling_disabled: Option<bool>,
    /// In which role.
    pub auto_scaling_role_arn: Option<String>,
    /// By which policy.
    pub scaling_policy_update: Option<AutoScalingPolicyUpdate>,
}

/// Settings that ask for auto scaling, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoScalingSettings {
    /// The least that may be provisioned.
    pub minimum_units: i64,
    /// The most.
    pub maximum_units: i64,
    /// In which role.
    pub role_arn: Option<String>,
    /// By which policy.
    pub policy: AutoScalingPolicyUpdate,
}

impl AutoScalingSettingsUpdate {
    /// What it asks for; `None` if that is to scale no longer.
    pub fn wanted(&self) -> Result<Option<AutoScalingSettings>, ReplicaScalingFault> {
        // In the order in which AWS names them.
        let given = [
            ("MaximumUnits", self.maximum_units.is_some()),
            ("ScalingPolicyUpdate", self.scaling_policy_update.is_some()),
            ("MinimumUnits", self.minimum_units.is_some()),
        ];
        let named = |wanted: bool| {
            given
                .iter()
                .filter(|(_, is_given)| *is_given == wanted)
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
        };
        if self.auto_scaling_disabled == Some(true) {
            let parameters = named(true);
            return match parameters.is_empty() {
                true => Ok(None),
                false => Err(ReplicaScalingFault::BesideDisabled { parameters }),
            };
        }
        match (self.minimum_units, self.maximum_units, &self.scaling_policy_update) {
            (Some(minimum_units), Some(maximum_units), Some(policy)) => Ok(Some(AutoScalingSettings {
                minimum_units,
                maximum_units,
                role_arn: self.auto_scaling_role_arn.clone(),
                policy: policy.clone(),
            })),
            _ => Err(ReplicaScalingFault::Incomplete { parameters: named(false) }),
        }
    }
}

impl Decode for AutoScalingSettingsUpdate {
    const KIND: JsonKind = JsonKind::Structure("AutoScalingSettingsUpdate");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            minimum_units: input.optional("MinimumUnits", &Rule::value_min(1))?,
            maximum_units: input.optional("MaximumUnits", &Rule::value_min(1))?,
            auto_scaling_disabled: input.optional("AutoScalingDisabled", &Rule::NONE)?,
            auto_scaling_role_arn: input.optional("AutoScalingRoleArn", &Rule::length(1, 1600))?,
            scaling_policy_update: input.optional("ScalingPolicyUpdate", &Rule::NONE)?,
        })
    }
}

/// API model: AutoScalingPolicyUpdate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AutoScalingPolicyUpdate {
    /// Its name, if it is to have one of the user's.
    pub policy_name: Option<String>,
    /// Which utilization it keeps.
    pub target_tracking: ReplicaTargetTracking,
}

impl Decode for AutoScalingPolicyUpdate {
    const KIND: JsonKind = JsonKind::Structure("AutoScalingPolicyUpdate");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            policy_name: input.optional("PolicyName", &POLICY_NAME)?,
            target_tracking: input.required("TargetTrackingScalingPolicyConfiguration", &Rule::NONE)?,
        })
    }
}

/// API model: AutoScalingTargetTrackingScalingPolicyConfigurationUpdate and ...Description.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReplicaTargetTracking {
    /// Whether it never scales in.
    pub disable_scale_in: Option<bool>,
    /// For how many seconds to wait after scaling in.
    pub scale_in_cooldown: Option<i32>,
    /// For how many seconds to wait after scaling out.
    pub scale_out_cooldown: Option<i32>,
    /// Which utilization is to be kept, in percent.
    pub target_value: f64,
}

impl Decode for ReplicaTargetTracking {
    const KIND: JsonKind = JsonKind::Structure("AutoScalingTargetTrackingScalingPolicyConfigurationUpdate");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            disable_scale_in: input.optional("DisableScaleIn", &Rule::NONE)?,
            scale_in_cooldown: input.optional("ScaleInCooldown", &Rule::NONE)?,
            scale_out_cooldown: input.optional("ScaleOutCooldown", &Rule::NONE)?,
            target_value: input.required("TargetValue", &Rule::NONE)?,
        })
    }
}

impl Encode for ReplicaTargetTracking {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("DisableScaleIn", &self.disable_scale_in);
            object.optional("ScaleInCooldown", &self.scale_in_cooldown);
            object.optional("ScaleOutCooldown", &self.scale_out_cooldown);
            object.field("TargetValue", &self.target_value);
        });
    }
}

/// API model: GlobalSecondaryIndexAutoScalingUpdate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndexAutoScalingUpdate {
    /// Which index.
    pub index_name: Option<String>,
    /// How its writes are to scale.
    pub write: Option<AutoScalingSettingsUpdate>,
}

impl Decode for IndexAutoScalingUpdate {
    const KIND: JsonKind = JsonKind::Structure("GlobalSecondaryIndexAutoScalingUpdate");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            index_name: input.optional("IndexName", &NAME)?,
            write: input.optional("ProvisionedWriteCapacityAutoScalingUpdate", &Rule::NONE)?,
        })
    }
}

/// API model: ReplicaAutoScalingUpdate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicaAutoScalingUpdate {
    /// Where the replica is.
    pub region_name: String,
    /// How reads of its indexes are to scale.
    pub indexes: Option<Vec<ReplicaIndexAutoScalingUpdate>>,
    /// How its reads are to scale.
    pub read: Option<AutoScalingSettingsUpdate>,
}

impl Decode for ReplicaAutoScalingUpdate {
    const KIND: JsonKind = JsonKind::Structure("ReplicaAutoScalingUpdate");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            region_name: input.required("RegionName", &Rule::NONE)?,
            indexes: input.optional("ReplicaGlobalSecondaryIndexUpdates", &Rule::NONE)?,
            read: input.optional("ReplicaProvisionedReadCapacityAutoScalingUpdate", &Rule::NONE)?,
        })
    }
}

/// API model: ReplicaGlobalSecondaryIndexAutoScalingUpdate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicaIndexAutoScalingUpdate {
    /// Which index.
    pub index_name: Option<String>,
    /// How its reads are to scale.
    pub read: Option<AutoScalingSettingsUpdate>,
}

impl Decode for ReplicaIndexAutoScalingUpdate {
    const KIND: JsonKind = JsonKind::Structure("ReplicaGlobalSecondaryIndexAutoScalingUpdate");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            index_name: input.optional("IndexName", &NAME)?,
            read: input.optional("ProvisionedReadCapacityAutoScalingUpdate", &Rule::NONE)?,
        })
    }
}

/// API model: TableAutoScalingDescription, of a table with one replica: itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableAutoScalingDescription {
    /// The table's name.
    pub table_name: String,
    /// Where it stands.
    pub table_status: TableStatus,
    /// Where it is.
    pub region_name: String,
    /// How its reads and writes scale.
    pub settings: ReadAndWriteSettings,
    /// How those of its global indexes do.
    pub indexes: Vec<IndexAutoScalingDescription>,
}

/// How reads and writes scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadAndWriteSettings {
    /// Reads.
    pub read: AutoScalingSettingsDescription,
    /// Writes.
    pub write: AutoScalingSettingsDescription,
}

/// API model: ReplicaGlobalSecondaryIndexAutoScalingDescription.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndexAutoScalingDescription {
    /// The index's name.
    pub index_name: String,
    /// Where it stands.
    pub index_status: IndexStatus,
    /// How its reads and writes scale.
    pub settings: ReadAndWriteSettings,
}

/// API model: AutoScalingSettingsDescription.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AutoScalingSettingsDescription {
    /// What is scaled, if it is.
    pub scaled: Option<ScaledSettings>,
    /// Whether it rests: nothing is scaled, or the table is on demand.
    pub disabled: bool,
}

/// How something is scaled.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaledSettings {
    /// The least that may be provisioned.
    pub minimum_units: i64,
    /// The most.
    pub maximum_units: i64,
    /// In which role.
    pub role_arn: String,
    /// By which policy.
    pub policy_name: String,
    /// Which utilization that keeps.
    pub target_tracking: ReplicaTargetTracking,
}

impl Encode for TableAutoScalingDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("TableName", &self.table_name);
            object.field("TableStatus", &self.table_status);
            object.write("Replicas", |writer| writer.array([self], |writer, table| table.replica(writer)));
        });
    }
}

impl TableAutoScalingDescription {
    fn replica(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("RegionName", &self.region_name);
            object.field("GlobalSecondaryIndexes", &self.indexes);
            object.field("ReplicaProvisionedReadCapacityAutoScalingSettings", &self.settings.read);
            object.field("ReplicaProvisionedWriteCapacityAutoScalingSettings", &self.settings.write);
            object.field("ReplicaStatus", &self.table_status);
        });
    }
}

impl Encode for IndexAutoScalingDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("IndexName", &self.index_name);
            object.field("IndexStatus", &self.index_status);
            object.field("ProvisionedReadCapacityAutoScalingSettings", &self.settings.read);
            object.field("ProvisionedWriteCapacityAutoScalingSettings", &self.settings.write);
        });
    }
}

impl Encode for AutoScalingSettingsDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            if let Some(scaled) = &self.scaled {
                object.field("MinimumUnits", &scaled.minimum_units);
                object.field("MaximumUnits", &scaled.maximum_units);
            }
            if self.disabled {
                object.field("AutoScalingDisabled", &true);
            }
            if let Some(scaled) = &self.scaled {
                object.field("AutoScalingRoleArn", &scaled.role_arn);
            }
            object.write("ScalingPolicies", |writer| {
                writer.array(&self.scaled, |writer, scaled| writer.object(|object| scaled.policy(object)));
            });
        });
    }
}

impl ScaledSettings {
    fn policy(&self, object: &mut ObjectWriter<'_>) {
        object.field("PolicyName", &self.policy_name);
        object.field("TargetTrackingScalingPolicyConfiguration", &self.target_tracking);
    }
}
