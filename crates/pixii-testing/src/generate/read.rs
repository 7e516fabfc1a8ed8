//! Queries and scans.

use super::Dice;
use super::condition::condition;
use super::request::projection;
use super::value::key_value;
use crate::naive::{
    Access, Item, KeyAttribute, Model, Path, Projection, ReadShape, SortPredicate, Text, Value, item_json,
};
use pixii_model::operation::OperationName;
use serde_json::{Value as Json, json};

/// A query or scan: what it reads, apart from pages.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The table's name.
    pub table: String,
    /// The index's name, if it reads one.
    pub index: Option<String>,
    /// The key condition of a query; a scan has none.
    pub query: Option<KeyQuery>,
    /// Part and number of parts of a parallel scan.
    pub segment: Option<(usize, usize)>,
}

/// A key condition, and which way to walk.
#[derive(Clone, Debug)]
pub struct KeyQuery {
    /// The partition attributes' values.
    pub partition: Vec<Value>,
    /// What is asked of the first sort attributes.
    pub sort: Vec<SortPredicate>,
    /// Whether sort keys ascend.
    pub forward: bool,
    /// Whether it is written as KeyConditions.
    pub legacy: bool,
}

/// Where a page starts.
pub type StartKey<'a> = Option<&'a Item>;

impl Reading {
    /// Any query or scan on a table or one of its indexes, those left out that cannot be read yet.
    pub fn random(dice: &mut Dice, model: &Model, unreadable: &[String]) -> Self {
        let names: Vec<&String> = model.tables.keys().collect();
        let name: &String = dice.pick(&names);
        let table = model.table(name);
        let readable: Vec<_> =
            table.schema.indexes.iter().filter(|index| !unreadable.contains(&index.name)).collect();
        let index = (!readable.is_empty() && dice.chance(0.6)).then(|| dice.pick(&readable));
        let access = Access { table, index };
        let query = dice.chance(0.7).then(|| key_query(dice, access));
        let segment = (query.is_none() && dice.chance(0.3)).then(|| {
            let total = 1 + dice.below(4);
            (dice.below(total), total)
        });
        let index = index.map(|index| index.name.clone());
        Self { table: table.schema.name.clone(), index, query, segment }
    }

    /// What it reads, in the model.
    pub fn access<'a>(&self, model: &'a Model) -> Access<'a> {
        let table = model.table(&self.table);
        let named = |name: &String| {
            table.schema.indexes.iter().find(|index| index.name == *name).expect("the index is there")
        };
        Access { table, index: self.index.as_ref().map(named) }
    }

    /// The operation.
    pub fn operation(&self) -> OperationName {
        if self.query.is_some() { OperationName::Query } else { OperationName::Scan }
    }

    /// One page's request.
    pub fn request(&self, access: Access<'_>, shape: &ReadShape, legacy: bool, start: StartKey<'_>) -> Json {
        let mut body = json!({ "TableName": self.table });
        let mut text = Text::default();
        if let Some(index) = &self.index {
            body["IndexName"] = json!(index);
        }
        // Legacy parameters and expressions do not mix.
        let mut expressions = true;
        if let Some(query) = &self.query {
            body["ScanIndexForward"] = json!(query.forward);
            if query.legacy {
                body["KeyConditions"] = query.legacy(access);
                expressions = false;
            } else {
                body["KeyConditionExpression"] = json!(query.text(access, &mut text));
            }
        }
        if let Some((segment, total)) = self.segment {
            body["Segment"] = json!(segment);
            body["TotalSegments"] = json!(total);
        }
        let legacy = !expressions || (legacy && self.query.is_none());
        put_shape(&mut body, &mut text, shape, legacy, self.query.is_some());
        if let Some(start) = start {
            body["ExclusiveStartKey"] = item_json(start);
        }
        text.finish(&mut body);
        body
    }
}

fn put_shape(body: &mut Json, text: &mut Text, shape: &ReadShape, legacy: bool, query: bool) {
    if let Some(filter) = &shape.filter {
        match filter.legacy().filter(|_| legacy) {
            Some((conditions, operator)) => {
                body[if query { "QueryFilter" } else { "ScanFilter" }] = conditions;
                if let Some(operator) = operator {
                    body["ConditionalOperator"] = json!(operator);
                }
            }
            None => body["FilterExpression"] = json!(text.condition(filter)),
        }
    }
    if let Some(paths) = &shape.projection {
        if legacy && paths.iter().all(|path| path.rest.is_empty()) {
            body["AttributesToGet"] = paths.iter().map(|path| json!(path.attribute)).collect();
        } else {
            body["ProjectionExpression"] = json!(text.projection(paths));
        }
    }
    if let Some(select) = shape.select {
        body["Select"] = json!(select);
    }
    if let Some(limit) = shape.limit {
        body["Limit"] = json!(limit);
    }
    if shape.consistent {
        body["ConsistentRead"] = json!(true);
    }
    body["ReturnConsumedCapacity"] = json!(shape.consumed);
}

/// What to do with the items that a reading examines. `legacy` asks for one that legacy parameters can say.
pub fn shape(dice: &mut Dice, access: Access<'_>, legacy: bool) -> ReadShape {
    let global = access.index.is_some_and(|index| !index.local);
    let mut shape = ReadShape {
        consistent: !global && dice.chance(0.4),
        consumed: dice.pick(&["NONE", "TOTAL", "INDEXES"]),
        limit: dice.chance(0.6).then(|| 1 + dice.below(12)),
        ..ReadShape::default()
    };
    if dice.chance(0.5) {
        let filter = condition(dice, access.schema(), false, 1);
        shape.filter = Some(filter).filter(|filter| !legacy || filter.legacy().is_some());
    }
    match dice.below(6) {
        0 => shape.select = Some("COUNT"),
        1 if access.index.is_some() => shape.select = Some("ALL_PROJECTED_ATTRIBUTES"),
        2 if access.index.is_none_or(|index| index.local || index.projection == Projection::All) => {
            shape.select = Some("ALL_ATTRIBUTES");
        }
        3 | 4 => {
            let mut paths = projection(dice, access.schema());
            let held = |path: &Path| match access.index {
                Some(index) if !index.local => index.holds(access.schema(), &path.attribute),
                _ => true,
            };
            paths.retain(|path| held(path) && (!legacy || path.rest.is_empty()));
            if !paths.is_empty() {
                shape.select = dice.chance(0.3).then_some("SPECIFIC_ATTRIBUTES");
                shape.projection = Some(paths);
            }
        }
        _ => {}
    }
    shape
}

fn key_query(dice: &mut Dice, access: Access<'_>) -> KeyQuery {
    let entries = access.entries();
    let model = (!entries.is_empty() && dice.chance(0.85)).then(|| dice.pick(&entries));
    let value = |dice: &mut Dice, key: &KeyAttribute, likely: f64| match &model {
        Some(entry) if dice.chance(likely) => entry[&key.name].clone(),
        _ => key_value(dice, key.kind, 16),
    };
    let partition = access.partition().into_iter().map(|key| value(dice, key, 1.0)).collect();
    let attributes = access.sort();
    let used = dice.below(attributes.len() + 1);
    let mut sort = Vec::new();
    for (at, key) in attributes.into_iter().take(used).enumerate() {
        sort.push(match at + 1 == used {
            false => SortPredicate::Compare("=", value(dice, key, 1.0)),
            true => {
                let one = value(dice, key, 0.5);
                let other = value(dice, key, 0.5);
                predicate(dice, one, other)
            }
        });
    }
    KeyQuery { partition, sort, forward: dice.chance(0.5), legacy: dice.chance(0.2) }
}

fn predicate(dice: &mut Dice, one: Value, other: Value) -> SortPredicate {
    match dice.below(8) {
        0 | 1 => {
            let (low, high) = if one <= other { (one, other) } else { (other, one) };
            SortPredicate::Between(low, high)
        }
        2 | 3 => match one {
            Value::S(text) => SortPredicate::BeginsWith(Value::S(text.chars().take(1).collect())),
            Value::B(bytes) => SortPredicate::BeginsWith(Value::B(bytes[..1].to_vec())),
            number => SortPredicate::Compare("=", number),
        },
        _ => SortPredicate::Compare(dice.pick(&["=", "<", "<=", ">", ">="]), one),
    }
}

impl KeyQuery {
    fn text(&self, access: Access<'_>, text: &mut Text) -> String {
        let mut parts = Vec::new();
        for (key, value) in access.partition().into_iter().zip(&self.partition) {
            let name = text.path(&Path::attribute(&key.name));
            // A value may stand on the left, too.
            parts.push(match parts.len() % 2 {
                0 => format!("{name} = {}", text.value(value)),
                _ => format!("{} = {name}", text.value(value)),
            });
        }
        for (key, predicate) in access.sort().into_iter().zip(&self.sort) {
            let name = text.path(&Path::attribute(&key.name));
            parts.push(match predicate {
                SortPredicate::Compare(comparator, value) => {
                    format!("{name} {comparator} {}", text.value(value))
                }
                SortPredicate::Between(low, high) => {
                    format!("{name} BETWEEN {} AND {}", text.value(low), text.value(high))
                }
                SortPredicate::BeginsWith(prefix) => format!("begins_with({name}, {})", text.value(prefix)),
            });
        }
        if !self.forward {
            parts.reverse();
        }
        parts.join(" AND ")
    }

    fn legacy(&self, access: Access<'_>) -> Json {
        let mut conditions = json!({});
        let condition = |operator: &str, values: &[&Value]| {
            let values: Vec<Json> = values.iter().map(|value| value.to_json()).collect();
            json!({ "ComparisonOperator": operator, "AttributeValueList": values })
        };
        for (key, value) in access.partition().into_iter().zip(&self.partition) {
            conditions[&key.name] = condition("EQ", &[value]);
        }
        for (key, predicate) in access.sort().into_iter().zip(&self.sort) {
            conditions[&key.name] = match predicate {
                SortPredicate::Compare(comparator, value) => {
                    let operator = match *comparator {
                        "=" => "EQ",
                        "<" => "LT",
                        "<=" => "LE",
                        ">" => "GT",
                        _ => "GE",
                    };
                    condition(operator, &[value])
                }
                SortPredicate::Between(low, high) => condition("BETWEEN", &[low, high]),
                SortPredicate::BeginsWith(prefix) => condition("BEGINS_WITH", &[prefix]),
            };
        }
        conditions
    }
}
