//! ListStreams, DescribeStream, GetShardIterator and GetRecords.

use crate::{ACCEPTED, check, check_messages, error_body};
use pixii_model::ApiError;
use pixii_model::error::MissingResource;
use pixii_model::operation::{DescribeStream, GetRecords, GetShardIterator, ListStreams, OperationName};
use pixii_model::stream::StreamArn;

const ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/2024-01-02T03:04:05.678";
const SHARD: &str = "shardId-00000001704164645678-0123abcd";

#[test]
fn a_stream_is_named_by_its_arn() {
    let describe = |arn: &str| format!(r#"{{"StreamArn":"{arn}"}}"#);
    check_messages::<DescribeStream>(&[
        (
            "{}",
            "1 validation error detected: Value null at 'streamArn' failed to satisfy constraint: Member must not be null",
        ),
        (&describe("fake-stream"), "Invalid StreamArn"),
        (&describe("arn:aws:dynamodb:us-east-1:000000000000:table/Music"), "Invalid StreamArn"),
        (r#"{"StreamArn":"fake-stream","Limit":0}"#, "Invalid StreamArn"),
    ]);
    check_messages::<ListStreams>(&[(
        r#"{"ExclusiveStartStreamArn":"kossaapaaasdafsdaasdasdasdasasdasfadfadfasdasdas"}"#,
        "Invalid StreamArn",
    )]);
    check::<DescribeStream>(&[(&describe(ARN), ACCEPTED)]);
    check::<ListStreams>(&[("{}", ACCEPTED)]);
}

#[test]
fn limits_have_limits() {
    let at_most = |value: i32, max: i32| {
        format!(
            "1 validation error detected: Value '{value}' at 'limit' failed to satisfy constraint: \
             Member must have value less than or equal to {max}"
        )
    };
    let at_least = "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: \
                    Member must have value greater than or equal to 1";
    let describe = |limit: i32| format!(r#"{{"StreamArn":"{ARN}","Limit":{limit}}}"#);
    let records = |limit: i32| format!(r#"{{"ShardIterator":"i","Limit":{limit}}}"#);
    check_messages::<ListStreams>(&[(r#"{"Limit":101}"#, &at_most(101, 100)), (r#"{"Limit":0}"#, at_least)]);
    check_messages::<DescribeStream>(&[(&describe(101), &at_most(101, 100)), (&describe(0), at_least)]);
    check_messages::<GetRecords>(&[(&records(1001), &at_most(1001, 1000)), (&records(0), at_least)]);
    check::<GetRecords>(&[(&records(1000), ACCEPTED)]);
}

#[test]
fn a_shard_filter_is_whole() {
    let describe = |filter: &str| format!(r#"{{"StreamArn":"{ARN}","ShardFilter":{filter}}}"#);
    check_messages::<DescribeStream>(&[
        (
            &describe(r#"{"Type":"CHILD_SHARDS","ShardId":"qwerty"}"#),
            "1 validation error detected: Value 'qwerty' at 'shardFilter.shardId' failed to satisfy constraint: \
             Member must have length greater than or equal to 28",
        ),
        (
            &describe(&format!(r#"{{"Type":"foo","ShardId":"{SHARD}"}}"#)),
            "1 validation error detected: Value 'foo' at 'shardFilter.type' failed to satisfy constraint: \
             Member must satisfy enum value set: [CHILD_SHARDS]",
        ),
        (
            &describe(r#"{"Type":"CHILD_SHARDS"}"#),
            "One or more parameter values were invalid: ShardFilter.ShardId cannot be null",
        ),
        (
            &describe(&format!(r#"{{"ShardId":"{SHARD}"}}"#)),
            "One or more parameter values were invalid: ShardFilter.Type cannot be null",
        ),
    ]);
    check::<DescribeStream>(&[(
        &describe(&format!(r#"{{"Type":"CHILD_SHARDS","ShardId":"{SHARD}"}}"#)),
        ACCEPTED,
    )]);
}

#[test]
fn a_position_goes_with_its_type() {
    let position =
        |rest: &str| format!(r#"{{"StreamArn":"{ARN}","ShardId":"{SHARD}","ShardIteratorType":{rest}}}"#);
    let number = r#""SequenceNumber":"111700000000005435312""#;
    let unwanted = |member: &str| {
        format!(
            "One or more parameter values were invalid: {member} should not be passed for this iterator type"
        )
    };
    let missing =
        |member: &str| format!("One or more parameter values were invalid: {member} cannot be null");
    for kind in ["TRIM_HORIZON", "LATEST"] {
        check::<GetShardIterator>(&[(&position(&format!("\"{kind}\"")), ACCEPTED)]);
        check_messages::<GetShardIterator>(&[
            (&position(&format!("\"{kind}\",{number}")), &unwanted("SequenceNumber")),
            (&position(&format!("\"{kind}\",\"Timestamp\":1700000000")), &unwanted("Timestamp")),
        ]);
    }
    for kind in ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"] {
        check::<GetShardIterator>(&[(&position(&format!("\"{kind}\",{number}")), ACCEPTED)]);
        check_messages::<GetShardIterator>(&[
            (&position(&format!("\"{kind}\"")), &missing("SequenceNumber")),
            (&position(&format!("\"{kind}\",{number},\"Timestamp\":1700000000")), &unwanted("Timestamp")),
            (
                &position(&format!("\"{kind}\",\"SequenceNumber\":\"1\"")),
                "1 validation error detected: Value '1' at 'sequenceNumber' failed to satisfy constraint: \
                 Member must have length greater than or equal to 21",
            ),
            (
                &position(&format!("\"{kind}\",\"SequenceNumber\":\"not a number of a record\"")),
                "Invalid SequenceNumber for the shard",
            ),
        ]);
    }
    check::<GetShardIterator>(&[(&position(r#""AT_TIMESTAMP","Timestamp":1791316726.480"#), ACCEPTED)]);
    check_messages::<GetShardIterator>(&[
        (&position(r#""AT_TIMESTAMP""#), &missing("Timestamp")),
        (&position(&format!(r#""AT_TIMESTAMP",{number}"#)), &unwanted("SequenceNumber")),
        (
            &position(r#""bulle""#),
            "1 validation error detected: Value 'bulle' at 'shardIteratorType' failed to satisfy constraint: \
             Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, \
             TRIM_HORIZON]",
        ),
        (
            "{}",
            "3 validation errors detected: \
             Value null at 'streamArn' failed to satisfy constraint: Member must not be null; \
             Value null at 'shardId' failed to satisfy constraint: Member must not be null; \
             Value null at 'shardIteratorType' failed to satisfy constraint: Member must not be null",
        ),
    ]);
}

#[test]
fn what_is_gone_is_told_in_aws_words() {
    let arn = StreamArn::parse(ARN).expect("an ARN");
    let body = |code: &str, message: &str| {
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"{message}"}}"#)
    };
    let missing = |resource| error_body(&ApiError::ResourceNotFound(resource));
    assert_eq!(
        missing(MissingResource::Stream(arn)),
        body("ResourceNotFoundException", &format!("Requested resource not found: Stream: {ARN} not found"))
    );
    assert_eq!(
        missing(MissingResource::Shard),
        body("ResourceNotFoundException", "Requested resource not found: Shard does not exist")
    );
    assert_eq!(
        error_body(&ApiError::TrimmedDataAccess),
        body("TrimmedDataAccessException", "The data you are trying to access has been trimmed")
    );
    assert_eq!(
        error_body(&ApiError::ExpiredIterator),
        body("ExpiredIteratorException", "The provided iterator exceeds the maximum age allowed.")
    );
}

#[test]
fn each_api_has_its_own_operations() {
    let target = |text: &str| OperationName::from_target(text);
    for operation in OperationName::ALL {
        let name = operation.as_str();
        let of_streams = ["ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"].contains(&name);
        let found = target(&format!("DynamoDBStreams_20120810.{name}"));
        assert_eq!(found.is_some(), of_streams, "{name}");
        assert_eq!(target(&format!("{}.{name}", operation.target())), Some(*operation));
    }
    // Two APIs have an operation of this name.
    assert_eq!(target("DynamoDB_20120810.TagResource"), Some(OperationName::TagResource));
    assert_eq!(target("AnyScaleFrontendService.TagResource"), Some(OperationName::TagScalableTarget));
    assert_eq!(target("DynamoDB_20120810.RegisterScalableTarget"), None);
    assert_eq!(target("AnyScaleFrontendService.PutItem"), None);
    assert_eq!(target("DynamoDB_20120810"), None);
    assert_eq!(target("DynamoDBStreams_20120810.NoSuchThing"), None);
}
