//! The record of a scalable target, as it is stored: all that is known of it.

use super::activity::ActivityKey;
use super::schedule::Schedule;
use super::tracking::Tracking;
use crate::catalog::timestamp;
use crate::engine::Settings;
use crate::env::Micros;
use bytes::Bytes;
use pixii_model::scaling::policy::metric_of;
use pixii_model::scaling::{
    Alarm, Bounds, PredefinedMetric, ScalableTarget, ScalableTargetId, ScalingPolicy, ScheduledAction,
    SuspendedState, TargetTracking,
};
use pixii_store::StoreError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format of records that this program writes, and the newest it reads.
const FORMAT: u32 = 1;

/// All that is known of a scalable target. What it scales is in its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetRecord {
    /// The format of the program that wrote it.
    pub format: u32,
    /// A random number of the change that made it so, by which a commit of unknown outcome is recognised.
    pub nonce: u64,
    /// Its id in ARNs: a UUID.
    pub uuid: String,
    /// When it was registered.
    pub created: Micros,
    /// The least that may be provisioned.
    pub min: i32,
    /// The most.
    pub max: i32,
    /// In which role, if another than the service's was named.
    pub role_arn: Option<String>,
    /// What of it rests.
    pub suspended: Suspended,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Which utilization is kept, if one is.
    pub policy: Option<PolicyRecord>,
    /// When its bounds change, by the names of the actions that change them.
    pub actions: BTreeMap<String, ActionRecord>,
    /// Whether its bounds have changed, so that it may have to be brought within them.
    pub bounds_changed: bool,
    /// What was consumed of late, and when it was scaled.
    pub tracking: Tracking,
    /// The change of the table that is under way.
    pub pending: Option<Pending>,
}

/// What of a target rests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspended {
    /// Scaling in by its policy.
    pub scale_in: bool,
    /// Scaling out by its policy.
    pub scale_out: bool,
    /// Its scheduled actions.
    pub scheduled: bool,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyRecord {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Micros,
    /// Which utilization it keeps, in percent.
    pub target_value: f64,
    /// For how many seconds it waits after scaling out.
    pub scale_out_cooldown: Option<i32>,
    /// For how many seconds it waits after scaling in.
    pub scale_in_cooldown: Option<i32>,
    /// Whether it never scales in.
    pub disable_scale_in: Option<bool>,
    /// The ids of its alarms: UUIDs, in the order of `ALARMS`.
    pub alarms: [String; 4],
}

/// What kinds of alarms AWS makes for a policy.
pub const ALARMS: [&str; 4] = ["AlarmHigh", "AlarmLow", "ProvisionedCapacityHigh", "ProvisionedCapacityLow"];

/// A scheduled action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionRecord {
    /// When it was made.
    pub created: Micros,
    /// When it is done, as it was asked for.
    pub schedule: String,
    /// The time zone that was asked for.
    pub timezone: Option<String>,
    /// Not before.
    pub start: Option<Micros>,
    /// Not after.
    pub end: Option<Micros>,
    /// The least that may be provisioned from then on, if that changes.
    pub min: Option<i32>,
    /// The most, if that changes.
    pub max: Option<i32>,
    /// When it is done next, if it is.
    pub next: Option<Micros>,
}

/// A change of the table that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The activity that tells of it.
    pub activity: ActivityKey,
    /// What is to be provisioned.
    pub capacity: i64,
}

impl TargetRecord {
    /// A new one.
    pub fn new(uuid: String, min: i32, max: i32, now: Micros) -> Self {
        Self {
            format: FORMAT,
            nonce: 0,
            uuid,
            created: now,
            min,
            max,
            role_arn: None,
            suspended: Suspended::default(),
            tags: BTreeMap::new(),
            policy: None,
            actions: BTreeMap::new(),
            bounds_changed: true,
            tracking: Tracking::default(),
            pending: None,
        }
    }

    /// Reads a record.
    pub fn from_stored(value: &[u8]) -> Result<Self, StoreError> {
        let record: Self = serde_json::from_slice(value).map_err(|error| StoreError::Fatal {
            detail: format!("the record of a scalable target cannot be read ({error})"),
        })?;
        match record.format {
            ..=FORMAT => Ok(record),
            newer => Err(StoreError::Fatal {
                detail: format!(
                    "the record of a scalable target has format {newer}; this program reads up to {FORMAT}"
                ),
            }),
        }
    }

    /// The record as it is stored.
    pub fn to_stored(&self) -> Bytes {
        serde_json::to_vec(self).expect("a record is plain data").into()
    }

    /// Its ARN.
    pub fn arn(&self, settings: &Settings) -> String {
        let (region, account) = (&settings.region, &settings.account);
        // AWS's ids are 36 letters and figures; those of DynamoDB's targets begin so.
        let id = self.uuid.replace('-', "");
        format!("arn:aws:application-autoscaling:{region}:{account}:scalable-target/0d26{id}")
    }

    /// The role that it scales in.
    pub fn role_arn(&self, settings: &Settings) -> String {
        let account = &settings.account;
        self.role_arn.clone().unwrap_or_else(|| {
            format!(
                "arn:aws:iam::{account}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
            )
        })
    }

    /// As DescribeScalableTargets tells of it.
    pub fn describe(&self, id: &ScalableTargetId, settings: &Settings) -> ScalableTarget {
        ScalableTarget {
            id: id.clone(),
            arn: self.arn(settings),
            min_capacity: self.min,
            max_capacity: self.max,
            role_arn: self.role_arn(settings),
            creation_time: timestamp(self.created),
            suspended_state: SuspendedState {
                dynamic_scaling_in_suspended: Some(self.suspended.scale_in),
                dynamic_scaling_out_suspended: Some(self.suspended.scale_out),
                scheduled_scaling_suspended: Some(self.suspended.scheduled),
            },
        }
    }

    /// The ARN of something of this target's: AWS makes those of its policies and of its scheduled actions of the target's id.
    fn arn_of(&self, id: &ScalableTargetId, kind: &str, name: &str, settings: &Settings) -> String {
        let (region, account, uuid) = (&settings.region, &settings.account, &self.uuid);
        let resource = id.resource_id();
        format!("arn:aws:autoscaling:{region}:{account}:{kind}:{uuid}:resource/dynamodb/{resource}:{kind}Name/{name}")
            .replacen("scalingPolicyName", "policyName", 1)
    }

    /// Its policy as DescribeScalingPolicies tells of it.
    pub fn describe_policy(&self, id: &ScalableTargetId, settings: &Settings) -> Option<ScalingPolicy> {
        let policy = self.policy.as_ref()?;
        Some(ScalingPolicy {
            arn: self.arn_of(id, "scalingPolicy", &policy.name, settings),
            name: policy.name.clone(),
            target: id.clone(),
            target_tracking: TargetTracking {
                target_value: policy.target_value,
                predefined_metric_specification: Some(PredefinedMetric::of(id.flow)),
                customized_metric_specification: false,
                scale_out_cooldown: policy.scale_out_cooldown,
                scale_in_cooldown: policy.scale_in_cooldown,
                disable_scale_in: policy.disable_scale_in,
            },
            alarms: policy.describe_alarms(id, settings),
            creation_time: timestamp(policy.created),
        })
    }

    /// A scheduled action as DescribeScheduledActions tells of it.
    pub fn describe_action(
        &self,
        id: &ScalableTargetId,
        name: &str,
        action: &ActionRecord,
        settings: &Settings,
    ) -> ScheduledAction {
        ScheduledAction {
            name: name.to_owned(),
            arn: self.arn_of(id, "scheduledAction", name, settings),
            target: id.clone(),
            schedule: action.schedule.clone(),
            timezone: action.timezone.clone(),
            start_time: action.start.map(timestamp),
            end_time: action.end.map(timestamp),
            bounds: action.bounds(),
            creation_time: timestamp(action.created),
        }
    }
}

impl PolicyRecord {
    /// The name that DynamoDB gives a policy that is given none.
    pub fn usual_name(id: &ScalableTargetId) -> String {
        format!("{}:{}", metric_of(id.flow), id.resource_id())
    }

    /// The name of one of its alarms.
    pub fn alarm_name(&self, id: &ScalableTargetId, kind: &str) -> String {
        let at = ALARMS.iter().position(|alarm| *alarm == kind).unwrap_or_default();
        format!("TargetTracking-{}-{kind}-{}", id.resource_id(), self.alarms[at])
    }

    fn describe_alarms(&self, id: &ScalableTargetId, settings: &Settings) -> Vec<Alarm> {
        let (region, account) = (&settings.region, &settings.account);
        let alarm = |kind| {
            let name = self.alarm_name(id, kind);
            let arn = format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}");
            Alarm { name, arn }
        };
        ALARMS.into_iter().map(alarm).collect()
    }
}

impl ActionRecord {
    /// What it changes.
    pub fn bounds(&self) -> Bounds {
        Bounds { min_capacity: self.min, max_capacity: self.max }
    }

    /// When it is done next, after that time.
    pub fn next_after(&self, time: Micros) -> Option<Micros> {
        let schedule = Schedule::parse(&self.schedule).expect("a stored schedule was read before");
        schedule.next(time, self.created, self.start, self.end)
    }
}
