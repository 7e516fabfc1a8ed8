//! Scales what is provisioned: tells what was consumed, and takes scalable targets further.
//!
//! Nothing is done while nothing is to be scaled. Otherwise there is one small transaction for each target with a policy in each
//! period, and what the decisions ask for.

use super::{Next, SHARED_ROUND};
use crate::catalog::{Change, Found as FoundTable, TableRecord, Update, read_record};
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace;
use crate::scaling::activity::KEPT;
use crate::scaling::{
    ActivityRecord, Advance, Pending, Point, TargetChange, TargetRecord, advance, finish, provisioned,
};
use crate::table::DataId;
use parking_lot::Mutex;
use pixii_model::ApiError;
use pixii_model::error::{Flow, ScalingFault};
use pixii_model::operation::UpdateTableInput;
use pixii_model::scaling::ScalableTargetId;
use pixii_model::table::{
    GlobalSecondaryIndexUpdate, ProvisionedThroughput, TableStatus, UpdateGlobalSecondaryIndexAction,
};
use pixii_store::{Direction, Freshness, Read, ScanLimit, Store, Transaction};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How soon to look again at a change that is under way.
const PENDING_ROUND: Duration = Duration::from_millis(500);
/// After how many periods without a word a process begins anew to tell what was consumed.
const UNTOLD_PERIODS_MAX: u64 = 16;
/// How many activities are forgotten at a time.
const FORGET_STEP: ScanLimit = ScanLimit { entries: 100, bytes: 1 << 20 };

/// How far scaling has come.
#[derive(Debug, Default)]
pub(super) struct Scaling {
    /// When to look again at what is to be scaled, in microseconds.
    due: AtomicU64,
    told: Mutex<Option<Told>>,
}

/// What this process has told of what was consumed through it.
#[derive(Debug)]
struct Told {
    /// The first period that it has not told of.
    next: u64,
    /// Half units, by table or index, at that time.
    taken: HashMap<(DataId, bool), i64>,
}

impl Scaling {
    pub(super) fn wake(&self) {
        self.due.store(0, Ordering::Relaxed);
    }
}

/// A target, and what is stored of its table.
struct Subject {
    id: ScalableTargetId,
    record: TargetRecord,
    table: Option<TableRecord>,
}

/// What became of a change of a table.
enum Fulfilment {
    /// The table is so, and ACTIVE.
    Done,
    /// It is on its way.
    UnderWay,
}

impl<S: Store> Engine<S> {
    /// Takes all scalable targets further, if it is time to.
    pub(super) async fn scaling_step(&self) -> Result<Next, ApiError> {
        let now = self.env.now();
        let due = &self.tasks.scaling.due;
        if due.load(Ordering::Relaxed) > now.0 {
            return Ok(Next::At(Micros(due.load(Ordering::Relaxed))));
        }
        // Whoever changes something meanwhile makes it due again.
        due.store(u64::MAX, Ordering::Relaxed);
        let next = match self.scale().await {
            Ok(next) => next,
            Err(error) => {
                due.store(now.0, Ordering::Relaxed);
                return Err(error);
            }
        };
        due.fetch_min(next.0, Ordering::Relaxed);
        Ok(Next::At(Micros(due.load(Ordering::Relaxed))))
    }

    /// Takes all scalable targets further. Answers when to do so again.
    async fn scale(&self) -> Result<Micros, ApiError> {
        let now = self.env.now();
        let subjects = self.subjects().await?;
        let mut next = if self.store.shared() { now.after(SHARED_ROUND) } else { Micros(u64::MAX) };
        let points = self.untold(&subjects);
        let mut failed = Ok(());
        for (subject, points) in subjects.into_iter().zip(points) {
            // One that fails must not cost the others what was consumed of them: that is told once.
            match self.scale_target(subject, &points).await {
                Ok(again) => next = next.min(again),
                Err(error) => failed = Err(error),
            }
        }
        failed?;
        // Last, since it answers when the oldest of them is old enough.
        Ok(next.min(self.forget_activities().await?))
    }

    async fn subjects(&self) -> Result<Vec<Subject>, ApiError> {
        let mut subjects = Vec::new();
        for (id, record) in self.scalable_targets().await? {
            let read = || async {
                let snapshot = self.store.snapshot(Freshness::Latest).await?;
                read_record(&snapshot, &id.table).await
            };
            let table = self.read(read).await?;
            subjects.push(Subject { id, record, table });
        }
        Ok(subjects)
    }

    fn period_micros(&self) -> u64 {
        self.settings.scaling_period.as_micros().max(1) as u64
    }

    /// The period that is running.
    fn period(&self) -> u64 {
        self.env.now().0 / self.period_micros()
    }

    /// What was consumed by each of these targets in the periods that have ended since this was last asked. What was consumed in
    /// several is taken to have been consumed evenly.
    fn untold(&self, subjects: &[Subject]) -> Vec<Vec<Point>> {
        let mut told = self.tasks.scaling.told.lock();
        if subjects.is_empty() {
            *told = None;
            return Vec::new();
        }
        let period = self.period();
        let taken = |subject: &Subject| {
            let id = data_id(&subject.id, subject.table.as_ref()?)?;
            Some(((id, subject.id.flow == Flow::Write), self.meters.half_units_taken(id, subject.id.flow)))
        };
        let now_taken: Vec<_> = subjects.iter().map(taken).collect();
        let kept = |taken: &[Option<((DataId, bool), i64)>]| taken.iter().copied().flatten().collect();
        let known = told.as_ref().filter(|told| period.saturating_sub(told.next) <= UNTOLD_PERIODS_MAX);
        let Some(before) = known else {
            *told = Some(Told { next: period, taken: kept(&now_taken) });
            return subjects.iter().map(|_| Vec::new()).collect();
        };
        if period <= before.next {
            // Of a target that is new, what it consumed before does not count.
            let told = told.as_mut().expect("it was there a moment ago");
            for (key, taken) in now_taken.into_iter().flatten() {
                told.taken.entry(key).or_insert(taken);
            }
            return subjects.iter().map(|_| Vec::new()).collect();
        }
        let periods = before.next..period;
        let share = |taken: &Option<((DataId, bool), i64)>| -> Vec<Point> {
            let Some((key, taken)) = taken else { return Vec::new() };
            let Some(before) = before.taken.get(key) else { return Vec::new() };
            let consumed = (taken - before).max(0);
            let count = (periods.end - periods.start) as i64;
            let part = |at: i64| consumed * (at + 1) / count - consumed * at / count;
            periods.clone().zip(0..).map(|(period, at)| Point { period, half_units: part(at) }).collect()
        };
        let points = now_taken.iter().map(share).collect();
        *told = Some(Told { next: period, taken: kept(&now_taken) });
        points
    }

    /// Takes a target further. Answers when to do so again.
    async fn scale_target(&self, subject: Subject, points: &[Point]) -> Result<Micros, ApiError> {
        let Subject { id, record, table } = subject;
        let now = self.env.now();
        let action_due = record.actions.values().any(|action| action.next.is_some_and(|next| next <= now));
        let mut record = record;
        // What was consumed of a table that is gone says nothing of the one that comes.
        let stale = !record.tracking.points.is_empty() && provisioned(&id, table.as_ref()).is_none();
        let tells = record.policy.is_some() && !points.is_empty();
        if action_due || record.bounds_changed || tells || stale {
            // Where others tell of what was consumed, too, they get a period to do so.
            let lag = if self.store.shared() { 2 } else { 1 };
            let last = self.period().saturating_sub(lag);
            let (engine, of) = (self.clone(), id.clone());
            let decide = move |mut found: crate::scaling::Found| {
                let Some(mut record) = found.targets.pop().flatten() else {
                    return Ok(TargetChange::one(None, None));
                };
                let with = Advance {
                    id: &of,
                    table: found.table.as_ref(),
                    points,
                    last,
                    period: engine.settings.scaling_period,
                    now: found.now,
                    env: &engine.env,
                };
                let activities = advance(&mut record, &with);
                Ok(TargetChange { targets: vec![Some(record.clone())], activities, answer: Some(record) })
            };
            match self.change_targets(std::slice::from_ref(&id), decide).await? {
                Some(advanced) => record = advanced,
                None => return Ok(Micros(u64::MAX)),
            }
        }
        if let Some(pending) = record.pending.clone() {
            record.pending = self.fulfil(&id, pending).await?;
        }
        Ok(self.next_look(&record, table.as_ref()))
    }

    /// When there is something to do for a target again.
    fn next_look(&self, record: &TargetRecord, table: Option<&TableRecord>) -> Micros {
        let now = self.env.now();
        let mut next = Micros(u64::MAX);
        if let Some(action) = record.actions.values().filter_map(|action| action.next).min() {
            next = next.min(action);
        }
        if record.policy.is_some() {
            next = next.min(Micros((self.period() + 1) * self.period_micros()));
        }
        if record.pending.is_some() || (record.bounds_changed && table.is_some()) {
            next = next.min(now.after(PENDING_ROUND));
        }
        next
    }

    /// Takes a change of a table further. Answers it if it is still under way.
    async fn fulfil(&self, id: &ScalableTargetId, pending: Pending) -> Result<Option<Pending>, ApiError> {
        let refused = match self.provision(id, pending.capacity).await {
            Ok(Fulfilment::UnderWay) => return Ok(Some(pending)),
            Ok(Fulfilment::Done) => None,
            // Whatever is our own fault is tried again.
            Err(error @ (ApiError::Internal(_) | ApiError::Throttled)) => return Err(error),
            // Somebody else changes the table: it will be our turn.
            Err(ApiError::ResourceInUse(_)) => return Ok(Some(pending)),
            Err(error) => Some(error),
        };
        let read = || async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            let key = keyspace::scaling_activity(pending.activity.time, pending.activity.id);
            snapshot.get(&key).await?.map(|value| ActivityRecord::from_stored(&value)).transpose()
        };
        let activity = self.read(read).await?;
        let (of, ended, is_refused) = (id.clone(), pending.clone(), refused.is_some());
        let decide = move |mut found: crate::scaling::Found| {
            let Some(mut record) = found.targets.pop().flatten() else {
                return Ok(TargetChange::one(None, ()));
            };
            let mut activities = Vec::new();
            // Another process may have been faster.
            if record.pending.as_ref() == Some(&ended) {
                match activity.clone() {
                    Some(activity) => {
                        activities.extend(finish(&mut record, &of, activity, refused.as_ref(), found.now));
                    }
                    None => record.pending = None,
                }
            }
            Ok(TargetChange { targets: vec![Some(record)], activities, answer: () })
        };
        self.change_targets(std::slice::from_ref(id), decide).await?;
        tracing::info!(
            resource = id.resource_id(),
            dimension = id.dimension(),
            capacity = pending.capacity,
            "{}",
            if is_refused { "could not be scaled" } else { "scaled" }
        );
        Ok(None)
    }

    /// Provisions so many units, as UpdateTable would.
    async fn provision(&self, id: &ScalableTargetId, capacity: i64) -> Result<Fulfilment, ApiError> {
        let quotas = self.quotas(&id.table).await?;
        let (id, delay) = (id.clone(), self.settings.transition_delay);
        let name = id.table.clone();
        let decide = move |found: FoundTable| {
            let missing = || ScalingFault::ResourceMissing { resource_id: id.resource_id() };
            let mut record = found.record.ok_or_else(missing)?;
            let throughput = match &id.index {
                None => &record.throughput,
                Some(index) => &record.index(index).ok_or_else(missing)?.throughput,
            };
            let now_units = units(id.flow, throughput.provisioned);
            let next_units = throughput.next.map(|next| units(id.flow, next));
            let settled = record.status == TableStatus::Active && next_units.is_none();
            if now_units == capacity && settled {
                return Ok(Change { record: Some(record), answer: Fulfilment::Done });
            }
            if next_units == Some(capacity) {
                return Ok(Change { record: Some(record), answer: Fulfilment::UnderWay });
            }
            let input = update_input(&id, throughput.provisioned, capacity);
            let update = Update {
                input: &input,
                now: found.now,
                delay,
                stream_id: found.first_id,
                index_id: found.first_id,
                kms_key_arn: None,
                quotas: quotas.as_ref(),
            };
            update.apply(&mut record)?;
            let is_done = record.due.is_some_and(|due| due <= found.now);
            let answer = if is_done { Fulfilment::Done } else { Fulfilment::UnderWay };
            Ok(Change { record: Some(record), answer })
        };
        self.change_table(&name, 0, decide).await
    }

    /// Forgets activities that are older than they are kept. Answers when there will be more.
    async fn forget_activities(&self) -> Result<Micros, ApiError> {
        let now = self.env.now();
        let kept_from = Micros(now.0.saturating_sub(KEPT.as_micros() as u64));
        let attempt = || async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            let old = keyspace::scaling_activities_before(kept_from);
            let old = snapshot.scan(&old, Direction::Forward, FORGET_STEP).await?;
            let keys: Vec<_> = old.entries.into_iter().map(|(key, _)| key).collect();
            if !keys.is_empty() {
                let mut transaction = self.store.begin(&keys).await?;
                for key in keys {
                    transaction.clear(key);
                }
                transaction.commit().await?;
                return Ok(Some(now));
            }
            let one = ScanLimit { entries: 1, ..FORGET_STEP };
            let oldest = snapshot.scan(&keyspace::scaling_activities(), Direction::Forward, one).await?;
            Ok(oldest.entries.first().and_then(|(key, _)| match keyspace::Key::parse(key) {
                Some(keyspace::Key::ScalingActivity { time, .. }) => {
                    Some(time.after(KEPT + Duration::from_secs(1)))
                }
                _ => None,
            }))
        };
        Ok(self.read(attempt).await?.unwrap_or(Micros(u64::MAX)))
    }
}

/// What a target's data is keyed by.
fn data_id(id: &ScalableTargetId, table: &TableRecord) -> Option<DataId> {
    match &id.index {
        None => Some(table.id),
        Some(name) => table.index(name).map(|index| index.id),
    }
}

fn units(flow: Flow, throughput: ProvisionedThroughput) -> i64 {
    match flow {
        Flow::Read => throughput.read_capacity_units,
        Flow::Write => throughput.write_capacity_units,
    }
}

/// The UpdateTable that changes the reads or the writes of a target and leaves the others as they are.
fn update_input(id: &ScalableTargetId, current: ProvisionedThroughput, capacity: i64) -> UpdateTableInput {
    let wanted = match id.flow {
        Flow::Read => ProvisionedThroughput { read_capacity_units: capacity, ..current },
        Flow::Write => ProvisionedThroughput { write_capacity_units: capacity, ..current },
    };
    let mut input = UpdateTableInput { table_name: id.table.clone(), ..UpdateTableInput::default() };
    match &id.index {
        None => input.provisioned_throughput = Some(wanted),
        Some(index) => {
            let update = UpdateGlobalSecondaryIndexAction {
                index_name: index.clone(),
                provisioned_throughput: Some(wanted),
                ..UpdateGlobalSecondaryIndexAction::default()
            };
            let update = GlobalSecondaryIndexUpdate { update: Some(update), ..Default::default() };
            input.global_secondary_index_updates = Some(vec![update]);
        }
    }
    input
}
