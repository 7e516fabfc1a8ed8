//! Twins: a PartiQL statement, and the request of another operation that asks for the same.

use super::Dice;
use super::condition::condition;
use super::update::update;
use super::value::{key_value, random_item, random_key};
use crate::naive::{Condition, Index, KeyAttribute, Path, Schema, Statement, Text, Value, item_json};
use pixii_model::operation::OperationName;
use serde_json::{Value as Json, json};

/// The same request twice.
#[derive(Clone, Debug)]
pub struct Twin {
    /// As an operation of its own.
    pub operation: OperationName,
    /// That operation's input.
    pub body: Json,
    /// As a statement: the input of ExecuteStatement.
    pub statement: Json,
}

impl Twin {
    /// A read or write of one of these tables.
    pub fn random(dice: &mut Dice, schemas: &[&Schema]) -> Self {
        let schema = dice.pick(schemas);
        let mut twin = match dice.below(10) {
            0..3 => insert(dice, schema),
            3..6 => change(dice, schema),
            6 => delete(dice, schema),
            7 => get(dice, schema),
            8 => query(dice, schema),
            _ => scan(dice, schema),
        };
        let consumed = dice.pick(&["NONE", "TOTAL", "INDEXES"]);
        twin.both("ReturnConsumedCapacity", &json!(consumed));
        twin
    }

    fn new(operation: OperationName, body: Json, text: String, statement: Statement) -> Self {
        let mut input = json!({ "Statement": text });
        if !statement.parameters.is_empty() {
            input["Parameters"] = Json::Array(statement.parameters);
        }
        Self { operation, body, statement: input }
    }

    /// A member that both inputs have.
    fn both(&mut self, member: &str, value: &Json) {
        self.body[member] = value.clone();
        self.statement[member] = value.clone();
    }
}

fn source(schema: &Schema) -> String {
    Statement::name(&schema.name)
}

fn exists(schema: &Schema) -> Condition {
    Condition::Exists(Path::attribute(&schema.partition.name))
}

fn maybe(dice: &mut Dice, schema: &Schema) -> Option<Condition> {
    dice.chance(0.4).then(|| condition(dice, schema, false, 2))
}

fn insert(dice: &mut Dice, schema: &Schema) -> Twin {
    let key = random_key(dice, schema);
    let item = random_item(dice, schema, &key);
    let mut body = json!({ "TableName": schema.name, "Item": item_json(&item) });
    let mut text = Text::default();
    let absent = Condition::NotExists(Path::attribute(&schema.partition.name));
    body["ConditionExpression"] = json!(text.condition(&absent));
    text.finish(&mut body);
    let mut statement = Statement::default();
    let written = format!("INSERT INTO {} VALUE {}", source(schema), statement.item(&item));
    Twin::new(OperationName::PutItem, body, written, statement)
}

fn change(dice: &mut Dice, schema: &Schema) -> Twin {
    let key = random_key(dice, schema);
    let (update, asked) = (update(dice, schema), maybe(dice, schema));
    let mut statement = Statement::default();
    let Some(actions) = statement.update(&update) else { return change(dice, schema) };
    let mut body = json!({ "TableName": schema.name, "Key": item_json(&key) });
    let mut text = Text::default();
    body["UpdateExpression"] = json!(text.update(&update));
    let whole = match &asked {
        None => exists(schema),
        Some(asked) => Condition::And(vec![exists(schema), asked.clone()]),
    };
    body["ConditionExpression"] = json!(text.condition(&whole));
    text.finish(&mut body);
    let (returns, returning) = dice.pick(&[
        ("NONE", ""),
        ("ALL_OLD", " RETURNING ALL OLD *"),
        ("ALL_NEW", " RETURNING ALL NEW *"),
        ("UPDATED_OLD", " RETURNING MODIFIED OLD *"),
        ("UPDATED_NEW", " RETURNING MODIFIED NEW *"),
    ]);
    body["ReturnValues"] = json!(returns);
    let clause = clause(&mut statement, &key, asked.as_ref());
    let written = format!("UPDATE {} {actions} WHERE {clause}{returning}", source(schema));
    let mut twin = Twin::new(OperationName::UpdateItem, body, written, statement);
    on_failure(dice, &mut twin);
    twin
}

fn delete(dice: &mut Dice, schema: &Schema) -> Twin {
    let key = random_key(dice, schema);
    let asked = maybe(dice, schema);
    let mut body = json!({ "TableName": schema.name, "Key": item_json(&key) });
    if let Some(asked) = &asked {
        let mut text = Text::default();
        let absent = Condition::NotExists(Path::attribute(&schema.partition.name));
        body["ConditionExpression"] = json!(text.condition(&Condition::Or(vec![absent, asked.clone()])));
        text.finish(&mut body);
    }
    let (returns, returning) = dice.pick(&[("NONE", ""), ("ALL_OLD", " RETURNING ALL OLD *")]);
    body["ReturnValues"] = json!(returns);
    let mut statement = Statement::default();
    let clause = clause(&mut statement, &key, asked.as_ref());
    let written = format!("DELETE FROM {} WHERE {clause}{returning}", source(schema));
    let mut twin = Twin::new(OperationName::DeleteItem, body, written, statement);
    on_failure(dice, &mut twin);
    twin
}

fn on_failure(dice: &mut Dice, twin: &mut Twin) {
    let wanted = dice.pick(&["NONE", "ALL_OLD"]);
    twin.both("ReturnValuesOnConditionCheckFailure", &json!(wanted));
}

fn clause(statement: &mut Statement, key: &crate::naive::Item, asked: Option<&Condition>) -> String {
    let key = statement.key(key);
    match asked {
        None => key,
        Some(asked) => format!("{key} AND ({})", statement.condition(asked)),
    }
}

fn get(dice: &mut Dice, schema: &Schema) -> Twin {
    let key = random_key(dice, schema);
    let body = json!({ "TableName": schema.name, "Key": item_json(&key) });
    let mut statement = Statement::default();
    let written = format!("SELECT * FROM {} WHERE {}", source(schema), statement.key(&key));
    let mut twin = Twin::new(OperationName::GetItem, body, written, statement);
    let consistent = dice.chance(0.5);
    twin.both("ConsistentRead", &json!(consistent));
    twin
}

/// The table or one of its indexes that has one partition key and at most one sort key.
fn access<'s>(
    dice: &mut Dice,
    schema: &'s Schema,
) -> (Option<&'s Index>, &'s KeyAttribute, Option<&'s KeyAttribute>) {
    let simple = |index: &&Index| index.partition.len() == 1 && index.sort.len() <= 1;
    let indexes: Vec<&Index> = schema.indexes.iter().filter(simple).collect();
    if indexes.is_empty() || dice.chance(0.5) {
        return (None, &schema.partition, schema.sort.as_ref());
    }
    let index = dice.pick(&indexes);
    (Some(index), &index.partition[0], index.sort.first())
}

/// The beginnings of a read: the table, and the index if it is to be one.
fn begin(schema: &Schema, index: Option<&Index>) -> (Json, String) {
    let mut body = json!({ "TableName": schema.name });
    let mut from = source(schema);
    if let Some(index) = index {
        body["IndexName"] = json!(index.name);
        from = format!("{from}.{}", Statement::name(&index.name));
    }
    (body, from)
}

fn query(dice: &mut Dice, schema: &Schema) -> Twin {
    let (index, partition, sort) = access(dice, schema);
    let (mut body, from) = begin(schema, index);
    let mut text = Text::default();
    let mut statement = Statement::default();
    let value = key_value(dice, partition.kind, 3);
    let equals = |key: &KeyAttribute, comparator: &'static str, value: Value| {
        Condition::Compare(
            crate::naive::Operand::Path(Path::attribute(&key.name)),
            comparator,
            crate::naive::Operand::Value(value),
        )
    };
    let mut keys = vec![equals(partition, "=", value)];
    if let Some(sort) = sort
        && dice.chance(0.6)
    {
        let (one, other) = (key_value(dice, sort.kind, 16), key_value(dice, sort.kind, 16));
        let operand = crate::naive::Operand::Path(Path::attribute(&sort.name));
        keys.push(match dice.below(3) {
            0 if sort.kind != "N" => {
                Condition::BeginsWith(Path::attribute(&sort.name), crate::naive::Operand::Value(one))
            }
            1 => {
                let (low, high) = if one <= other { (one, other) } else { (other, one) };
                let [low, high] = [low, high].map(crate::naive::Operand::Value);
                Condition::Between(operand, low, high)
            }
            _ => equals(sort, dice.pick(&["=", "<", "<=", ">", ">="]), one),
        });
    }
    body["KeyConditionExpression"] = json!(text.condition(&one_or_all(&keys)));
    let mut written = format!("SELECT * FROM {from} WHERE {}", statement.condition(&one_or_all(&keys)));
    // What a local index lacks, a Query fetches, and a SELECT is refused.
    if index.is_none()
        && let Some(filter) = maybe(dice, schema)
    {
        body["FilterExpression"] = json!(text.condition(&filter));
        written += &format!(" AND ({})", statement.condition(&filter));
    }
    text.finish(&mut body);
    if let Some(sort) = sort {
        let descending = dice.chance(0.4);
        if descending || dice.chance(0.3) {
            body["ScanIndexForward"] = json!(!descending);
            let order = if descending { "DESC" } else { "ASC" };
            written += &format!(" ORDER BY {} {order}", Statement::name(&sort.name));
        }
    }
    let mut twin = Twin::new(OperationName::Query, body, written, statement);
    pages(dice, &mut twin, index);
    twin
}

fn scan(dice: &mut Dice, schema: &Schema) -> Twin {
    let (index, ..) = access(dice, schema);
    let (mut body, from) = begin(schema, index);
    let mut statement = Statement::default();
    let mut written = format!("SELECT * FROM {from}");
    if index.is_none()
        && let Some(filter) = maybe(dice, schema)
    {
        let mut text = Text::default();
        body["FilterExpression"] = json!(text.condition(&filter));
        text.finish(&mut body);
        written += &format!(" WHERE {}", statement.condition(&filter));
    }
    let mut twin = Twin::new(OperationName::Scan, body, written, statement);
    pages(dice, &mut twin, index);
    twin
}

fn pages(dice: &mut Dice, twin: &mut Twin, index: Option<&Index>) {
    if dice.chance(0.5) {
        let limit = 1 + dice.below(5);
        twin.both("Limit", &json!(limit));
    }
    if index.is_none_or(|index| index.local) {
        let consistent = dice.chance(0.5);
        twin.both("ConsistentRead", &json!(consistent));
    }
}

fn one_or_all(conditions: &[Condition]) -> Condition {
    match conditions {
        [only] => only.clone(),
        all => Condition::And(all.to_vec()),
    }
}
