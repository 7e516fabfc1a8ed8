//! DescribeScalableTargets.

use crate::engine::Engine;
use crate::keyspace;
use crate::scaling::page::{Page, RESULTS_MAX};
use pixii_model::operation::{
    DescribeScalableTargets, DescribeScalableTargetsInput, DescribeScalableTargetsOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeScalableTargets> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeScalableTargetsInput,
    ) -> Result<DescribeScalableTargetsOutput, ApiError> {
        input.filter.check("ResourceIds")?;
        let page = Page::new(input.max_results, input.next_token.as_deref(), RESULTS_MAX)?;
        let targets = self.scalable_targets().await?;
        let wanted = targets.iter().filter(|(id, _)| input.filter.admits(id));
        let described = wanted.map(|(id, record)| {
            (keyspace::scalable_target(id).to_vec(), record.describe(id, &self.settings))
        });
        let (scalable_targets, next_token) = page.take(described);
        Ok(DescribeScalableTargetsOutput { scalable_targets, next_token })
    }
}
