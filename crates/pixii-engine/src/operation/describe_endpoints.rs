//! DescribeEndpoints.

use crate::engine::Engine;
use pixii_model::operation::{DescribeEndpoints, DescribeEndpointsInput, DescribeEndpointsOutput, Execute};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

/// For how long AWS lets clients remember the endpoint: a day.
const CACHE_PERIOD_IN_MINUTES: i64 = 1440;

impl<S: Store> Execute<DescribeEndpoints> for Engine<S> {
    async fn execute(
        &self,
        context: &RequestContext,
        _: DescribeEndpointsInput,
    ) -> Result<DescribeEndpointsOutput, ApiError> {
        // Where the client came is where it can come again.
        let address = match &context.host {
            Some(host) => host.to_string(),
            None => format!("dynamodb.{}.amazonaws.com", self.settings.region),
        };
        Ok(DescribeEndpointsOutput { address, cache_period_in_minutes: CACHE_PERIOD_IN_MINUTES })
    }
}
