//! Requests on items, each as the model takes it and as the wire does.

use super::Dice;
use super::condition::{condition, path};
use super::update::{plain_update, update};
use super::value::{random_item, random_key};
use crate::naive::{
    Action, BatchGet, Change, Condition, Expected, Item, Model, Path, ReturnValues, Schema, Text, Write,
    item_json,
};
use pixii_model::operation::OperationName;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A request on items by their keys.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which operation.
    pub operation: OperationName,
    /// As on the wire.
    pub body: Json,
    /// As the model takes it.
    pub kind: Kind,
}

/// What a request asks, as the model takes it.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    Write { action: Action, returns: ReturnValues },
    BatchWrite(Vec<Action>),
    TransactWrite { actions: Vec<Action>, token: Option<String> },
    Get { table: String, key: Item, projection: Option<Vec<Path>>, consistent: bool },
    BatchGet(BTreeMap<String, BatchGet>),
    TransactGet(Vec<(String, Item, Option<Vec<Path>>)>),
}

impl Request {
    /// What the model says to it. The model is then as after the request.
    pub fn expected(&self, model: &mut Model) -> Expected {
        let consumed = self.body["ReturnConsumedCapacity"].as_str().unwrap_or("NONE");
        let metrics = self.body["ReturnItemCollectionMetrics"] == "SIZE";
        match &self.kind {
            Kind::Write { action, returns } => model.write(action, *returns, consumed, metrics),
            Kind::BatchWrite(actions) => model.batch_write(actions, consumed, metrics),
            Kind::TransactWrite { actions, token } => {
                let content = &self.body["TransactItems"];
                model.transact_write(actions, token.as_deref(), content, consumed, metrics)
            }
            Kind::Get { table, key, projection, consistent } => {
                model.get(table, key, projection.as_deref(), *consistent, consumed)
            }
            Kind::BatchGet(requests) => model.batch_get(requests, consumed),
            Kind::TransactGet(gets) => model.transact_get(gets, consumed),
        }
    }

    /// The items it writes, by table and key.
    pub fn writes(&self) -> Vec<(String, Item)> {
        let actions = match &self.kind {
            Kind::Write { action, .. } => std::slice::from_ref(action),
            Kind::BatchWrite(actions) | Kind::TransactWrite { actions, .. } => &actions[..],
            Kind::Get { .. } | Kind::BatchGet(_) | Kind::TransactGet(_) => &[],
        };
        let writing = actions.iter().filter(|action| !matches!(action.write.change, Change::Check));
        writing.map(|action| (action.table.clone(), action.write.key.clone())).collect()
    }

    /// Any request on items of these tables.
    pub fn random(dice: &mut Dice, schemas: &[&Schema]) -> Self {
        let mut request = match dice.below(20) {
            0..5 => put(dice, schemas),
            5..11 => update_item(dice, schemas),
            11..13 => delete(dice, schemas),
            13..15 => batch_write(dice, schemas),
            15..17 => transact_write(dice, schemas),
            17 => get(dice, schemas),
            18 => batch_get(dice, schemas),
            _ => transact_get(dice, schemas),
        };
        if dice.chance(0.5) {
            request.body["ReturnConsumedCapacity"] = json!(dice.pick(&["NONE", "TOTAL", "INDEXES"]));
        }
        let writes = !matches!(request.kind, Kind::Get { .. } | Kind::BatchGet(_) | Kind::TransactGet(_));
        if writes && dice.chance(0.2) {
            request.body["ReturnItemCollectionMetrics"] = json!("SIZE");
        }
        request
    }
}

fn one(
    operation: OperationName,
    body: Json,
    schema: &Schema,
    write: Write,
    returns: ReturnValues,
) -> Request {
    let returns_item = body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD";
    let action = Action { table: schema.name.clone(), write, returns_item };
    Request { operation, body, kind: Kind::Write { action, returns } }
}

/// Adds the condition, as an expression or as `Expected`, and the update, in the same manner.
fn parameters(dice: &mut Dice, body: &mut Json, write: &mut Write) {
    let update = match &write.change {
        Change::Update(update) => Some(update),
        _ => None,
    };
    let legacy_condition = write.condition.as_ref().map(Condition::legacy);
    let legacy_update = update.map(|update| update.legacy());
    let can_be_legacy = legacy_condition.as_ref().is_none_or(Option::is_some)
        && legacy_update.as_ref().is_none_or(Option::is_some)
        && (legacy_condition.is_some() || legacy_update.is_some());
    if can_be_legacy && dice.chance(0.3) {
        if let Some((expected, operator)) = legacy_condition.flatten() {
            body["Expected"] = expected;
            if let Some(operator) = operator {
                body["ConditionalOperator"] = json!(operator);
            }
        }
        if let Some(updates) = legacy_update.flatten() {
            body["AttributeUpdates"] = updates;
            write.legacy = true;
        }
        return;
    }
    let mut text = Text::default();
    if let Some(update) = update {
        body["UpdateExpression"] = json!(text.update(update));
    }
    if let Some(condition) = &write.condition {
        body["ConditionExpression"] = json!(text.condition(condition));
    }
    text.finish(body);
}

fn maybe_condition(dice: &mut Dice, schema: &Schema) -> Option<Condition> {
    dice.chance(0.4).then(|| condition(dice, schema, true, 2))
}

fn on_failure(dice: &mut Dice, body: &mut Json) {
    if dice.chance(0.3) {
        body["ReturnValuesOnConditionCheckFailure"] = json!(dice.pick(&["ALL_OLD", "NONE"]));
    }
}

fn put(dice: &mut Dice, schemas: &[&Schema]) -> Request {
    let schema = dice.pick(schemas);
    let key = random_key(dice, schema);
    let item = random_item(dice, schema, &key);
    let mut body = json!({ "TableName": schema.name, "Item": item_json(&item) });
    let mut write =
        Write { key, change: Change::Put(item), condition: maybe_condition(dice, schema), legacy: false };
    parameters(dice, &mut body, &mut write);
    on_failure(dice, &mut body);
    let returns = dice.pick(&[ReturnValues::None, ReturnValues::AllOld]);
    body["ReturnValues"] = json!(returns.as_str());
    one(OperationName::PutItem, body, schema, write, returns)
}

fn update_item(dice: &mut Dice, schemas: &[&Schema]) -> Request {
    let schema = dice.pick(schemas);
    let key = random_key(dice, schema);
    let mut body = json!({ "TableName": schema.name, "Key": item_json(&key) });
    let change = Change::Update(update(dice, schema));
    let mut write = Write { key, change, condition: maybe_condition(dice, schema), legacy: false };
    parameters(dice, &mut body, &mut write);
    on_failure(dice, &mut body);
    let all = [
        ReturnValues::None,
        ReturnValues::AllOld,
        ReturnValues::UpdatedOld,
        ReturnValues::AllNew,
        ReturnValues::UpdatedNew,
    ];
    let returns = dice.pick(&all);
    body["ReturnValues"] = json!(returns.as_str());
    one(OperationName::UpdateItem, body, schema, write, returns)
}

fn delete(dice: &mut Dice, schemas: &[&Schema]) -> Request {
    let schema = dice.pick(schemas);
    let key = random_key(dice, schema);
    let mut body = json!({ "TableName": schema.name, "Key": item_json(&key) });
    let mut write =
        Write { key, change: Change::Delete, condition: maybe_condition(dice, schema), legacy: false };
    parameters(dice, &mut body, &mut write);
    on_failure(dice, &mut body);
    let returns = dice.pick(&[ReturnValues::None, ReturnValues::AllOld]);
    body["ReturnValues"] = json!(returns.as_str());
    one(OperationName::DeleteItem, body, schema, write, returns)
}

/// Up to `count` distinct keys of these tables.
fn keys(dice: &mut Dice, schemas: &[&Schema], count: usize) -> Vec<(usize, Item)> {
    let mut keys: Vec<(usize, Item)> = Vec::new();
    for _ in 0..count {
        let at = dice.below(schemas.len());
        let key = random_key(dice, schemas[at]);
        if !keys.contains(&(at, key.clone())) {
            keys.push((at, key));
        }
    }
    keys
}

fn batch_write(dice: &mut Dice, schemas: &[&Schema]) -> Request {
    let mut items: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
    let mut actions = Vec::new();
    let count = 1 + dice.below(12);
    for (at, key) in keys(dice, schemas, count) {
        let schema = schemas[at];
        let (change, request) = if dice.chance(0.7) {
            let item = random_item(dice, schema, &key);
            let request = json!({ "PutRequest": { "Item": item_json(&item) } });
            (Change::Put(item), request)
        } else {
            (Change::Delete, json!({ "DeleteRequest": { "Key": item_json(&key) } }))
        };
        items.entry(&schema.name).or_default().push(request);
        let write = Write { key, change, condition: None, legacy: false };
        actions.push(Action { table: schema.name.clone(), write, returns_item: false });
    }
    // Metrics come table by table, in the order of the requests to each.
    actions.sort_by(|one, other| one.table.cmp(&other.table));
    let body = json!({ "RequestItems": items });
    Request { operation: OperationName::BatchWriteItem, body, kind: Kind::BatchWrite(actions) }
}

fn transact_write(dice: &mut Dice, schemas: &[&Schema]) -> Request {
    let mut items = Vec::new();
    let mut actions = Vec::new();
    let count = 1 + dice.below(6);
    for (at, key) in keys(dice, schemas, count) {
        let schema = schemas[at];
        let (name, change) = match dice.below(8) {
            0 => ("ConditionCheck", Change::Check),
            1 => ("Delete", Change::Delete),
            2 | 3 => ("Put", Change::Put(random_item(dice, schema, &key))),
            4 | 5 => ("Update", Change::Update(plain_update(dice, schema))),
            _ => ("Update", Change::Update(update(dice, schema))),
        };
        let condition = match change {
            Change::Check => Some(condition(dice, schema, true, 1)),
            _ => dice.chance(0.15).then(|| condition(dice, schema, true, 1)),
        };
        let mut body = match &change {
            Change::Put(item) => json!({ "TableName": schema.name, "Item": item_json(item) }),
            _ => json!({ "TableName": schema.name, "Key": item_json(&key) }),
        };
        let mut text = Text::default();
        if let Change::Update(update) = &change {
            body["UpdateExpression"] = json!(text.update(update));
        }
        if let Some(condition) = &condition {
            body["ConditionExpression"] = json!(text.condition(condition));
        }
        text.finish(&mut body);
        on_failure(dice, &mut body);
        let returns_item = body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD";
        let write = Write { key, change, condition, legacy: false };
        actions.push(Action { table: schema.name.clone(), write, returns_item });
        items.push(json!({ name: body }));
    }
    let mut body = json!({ "TransactItems": items });
    let token = dice.chance(0.3).then(|| format!("token-{}", dice.bits()));
    if let Some(token) = &token {
        body["ClientRequestToken"] = json!(token);
    }
    Request {
        operation: OperationName::TransactWriteItems,
        body,
        kind: Kind::TransactWrite { actions, token },
    }
}

/// Paths that do not clash, as a projection.
pub(super) fn projection(dice: &mut Dice, schema: &Schema) -> Vec<Path> {
    let mut paths: Vec<Path> = Vec::new();
    for _ in 0..1 + dice.below(4) {
        let path = if dice.chance(0.2) { Path::attribute(&schema.partition.name) } else { path(dice) };
        if !paths.iter().any(|known| known.clashes(&path)) {
            paths.push(path);
        }
    }
    paths
}

/// Writes a projection into a request, as an expression or as AttributesToGet.
pub(super) fn put_projection(
    dice: &mut Dice,
    body: &mut Json,
    text: &mut Text,
    paths: &[Path],
    legacy: bool,
) {
    let top_level = paths.iter().all(|path| path.rest.is_empty());
    if legacy && top_level && dice.chance(0.3) {
        body["AttributesToGet"] = paths.iter().map(|path| json!(path.attribute)).collect();
    } else {
        body["ProjectionExpression"] = json!(text.projection(paths));
    }
}

fn get(dice: &mut Dice, schemas: &[&Schema]) -> Request {
    let schema = dice.pick(schemas);
    let key = random_key(dice, schema);
    let consistent = dice.chance(0.5);
    let mut body = json!({ "TableName": schema.name, "Key": item_json(&key), "ConsistentRead": consistent });
    let projection = dice.chance(0.5).then(|| projection(dice, schema));
    let mut text = Text::default();
    if let Some(paths) = &projection {
        put_projection(dice, &mut body, &mut text, paths, true);
    }
    text.finish(&mut body);
    let kind = Kind::Get { table: schema.name.clone(), key, projection, consistent };
    Request { operation: OperationName::GetItem, body, kind }
}

fn batch_get(dice: &mut Dice, schemas: &[&Schema]) -> Request {
    let mut requests: BTreeMap<String, BatchGet> = BTreeMap::new();
    let mut items = json!({});
    let count = 1 + dice.below(20);
    for (at, key) in keys(dice, schemas, count) {
        let schema = schemas[at];
        let request = requests.entry(schema.name.clone()).or_insert_with(|| BatchGet {
            keys: Vec::new(),
            projection: None,
            consistent: false,
        });
        request.keys.push(key);
    }
    for (name, request) in &mut requests {
        let schema = schemas.iter().find(|schema| schema.name == *name).expect("the table is one of these");
        request.consistent = dice.chance(0.5);
        let mut body = json!({ "ConsistentRead": request.consistent });
        body["Keys"] = request.keys.iter().map(item_json).collect();
        let mut text = Text::default();
        if dice.chance(0.4) {
            let paths = projection(dice, schema);
            put_projection(dice, &mut body, &mut text, &paths, true);
            request.projection = Some(paths);
        }
        text.finish(&mut body);
        items[name] = body;
    }
    let body = json!({ "RequestItems": items });
    Request { operation: OperationName::BatchGetItem, body, kind: Kind::BatchGet(requests) }
}

fn transact_get(dice: &mut Dice, schemas: &[&Schema]) -> Request {
    let mut items = Vec::new();
    let mut gets = Vec::new();
    let count = 1 + dice.below(8);
    for (at, key) in keys(dice, schemas, count) {
        let schema = schemas[at];
        let mut body = json!({ "TableName": schema.name, "Key": item_json(&key) });
        let mut text = Text::default();
        let projection = dice.chance(0.4).then(|| projection(dice, schema));
        if let Some(paths) = &projection {
            put_projection(dice, &mut body, &mut text, paths, false);
        }
        text.finish(&mut body);
        items.push(json!({ "Get": body }));
        gets.push((schema.name.clone(), key, projection));
    }
    let body = json!({ "TransactItems": items });
    Request { operation: OperationName::TransactGetItems, body, kind: Kind::TransactGet(gets) }
}
