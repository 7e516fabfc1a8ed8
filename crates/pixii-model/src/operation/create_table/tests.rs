//! What CreateTable refuses on the request alone, in which words and order. Sources: captures by several judges, of
//! us-east-1 and eu-west-2.

use super::CreateTableInput;
use crate::wire::{decode_input, json};
use serde_json::{Value, json};

/// A table `abc` with key `a`, `b`, to which `members` are added.
fn request(members: Value) -> Value {
    let mut request = json!({
        "TableName": "abc",
        "AttributeDefinitions": definitions(&["a", "b"]),
        "KeySchema": key(&[("a", "HASH"), ("b", "RANGE")]),
        "BillingMode": "PAY_PER_REQUEST"
    });
    for (name, value) in members.as_object().unwrap() {
        request[name] = value.clone();
    }
    request
}

fn definitions(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"AttributeName": name, "AttributeType": "S"})).collect()
}

fn key(elements: &[(&str, &str)]) -> Value {
    elements.iter().map(|(name, key_type)| json!({"AttributeName": name, "KeyType": key_type})).collect()
}

fn index(name: &str, elements: &[(&str, &str)]) -> Value {
    json!({"IndexName": name, "KeySchema": key(elements), "Projection": {"ProjectionType": "ALL"}})
}

fn with(mut value: Value, member: &str, new: Value) -> Value {
    value[member] = new;
    value
}

fn outcome(request: &Value) -> Result<CreateTableInput, String> {
    let body = request.to_string();
    decode_input(json::parse(body.as_bytes()).unwrap()).map_err(|error| error.to_string())
}

fn check(request: Value, expect: &str) {
    assert_eq!(outcome(&request).map(|_| ()), Err(expect.to_owned()), "{request}");
}

const INVALID: &str = "One or more parameter values were invalid: ";

fn check_invalid(request: Value, expect: &str) {
    check(request, &format!("{INVALID}{expect}"));
}

#[test]
fn names_come_first() {
    let null = request(json!({"TableName": null, "KeySchema": []}));
    check(null, "The parameter 'TableName' is required but was not present in the request");
    check(
        request(json!({"TableName": "ab"})),
        "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    );
    check(
        request(json!({"TableName": "abc;"})),
        "1 validation error detected: Value 'abc;' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    );
}

#[test]
fn members_outside_constraints_are_gathered() {
    check(
        json!({
            "TableName": "abc", "AttributeDefinitions": [], "KeySchema": [], "BillingMode": "A",
            "ProvisionedThroughput": {"ReadCapacityUnits": -1, "WriteCapacityUnits": -1}
        }),
        "4 validation errors detected: \
         Value 'A' at 'billingMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]; \
         Value '-1' at 'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: Member must have value greater than or equal to 1; \
         Value '-1' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have value greater than or equal to 1; \
         Value '[]' at 'keySchema' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    check(
        request(json!({"KeySchema": key(&[("a", "HASH"), ("b", "RANGE"), ("c", "RANGE")])})),
        "1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), \
         KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, keyType=RANGE)]' \
         at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
    );
    // At most ten of them.
    let message = outcome(&request(json!({"GlobalSecondaryIndexes": vec![json!({}); 9]}))).unwrap_err();
    assert!(
        message.starts_with("10 validation errors detected: Value null at 'globalSecondaryIndexes.1.member.")
    );
    assert!(message.contains("globalSecondaryIndexes.4.member.indexName"), "{message}");
}

/// ScyllaDB's issue 13870 tells how AWS words it.
#[test]
fn attributes_are_defined_once() {
    for types in [["S", "N"], ["S", "S"]] {
        let definitions: Value =
            types.iter().map(|letter| json!({"AttributeName": "a", "AttributeType": letter})).collect();
        let key = key(&[("a", "HASH")]);
        check(
            request(json!({"AttributeDefinitions": definitions, "KeySchema": key})),
            "Attribute Name is duplicated: a",
        );
    }
}

#[test]
fn throughput_follows_the_billing_mode() {
    let units = |read: i64, write: i64| json!({"ReadCapacityUnits": read, "WriteCapacityUnits": write});
    check_invalid(
        request(json!({"BillingMode": null})),
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
    check_invalid(
        request(json!({"ProvisionedThroughput": units(1, 1)})),
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
    let provisioned =
        |read, write| request(json!({"BillingMode": null, "ProvisionedThroughput": units(read, write)}));
    assert!(outcome(&provisioned(1_000_000_000_000, 1)).is_ok());
    check(
        provisioned(1_000_000_000_001, 1_000_000_000_001),
        "Given value 1000000000001 for ReadCapacityUnits is out of bounds",
    );
    check(
        provisioned(1, 1_000_000_000_001),
        "Given value 1000000000001 for WriteCapacityUnits is out of bounds",
    );
    let by_b = index("by-b", &[("b", "HASH")]);
    check_invalid(
        request(
            json!({"GlobalSecondaryIndexes": [with(by_b.clone(), "ProvisionedThroughput", units(1, 1))]}),
        ),
        "ProvisionedThroughput should not be specified for index: by-b when BillingMode is PAY_PER_REQUEST",
    );
    check_invalid(
        with(provisioned(1, 1), "GlobalSecondaryIndexes", json!([by_b])),
        "ProvisionedThroughput must be specified for index: by-b",
    );
    check_invalid(
        with(provisioned(1, 1), "OnDemandThroughput", json!({"MaxReadRequestUnits": 5})),
        "MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.",
    );
    check_invalid(
        request(json!({"OnDemandThroughput": {"MaxWriteRequestUnits": -1}})),
        "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range",
    );
    check_invalid(
        request(json!({"WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 3999}})),
        "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial",
    );
}

#[test]
fn keys_are_defined_and_in_order() {
    let keyed = |defined: &[&str], elements: &[(&str, &str)]| {
        request(json!({"AttributeDefinitions": definitions(defined), "KeySchema": key(elements)}))
    };
    let undefined = "Invalid KeySchema: Some index key attribute have no definition";
    check(keyed(&[], &[("a", "HASH")]), undefined);
    check(keyed(&["b"], &[("a", "HASH"), ("b", "RANGE")]), undefined);
    check(keyed(&["a"], &[("a", "HASH"), ("a", "RANGE")]), undefined);
    check_invalid(
        keyed(&["b"], &[("a", "HASH")]),
        "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]",
    );
    check(
        keyed(&["a", "b"], &[("a", "HASH"), ("a", "HASH")]),
        "Both the Hash Key and the Range Key element in the KeySchema have the same name",
    );
    check(
        keyed(&["a", "b"], &[("a", "RANGE"), ("b", "HASH")]),
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    );
    check(
        keyed(&["a", "b"], &[("a", "HASH"), ("b", "HASH")]),
        "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
    );
    check_invalid(
        keyed(&["a", "b"], &[("a", "HASH")]),
        "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    );
}

#[test]
fn definitions_are_used() {
    let pk = json!([{"AttributeName": "PK", "KeyType": "HASH"}]);
    let gsi = json!([index("gsi", &[("h", "HASH"), ("a", "RANGE")])]);
    let defined = |names: &[&str]| {
        request(json!({
            "AttributeDefinitions": definitions(names), "KeySchema": pk, "GlobalSecondaryIndexes": gsi
        }))
    };
    check_invalid(
        defined(&["PK", "h", "a", "unused"]),
        "Some AttributeDefinitions are not used. AttributeDefinitions: [h, a, unused, PK], keys used: [a, h, PK]",
    );
    check_invalid(
        with(
            defined(&["PK", "h", "a"]),
            "GlobalSecondaryIndexes",
            json!([index("gsi", &[("h", "HASH"), ("a", "RANGE"), ("zz", "RANGE")])]),
        ),
        "Some index key attributes are not defined in AttributeDefinitions. Keys: [h, zz, a], AttributeDefinitions: [h, a, PK]",
    );
}

#[test]
fn local_indexes_share_the_partition_key() {
    let local = |index: Value| request(json!({"LocalSecondaryIndexes": [index]}));
    check_invalid(request(json!({"LocalSecondaryIndexes": []})), "List of LocalSecondaryIndexes is empty");
    check_invalid(
        request(json!({
            "KeySchema": key(&[("a", "HASH")]),
            "LocalSecondaryIndexes": [index("abc", &[("a", "HASH"), ("b", "RANGE")])]
        })),
        "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
    check_invalid(
        local(index("abc", &[("a", "HASH")])),
        "Index KeySchema does not have a range key for index: abc",
    );
    check_invalid(
        local(index("abc", &[("b", "HASH"), ("a", "RANGE")])),
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: abc. index hash key: b, table hash key: a",
    );
    let good = index("abc", &[("a", "HASH"), ("b", "RANGE")]);
    assert!(outcome(&local(good.clone())).is_ok());
    check_invalid(local(with(good.clone(), "Projection", json!({}))), "Unknown ProjectionType: null");
    check_invalid(
        local(with(
            good.clone(),
            "Projection",
            json!({"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["x"]}),
        )),
        "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
    );
    check_invalid(
        local(with(good.clone(), "Projection", json!({"ProjectionType": "INCLUDE"}))),
        "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
    );
    check_invalid(
        local(with(
            good.clone(),
            "Projection",
            json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y", "x"]}),
        )),
        "Duplicate value in attribute name: x",
    );
    check_invalid(request(json!({"LocalSecondaryIndexes": [good, good]})), "Duplicate index name: abc");
    let six: Vec<_> = (0..6).map(|at| with(good.clone(), "IndexName", json!(format!("index{at}")))).collect();
    check_invalid(
        request(json!({"LocalSecondaryIndexes": six})),
        "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
    );
    check_invalid(
        request(json!({"LocalSecondaryIndexes": [good], "GlobalSecondaryIndexes": [good]})),
        "Duplicate index name: abc",
    );
}

#[test]
fn global_indexes_have_keys_of_up_to_four_and_four() {
    let attributes = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let global = |elements: &[(&str, &str)]| {
        let used: Vec<&str> =
            attributes.iter().copied().filter(|name| elements.iter().any(|(key, _)| key == name)).collect();
        let defined: Vec<&str> =
            ["a", "b"].into_iter().chain(used.into_iter().filter(|name| *name > "b")).collect();
        request(json!({
            "AttributeDefinitions": definitions(&defined),
            "GlobalSecondaryIndexes": [index("abc", elements)]
        }))
    };
    let (hash, range) = ("HASH", "RANGE");
    assert!(outcome(&global(&[("a", hash), ("b", hash)])).is_ok());
    let four_and_four: Vec<_> = attributes[..8]
        .iter()
        .enumerate()
        .map(|(at, name)| (*name, if at < 4 { hash } else { range }))
        .collect();
    assert!(outcome(&global(&four_and_four)).is_ok());
    let nine: Vec<_> = four_and_four.iter().copied().chain([("i", range)]).collect();
    let message = outcome(&global(&nine)).unwrap_err();
    assert!(message.starts_with(
        "1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), "
    ));
    assert!(message.ends_with(
        "at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 8"
    ));
    let first_not_hash = "Invalid KeySchema: The first KeySchemaElement is not a HASH key type";
    check(global(&[("a", range)]), first_not_hash);
    check(
        global(&[("a", hash), ("a", range)]),
        "Both the Hash Key and the Range Key element in the KeySchema have the same name",
    );
    check(
        global(&[("a", hash), ("b", range), ("b", range)]),
        "The KeySchema contains multiple key attributes with the same name",
    );
    check_invalid(
        global(&[("a", hash), ("b", range), ("c", hash)]),
        "All HASH key attributes must precede RANGE key attributes in the KeySchema",
    );
    check_invalid(
        global(&[("a", hash), ("b", hash), ("c", hash), ("d", hash), ("e", hash)]),
        "The KeySchema exceeds the maximum allowed number of HASH key attributes",
    );
    check_invalid(request(json!({"GlobalSecondaryIndexes": []})), "List of GlobalSecondaryIndexes is empty");
    let many: Vec<_> = (0..21).map(|at| index(&format!("index{at}"), &[("b", "HASH")])).collect();
    check_invalid(
        request(json!({"GlobalSecondaryIndexes": many})),
        "GlobalSecondaryIndex count exceeds the per-table limit of 20",
    );
    let names = |range: std::ops::Range<u32>| -> Vec<String> { range.map(|at| format!("n{at}")).collect() };
    let include = |at: u32, many: u32| {
        with(
            index(&format!("index{at}"), &[("b", "HASH")]),
            "Projection",
            json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": names(0..many)}),
        )
    };
    let hundred: Vec<_> = (0..5).map(|at| include(at, 20)).collect();
    assert!(outcome(&request(json!({"GlobalSecondaryIndexes": hundred}))).is_ok());
    let more: Vec<_> = hundred.into_iter().chain([include(5, 1)]).collect();
    assert!(outcome(&request(json!({"GlobalSecondaryIndexes": more}))).is_err());
}

#[test]
fn settings_fit_together() {
    check_invalid(
        request(json!({"StreamSpecification": {"StreamEnabled": false, "StreamViewType": "NEW_IMAGE"}})),
        "Table is being created with a stream disabled, UpdateViewType should not be specified",
    );
    check_invalid(
        request(json!({"Tags": [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]})),
        "Duplicate tag key found: k",
    );
    for member in ["ResourcePolicy", "GlobalTableSourceArn", "VectorIndexes"] {
        check_invalid(request(json!({member: "x"})), &format!("{member} is not supported"));
    }
}
