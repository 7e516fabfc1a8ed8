//! DescribeEndpoints: says where requests are to go.

use super::Operation;
use crate::error::SerializationFault;
use crate::wire::{Decode, Decoder, Encode, Input, Json, JsonKind, JsonWriter, Rule};

/// Says where requests are to go.
pub struct DescribeEndpoints;

impl Operation for DescribeEndpoints {
    const NAME: &'static str = "DescribeEndpoints";
    type Input = DescribeEndpointsInput;
    type Output = DescribeEndpointsOutput;
}

/// API model: DescribeEndpointsRequest.
#[derive(Clone, Debug, Default)]
pub struct DescribeEndpointsInput;

impl Decode for DescribeEndpointsInput {
    const KIND: JsonKind = JsonKind::Structure("DescribeEndpointsRequest");

    fn decode(json: Json<'_>, _: &Rule, decoder: &mut Decoder) -> Result<Self, SerializationFault> {
        decoder.structure(json)?;
        Ok(Self)
    }
}

impl Input for DescribeEndpointsInput {}

/// API model: DescribeEndpointsResponse.
#[derive(Clone, Debug, Default)]
pub struct DescribeEndpointsOutput {
    /// The one place: host and port.
    pub address: String,
    /// For how long a client may remember it.
    pub cache_period_in_minutes: i64,
}

impl Encode for DescribeEndpointsOutput {
    fn encode(&self, writer: &mut JsonWriter) {
        writer.object(|object| {
            object.write("Endpoints", |writer| {
                writer.array([self], |writer, endpoint| {
                    writer.object(|object| {
                        object.field("Address", &endpoint.address);
                        object.field("CachePeriodInMinutes", &endpoint.cache_period_in_minutes);
                    });
                });
            });
        });
    }
}
