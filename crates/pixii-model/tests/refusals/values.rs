//! Attribute values that no item could hold.

use crate::{ACCEPTED, check, check_messages};
use pixii_model::operation::{GetItem, PutItem, Query, QueryInput, Scan, UpdateItem, UpdateItemInput};
use pixii_model::wire::{decode_input, json};

/// Each value, and AWS's words for it.
const FAULTS: &[(&str, &str)] = &[
    (r#"{}"#, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    (r#"{"X":"a"}"#, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    (
        r#"{"S":"a","N":"1"}"#,
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    ),
    (r#"{"S":"a","N":"b"}"#, "The parameter cannot be converted to a numeric value: b"),
    (r#"{"S":"","N":""}"#, "The parameter cannot be converted to a numeric value"),
    (
        r#"{"NULL":false}"#,
        "One or more parameter values were invalid: Null attribute value types must have the value of true",
    ),
    (
        r#"{"NULL":"no"}"#,
        "One or more parameter values were invalid: Null attribute value types must have the value of true",
    ),
    (r#"{"SS":[]}"#, "One or more parameter values were invalid: An string set  may not be empty"),
    (r#"{"NS":[]}"#, "One or more parameter values were invalid: An number set  may not be empty"),
    (r#"{"BS":[]}"#, "One or more parameter values were invalid: Binary sets should not be empty"),
    // BS, NS, SS: the order in which AWS looks at types.
    (r#"{"SS":[],"NS":[]}"#, "One or more parameter values were invalid: An number set  may not be empty"),
    (
        r#"{"SS":["b","a","b"]}"#,
        "One or more parameter values were invalid: Input collection [b, a, b] contains duplicates.",
    ),
    (r#"{"NS":["1","2","1.0"]}"#, "Input collection contains duplicates"),
    (
        r#"{"BS":["Yg==","Yg=="]}"#,
        "One or more parameter values were invalid: Input collection [Yg==, Yg==]of type BS contains duplicates.",
    ),
    (r#"{"NS":["1","1",""]}"#, "The parameter cannot be converted to a numeric value"),
    (r#"{"N":" 1"}"#, "The parameter cannot be converted to a numeric value:  1"),
    (
        r#"{"N":"123456789012345678901234567890123456789"}"#,
        "Attempting to store more than 38 significant digits in a Number",
    ),
    (
        r#"{"N":"-1e126"}"#,
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    ),
    (
        r#"{"N":"1e-131"}"#,
        "Number underflow. Attempting to store a number with magnitude smaller than supported range",
    ),
    (r#"{"L":[{"M":{"a":{"M":{"":{"S":"x"}}}}}]}"#, "Empty attribute name"),
    (r#"{"M":{"a":{"L":[{"N":"x"}]}}}"#, "The parameter cannot be converted to a numeric value: x"),
    (
        r#"{"L":[{"S":"a"},{}]}"#,
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    ),
];

const NESTING: &str = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond \
    supported limit";

fn nested(levels: usize) -> String {
    format!("{}{}{}", r#"{"M":{"a":"#.repeat(levels), r#"{"S":"x"}"#, "}}".repeat(levels))
}

#[test]
fn in_items_and_keys() {
    for (value, message) in FAULTS {
        check_messages::<PutItem>(&[
            (&format!(r#"{{"TableName":"abc","Item":{{"a":{value}}}}}"#), message),
            (
                &format!(r#"{{"TableName":"abc","Item":{{}},"Expected":{{"a":{{"Value":{value}}}}}}}"#),
                message,
            ),
        ]);
        check_messages::<UpdateItem>(&[
            (&format!(r#"{{"TableName":"abc","Key":{{"a":{value}}}}}"#), message),
            (
                &format!(
                    r#"{{"TableName":"abc","Key":{{}},"AttributeUpdates":{{"a":{{"Value":{value}}}}}}}"#
                ),
                message,
            ),
        ]);
    }
}

#[test]
fn empty_strings_binaries_and_elements_are_values() {
    check::<PutItem>(&[(
        r#"{"TableName":"abc","Item":{"a":{"S":""},"b":{"B":""},"c":{"SS":[""]},"d":{"BS":[""]},"e":{"M":{" ":{"L":[]}}}}}"#,
        ACCEPTED,
    )]);
}

/// Everywhere but in filters, of whose names AWS says nothing.
#[test]
fn attributes_have_names_that_are_not_too_long() {
    let long = "x".repeat(65_535);
    let too_long = format!("{long}x");
    for (name, message) in [
        ("", "Empty attribute name"),
        (too_long.as_str(), "Attribute name is too large, must be less than 65536 bytes"),
    ] {
        check_messages::<PutItem>(&[
            (&format!(r#"{{"TableName":"abc","Item":{{"{name}":{{"S":"x"}}}}}}"#), message),
            (
                &format!(r#"{{"TableName":"abc","Item":{{}},"Expected":{{"{name}":{{"Exists":false}}}}}}"#),
                message,
            ),
        ]);
        check_messages::<UpdateItem>(&[
            (&format!(r#"{{"TableName":"abc","Key":{{"{name}":{{"S":"x"}}}}}}"#), message),
            (
                &format!(
                    r#"{{"TableName":"abc","Key":{{}},"AttributeUpdates":{{"{name}":{{"Action":"DELETE"}}}}}}"#
                ),
                message,
            ),
        ]);
        check::<Scan>(&[(
            &format!(r#"{{"TableName":"abc","ScanFilter":{{"{name}":{{"ComparisonOperator":"NULL"}}}}}}"#),
            ACCEPTED,
        )]);
    }
    let empty = r#"{"TableName":"abc","Key":{},"AttributesToGet":["a",""]}"#;
    check_messages::<GetItem>(&[(empty, "Empty attribute name")]);
    check::<PutItem>(&[(&format!(r#"{{"TableName":"abc","Item":{{"{long}":{{"S":"x"}}}}}}"#), ACCEPTED)]);
}

#[test]
fn levels_of_nesting() {
    let item = |levels| format!(r#"{{"TableName":"abc","Item":{{"a":{}}}}}"#, nested(levels));
    check::<PutItem>(&[(&item(31), ACCEPTED)]);
    check_messages::<PutItem>(&[(&item(32), NESTING), (&item(60), NESTING)]);
    // A list without elements at the deepest level has nothing that lies too deep.
    let inner = r#"{"L":["#.repeat(32) + &"]}".repeat(32);
    check::<PutItem>(&[(&format!(r#"{{"TableName":"abc","Item":{{"a":{inner}}}}}"#), ACCEPTED)]);
}

#[test]
fn expression_values_name_the_placeholder_and_come_late() {
    for (value, message) in FAULTS {
        let body = format!(
            r#"{{"TableName":"abc","Key":{{}},"UpdateExpression":"x","ExpressionAttributeValues":{{":b":{{"S":"a"}},":v":{value}}}}}"#
        );
        let input: UpdateItemInput = decode_input(json::parse(body.as_bytes()).unwrap()).unwrap();
        let fault = input.parameters.expression_attribute_values.unwrap().0.checked().unwrap_err();
        assert_eq!(
            fault.to_string(),
            format!("ExpressionAttributeValues contains invalid value: {message} for key :v")
        );
    }
    let body = format!(
        r#"{{"TableName":"abc","Key":{{}},"UpdateExpression":"x","ExpressionAttributeValues":{{":v":{}}}}}"#,
        nested(32)
    );
    let input: UpdateItemInput = decode_input(json::parse(body.as_bytes()).unwrap()).unwrap();
    assert_eq!(
        input.parameters.expression_attribute_values.unwrap().0.checked().unwrap_err().to_string(),
        NESTING
    );
}

#[test]
fn start_keys_are_told_of_but_for_some_faults() {
    for (value, message) in FAULTS {
        let body = format!(
            r#"{{"TableName":"abc","KeyConditionExpression":"x","ExclusiveStartKey":{{"a":{value}}}}}"#
        );
        let input: QueryInput = decode_input(json::parse(body.as_bytes()).unwrap()).unwrap();
        let told_bare =
            ["contains duplicates", "number set", "numeric value", "significant digits", "magnitude"]
                .iter()
                .any(|words| message.contains(words));
        let prefix = if told_bare { "" } else { "The provided starting key is invalid: " };
        let fault = input.exclusive_start_key.unwrap().checked().unwrap_err();
        assert_eq!(fault.to_string(), format!("{prefix}{message}"));
    }
}

#[test]
fn constraints_and_mixing_come_before_values() {
    check_messages::<Query>(&[(
        r#"{"TableName":"abc","QueryFilter":{"a":{"ComparisonOperator":"EQ","AttributeValueList":[{}]}},"FilterExpression":"x"}"#,
        "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: \
         {QueryFilter} Expression parameters: {FilterExpression}",
    )]);
    check_messages::<Scan>(&[(
        r#"{"TableName":"abc","ScanFilter":{"a":{"AttributeValueList":[{}]}}}"#,
        "1 validation error detected: Value null at 'scanFilter.a.member.comparisonOperator' failed to satisfy \
             constraint: Member must not be null",
    )]);
}
