//! ListBackups: lists the backups of tables.

use super::Operation;
use super::parameters::TABLE_ARN;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule, Timestamp};
use crate::wire_enum;

/// Lists the backups of tables.
pub struct ListBackups;

impl Operation for ListBackups {
    const NAME: &'static str = "ListBackups";
    type Input = ListBackupsInput;
    type Output = ListBackupsOutput;
}

wire_enum! {
    /// Which backups to list, by who made them.
    BackupTypeFilter {
        /// Those that users made.
        User = "USER",
        /// Those made of a table when it was deleted.
        System = "SYSTEM",
        /// Those that the backup service made.
        AwsBackup = "AWS_BACKUP",
        /// All.
        All = "ALL",
    }
    printed ["USER", "SYSTEM", "AWS_BACKUP", "ALL"]
}

/// API model: ListBackupsInput.
#[derive(Clone, Debug, Default)]
pub struct ListBackupsInput {
    /// Only those of this table.
    pub table_name: Option<String>,
    /// The most backups wanted.
    pub limit: Option<i32>,
    /// Only those made since.
    pub time_range_lower_bound: Option<Timestamp>,
    /// Only those made before.
    pub time_range_upper_bound: Option<Timestamp>,
    /// The backup behind which to begin.
    pub exclusive_start_backup_arn: Option<String>,
    /// Only those of this type.
    pub backup_type: Option<BackupTypeFilter>,
}

impl Decode for ListBackupsInput {
    const KIND: JsonKind = JsonKind::Structure("ListBackupsInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        Ok(Self {
            table_name: input.optional("TableName", &TABLE_ARN)?,
            limit: input.optional("Limit", &Rule::value(1, 100))?,
            time_range_lower_bound: input.optional("TimeRangeLowerBound", &Rule::NONE)?,
            time_range_upper_bound: input.optional("TimeRangeUpperBound", &Rule::NONE)?,
            exclusive_start_backup_arn: input.optional("ExclusiveStartBackupArn", &Rule::length(37, 1024))?,
            backup_type: input.optional("BackupType", &Rule::NONE)?,
        })
    }
}

impl Input for ListBackupsInput {}

/// API model: ListBackupsOutput.
#[derive(Clone, Debug, Default)]
pub struct ListBackupsOutput;

impl Encode for ListBackupsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("BackupSummaries", |writer| writer.array([(); 0], |_, ()| {}));
        });
    }
}
