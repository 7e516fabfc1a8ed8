//! DescribeScalingPolicies.

use crate::engine::Engine;
use crate::keyspace;
use crate::scaling::page::{POLICIES_MAX, Page};
use pixii_model::operation::{
    DescribeScalingPolicies, DescribeScalingPoliciesInput, DescribeScalingPoliciesOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeScalingPolicies> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeScalingPoliciesInput,
    ) -> Result<DescribeScalingPoliciesOutput, ApiError> {
        input.filter.check("ResourceId")?;
        let page = Page::new(input.max_results, input.next_token.as_deref(), POLICIES_MAX)?;
        let targets = self.scalable_targets().await?;
        let is_wanted = |name: &String| input.policy_names.is_empty() || input.policy_names.contains(name);
        let policies = targets.iter().filter(|(id, _)| input.filter.admits(id)).filter_map(|(id, record)| {
            let policy = record.describe_policy(id, &self.settings)?;
            is_wanted(&policy.name).then(|| (keyspace::scalable_target(id).to_vec(), policy))
        });
        let (scaling_policies, next_token) = page.take(policies);
        Ok(DescribeScalingPoliciesOutput { scaling_policies, next_token })
    }
}
