//! GetItem, Query and Scan.

use crate::{ACCEPTED, check, check_messages};
use pixii_model::operation::{GetItem, Query, Scan, ScanInput};
use pixii_model::wire::{decode_input, json};

#[test]
fn constraints_are_gathered() {
    check_messages::<GetItem>(&[(
        r#"{"TableName":"abc;","Key":{},"ReturnConsumedCapacity":"hi","AttributesToGet":[]}"#,
        "3 validation errors detected: \
             Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: \
             Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; \
             Value '[]' at 'attributesToGet' failed to satisfy constraint: \
             Member must have length greater than or equal to 1; \
             Value 'abc;' at 'tableName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    )]);
    check_messages::<Query>(&[
        (
            r#"{"TableName":"abc;","Select":"hi","IndexName":"x;","ReturnConsumedCapacity":"hi","ConditionalOperator":"and"}"#,
            "6 validation errors detected: \
             Value 'hi' at 'select' failed to satisfy constraint: \
             Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]; \
             Value 'x;' at 'indexName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; \
             Value 'x;' at 'indexName' failed to satisfy constraint: \
             Member must have length greater than or equal to 3; \
             Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: \
             Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; \
             Value 'abc;' at 'tableName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; \
             Value 'and' at 'conditionalOperator' failed to satisfy constraint: \
             Member must satisfy enum value set: [OR, AND]",
        ),
        (
            r#"{"TableName":"abc","KeyConditions":{"a":{}}}"#,
            "1 validation error detected: Value null at 'keyConditions.a.member.comparisonOperator' failed to satisfy \
             constraint: Member must not be null",
        ),
    ]);
}

#[test]
fn limits_are_told_in_the_newer_words_by_query_alone() {
    check_messages::<Query>(&[(
        r#"{"TableName":"abc","Limit":0}"#,
        "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than \
         or equal to 1",
    )]);
    check_messages::<Scan>(&[(
        r#"{"TableName":"abc","Limit":0}"#,
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater \
         than or equal to 1",
    )]);
}

#[test]
fn expressions_and_legacy_parameters_do_not_mix() {
    check_messages::<GetItem>(&[
        (
            r#"{"TableName":"abc","Key":{"a":{}},"AttributesToGet":["a"],"ProjectionExpression":""}"#,
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: \
             {AttributesToGet} Expression parameters: {ProjectionExpression}",
        ),
        (
            r#"{"TableName":"abc","Key":{"a":{}},"ExpressionAttributeNames":{}}"#,
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
    ]);
    check_messages::<Query>(&[
        (
            r#"{"TableName":"abc","AttributesToGet":["a"],"QueryFilter":{},"ConditionalOperator":"OR","KeyConditions":{},
                "ProjectionExpression":"","FilterExpression":"","KeyConditionExpression":""}"#,
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: \
             {AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions} Expression parameters: \
             {ProjectionExpression, FilterExpression, KeyConditionExpression}",
        ),
        (
            r#"{"TableName":"abc","KeyConditions":{},"ExpressionAttributeValues":{}}"#,
            "ExpressionAttributeValues can only be specified when using expressions: FilterExpression and \
             KeyConditionExpression are null",
        ),
    ]);
    // KeyConditions go with any expression but KeyConditionExpression.
    check::<Query>(&[(r#"{"TableName":"abc","KeyConditions":{},"FilterExpression":"x"}"#, ACCEPTED)]);
    check_messages::<Scan>(&[
        (
            r#"{"TableName":"abc","AttributesToGet":["a"],"ScanFilter":{},"ConditionalOperator":"OR",
                "ProjectionExpression":"","FilterExpression":""}"#,
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: \
             {AttributesToGet, ScanFilter, ConditionalOperator} Expression parameters: {ProjectionExpression, \
             FilterExpression}",
        ),
        (
            r#"{"TableName":"abc","ProjectionExpression":"a","ExpressionAttributeValues":{}}"#,
            "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null",
        ),
    ]);
}

#[test]
fn select_fits_the_rest() {
    let cases = [
        (
            r#""Select":"SPECIFIC_ATTRIBUTES""#,
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        ),
        (
            r#""Select":"COUNT","ProjectionExpression":"a""#,
            "Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            r#""Select":"ALL_ATTRIBUTES","AttributesToGet":["a"]"#,
            "Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES",
        ),
        (
            r#""Select":"ALL_PROJECTED_ATTRIBUTES","ProjectionExpression":"a""#,
            "Cannot specify the ProjectionExpression when choosing to get ALL_PROJECTED_ATTRIBUTES",
        ),
        (
            r#""Select":"ALL_PROJECTED_ATTRIBUTES""#,
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
    ];
    for (members, message) in cases {
        let body = format!(r#"{{"TableName":"abc",{members}}}"#);
        check_messages::<Scan>(&[(&body, message)]);
        check_messages::<Query>(&[(&body, &format!("1 validation error detected: {message}"))]);
    }
    for members in [
        r#""Select":"COUNT""#,
        r#""Select":"ALL_ATTRIBUTES""#,
        r#""Select":"SPECIFIC_ATTRIBUTES","AttributesToGet":["a"]"#,
        r#""Select":"ALL_PROJECTED_ATTRIBUTES","IndexName":"abc""#,
    ] {
        check::<Scan>(&[(&format!(r#"{{"TableName":"abc",{members}}}"#), ACCEPTED)]);
    }
}

#[test]
fn segments() {
    let range = "1 validation error detected: Value at 'totalSegments' failed to satisfy constraint: Member must have \
        value between 1 and 1000000";
    check_messages::<Scan>(&[
        (
            r#"{"TableName":"abc","Segment":0,"TotalSegments":0}"#,
            "1 validation error detected: Value '0' at 'totalSegments' failed to satisfy constraint: Member must have \
             value greater than or equal to 1",
        ),
        (r#"{"TableName":"abc","Segment":0,"TotalSegments":1000001}"#, range),
        (
            r#"{"TableName":"abc","Segment":-1,"TotalSegments":1}"#,
            "1 validation error detected: Value '-1' at 'segment' failed to satisfy constraint: Member must have value \
             greater than or equal to 0",
        ),
        (
            r#"{"TableName":"abc","Segment":1000000,"TotalSegments":1}"#,
            "1 validation error detected: Value '1000000' at 'segment' failed to satisfy constraint: Member must have \
             value less than or equal to 999999",
        ),
    ]);
    let segment = |body: &str| {
        let input: ScanInput = decode_input(json::parse(body.as_bytes()).unwrap()).unwrap();
        input
            .segment()
            .map(|segment| segment.map(|segment| (segment.index, segment.total)))
            .map_err(|e| e.to_string())
    };
    assert_eq!(segment(r#"{"TableName":"abc"}"#), Ok(None));
    assert_eq!(segment(r#"{"TableName":"abc","Segment":3,"TotalSegments":4}"#), Ok(Some((3, 4))));
    for (body, message) in [
        (
            r#"{"TableName":"abc","Segment":0}"#,
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
        ),
        (
            r#"{"TableName":"abc","TotalSegments":1}"#,
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
        ),
        (
            r#"{"TableName":"abc","Segment":5,"TotalSegments":5}"#,
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less \
             than TotalSegments: 5",
        ),
    ] {
        assert_eq!(segment(body), Err(message.to_owned()));
    }
}
