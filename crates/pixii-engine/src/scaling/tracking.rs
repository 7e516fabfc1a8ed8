//! Target tracking, pure: from what was consumed of late to what is to be provisioned.
//!
//! As AWS's alarms for DynamoDB have it: out when consumption was above the target in two periods in a row, in when it was
//! 20 percentage points below the target in fifteen (half the target, where that is less than 40: AWS does not say). What is
//! compared with is what is provisioned now. Scaling out follows the last period, scaling in the highest of the fifteen. A few
//! periods that nobody told of, as when the server was not running, are passed over.

use super::record::PolicyRecord;
use crate::env::Micros;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many periods in a row must be above the target to scale out.
const PERIODS_HIGH: u64 = 2;
/// How many must be well below it to scale in.
const PERIODS_LOW: u64 = 15;
/// How many periods that are not known are passed over.
const PERIODS_MISSING_MAX: u64 = 5;
/// How many periods are kept: one more than are looked at, since the last may still be told of.
const PERIODS_KEPT: u64 = PERIODS_LOW + PERIODS_MISSING_MAX + 1;

/// What was consumed of late, and when it was scaled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// Consumption by period, oldest first.
    pub points: Vec<Point>,
    /// The period that was judged last.
    pub judged: u64,
    /// When it was last scaled out, and by how much.
    pub scaled_out: Option<Scaled>,
    /// When it was last scaled in.
    pub scaled_in: Option<Scaled>,
}

/// What was consumed in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Its number: how many periods were over since 1970 when it began.
    pub period: u64,
    /// Half units, as an eventually consistent read takes them.
    pub half_units: i64,
}

/// A step of scaling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scaled {
    /// When.
    pub time: Micros,
    /// By how many units.
    pub by: i64,
}

/// Out or in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To more.
    Out,
    /// To less.
    In,
}

/// What is to be judged, and by what.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The policy.
    pub policy: &'a PolicyRecord,
    /// What is provisioned.
    pub capacity: i64,
    /// The least that may be.
    pub min: i64,
    /// The most.
    pub max: i64,
    /// How long a period is.
    pub period: Duration,
    /// The last period to look at.
    pub last: u64,
    /// The time.
    pub now: Micros,
}

impl Tracking {
    /// Adds what was consumed in a period.
    pub fn add(&mut self, point: Point) {
        match self.points.binary_search_by_key(&point.period, |known| known.period) {
            Ok(at) => self.points[at].half_units += point.half_units,
            Err(at) => self.points.insert(at, point),
        }
        let newest = self.points.last().map_or(0, |point| point.period);
        self.points.retain(|point| point.period + PERIODS_KEPT > newest);
    }

    /// Forgets what was consumed: it says nothing of what comes.
    pub fn forget(&mut self) {
        self.points.clear();
    }

    /// What is to be provisioned instead of what is, and which way that goes.
    pub fn judge(&self, question: Question<'_>) -> Option<(Direction, i64)> {
        self.out(question)
            .map(|capacity| (Direction::Out, capacity))
            .or_else(|| self.r#in(question).map(|capacity| (Direction::In, capacity)))
    }

    fn out(&self, question: Question<'_>) -> Option<i64> {
        let Question { policy, capacity, max, now, .. } = question;
        let rates = self.rates(question, PERIODS_HIGH)?;
        let high = capacity as f64 * policy.target_value / 100.0;
        if rates.iter().any(|rate| *rate <= high) {
            return None;
        }
        let wanted = question.capacity_for(*rates.last()?).min(max);
        let by = wanted - capacity;
        let resting = self.scaled_out.filter(|last| cooling(last.time, policy.scale_out_cooldown, now));
        // While it rests, only a larger step than the last is made.
        (by > 0 && resting.is_none_or(|last| by > last.by)).then_some(wanted)
    }

    fn r#in(&self, question: Question<'_>) -> Option<i64> {
        let Question { policy, capacity, min, now, .. } = question;
        if policy.disable_scale_in == Some(true) {
            return None;
        }
        let rates = self.rates(question, PERIODS_LOW)?;
        let low = capacity as f64 * low_target(policy.target_value) / 100.0;
        let highest = rates.iter().copied().fold(0.0, f64::max);
        let rests = self.scaled_in.is_some_and(|last| cooling(last.time, policy.scale_in_cooldown, now));
        if highest >= low || rests {
            return None;
        }
        let wanted = question.capacity_for(highest).max(min);
        (wanted < capacity).then_some(wanted)
    }

    /// Units a second in the last so many periods that are known, oldest first; `None` if too many are not, or the last.
    fn rates(&self, question: Question<'_>, periods: u64) -> Option<Vec<f64>> {
        let known = &self.points[..self.points.partition_point(|point| point.period <= question.last)];
        let first = known.len().checked_sub(periods as usize)?;
        let (oldest, newest) = (known[first].period, known.last()?.period);
        if newest != question.last || newest - oldest >= periods + PERIODS_MISSING_MAX {
            return None;
        }
        let seconds = question.period.as_secs_f64();
        Some(known[first..].iter().map(|point| point.half_units as f64 / 2.0 / seconds).collect())
    }
}

impl Question<'_> {
    /// Of how many units that consumption is the target utilization.
    fn capacity_for(&self, rate: f64) -> i64 {
        // What comes to a whole number but for the rounding of doubles is that number.
        let capacity = (rate * 100.0 / self.policy.target_value - 1e-9).ceil() as i64;
        capacity.max(self.min).max(1)
    }
}

/// Below which utilization is too much provisioned, in percent.
fn low_target(target: f64) -> f64 {
    (target - 20.0).max(target / 2.0)
}

fn cooling(since: Micros, cooldown: Option<i32>, now: Micros) -> bool {
    // AWS takes negative ones, too.
    let seconds = u64::try_from(cooldown.unwrap_or(0)).unwrap_or(0);
    since.after(Duration::from_secs(seconds)) > now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> PolicyRecord {
        PolicyRecord {
            name: "p".to_owned(),
            created: Micros(0),
            target_value: 70.0,
            scale_out_cooldown: None,
            scale_in_cooldown: None,
            disable_scale_in: None,
            alarms: Default::default(),
        }
    }

    /// Judges so many units a second in each of the last minutes, with 100 units provisioned between 10 and 1,000.
    fn judged(
        policy: &PolicyRecord,
        rates: &[f64],
        change: impl FnOnce(&mut Tracking),
    ) -> Option<(Direction, i64)> {
        let mut tracking = Tracking::default();
        for (period, rate) in rates.iter().enumerate() {
            tracking.add(Point { period: period as u64 + 100, half_units: (rate * 120.0) as i64 });
        }
        change(&mut tracking);
        tracking.judge(Question {
            policy,
            capacity: 100,
            min: 10,
            max: 1000,
            period: Duration::from_secs(60),
            last: 99 + rates.len() as u64,
            now: Micros(1_000_000_000),
        })
    }

    #[test]
    fn two_periods_above_the_target_scale_out_to_what_the_last_needs() {
        for (rates, expect) in [
            (&[71.0, 140.0][..], Some(200)),
            (&[140.0, 71.0], Some(102)),
            (&[70.0, 140.0], None),
            (&[140.0], None),
            (&[140.0, 70.0], None),
            (&[1.0, 5000.0, 5000.0], Some(1000)),
        ] {
            let expect = expect.map(|capacity| (Direction::Out, capacity));
            assert_eq!(judged(&policy(), rates, |_| {}), expect, "{rates:?}");
        }
    }

    #[test]
    fn fifteen_periods_below_scale_in_to_what_the_highest_needs() {
        let mut rates = vec![20.0; 15];
        assert_eq!(judged(&policy(), &rates, |_| {}), Some((Direction::In, 29)));
        rates[3] = 49.0;
        assert_eq!(judged(&policy(), &rates, |_| {}), Some((Direction::In, 70)));
        rates[3] = 50.0;
        assert_eq!(judged(&policy(), &rates, |_| {}), None);
        assert_eq!(judged(&policy(), &[0.0; 15], |_| {}), Some((Direction::In, 10)));
        assert_eq!(judged(&policy(), &[0.0; 14], |_| {}), None);
        let never = PolicyRecord { disable_scale_in: Some(true), ..policy() };
        assert_eq!(judged(&never, &[0.0; 15], |_| {}), None);
    }

    #[test]
    fn a_few_periods_that_are_not_known_are_passed_over() {
        // So many periods, of which the ones before the last are not known.
        let judged_without = |rate: f64, periods: usize, missing: u64| {
            let gap = |tracking: &mut Tracking| {
                let last = 99 + periods as u64;
                tracking.points.retain(|point| point.period == last || point.period + missing < last);
            };
            judged(&policy(), &vec![rate; periods], gap)
        };
        assert_eq!(judged_without(0.0, 20, 5), Some((Direction::In, 10)));
        assert_eq!(judged_without(0.0, 19, 5), None);
        assert_eq!(judged_without(0.0, 21, 6), None);
        assert_eq!(judged_without(84.0, 7, 5), Some((Direction::Out, 120)));
        assert_eq!(judged_without(84.0, 8, 6), None);
        // The period that is judged must be known.
        let late = |tracking: &mut Tracking| tracking.points.truncate(15);
        assert_eq!(judged(&policy(), &[0.0; 16], late), None);
    }

    #[test]
    fn cooldowns_hold_back_the_same_way_and_smaller_steps_out() {
        let cooling = PolicyRecord { scale_out_cooldown: Some(60), scale_in_cooldown: Some(60), ..policy() };
        let at = |micros: u64, by: i64| Some(Scaled { time: Micros(micros), by });
        let recent = 1_000_000_000 - 59_000_000;
        let long_ago = 1_000_000_000 - 60_000_000;
        let out = |scaled| judged(&cooling, &[80.0, 84.0], |tracking| tracking.scaled_out = scaled);
        assert_eq!(out(at(recent, 20)), None);
        assert_eq!(out(at(recent, 19)), Some((Direction::Out, 120)));
        assert_eq!(out(at(long_ago, 500)), Some((Direction::Out, 120)));
        let r#in = |scaled| judged(&cooling, &[0.0; 15], |tracking| tracking.scaled_in = scaled);
        assert_eq!(r#in(at(recent, -1)), None);
        assert_eq!(r#in(at(long_ago, -1)), Some((Direction::In, 10)));
        // Scaling in does not hold back scaling out.
        let after_in = judged(&cooling, &[80.0, 84.0], |tracking| tracking.scaled_in = at(recent, -1));
        assert_eq!(after_in, Some((Direction::Out, 120)));
    }

    #[test]
    fn points_of_a_period_add_up_and_old_ones_go() {
        let mut tracking = Tracking::default();
        for period in [5, 6, 6, 4] {
            tracking.add(Point { period, half_units: 3 });
        }
        let points: Vec<_> = tracking.points.iter().map(|point| (point.period, point.half_units)).collect();
        assert_eq!(points, [(4, 3), (5, 3), (6, 6)]);
        tracking.add(Point { period: 26, half_units: 1 });
        assert_eq!(tracking.points.first().map(|point| point.period), Some(6));
    }
}
