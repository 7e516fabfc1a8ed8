//! BatchGetItem and BatchWriteItem.

use crate::{ACCEPTED, check, check_messages};
use pixii_model::operation::{BatchGetItem, BatchGetItemInput, BatchWriteItem};
use pixii_model::wire::{decode_input, json};

const MAP_KEYS: &str = "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must \
    have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]";

fn keys(count: usize) -> String {
    let keys: Vec<_> = (0..count).map(|key| format!(r#"{{"k":{{"N":"{key}"}}}}"#)).collect();
    keys.join(",")
}

fn puts(count: usize) -> String {
    let puts: Vec<_> =
        (0..count).map(|key| format!(r#"{{"PutRequest":{{"Item":{{"k":{{"N":"{key}"}}}}}}}}"#)).collect();
    puts.join(",")
}

#[test]
fn gets() {
    check_messages::<BatchGetItem>(&[
        (
            r#"{"ReturnConsumedCapacity":"hi"}"#,
            "2 validation errors detected: Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: Member \
             must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value null at 'requestItems' failed to satisfy \
             constraint: Member must not be null",
        ),
        (r#"{"RequestItems":{}}"#, "The requestItems parameter is required for BatchGetItem"),
        (
            r#"{"RequestItems":{"abc":{}}}"#,
            "1 validation error detected: Value null at 'requestItems.abc.member.keys' failed to satisfy constraint: \
             Member must not be null",
        ),
        (
            r#"{"RequestItems":{"abc":{"Keys":[]}}}"#,
            "1 validation error detected: Value '[]' at 'requestItems.abc.member.keys' failed to satisfy constraint: \
             Member must have length greater than or equal to 1",
        ),
        (
            &format!(r#"{{"RequestItems":{{"abc":{{"Keys":[{}]}}}}}}"#, keys(101)),
            "1 validation error detected: Value at 'RequestItems.abc.member.Keys' failed to satisfy constraint: Member \
             must have length less than or equal to 100",
        ),
        (
            &format!(
                r#"{{"RequestItems":{{"abc":{{"Keys":[{}]}},"abd":{{"Keys":[{}]}}}}}}"#,
                keys(51),
                keys(50)
            ),
            "Too many items requested for the BatchGetItem call",
        ),
        (
            r#"{"RequestItems":{"abc;":{"Keys":[{"k":{"S":"a"}}],"ConsistentRead":true}}}"#,
            &format!(
                "1 validation error detected: Value '{{abc;=KeysAndAttributes(keys=[{{k=AttributeValue(s=a, n=null, b=null, \
                 iNT=null, dECIMAL=null, dOUBLE=null, sS=null, nS=null, bS=null, iNTSET=null, dECIMALSET=null, \
                 dOUBLESET=null, m=null, l=null, nULL=null, bOOL=null)}}], attributesToGet=null, consistentRead=true, \
                 projectionExpression=null, expressionAttributeNames=null)}}' at 'requestItems' failed to satisfy \
                 constraint: {MAP_KEYS}"
            ),
        ),
        (
            r#"{"RequestItems":{"abc":{"Keys":[{"k":{}}],"AttributesToGet":["a"],"ProjectionExpression":"a"}}}"#,
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: \
             {AttributesToGet} Expression parameters: {ProjectionExpression}",
        ),
        (
            r#"{"RequestItems":{"abc":{"Keys":[{"k":{}}],"ExpressionAttributeNames":{}}}}"#,
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
    ]);
    check::<BatchGetItem>(&[(
        &format!(r#"{{"RequestItems":{{"a":{{"Keys":[{}]}}}}}}"#, keys(100)),
        ACCEPTED,
    )]);
}

#[test]
fn keys_of_gets_are_looked_at_late() {
    let checked = |keys: &str| {
        let body = format!(r#"{{"RequestItems":{{"abc":{{"Keys":[{keys}]}}}}}}"#);
        let input: BatchGetItemInput = decode_input(json::parse(body.as_bytes()).unwrap()).unwrap();
        input.request_items["abc"].keys().map(<[_]>::len).map_err(|error| error.to_string())
    };
    assert_eq!(checked(r#"{"a":{"N":"1"}},{"a":{"N":"2"}}"#), Ok(2));
    assert_eq!(
        checked(r#"{"a":{"N":"1"}},{"a":{"N":"x"}},{"a":{"N":"1"}}"#),
        Err("The parameter cannot be converted to a numeric value: x".to_owned())
    );
    assert_eq!(
        checked(r#"{"a":{"N":"1"},"b":{"S":"x"}},{"b":{"S":"x"},"a":{"N":"1.0"}}"#),
        Err("Provided list of item keys contains duplicates".to_owned())
    );
}

#[test]
fn writes() {
    let both = "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
    check_messages::<BatchWriteItem>(&[
        (r#"{"RequestItems":{}}"#, "The requestItems parameter is required for BatchWriteItem"),
        (
            r#"{"RequestItems":{"abc":[]}}"#,
            "1 validation error detected: Value '{abc=[]}' at 'requestItems' failed to satisfy constraint: Map value must \
             satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than \
             or equal to 1]",
        ),
        (
            r#"{"RequestItems":{"abc":[{"PutRequest":{}},{"DeleteRequest":{}}]}}"#,
            "2 validation errors detected: Value null at 'requestItems.abc.member.1.member.putRequest.item' failed to \
             satisfy constraint: Member must not be null; Value null at \
             'requestItems.abc.member.2.member.deleteRequest.key' failed to satisfy constraint: Member must not be null",
        ),
        (r#"{"RequestItems":{"abc":[{}]}}"#, both),
        (r#"{"RequestItems":{"abc":[{"PutRequest":{"Item":{"a":{}}},"DeleteRequest":{"Key":{}}}]}}"#, both),
        (
            r#"{"RequestItems":{"abc":[{"PutRequest":{"Item":{"a":{"N":"x"}}}}]}}"#,
            "The parameter cannot be converted to a numeric value: x",
        ),
        (
            &format!(r#"{{"RequestItems":{{"abc":[{}],"abd":[{}]}}}}"#, puts(13), puts(13)),
            "Too many items requested for the BatchWriteItem call",
        ),
    ]);
    let body = format!(r#"{{"RequestItems":{{"abc":[{}]}}}}"#, puts(26));
    let answer = crate::answer::<BatchWriteItem>(body.as_bytes());
    let start = "ValidationException: 1 validation error detected: Value '{abc=[WriteRequest(deleteRequest=null, \
        putRequest=PutRequest(item={k=AttributeValue(s=null, n=0, b=null,";
    assert_eq!(answer[..start.len()], *start);
    let end = "' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length \
        less than or equal to 25, Member must have length greater than or equal to 1]";
    assert_eq!(answer[answer.len() - end.len()..], *end);
    check::<BatchWriteItem>(&[(&format!(r#"{{"RequestItems":{{"abc":[{}]}}}}"#, puts(25)), ACCEPTED)]);
}
