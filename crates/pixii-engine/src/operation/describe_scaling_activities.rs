//! DescribeScalingActivities.

use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace::{self, Key};
use crate::scaling::ActivityRecord;
use crate::scaling::activity::{ActivityKey, KEPT};
use crate::scaling::page::{Page, RESULTS_MAX};
use pixii_model::error::ScalingFault;
use pixii_model::operation::{
    DescribeScalingActivities, DescribeScalingActivitiesInput, DescribeScalingActivitiesOutput, Execute,
};
use pixii_model::scaling::ScalingActivity;
use pixii_model::scaling::target::TargetFilter;
use pixii_model::{ApiError, RequestContext};
use pixii_store::{Direction, Freshness, Read, ScanLimit, Store, StoreError};

/// How many activities are looked at together.
const STEP: ScanLimit = ScanLimit { entries: 100, bytes: 1 << 20 };

impl<S: Store> Execute<DescribeScalingActivities> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: DescribeScalingActivitiesInput,
    ) -> Result<DescribeScalingActivitiesOutput, ApiError> {
        input.filter.check("ResourceId")?;
        let page = Page::new(input.max_results, input.next_token.as_deref(), RESULTS_MAX)?;
        let is_place = |place: &Vec<u8>| matches!(Key::parse(place), Some(Key::ScalingActivity { .. }));
        if page.after.as_ref().is_some_and(|place| !is_place(place)) {
            return Err(ScalingFault::NextToken.into());
        }
        let (scaling_activities, next_token) = self.read(|| self.activities(&input.filter, &page)).await?;
        Ok(DescribeScalingActivitiesOutput { scaling_activities, next_token })
    }
}

impl<S: Store> Engine<S> {
    /// A page of activities, latest first, and the token for the next.
    async fn activities(
        &self,
        filter: &TargetFilter,
        page: &Page,
    ) -> Result<(Vec<ScalingActivity>, Option<String>), StoreError> {
        let kept_from = Micros(self.env.now().0.saturating_sub(KEPT.as_micros() as u64));
        let mut range = keyspace::scaling_activities();
        range.start = keyspace::scaling_activity(kept_from, 0);
        if let Some(after) = &page.after {
            range.end = Some(after.clone().into());
        }
        let (mut found, mut last) = (Vec::new(), Vec::new());
        let snapshot = self.store.snapshot(Freshness::Latest).await?;
        loop {
            let chunk = snapshot.scan(&range, Direction::Backward, STEP).await?;
            for (key, value) in &chunk.entries {
                let Some(Key::ScalingActivity { time, id }) = Key::parse(key) else { continue };
                let activity = ActivityRecord::from_stored(value)?.describe(ActivityKey { time, id });
                let Some(activity) = activity.filter(|activity| filter.admits(&activity.target)) else {
                    continue;
                };
                if found.len() == page.limit {
                    let token = (page.limit > 0).then(|| Page::token(&last));
                    return Ok((found, token));
                }
                found.push(activity);
                last = key.to_vec();
            }
            match chunk.entries.last() {
                Some((earliest, _)) if chunk.more => range.end = Some(earliest.clone()),
                _ => return Ok((found, None)),
            }
        }
    }
}
