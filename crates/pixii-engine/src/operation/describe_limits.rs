//! DescribeLimits.

use crate::engine::Engine;
use pixii_model::limits::{ACCOUNT_CAPACITY_UNITS_MAX, TABLE_CAPACITY_UNITS_MAX};
use pixii_model::operation::{DescribeLimits, DescribeLimitsInput, DescribeLimitsOutput, Execute};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeLimits> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        _: DescribeLimitsInput,
    ) -> Result<DescribeLimitsOutput, ApiError> {
        Ok(DescribeLimitsOutput {
            account_max_read_capacity_units: ACCOUNT_CAPACITY_UNITS_MAX,
            account_max_write_capacity_units: ACCOUNT_CAPACITY_UNITS_MAX,
            table_max_read_capacity_units: TABLE_CAPACITY_UNITS_MAX,
            table_max_write_capacity_units: TABLE_CAPACITY_UNITS_MAX,
        })
    }
}
