//! All tables of the model, and what requests on them are answered.

use super::answer::Reason;
use super::table::{Decided, Refused, Units, read_units};
use super::{Change, Expected, Fault, Item, Path, ReturnValues, Table, Write, item_json, item_size, project};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// A single action of a batch or transaction: where, what, and whether a failed condition returns the item.
#[derive(Clone, Debug)]
pub struct Action {
    /// The table's name.
    pub table: String,
    /// What is wanted.
    pub write: Write,
    /// `ReturnValuesOnConditionCheckFailure: ALL_OLD`.
    pub returns_item: bool,
}

/// The tables there are, and the tokens of transactions that were written.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// By name.
    pub tables: BTreeMap<String, Table>,
    /// The request that each token came with.
    pub tokens: BTreeMap<String, Json>,
}

impl Model {
    /// The table of that name.
    pub fn table(&self, name: &str) -> &Table {
        &self.tables[name]
    }

    fn apply(&mut self, action: &Action, decided: &Decided) {
        let table = self.tables.get_mut(&action.table).expect("the table is there");
        table.set(&action.write.key, decided.after.clone());
    }

    /// PutItem, UpdateItem and DeleteItem.
    pub fn write(
        &mut self,
        action: &Action,
        returns: ReturnValues,
        consumed: &str,
        metrics: bool,
    ) -> Expected {
        let table = self.table(&action.table);
        let decided = match table.decide(&action.write) {
            Ok(decided) => decided,
            Err(Refused::Invalid(messages)) => return Expected::Fault(Fault::Validation(messages)),
            Err(Refused::ConditionFailed(found)) => {
                let item = found.filter(|_| action.returns_item);
                return Expected::Fault(Fault::ConditionFailed(item.as_ref().map(item_json)));
            }
        };
        let touched = match &action.write.change {
            Change::Update(update) => update.paths(),
            _ => Vec::new(),
        };
        let mut answer = json!({});
        if let Some(attributes) = decided.returned(returns, &touched) {
            answer["Attributes"] = attributes;
        }
        if consumed != "NONE" {
            let mut units = Units::default();
            units.add(&decided, 1.0);
            answer["ConsumedCapacity"] = units.to_json(&table.schema, consumed, None);
        }
        if let Some(metrics) = table.collection_metrics(&action.write.key).filter(|_| metrics) {
            answer["ItemCollectionMetrics"] = metrics;
        }
        self.apply(action, &decided);
        Expected::Answer(answer)
    }

    /// BatchWriteItem.
    pub fn batch_write(&mut self, actions: &[Action], consumed: &str, metrics: bool) -> Expected {
        let mut decided = Vec::new();
        let mut faults = std::collections::BTreeSet::new();
        for action in actions {
            match self.table(&action.table).decide(&action.write) {
                Ok(outcome) => decided.push(outcome),
                Err(Refused::Invalid(messages)) => faults.extend(messages),
                Err(Refused::ConditionFailed(_)) => unreachable!("a batch has no conditions"),
            }
        }
        if !faults.is_empty() {
            return Expected::Fault(Fault::Validation(faults));
        }
        let mut answer = json!({ "UnprocessedItems": {} });
        self.account(&mut answer, actions, &decided, 1.0, consumed, None, metrics);
        for (action, decided) in actions.iter().zip(&decided) {
            self.apply(action, decided);
        }
        Expected::Answer(answer)
    }

    /// TransactWriteItems; `request` is what a token stands for.
    pub fn transact_write(
        &mut self,
        actions: &[Action],
        token: Option<&str>,
        request: &Json,
        consumed: &str,
        metrics: bool,
    ) -> Expected {
        // The first action that is wrong on its own comes before all else, and leaves the others innocent.
        let shown = actions.iter().enumerate().find_map(|(at, action)| {
            match self.table(&action.table).check_shown(&action.write) {
                Err(Refused::Invalid(messages)) => Some((at, messages)),
                _ => None,
            }
        });
        if let Some((at, messages)) = shown {
            let mut reasons: Vec<Reason> = actions.iter().map(|_| Reason::None).collect();
            reasons[at] = Reason::Validation(messages);
            return Expected::Fault(Fault::Canceled(reasons));
        }
        if let Some(known) = token.and_then(|token| self.tokens.get(token)) {
            if known != request {
                return Expected::Fault(Fault::IdempotentParameterMismatch);
            }
            let keys: Vec<(&str, &Item)> =
                actions.iter().map(|action| (action.table.as_str(), &action.write.key)).collect();
            let mut answer = json!({});
            self.account_reads(&mut answer, &keys, consumed);
            return Expected::Answer(answer);
        }
        let mut decided = Vec::new();
        let mut reasons = Vec::new();
        for action in actions {
            reasons.push(match self.table(&action.table).decide(&action.write) {
                Ok(outcome) => {
                    decided.push(outcome);
                    Reason::None
                }
                Err(Refused::Invalid(messages)) => Reason::Validation(messages),
                Err(Refused::ConditionFailed(found)) => {
                    Reason::ConditionFailed(found.filter(|_| action.returns_item).as_ref().map(item_json))
                }
            });
        }
        if decided.len() < actions.len() {
            return Expected::Fault(Fault::Canceled(reasons));
        }
        let mut answer = json!({});
        self.account(&mut answer, actions, &decided, 2.0, consumed, Some("WriteCapacityUnits"), metrics);
        for (action, decided) in actions.iter().zip(&decided) {
            self.apply(action, decided);
        }
        if let Some(token) = token {
            self.tokens.insert(token.to_owned(), request.clone());
        }
        Expected::Answer(answer)
    }

    #[allow(clippy::too_many_arguments)]
    fn account(
        &self,
        answer: &mut Json,
        actions: &[Action],
        decided: &[Decided],
        factor: f64,
        consumed: &str,
        split: Option<&str>,
        metrics: bool,
    ) {
        let mut units: BTreeMap<&str, Units> = BTreeMap::new();
        let mut collections: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
        for (action, decided) in actions.iter().zip(decided) {
            units.entry(&action.table).or_default().add(decided, factor);
            if let Some(metrics) = self.table(&action.table).collection_metrics(&action.write.key) {
                let known = collections.entry(&action.table).or_default();
                if !known.contains(&metrics) {
                    known.push(metrics);
                }
            }
        }
        if consumed != "NONE" {
            let consumed = units
                .iter()
                .map(|(table, units)| units.to_json(&self.table(table).schema, consumed, split))
                .collect();
            answer["ConsumedCapacity"] = Json::Array(consumed);
        }
        if metrics && !collections.is_empty() {
            answer["ItemCollectionMetrics"] = json!(collections);
        }
    }

    fn account_reads(&self, answer: &mut Json, keys: &[(&str, &Item)], consumed: &str) {
        if consumed == "NONE" {
            return;
        }
        let mut units: BTreeMap<&str, Units> = BTreeMap::new();
        for (table, key) in keys {
            let size = self.table(table).get(key).map_or(0, item_size);
            units.entry(table).or_default().table += read_units(size, 2.0);
        }
        let consumed = units
            .iter()
            .map(|(table, units)| {
                units.to_json(&self.table(table).schema, consumed, Some("ReadCapacityUnits"))
            })
            .collect();
        answer["ConsumedCapacity"] = Json::Array(consumed);
    }

    /// GetItem.
    pub fn get(
        &self,
        table: &str,
        key: &Item,
        projection: Option<&[Path]>,
        consistent: bool,
        consumed: &str,
    ) -> Expected {
        let table = self.table(table);
        let found = table.get(key);
        let mut answer = json!({});
        if let Some(item) = found {
            answer["Item"] = projected(item, projection);
        }
        if consumed != "NONE" {
            let each = if consistent { 1.0 } else { 0.5 };
            let units = Units { table: read_units(found.map_or(0, item_size), each), ..Units::default() };
            answer["ConsumedCapacity"] = units.to_json(&table.schema, consumed, None);
        }
        Expected::Answer(answer)
    }

    /// BatchGetItem; `Responses` of a table in the order of the keys.
    pub fn batch_get(&self, requests: &BTreeMap<String, BatchGet>, consumed: &str) -> Expected {
        let mut responses = Map::new();
        let mut accounts = Vec::new();
        for (name, request) in requests {
            let table = self.table(name);
            let each = if request.consistent { 1.0 } else { 0.5 };
            let mut units = Units::default();
            let mut items = Vec::new();
            for key in &request.keys {
                let found = table.get(key);
                units.table += read_units(found.map_or(0, item_size), each);
                items.extend(found.map(|item| projected(item, request.projection.as_deref())));
            }
            responses.insert(name.clone(), Json::Array(items));
            accounts.push(units.to_json(&table.schema, consumed, None));
        }
        let mut answer = json!({ "Responses": responses, "UnprocessedKeys": {} });
        if consumed != "NONE" {
            answer["ConsumedCapacity"] = Json::Array(accounts);
        }
        Expected::Answer(answer)
    }

    /// TransactGetItems: table, key and projection of each.
    pub fn transact_get(&self, gets: &[(String, Item, Option<Vec<Path>>)], consumed: &str) -> Expected {
        let responses: Vec<Json> = gets
            .iter()
            .map(|(table, key, projection)| {
                let item = self.table(table).get(key).map(|item| projected(item, projection.as_deref()));
                match item {
                    // Where the projection leaves nothing, it is as if there were no item, unlike GetItem.
                    Some(item) if item != json!({}) => json!({ "Item": item }),
                    _ => json!({}),
                }
            })
            .collect();
        let mut answer = json!({ "Responses": responses });
        let keys: Vec<(&str, &Item)> = gets.iter().map(|(table, key, _)| (table.as_str(), key)).collect();
        self.account_reads(&mut answer, &keys, consumed);
        Expected::Answer(answer)
    }
}

/// What a BatchGetItem asks of one table.
#[derive(Clone, Debug)]
pub struct BatchGet {
    /// The keys.
    pub keys: Vec<Item>,
    /// What to return of the items, if not all.
    pub projection: Option<Vec<Path>>,
    /// Whether reads are strongly consistent.
    pub consistent: bool,
}

fn projected(item: &Item, projection: Option<&[Path]>) -> Json {
    match projection {
        Some(paths) => item_json(&project(item, paths)),
        None => item_json(item),
    }
}
