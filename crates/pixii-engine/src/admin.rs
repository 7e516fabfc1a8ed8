//! What operators are told: which keys are used most, and what was consumed.

use crate::catalog::{InsightRule, TableRecord};
use crate::engine::Engine;
use crate::env::Micros;
use crate::keyspace::{self, Counter, DataPath, Key};
use crate::operation::missing_index;
use crate::read::rows;
use crate::table::{DataId, Index, IndexKind, Table};
use crate::throughput::usage::{HourRow, MinuteNumber, MinuteUsage};
use crate::write::transact::counter;
use pixii_model::admin::{
    Administration, ContributorReport, HourUsage, KeyValue, ResourceUsage, RuleReport, Since, TopKeysReport,
    TopKeysRequest, UnitsUsed, UsageReport, UsageRequest,
};
use pixii_model::table::{ContributorInsightsStatus, TableClass};
use pixii_model::{ApiError, AttributeValue, Item};
use pixii_store::{Freshness, Read, Store, StoreError};
use std::collections::BTreeMap;

impl<S: Store> Administration for Engine<S> {
    async fn top_keys(&self, request: TopKeysRequest) -> Result<TopKeysReport, ApiError> {
        let record = self.record(&request.table_name).await?;
        let table = record.table();
        let (path, insights) = match &request.index_name {
            None => (DataPath::Table(&table), record.insights),
            Some(name) => {
                let found = table.index(name).filter(|index| index.kind == IndexKind::Global);
                let index = found.ok_or_else(|| missing_index(&record.name, name))?;
                let insights = record.index(name).and_then(|index| index.insights);
                (DataPath::Index(&table, index), insights)
            }
        };
        let (now, delay) = (self.env.now(), self.settings.transition_delay);
        let oldest = now.0.saturating_sub(request.minutes.saturating_sub(1).saturating_mul(60_000_000));
        let mut report = TopKeysReport {
            table_name: record.name.clone(),
            index_name: request.index_name.clone(),
            contributor_insights_status: ContributorInsightsStatus::Disabled,
            contributor_insights_mode: None,
            from: MinuteNumber::at(Micros(oldest)).start().seconds(),
            to: now.seconds(),
            rules: Vec::new(),
        };
        let Some(insights) = insights else { return Ok(report) };
        report.contributor_insights_status = insights.status(now, delay);
        report.contributor_insights_mode = Some(insights.mode);
        if !insights.is_live() {
            return Ok(report);
        }
        // What was counted before they were last turned on is not theirs to tell; before this process began nothing was.
        let since = Micros(oldest.max(insights.rules_made.0));
        report.from = report.from.max(since.max(self.meters.began()).seconds());
        let contributors = self.used_meter(path).and_then(|meter| meter.contributors());
        for rule in InsightRule::of(insights.mode, path.key_schema()) {
            let top = contributors.as_ref().map(|all| all.top(rule, since, now, request.keys_max));
            let top = top.unwrap_or_default();
            let scale = rule.unit();
            let contributors = top.keys.iter().filter_map(|key| {
                Some(ContributorReport {
                    key: key_values(&keyspace::contributor_key(path, &key.part)?),
                    value: key.count as f64 * scale,
                    busiest_minute: key.busiest_minute as f64 * scale,
                })
            });
            report.rules.push(RuleReport {
                rule: rule.code().to_owned(),
                name: insights.rule_name(rule, &record.name, request.index_name.as_deref()),
                total: top.total as f64 * scale,
                error: top.error as f64 * scale,
                contributors: contributors.collect(),
            });
        }
        Ok(report)
    }

    async fn usage(&self, request: UsageRequest) -> Result<UsageReport, ApiError> {
        // What is told is what is stored, so what is not yet stored goes there first.
        self.save_usage().await?;
        let record = self.record(&request.table_name).await?;
        let table = record.table();
        let to = self.env.now().seconds();
        let wanted = match request.since {
            Since::Ever => None,
            Since::At(time) => Some(time),
            Since::Ago(seconds) => Some(to.saturating_sub(seconds)),
        };
        let since = MinuteNumber(wanted.unwrap_or(0) / 60);
        let report = self.read(|| async {
            let snapshot = self.store.snapshot(Freshness::Latest).await?;
            usage(&snapshot, &record, &table, since).await
        });
        let (first, resources) = report.await?;
        Ok(UsageReport {
            table_name: record.name.clone(),
            table_class: record.table_class.map_or(TableClass::Standard, |chosen| chosen.class),
            billing_mode: record.billing.mode,
            from: wanted.or(first.map(|first| first.start().seconds())).unwrap_or(to).min(to),
            to,
            resources,
        })
    }
}

/// What was consumed of a table and its global indexes, and the first minute of it.
async fn usage(
    read: &impl Read,
    record: &TableRecord,
    table: &Table,
    since: MinuteNumber,
) -> Result<(Option<MinuteNumber>, Vec<ResourceUsage>), StoreError> {
    let global = |index: &&Index| index.kind == IndexKind::Global;
    let indexes = table.indexes.iter().filter(global).map(|index| (Some(index.name.clone()), index.id));
    let local = table.indexes.iter().filter(|index| !global(index)).map(|index| index.id);
    let local: Vec<DataId> = local.collect();
    let mut first = None;
    let mut resources = Vec::new();
    for (index_name, id) in [(None, record.id)].into_iter().chain(indexes) {
        let mut resource = ResourceUsage { index_name, ..ResourceUsage::default() };
        let with_it: &[DataId] = if id == record.id { &local } else { &[] };
        for id in [id].iter().chain(with_it) {
            let count = |kind| async move {
                Ok::<_, StoreError>(counter(read.get(&keyspace::counter(*id, kind)).await?.as_deref()))
            };
            resource.item_count += count(Counter::Items).await?;
            resource.size_bytes += count(Counter::Bytes).await?;
        }
        for (key, value) in rows(read, keyspace::usage_since(id, since.hour())).await? {
            let Some(Key::Usage { hour, .. }) = Key::parse(&key) else { continue };
            let row = HourRow::from_stored(&value)?;
            let minute = |(minute, usage)| (MinuteNumber::of_hour(hour, minute), usage);
            let minutes = row.minutes.into_iter().map(minute).filter(|(minute, _)| *minute >= since);
            for (minute, usage) in minutes {
                first = Some(first.unwrap_or(minute).min(minute));
                add_minute(&mut resource, MinuteNumber::of_hour(hour, 0).start(), usage);
            }
        }
        resources.push(resource);
    }
    Ok((first, resources))
}

fn add_minute(resource: &mut ResourceUsage, hour: Micros, usage: MinuteUsage) {
    let total = UnitsUsed { read_units: usage.read.values().sum(), write_units: usage.write.values().sum() };
    for (operation, units) in usage.read {
        resource.operations.entry(operation).or_default().read_units += units;
    }
    for (operation, units) in usage.write {
        resource.operations.entry(operation).or_default().write_units += units;
    }
    let start = hour.seconds();
    if resource.hours.last().is_none_or(|last| last.start != start) {
        resource.hours.push(HourUsage { start, ..HourUsage::default() });
    }
    let hour = resource.hours.last_mut().expect("there is an hour now");
    hour.total.read_units += total.read_units;
    hour.total.write_units += total.write_units;
    hour.busiest_minute.read_units = hour.busiest_minute.read_units.max(total.read_units);
    hour.busiest_minute.write_units = hour.busiest_minute.write_units.max(total.write_units);
}

fn key_values(key: &Item) -> BTreeMap<String, KeyValue> {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => KeyValue::S(text.clone()),
        AttributeValue::N(number) => KeyValue::N(number.to_string()),
        AttributeValue::B(bytes) => KeyValue::B(base64_simd::STANDARD.encode_to_string(bytes)),
        _ => unreachable!("a key attribute is a string, a number or binary"),
    };
    key.iter().map(|(name, attribute)| (name.clone(), value(attribute))).collect()
}
