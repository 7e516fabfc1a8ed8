//! DescribeScheduledActions.

use crate::engine::Engine;
use crate::keyspace;
use crate::scaling::page::{Page, RESULTS_MAX};
use pixii_model::operation::{
    DescribeScheduledActions, DescribeScheduledActionsInput, DescribeScheduledActionsOutput, Execute,
};
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<DescribeScheduledActions> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeScheduledActionsInput,
    ) -> Result<DescribeScheduledActionsOutput, ApiError> {
        input.filter.check("ResourceId")?;
        let page = Page::new(input.max_results, input.next_token.as_deref(), RESULTS_MAX)?;
        let targets = self.scalable_targets().await?;
        let names = &input.scheduled_action_names;
        let actions = targets.iter().filter(|(id, _)| input.filter.admits(id)).flat_map(|(id, record)| {
            let wanted = record.actions.iter().filter(|(name, _)| names.is_empty() || names.contains(name));
            wanted.map(move |(name, action)| {
                let place = [&keyspace::scalable_target(id)[..], name.as_bytes()].concat();
                (place, record.describe_action(id, name, action, &self.settings))
            })
        });
        let (scheduled_actions, next_token) = page.take(actions);
        Ok(DescribeScheduledActionsOutput { scheduled_actions, next_token })
    }
}
