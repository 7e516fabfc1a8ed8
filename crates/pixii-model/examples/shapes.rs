//! Prints what every operation reads, as JSON: members, whether they are required, constraints, values.
//!
//! `tests/clients/python/test_api_model.py` compares it with the API model in botocore.

use pixii_model::operation::OperationName;
use pixii_model::wire::JsonKind;
use pixii_model::wire::description::Description;
use serde_json::{Map, Value, json};

fn main() {
    let operations: Map<String, Value> = OperationName::ALL
        .iter()
        .map(|operation| {
            let target = format!("{}.{}", operation.target(), operation.as_str());
            (target, described(&operation.input_description()))
        })
        .collect();
    println!("{}", Value::Object(operations));
}

fn described(member: &Description) -> Value {
    let members: Map<String, Value> =
        member.members.iter().map(|member| (member.name.to_owned(), described(member))).collect();
    let rule = &member.rule;
    json!({
        "kind": kind(member.kind),
        "required": member.required,
        "min": rule.length_min.map(Value::from).or(rule.value_min.map(Value::from)),
        "max": rule.length_max.map(Value::from).or(rule.value_max.map(Value::from)),
        "pattern": rule.pattern.map(|pattern| pattern.as_str()),
        "values": member.values,
        "members": members,
    })
}

fn kind(kind: JsonKind) -> Value {
    match kind {
        JsonKind::String => "string".into(),
        JsonKind::Integer => "integer".into(),
        JsonKind::Long => "long".into(),
        JsonKind::Double => "double".into(),
        JsonKind::Boolean => "boolean".into(),
        JsonKind::Blob => "blob".into(),
        JsonKind::Timestamp => "timestamp".into(),
        JsonKind::List(element) => json!({ "list": self::kind(*element) }),
        JsonKind::Map(value) => json!({ "map": self::kind(*value) }),
        JsonKind::Structure(name) => json!({ "structure": name }),
    }
}
