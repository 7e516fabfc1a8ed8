//! Bodies of every kind: an answer or an error, never a panic, and in time.

use pixii_model::ApiError;
use pixii_model::operation::*;
use pixii_model::wire::fault::to_wire;
use pixii_model::wire::{decode_input, json};
use proptest::prelude::*;

/// Decodes a body as the input of every operation on items.
fn decode_as_all(body: &[u8]) {
    fn decode<Op: Operation>(body: &[u8]) {
        let decoded = json::parse(body).map_err(ApiError::from).and_then(decode_input::<Op::Input>);
        if let Err(error) = decoded {
            assert!(!to_wire(&error).body.is_empty());
        }
    }
    decode::<BatchGetItem>(body);
    decode::<BatchWriteItem>(body);
    decode::<DeleteItem>(body);
    decode::<GetItem>(body);
    decode::<PutItem>(body);
    decode::<Query>(body);
    decode::<Scan>(body);
    decode::<TransactGetItems>(body);
    decode::<TransactWriteItems>(body);
    decode::<UpdateItem>(body);
}

/// JSON made of the names and values that requests are made of, in any places.
fn nearly_a_request() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "TableName",
        "Item",
        "Key",
        "RequestItems",
        "TransactItems",
        "Expected",
        "Value",
        "ComparisonOperator",
        "AttributeValueList",
        "ReturnValues",
        "Limit",
        "ConsistentRead",
        "ExpressionAttributeValues",
        "Put",
        "Get",
        "Update",
        "PutRequest",
        "DeleteRequest",
        "Keys",
        "ExclusiveStartKey",
        "ScanFilter",
        "S",
        "N",
        "B",
        "BOOL",
        "NULL",
        "M",
        "L",
        "SS",
        "NS",
        "BS",
        ":v",
        "#n",
        "a",
    ]);
    let scalar = prop::sample::select(vec![
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "1e400",
        "-1e400",
        "1E-400",
        "123456789012345678901234567890123456789012",
        "\"\"",
        "\"a\"",
        "\"abc\"",
        "\"1\"",
        "\"YQ==\"",
        "\"EQ\"",
        "\"ALL_OLD\"",
        "\"\\ud83d\\ude00\"",
        "\"\u{0}\"",
        "\"é\"",
        "\"1e130\"",
    ])
    .prop_map(str::to_owned);
    scalar.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6)
                .prop_map(|elements| format!("[{}]", elements.join(","))),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|members| {
                let members: Vec<_> =
                    members.into_iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn bytes_of_any_origin_do_no_harm(body in prop::collection::vec(any::<u8>(), 0..200)) {
        decode_as_all(&body);
    }

    #[test]
    fn near_misses_do_no_harm(body in nearly_a_request()) {
        decode_as_all(body.as_bytes());
    }
}

#[test]
fn lone_surrogates_and_invalid_utf8_are_no_json() {
    for body in [
        &br#"{"TableName":"\ud800"}"#[..],
        br#"{"TableName":"\udc00\ud800"}"#,
        b"{\"TableName\":\"\xff\"}",
        b"{\"TableName\":\"\xed\xa0\x80\"}",
        b"{\"TableName\":\"a\0\"}",
    ] {
        assert!(json::parse(body).is_err(), "{body:?}");
    }
}
