//! DescribeLimits: says how much capacity an account and a table may have.

use super::Operation;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says how much capacity an account and a table may have.
pub struct DescribeLimits;

impl Operation for DescribeLimits {
    const NAME: &'static str = "DescribeLimits";
    type Input = DescribeLimitsInput;
    type Output = DescribeLimitsOutput;
}

/// API model: DescribeLimitsInput.
#[derive(Clone, Debug, Default)]
pub struct DescribeLimitsInput;

impl Decode for DescribeLimitsInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeLimitsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        decoder.structure(json)?;
        Ok(Self)
    }
}

impl Input for DescribeLimitsInput {}

/// API model: DescribeLimitsOutput.
#[derive(Clone, Debug, Default)]
pub struct DescribeLimitsOutput {
    /// Read units of all provisioned tables together.
    pub account_max_read_capacity_units: i64,
    /// Write units of all provisioned tables together.
    pub account_max_write_capacity_units: i64,
    /// Read units of one provisioned table.
    pub table_max_read_capacity_units: i64,
    /// Write units of one provisioned table.
    pub table_max_write_capacity_units: i64,
}

impl Encode for DescribeLimitsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.field("AccountMaxReadCapacityUnits", &self.account_max_read_capacity_units);
            object.field("AccountMaxWriteCapacityUnits", &self.account_max_write_capacity_units);
            object.field("TableMaxReadCapacityUnits", &self.table_max_read_capacity_units);
            object.field("TableMaxWriteCapacityUnits", &self.table_max_write_capacity_units);
        });
    }
}
