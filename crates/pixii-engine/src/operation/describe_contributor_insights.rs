//! DescribeContributorInsights.

use super::update_contributor_insights::missing_index;
use crate::catalog::{InsightRule, timestamp};
use crate::engine::Engine;
use crate::table::IndexKind;
use pixii_model::operation::{
    DescribeContributorInsights, DescribeContributorInsightsInput, DescribeContributorInsightsOutput, Execute,
};
use pixii_model::table::insights::ContributorInsightsStatus;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeContributorInsights> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeContributorInsightsInput,
    ) -> Result<DescribeContributorInsightsOutput, ApiError> {
        let record = self.record(&input.table_name).await?;
        let (schema, insights) = match &input.index_name {
            None => (&record.key_schema, record.insights),
            Some(name) => {
                let index = record.index(name).filter(|index| index.kind == IndexKind::Global);
                let index = index.ok_or_else(|| missing_index(&record.name, name))?;
                (&index.key_schema, index.insights)
            }
        };
        let (table_name, index_name) = (record.name.clone(), input.index_name);
        let Some(insights) = insights else {
            let status = ContributorInsightsStatus::Disabled;
            return Ok(DescribeContributorInsightsOutput {
                table_name,
                index_name,
                status,
                ..Default::default()
            });
        };
        let (now, delay) = (self.env.now(), self.settings.transition_delay);
        let status = insights.status(now, delay);
        let rules = (status == ContributorInsightsStatus::Enabled).then(|| {
            let name = |rule| insights.rule_name(rule, &table_name, index_name.as_deref());
            InsightRule::of(insights.mode, schema).map(name).collect()
        });
        Ok(DescribeContributorInsightsOutput {
            status,
            mode: Some(insights.mode),
            rules,
            last_update_date_time: Some(timestamp(insights.last_updated(now, delay))),
            failure: insights.failure(now, delay),
            table_name,
            index_name,
        })
    }
}
