//! DescribeTimeToLive.

use crate::engine::Engine;
use pixii_model::operation::{
    DescribeTimeToLive, DescribeTimeToLiveInput, DescribeTimeToLiveOutput, Execute,
};
use pixii_model::table::TimeToLiveStatus;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeTimeToLive> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeTimeToLiveInput,
    ) -> Result<DescribeTimeToLiveOutput, ApiError> {
        let setting = self.record(&input.table_name).await?.time_to_live;
        let (now, delay) = (self.env.now(), self.settings.transition_delay);
        let is_changing = setting.changed.is_some_and(|changed| changed.after(delay) > now);
        Ok(match (setting.attribute, is_changing) {
            (Some(attribute), changing) => DescribeTimeToLiveOutput {
                time_to_live_status: match changing {
                    true => TimeToLiveStatus::Enabling,
                    false => TimeToLiveStatus::Enabled,
                },
                attribute_name: Some(attribute),
            },
            (None, true) => DescribeTimeToLiveOutput {
                time_to_live_status: TimeToLiveStatus::Disabling,
                attribute_name: setting.previous,
            },
            (None, false) => DescribeTimeToLiveOutput {
                time_to_live_status: TimeToLiveStatus::Disabled,
                attribute_name: None,
            },
        })
    }
}
