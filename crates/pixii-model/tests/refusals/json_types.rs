//! Members of the wrong JSON type.

use crate::{ACCEPTED, check, error_body, parse};
use pixii_model::operation::{
    BatchGetItem, BatchWriteItem, GetItem, PutItem, PutItemInput, Query, Scan, TransactWriteItems, UpdateItem,
};
use pixii_model::wire::decode_input;

const UNEXPECTED_FIELD: &str = "SerializationException: Unexpected field type";
const UNEXPECTED_VALUE: &str = "SerializationException: Unexpected value type in payload";
const START: &str = "SerializationException: Start of structure or map found where not expected";
const PARAMETERIZED: &str = "SerializationException: class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl \
    cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and \
    java.lang.Class are in module java.base of loader 'bootstrap')";

#[test]
fn bodies_that_are_no_object_say_nothing() {
    for body in ["", "{", "[]", "1", "null", r#""a""#, "{\"a\":\u{1}}", "{} {}", r#"{"a":"\ud800"}"#] {
        check::<GetItem>(&[(body, "SerializationException: ")]);
    }
}

#[test]
fn strings() {
    check::<GetItem>(&[
        (r#"{"TableName":1}"#, "SerializationException: NUMBER_VALUE cannot be converted to String"),
        (r#"{"TableName":1.5}"#, "SerializationException: DECIMAL_VALUE cannot be converted to String"),
        (r#"{"TableName":true}"#, "SerializationException: TRUE_VALUE cannot be converted to String"),
        (r#"{"TableName":false}"#, "SerializationException: FALSE_VALUE cannot be converted to String"),
        (
            r#"{"TableName":[]}"#,
            "SerializationException: Unrecognized collection type class java.lang.String",
        ),
        (r#"{"TableName":{}}"#, START),
        // Enums are strings.
        (
            r#"{"ReturnConsumedCapacity":[]}"#,
            "SerializationException: Unrecognized collection type class java.lang.String",
        ),
    ]);
}

#[test]
fn booleans() {
    let yes = |word: &str| format!(r#"{{"TableName":"abc","Key":{{}},"ConsistentRead":{word}}}"#);
    for word in
        ["true", "false", r#""true""#, r#""TRUE""#, r#""yes""#, r#""1""#, r#""No""#, r#""0""#, r#""false""#]
    {
        check::<GetItem>(&[(&yes(word), ACCEPTED)]);
    }
    check::<GetItem>(&[
        (&yes(r#""maybe""#), "SerializationException: Unexpected token received from parser"),
        (&yes("1"), "SerializationException: NUMBER_VALUE cannot be converted to Boolean"),
        (&yes("0.5"), "SerializationException: DECIMAL_VALUE cannot be converted to Boolean"),
        (&yes("[]"), "SerializationException: Unrecognized collection type class java.lang.Boolean"),
        (&yes("{}"), START),
    ]);
}

#[test]
fn integers() {
    let limited = |limit: &str| format!(r#"{{"TableName":"abc","Limit":{limit}}}"#);
    check::<Scan>(&[
        (&limited("1.9"), ACCEPTED),
        (&limited("1e2"), ACCEPTED),
        (&limited("99999999999999999999999999"), ACCEPTED),
        (
            &limited("0.9"),
            "ValidationException: 1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: \
             Member must have value greater than or equal to 1",
        ),
        (
            &limited("-0.5"),
            "ValidationException: 1 validation error detected: Value '-1' at 'limit' failed to satisfy constraint: \
             Member must have value greater than or equal to 1",
        ),
        (&limited(r#""1""#), "SerializationException: STRING_VALUE cannot be converted to Integer"),
        (&limited("true"), "SerializationException: TRUE_VALUE cannot be converted to Integer"),
        (&limited("[]"), "SerializationException: Unrecognized collection type class java.lang.Integer"),
        (&limited("{}"), START),
    ]);
}

#[test]
fn blobs() {
    let blob = |json: &str| format!(r#"{{"TableName":"abc","Item":{{"a":{{"B":{json}}}}}}}"#);
    check::<PutItem>(&[
        (&blob(r#""YQ==""#), ACCEPTED),
        (&blob(r#""""#), ACCEPTED),
        (&blob("1"), "SerializationException: only base-64-encoded strings are convertible to bytes"),
        (&blob("true"), "SerializationException: only base-64-encoded strings are convertible to bytes"),
        (&blob("[]"), "SerializationException: Unrecognized collection type class java.nio.ByteBuffer"),
        (&blob("{}"), START),
        (
            &blob(r#""YQ=""#),
            "SerializationException: Base64 encoded length is expected a multiple of 4 bytes but found: 3",
        ),
        // The last digit has bits that belong to no byte.
        (&blob(r#""YR==""#), "SerializationException: Invalid last non-pad Base64 character dectected"),
        (&blob(r#""%%%%""#), "SerializationException: Invalid last non-pad Base64 character dectected"),
    ]);
}

#[test]
fn lists_and_maps_as_members() {
    for json in ["1", r#""a""#, "true"] {
        check::<GetItem>(&[
            (&format!(r#"{{"AttributesToGet":{json}}}"#), UNEXPECTED_FIELD),
            (&format!(r#"{{"Key":{json}}}"#), UNEXPECTED_FIELD),
            (&format!(r#"{{"ExpressionAttributeNames":{json}}}"#), UNEXPECTED_FIELD),
        ]);
        check::<PutItem>(&[
            (&format!(r#"{{"Item":{{"a":{{"M":{json}}}}}}}"#), UNEXPECTED_FIELD),
            (&format!(r#"{{"Item":{{"a":{{"L":{json}}}}}}}"#), UNEXPECTED_FIELD),
            (&format!(r#"{{"Item":{{"a":{{"SS":{json}}}}}}}"#), UNEXPECTED_FIELD),
            (&format!(r#"{{"ExpressionAttributeValues":{json}}}"#), UNEXPECTED_FIELD),
        ]);
        check::<TransactWriteItems>(&[(&format!(r#"{{"TransactItems":{json}}}"#), UNEXPECTED_FIELD)]);
    }
    check::<GetItem>(&[
        (r#"{"AttributesToGet":{}}"#, START),
        (r#"{"AttributesToGet":[1]}"#, "SerializationException: NUMBER_VALUE cannot be converted to String"),
        (
            r#"{"Key":[]}"#,
            "SerializationException: Unrecognized collection type java.util.Map<java.lang.String, \
             com.amazonaws.dynamodb.v20120810.AttributeValue>",
        ),
        (
            r#"{"ExpressionAttributeNames":[]}"#,
            "SerializationException: Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>",
        ),
    ]);
    let map_of = |class: &str| {
        format!(
            "SerializationException: Unrecognized collection type java.util.Map<java.lang.String, \
             com.amazonaws.dynamodb.v20120810.{class}>"
        )
    };
    check::<UpdateItem>(&[
        (r#"{"Expected":[]}"#, &map_of("ExpectedAttributeValue")),
        (r#"{"AttributeUpdates":[]}"#, &map_of("AttributeValueUpdate")),
    ]);
    check::<Query>(&[
        (r#"{"KeyConditions":[]}"#, &map_of("Condition")),
        (r#"{"ExclusiveStartKey":[]}"#, &map_of("AttributeValue")),
        (r#"{"ExpressionAttributeValues":[]}"#, &map_of("AttributeValue")),
    ]);
    check::<BatchGetItem>(&[(r#"{"RequestItems":[]}"#, &map_of("KeysAndAttributes"))]);
    check::<BatchWriteItem>(&[(
        r#"{"RequestItems":[]}"#,
        "SerializationException: Unrecognized collection type java.util.Map<java.lang.String, \
         java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>",
    )]);
}

#[test]
fn structures_and_containers_as_elements() {
    let class_of = |class: &str| {
        format!(
            "SerializationException: Unrecognized collection type class com.amazonaws.dynamodb.v20120810.{class}"
        )
    };
    for json in ["1", r#""a""#, "true"] {
        check::<PutItem>(&[
            (&format!(r#"{{"Item":{{"a":{json}}}}}"#), UNEXPECTED_VALUE),
            (&format!(r#"{{"Item":{{"a":{{"L":[{json}]}}}}}}"#), UNEXPECTED_VALUE),
            (&format!(r#"{{"Item":{{"a":{{"M":{{"b":{json}}}}}}}}}"#), UNEXPECTED_VALUE),
            (&format!(r#"{{"ExpressionAttributeValues":{{":a":{json}}}}}"#), UNEXPECTED_VALUE),
            (&format!(r#"{{"Expected":{{"a":{json}}}}}"#), UNEXPECTED_VALUE),
            (&format!(r#"{{"Expected":{{"a":{{"Value":{json}}}}}}}"#), UNEXPECTED_FIELD),
            (&format!(r#"{{"Expected":{{"a":{{"AttributeValueList":[{json}]}}}}}}"#), UNEXPECTED_VALUE),
        ]);
        check::<BatchGetItem>(&[
            (&format!(r#"{{"RequestItems":{{"a":{json}}}}}"#), UNEXPECTED_VALUE),
            (&format!(r#"{{"RequestItems":{{"a":{{"Keys":{json}}}}}}}"#), UNEXPECTED_FIELD),
            (&format!(r#"{{"RequestItems":{{"a":{{"Keys":[{json}]}}}}}}"#), PARAMETERIZED),
            (&format!(r#"{{"RequestItems":{{"a":{{"Keys":[{{"a":{json}}}]}}}}}}"#), UNEXPECTED_VALUE),
        ]);
        check::<BatchWriteItem>(&[
            (&format!(r#"{{"RequestItems":{{"a":{json}}}}}"#), PARAMETERIZED),
            (&format!(r#"{{"RequestItems":{{"a":[{json}]}}}}"#), UNEXPECTED_VALUE),
            (&format!(r#"{{"RequestItems":{{"a":[{{"PutRequest":{json}}}]}}}}"#), UNEXPECTED_FIELD),
            (
                &format!(r#"{{"RequestItems":{{"a":[{{"PutRequest":{{"Item":{json}}}}}]}}}}"#),
                UNEXPECTED_FIELD,
            ),
        ]);
        check::<TransactWriteItems>(&[
            (&format!(r#"{{"TransactItems":[{json}]}}"#), UNEXPECTED_VALUE),
            (&format!(r#"{{"TransactItems":[{{"Put":{json}}}]}}"#), UNEXPECTED_FIELD),
        ]);
    }
    check::<PutItem>(&[
        (r#"{"Item":{"a":[]}}"#, &class_of("AttributeValue")),
        (r#"{"Item":{"a":{"L":{}}}}"#, START),
        (r#"{"Item":{"a":{"L":[[]]}}}"#, &class_of("AttributeValue")),
        (r#"{"Item":{"a":{"SS":[{}]}}}"#, START),
        (
            r#"{"Item":{"a":{"SS":[1]}}}"#,
            "SerializationException: NUMBER_VALUE cannot be converted to String",
        ),
        (
            r#"{"Item":{"a":{"NS":[1]}}}"#,
            "SerializationException: NUMBER_VALUE cannot be converted to String",
        ),
        (r#"{"Item":{"a":{"N":1}}}"#, "SerializationException: NUMBER_VALUE cannot be converted to String"),
        (
            r#"{"Item":{"a":{"BS":["a"]}}}"#,
            "SerializationException: Base64 encoded length is expected a multiple of 4 bytes but found: 1",
        ),
    ]);
    check::<BatchGetItem>(&[
        (r#"{"RequestItems":{"a":[]}}"#, &class_of("KeysAndAttributes")),
        (
            r#"{"RequestItems":{"a":{"Keys":[[]]}}}"#,
            "SerializationException: Unrecognized collection type java.util.Map<java.lang.String, \
             com.amazonaws.dynamodb.v20120810.AttributeValue>",
        ),
    ]);
    check::<BatchWriteItem>(&[
        (r#"{"RequestItems":{"a":{}}}"#, START),
        (r#"{"RequestItems":{"a":[[]]}}"#, &class_of("WriteRequest")),
        (r#"{"RequestItems":{"a":[{"DeleteRequest":[]}]}}"#, &class_of("DeleteRequest")),
    ]);
    check::<TransactWriteItems>(&[
        (r#"{"TransactItems":[[]]}"#, &class_of("TransactWriteItem")),
        (r#"{"TransactItems":[{"ConditionCheck":[]}]}"#, &class_of("ConditionCheck")),
    ]);
}

#[test]
fn types_come_before_constraints_and_values() {
    check::<PutItem>(&[(
        r#"{"ReturnValues":"x","Item":{"a":{},"b":{"BOOL":1}}}"#,
        "SerializationException: NUMBER_VALUE cannot be converted to Boolean",
    )]);
}

#[test]
fn null_is_absent_and_the_last_of_two_members_counts() {
    check::<PutItem>(&[
        (
            r#"{"TableName":"abc","Item":{"a":{"S":"a","N":null}},"ReturnValues":null,"Unknown":[{}]}"#,
            ACCEPTED,
        ),
        (r#"{"TableName":1,"TableName":"abc","Item":{"a":{"S":1,"S":"a"}}}"#, ACCEPTED),
        (
            r#"{"TableName":"abc","TableName":null,"Item":{}}"#,
            "ValidationException: 1 validation error detected: Value null at 'tableName' failed to satisfy constraint: \
             Member must not be null",
        ),
        (
            r#"{"TableName":"abc","Item":{"a":null}}"#,
            "ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        (
            r#"{"TableName":"abc","Item":{"a":{"L":[null]}}}"#,
            "ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        (
            r#"{"TableName":"abc","Item":{"a":{"SS":["a",null]}}}"#,
            "ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
    ]);
    check::<GetItem>(&[(
        r#"{"TableName":"abc","Key":{},"AttributesToGet":["a",null]}"#,
        "ValidationException: 1 validation error detected: Value null at 'attributesToGet.2.member' failed to satisfy \
         constraint: Member must not be null",
    )]);
}

#[test]
fn bodies_have_awss_types_and_capital_message() {
    let error = decode_input::<PutItemInput>(parse(r#"{"TableName":1}"#)).unwrap_err();
    assert_eq!(
        error_body(&error),
        r#"{"__type":"com.amazon.coral.service#SerializationException","Message":"NUMBER_VALUE cannot be converted to String"}"#
    );
    let error = decode_input::<PutItemInput>(parse("[]")).unwrap_err();
    assert_eq!(error_body(&error), r#"{"__type":"com.amazon.coral.service#SerializationException"}"#);
    let error = decode_input::<PutItemInput>(parse(r#"{"TableName":"abc","Item":{"a":{}}}"#)).unwrap_err();
    assert_eq!(
        error_body(&error),
        "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\"Supplied AttributeValue is empty, \
         must contain exactly one of the supported datatypes\"}"
    );
}
