//! Throughput: provisioned, the ceiling of on-demand tables, and how warm a table is kept.

use super::{IndexStatus, TableStatus};
use crate::error::{SerializationFault, TableFault, WarmLeast};
use crate::wire::{Decode, Decoder, Encode, Json, JsonKind, JsonWriter, Rule, Timestamp};
use serde::{Deserialize, Serialize};

/// Units a second, bought in advance (API model: ProvisionedThroughput).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionedThroughput {
    /// Strongly consistent reads of up to 4 KB.
    pub read_capacity_units: i64,
    /// Writes of up to 1 KB.
    pub write_capacity_units: i64,
}

impl Decode for ProvisionedThroughput {
    const KIND: JsonKind = JsonKind::Structure("ProvisionedThroughput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        // AWS names the writes first.
        let write_capacity_units = input.required("WriteCapacityUnits", &Rule::value_min(1))?;
        let read_capacity_units = input.required("ReadCapacityUnits", &Rule::value_min(1))?;
        Ok(Self { read_capacity_units, write_capacity_units })
    }
}

/// The most that an on-demand table or index may use in a second; -1 takes a ceiling away (API model: OnDemandThroughput).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnDemandThroughput {
    /// Read units.
    pub max_read_request_units: Option<i64>,
    /// Write units.
    pub max_write_request_units: Option<i64>,
}

impl Decode for OnDemandThroughput {
    const KIND: JsonKind = JsonKind::Structure("OnDemandThroughput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            max_read_request_units: input.optional("MaxReadRequestUnits", &Rule::NONE)?,
            max_write_request_units: input.optional("MaxWriteRequestUnits", &Rule::NONE)?,
        })
    }
}

impl Encode for OnDemandThroughput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("MaxReadRequestUnits", &self.max_read_request_units);
            object.optional("MaxWriteRequestUnits", &self.max_write_request_units);
        });
    }
}

/// What a table or index can take at once without growing first (API model: WarmThroughput).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmThroughput {
    /// Read units a second.
    pub read_units_per_second: Option<i64>,
    /// Write units a second.
    pub write_units_per_second: Option<i64>,
}

impl Decode for WarmThroughput {
    const KIND: JsonKind = JsonKind::Structure("WarmThroughput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            read_units_per_second: input.optional("ReadUnitsPerSecond", &Rule::NONE)?,
            write_units_per_second: input.optional("WriteUnitsPerSecond", &Rule::NONE)?,
        })
    }
}

/// Provisioned throughput, and how it came to be (API model: ProvisionedThroughputDescription).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProvisionedThroughputDescription {
    /// When it was last raised.
    pub last_increase_date_time: Option<Timestamp>,
    /// When it was last lowered.
    pub last_decrease_date_time: Option<Timestamp>,
    /// How often it was lowered since midnight, UTC.
    pub number_of_decreases_today: i64,
    /// Read units; 0 on demand.
    pub read_capacity_units: i64,
    /// Write units; 0 on demand.
    pub write_capacity_units: i64,
}

impl Encode for ProvisionedThroughputDescription {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.optional("LastIncreaseDateTime", &self.last_increase_date_time);
            object.optional("LastDecreaseDateTime", &self.last_decrease_date_time);
            object.field("NumberOfDecreasesToday", &self.number_of_decreases_today);
            object.field("ReadCapacityUnits", &self.read_capacity_units);
            object.field("WriteCapacityUnits", &self.write_capacity_units);
        });
    }
}

/// How warm a table or index is (API model: TableWarmThroughputDescription, GlobalSecondaryIndexWarmThroughputDescription).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarmThroughputDescription<Status> {
    /// Read units a second.
    pub read_units_per_second: i64,
    /// Write units a second.
    pub write_units_per_second: i64,
    /// UPDATING while it is being warmed.
    pub status: Status,
}

impl<Status: Encode> Encode for WarmThroughputDescription<Status> {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("ReadUnitsPerSecond", &self.read_units_per_second);
            object.field("Status", &self.status);
            object.field("WriteUnitsPerSecond", &self.write_units_per_second);
        });
    }
}

/// How warm a table is.
pub type TableWarmThroughputDescription = WarmThroughputDescription<TableStatus>;
/// How warm an index is.
pub type IndexWarmThroughputDescription = WarmThroughputDescription<IndexStatus>;

/// The most units that a request may ask for.
const CAPACITY_UNITS_MAX: i64 = 1_000_000_000_000;
/// What an on-demand table or index takes at once when it is new (Developer Guide, "Warm throughput").
pub const ON_DEMAND_READ_UNITS: i64 = 12_000;
/// What an on-demand table or index takes at once when it is new.
pub const ON_DEMAND_WRITE_UNITS: i64 = 4_000;

impl ProvisionedThroughput {
    /// Whether AWS can count it.
    pub fn check_bounds(&self) -> Result<(), TableFault> {
        for (member, value) in [
            ("ReadCapacityUnits", self.read_capacity_units),
            ("WriteCapacityUnits", self.write_capacity_units),
        ] {
            if value > CAPACITY_UNITS_MAX {
                return Err(TableFault::ThroughputOutOfBounds { member, value });
            }
        }
        Ok(())
    }
}

impl OnDemandThroughput {
    /// The ceilings that are there, by name.
    pub fn members(&self) -> impl Iterator<Item = (&'static str, i64)> + use<> {
        [
            ("MaxReadRequestUnits", self.max_read_request_units),
            ("MaxWriteRequestUnits", self.max_write_request_units),
        ]
        .into_iter()
        .filter_map(|(member, value)| Some((member, value?)))
    }

    /// Whether each ceiling is at least 1, or -1 where `min` is -1: that takes it away.
    pub fn check_range(&self, min: i64, index: Option<&str>) -> Result<(), TableFault> {
        match self.members().find(|&(_, value)| value < min || value == 0) {
            Some((member, _)) => {
                Err(TableFault::CeilingOutOfRange { member, index: index.map(str::to_owned) })
            }
            None => Ok(()),
        }
    }
}

impl WarmThroughput {
    /// Whether something new can begin with it: no less than what is provisioned, or than a new on-demand table has.
    pub fn check_new(
        &self,
        provisioned: Option<ProvisionedThroughput>,
        index: Option<&str>,
    ) -> Result<(), TableFault> {
        match provisioned {
            Some(throughput) => {
                let least = (throughput.read_capacity_units, throughput.write_capacity_units);
                self.check_least(least, WarmLeast::Provisioned, index)
            }
            None => {
                self.check_least((ON_DEMAND_READ_UNITS, ON_DEMAND_WRITE_UNITS), WarmLeast::Initial, index)
            }
        }
    }

    /// Whether it is no less than it was: read units and write units.
    pub fn check_raise(&self, current: (i64, i64), index: Option<&str>) -> Result<(), TableFault> {
        self.check_least(current, WarmLeast::Current, index)
    }

    fn check_least(
        &self,
        (read, write): (i64, i64),
        least: WarmLeast,
        index: Option<&str>,
    ) -> Result<(), TableFault> {
        for (member, wanted, units) in [
            ("ReadUnitsPerSecond", self.read_units_per_second, read),
            ("WriteUnitsPerSecond", self.write_units_per_second, write),
        ] {
            if wanted.is_some_and(|wanted| wanted < units) {
                return Err(TableFault::WarmThroughputTooLow {
                    member,
                    index: index.map(str::to_owned),
                    least,
                });
            }
        }
        Ok(())
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.read_units_per_second.is_none() && self.write_units_per_second.is_none()
    }
}
