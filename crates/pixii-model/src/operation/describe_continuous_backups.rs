//! DescribeContinuousBackups: says whether a table can be restored to a point in time.

use super::Operation;
use crate::error::SerializationFault;
use crate::table::name::table_name;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says whether a table can be restored to a point in time.
pub struct DescribeContinuousBackups;

impl Operation for DescribeContinuousBackups {
    const NAME: &'static str = "DescribeContinuousBackups";
    type Input = DescribeContinuousBackupsInput;
    type Output = DescribeContinuousBackupsOutput;
}

/// API model: DescribeContinuousBackupsInput.
#[derive(Clone, Debug, Default)]
pub struct DescribeContinuousBackupsInput {
    /// The table's name or ARN.
    pub table_name: String,
}

impl Decode for DescribeContinuousBackupsInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeContinuousBackupsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self { table_name: table_name(&mut input)? })
    }
}

impl Input for DescribeContinuousBackupsInput {}

/// API model: DescribeContinuousBackupsOutput.
#[derive(Clone, Debug, Default)]
pub struct DescribeContinuousBackupsOutput;

impl Encode for DescribeContinuousBackupsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        // As of a table without point-in-time recovery: AWS keeps backups of every table, which it calls ENABLED.
        writer.object(|object| {
            object.write("ContinuousBackupsDescription", |writer| {
                writer.object(|object| {
                    object.field("ContinuousBackupsStatus", "ENABLED");
                    object.write("PointInTimeRecoveryDescription", |writer| {
                        writer.object(|object| object.field("PointInTimeRecoveryStatus", "DISABLED"));
                    });
                });
            });
        });
    }
}
