//! Scan: reads all items of a table or of an index, or one segment of them.

use super::Operation;
use super::page_read::PageReadOutput;
use super::parameters::{
    ExpressionAttributeNames, NAME, ParameterUse, Select, SelectUse, TABLE_ARN, attributes_to_get, start_key,
};
use crate::capacity::ReturnConsumedCapacity;
use crate::error::{DataFault, SerializationFault, ValidationError};
use crate::item::Item;
use crate::legacy::{ConditionalOperator, LegacyCondition};
use crate::limits::TOTAL_SEGMENTS_MAX;
use crate::wire::attribute_value::ExpressionAttributeValues;
use crate::wire::rule::Wording;
use crate::wire::{Decode, Decoder, Deferred, Input, Json, JsonKind, Rule};
use std::collections::BTreeMap;

/// Reads all items of a table or of an index, or one segment of them.
pub struct Scan;

impl Operation for Scan {
    const NAME: &'static str = "Scan";
    type Input = ScanInput;
    type Output = PageReadOutput;
}

/// API model: ScanInput.
#[derive(Clone, Debug, Default)]
pub struct ScanInput {
    /// The table's name or ARN.
    pub table_name: String,
    /// The index to read instead of the table.
    pub index_name: Option<String>,
    /// Legacy: names of the attributes wanted.
    pub attributes_to_get: Option<Vec<String>>,
    /// Most items to examine; at least 1.
    pub limit: Option<u32>,
    /// What to return.
    pub select: Option<Select>,
    /// Legacy: what must hold of an item to be returned. The faults of its values come after those of `attributes_to_get`.
    pub scan_filter: Option<Deferred<BTreeMap<String, LegacyCondition>>>,
    /// Legacy: how the entries of `scan_filter` combine.
    pub conditional_operator: Option<ConditionalOperator>,
    /// The key behind which to go on. Its faults come after those of the filter.
    pub exclusive_start_key: Option<Deferred<Item>>,
    /// How much to say of consumed capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Into how many segments the scan is divided; see [`ScanInput::segment`].
    pub total_segments: Option<u32>,
    /// Which of the segments this is, from 0.
    pub segment: Option<u32>,
    /// The attributes wanted.
    pub projection_expression: Option<String>,
    /// What must hold of an item to be returned.
    pub filter_expression: Option<String>,
    /// Attribute names by placeholder.
    pub expression_attribute_names: Option<ExpressionAttributeNames>,
    /// Values by placeholder.
    pub expression_attribute_values: Option<ExpressionAttributeValues>,
    /// Whether the read must see every acknowledged write.
    pub consistent_read: bool,
}

/// One of the parts of a parallel scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which, from 0.
    pub index: u32,
    /// Of how many.
    pub total: u32,
}

impl ScanInput {
    /// The segment asked for, or why it cannot be. AWS looks at it behind the filter and the start key, and before
    /// expressions.
    pub fn segment(&self) -> Result<Option<Segment>, DataFault> {
        match (self.segment, self.total_segments) {
            (None, None) => Ok(None),
            (Some(_), None) => Err(DataFault::SegmentWithoutTotal),
            (None, Some(_)) => Err(DataFault::TotalWithoutSegment),
            (Some(index), Some(total)) if index >= total => {
                Err(DataFault::SegmentBeyondTotal { index, total })
            }
            (Some(index), Some(total)) => Ok(Some(Segment { index, total })),
        }
    }
}

impl Decode for ScanInput {
    const KIND: JsonKind = JsonKind::Structure("ScanInput");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        let mut input = decoder.structure(json)?;
        let segments_max = i64::from(TOTAL_SEGMENTS_MAX);
        Ok(Self {
            select: input.optional("Select", &Rule::NONE)?,
            index_name: input.optional("IndexName", &NAME)?,
            total_segments: input
                .optional::<i32>("TotalSegments", &Rule::value(1, segments_max).wording(Wording::NewRange))?
                .map(i32::unsigned_abs),
            return_consumed_capacity: input
                .optional("ReturnConsumedCapacity", &Rule::NONE)?
                .unwrap_or_default(),
            table_name: input.required("TableName", &TABLE_ARN)?,
            conditional_operator: input.optional("ConditionalOperator", &Rule::NONE)?,
            scan_filter: input.optional("ScanFilter", &Rule::NONE)?,
            segment: input
                .optional::<i32>("Segment", &Rule::value(0, segments_max - 1))?
                .map(i32::unsigned_abs),
            limit: input.optional::<i32>("Limit", &Rule::value_min(1))?.map(i32::unsigned_abs),
            attributes_to_get: attributes_to_get(&mut input)?,
            exclusive_start_key: start_key(&mut input)?,
            filter_expression: input.optional("FilterExpression", &Rule::NONE)?,
            projection_expression: input.optional("ProjectionExpression", &Rule::NONE)?,
            expression_attribute_names: input.optional("ExpressionAttributeNames", &Rule::NONE)?,
            expression_attribute_values: input.optional("ExpressionAttributeValues", &Rule::NONE)?,
            consistent_read: input.optional("ConsistentRead", &Rule::NONE)?.unwrap_or_default(),
        })
    }
}

impl Input for ScanInput {
    fn check(&self) -> Result<(), ValidationError> {
        let with_values = [("FilterExpression", self.filter_expression.is_some())];
        ParameterUse {
            expressions: &[("ProjectionExpression", self.projection_expression.is_some()), with_values[0]],
            legacy: &[
                ("AttributesToGet", self.attributes_to_get.is_some()),
                ("ScanFilter", self.scan_filter.is_some()),
                ("ConditionalOperator", self.conditional_operator.is_some()),
            ],
            with_values: &with_values,
        }
        .check(self.expression_attribute_names.as_ref(), self.expression_attribute_values.as_ref())?;
        Ok(())
    }

    fn check_after_values(&self) -> Result<(), ValidationError> {
        let checked = SelectUse {
            select: self.select,
            projection_expression: self.projection_expression.is_some(),
            attributes_to_get: self.attributes_to_get.is_some(),
            index: self.index_name.is_some(),
        }
        .check();
        Ok(checked?)
    }
}
