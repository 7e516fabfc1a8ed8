//! Scalable targets: the reads or writes of a table or global index, with the bounds of what they may be given.

use super::{DYNAMODB, RESOURCE_ID, ScalableDimension, ServiceNamespace};
use crate::error::serialization::JsonKind;
use crate::error::{Flow, ScalingFault, SerializationFault};
use crate::operation::parameters::NAME;
use crate::wire::decode::Structure;
use crate::wire::{Decode, Decoder, Encode, Json, JsonWriter, Rule, Timestamp};

/// What is scaled: the reads or the writes of a table or of one of its global indexes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScalableTargetId {
    /// The table's name.
    pub table: String,
    /// The index's name, if it is one.
    pub index: Option<String>,
    /// Reads or writes.
    pub flow: Flow,
}

impl ScalableTargetId {
    /// The target that a resource and a dimension name. Whether the resource exists is another matter.
    pub fn parse(resource_id: &str, dimension: &str) -> Option<Self> {
        let (table, index) = table_and_index(resource_id)?;
        let kind = if index.is_some() { "index" } else { "table" };
        let flow = match dimension.strip_prefix("dynamodb:")?.strip_prefix(kind)? {
            ":ReadCapacityUnits" => Flow::Read,
            ":WriteCapacityUnits" => Flow::Write,
            _ => return None,
        };
        Some(Self { table: table.to_owned(), index: index.map(str::to_owned), flow })
    }

    /// Its resource, as in requests: `table/Music`, `table/Music/index/by-genre`.
    pub fn resource_id(&self) -> String {
        match &self.index {
            Some(index) => format!("table/{}/index/{index}", self.table),
            None => format!("table/{}", self.table),
        }
    }

    /// What of the resource is scaled, as in requests.
    pub fn dimension(&self) -> &'static str {
        match (&self.index, self.flow) {
            (None, Flow::Read) => "dynamodb:table:ReadCapacityUnits",
            (None, Flow::Write) => "dynamodb:table:WriteCapacityUnits",
            (Some(_), Flow::Read) => "dynamodb:index:ReadCapacityUnits",
            (Some(_), Flow::Write) => "dynamodb:index:WriteCapacityUnits",
        }
    }

    /// Writes the members that name it.
    pub(super) fn encode_members(&self, object: &mut crate::wire::ObjectWriter<'_>) {
        object.field("ServiceNamespace", DYNAMODB);
        object.field("ResourceId", &self.resource_id());
        object.field("ScalableDimension", self.dimension());
    }
}

/// The table and the index that a resource names: `None` if it names none.
fn table_and_index(resource_id: &str) -> Option<(&str, Option<&str>)> {
    let rest = resource_id.strip_prefix("table/")?;
    let (table, index) = match rest.split_once("/index/") {
        Some((table, index)) => (table, Some(index)),
        None => (rest, None),
    };
    let is_name = |name: &str| NAME.broken_by_text(name).is_empty();
    (is_name(table) && index.is_none_or(is_name)).then_some((table, index))
}

/// A scalable target as most requests name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetName {
    /// Whose it is.
    pub service_namespace: ServiceNamespace,
    /// Which resource.
    pub resource_id: String,
    /// What of it.
    pub scalable_dimension: ScalableDimension,
}

impl TargetName {
    /// Reads it from an input's members.
    pub fn take(input: &mut Structure<'_, '_>) -> Result<Self, SerializationFault> {
        Ok(Self {
            service_namespace: input.required("ServiceNamespace", &Rule::NONE)?,
            resource_id: input.required("ResourceId", &RESOURCE_ID)?,
            scalable_dimension: input.required("ScalableDimension", &Rule::NONE)?,
        })
    }

    /// The target that it names.
    ///
    /// # Errors
    /// If its parts do not go together, or are another service's.
    pub fn id(&self) -> Result<ScalableTargetId, ScalingFault> {
        let id = ScalableTargetId::parse(&self.resource_id, self.scalable_dimension.as_str());
        id.filter(|_| self.service_namespace.is_dynamodb()).ok_or(ScalingFault::UnsupportedTarget)
    }
}

/// Which targets a request asks for: all of DynamoDB's, those of some resources, or one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetFilter {
    /// Whose.
    pub service_namespace: ServiceNamespace,
    /// Of these resources, if they are named.
    pub resource_ids: Vec<String>,
    /// What of them, if that is named.
    pub scalable_dimension: Option<ScalableDimension>,
}

impl TargetFilter {
    /// Reads it from an input's members, of which one resource may be named.
    pub fn take_one(input: &mut Structure<'_, '_>) -> Result<Self, SerializationFault> {
        let service_namespace = input.required("ServiceNamespace", &Rule::NONE)?;
        let resource_id: Option<String> = input.optional("ResourceId", &RESOURCE_ID)?;
        let scalable_dimension = input.optional("ScalableDimension", &Rule::NONE)?;
        Ok(Self { service_namespace, resource_ids: resource_id.into_iter().collect(), scalable_dimension })
    }

    /// Checks that its parts go together; `member` is what names its resources.
    pub fn check(&self, member: &'static str) -> Result<(), ScalingFault> {
        let Some(dimension) = self.scalable_dimension else {
            let all_fit = self.resource_ids.iter().all(|resource| table_and_index(resource).is_some());
            let fits = all_fit || !self.service_namespace.is_dynamodb();
            return if fits { Ok(()) } else { Err(ScalingFault::UnsupportedTarget) };
        };
        if self.resource_ids.is_empty() {
            return Err(ScalingFault::DimensionWithoutResource { member });
        }
        let service = dimension.as_str().split(':').next();
        let is_ours = self.service_namespace.is_dynamodb();
        let fits = |resource: &String| ScalableTargetId::parse(resource, dimension.as_str()).is_some();
        let all_fit = !is_ours || self.resource_ids.iter().all(fits);
        match service == Some(self.service_namespace.as_str()) && all_fit {
            true => Ok(()),
            false => Err(ScalingFault::UnsupportedTarget),
        }
    }

    /// Whether a target is among those asked for.
    pub fn admits(&self, target: &ScalableTargetId) -> bool {
        self.service_namespace.is_dynamodb()
            && (self.resource_ids.is_empty() || self.resource_ids.contains(&target.resource_id()))
            && self.scalable_dimension.is_none_or(|dimension| dimension.as_str() == target.dimension())
    }
}

/// Which kinds of scaling rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SuspendedState {
    /// Scaling in by a policy.
    pub dynamic_scaling_in_suspended: Option<bool>,
    /// Scaling out by a policy.
    pub dynamic_scaling_out_suspended: Option<bool>,
    /// Scheduled actions.
    pub scheduled_scaling_suspended: Option<bool>,
}

impl Decode for SuspendedState {
    const KIND: JsonKind = JsonKind::Structure("SuspendedState");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            dynamic_scaling_in_suspended: input.optional("DynamicScalingInSuspended", &Rule::NONE)?,
            dynamic_scaling_out_suspended: input.optional("DynamicScalingOutSuspended", &Rule::NONE)?,
            scheduled_scaling_suspended: input.optional("ScheduledScalingSuspended", &Rule::NONE)?,
        })
    }
}

impl Encode for SuspendedState {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("DynamicScalingInSuspended", &self.dynamic_scaling_in_suspended);
            object.optional("DynamicScalingOutSuspended", &self.dynamic_scaling_out_suspended);
            object.optional("ScheduledScalingSuspended", &self.scheduled_scaling_suspended);
        });
    }
}

/// API model: ScalableTarget.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalableTarget {
    /// What is scaled.
    pub id: ScalableTargetId,
    /// Its ARN.
    pub arn: String,
    /// The least it may be given.
    pub min_capacity: i32,
    /// The most.
    pub max_capacity: i32,
    /// In which role.
    pub role_arn: String,
    /// Since when.
    pub creation_time: Timestamp,
    /// What of it rests.
    pub suspended_state: SuspendedState,
}

impl Encode for ScalableTarget {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            self.id.encode_members(object);
            object.field("MinCapacity", &self.min_capacity);
            object.field("MaxCapacity", &self.max_capacity);
            object.field("RoleARN", &self.role_arn);
            object.field("CreationTime", &self.creation_time);
            object.field("SuspendedState", &self.suspended_state);
            object.field("ScalableTargetARN", &self.arn);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_named_by_resource_and_dimension() {
        for (resource, dimension, known) in [
            ("table/Music", "dynamodb:table:ReadCapacityUnits", true),
            ("table/Music/index/by-genre", "dynamodb:index:WriteCapacityUnits", true),
            ("table/Music/index/by-genre", "dynamodb:table:WriteCapacityUnits", false),
            ("table/Music", "dynamodb:index:ReadCapacityUnits", false),
            ("table/Music", "cassandra:table:ReadCapacityUnits", false),
            ("table/Mu", "dynamodb:table:ReadCapacityUnits", false),
            ("table/Mu sic", "dynamodb:table:ReadCapacityUnits", false),
            ("table/Music/index/", "dynamodb:index:ReadCapacityUnits", false),
            ("Music", "dynamodb:table:ReadCapacityUnits", false),
        ] {
            let id = ScalableTargetId::parse(resource, dimension);
            assert_eq!(id.is_some(), known, "{resource} {dimension}");
            if let Some(id) = id {
                assert_eq!((id.resource_id().as_str(), id.dimension()), (resource, dimension));
            }
        }
    }
}
