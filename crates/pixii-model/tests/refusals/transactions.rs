//! TransactWriteItems and TransactGetItems.

use crate::{ACCEPTED, check, check_messages};
use pixii_model::operation::{TransactGetItems, TransactWriteItems};

#[test]
fn numbers_of_actions() {
    check_messages::<TransactWriteItems>(&[
        (
            "{}",
            "1 validation error detected: Value null at 'transactItems' failed to satisfy constraint: Member must not be \
             null",
        ),
        (
            r#"{"TransactItems":[]}"#,
            "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have \
             length greater than or equal to 1",
        ),
    ]);
    check_messages::<TransactGetItems>(&[(
        r#"{"TransactItems":[]}"#,
        "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length \
         greater than or equal to 1",
    )]);
    let gets = |count| vec![r#"{"Get":{"TableName":"abc","Key":{"a":{"S":"a"}}}}"#; count].join(",");
    check::<TransactGetItems>(&[(&format!(r#"{{"TransactItems":[{}]}}"#, gets(100)), ACCEPTED)]);
    let answer =
        crate::answer::<TransactGetItems>(format!(r#"{{"TransactItems":[{}]}}"#, gets(101)).as_bytes());
    let start = "ValidationException: 1 validation error detected: Value '[TransactGetItem(get=Get(key={a=AttributeValue(s=a,";
    assert_eq!(answer[..start.len()], *start);
    let end = "' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100";
    assert_eq!(answer[answer.len() - end.len()..], *end);
}

#[test]
fn members_of_actions() {
    check_messages::<TransactWriteItems>(&[
        (
            r#"{"TransactItems":[{"Update":{}},{"ConditionCheck":{"Key":{},"TableName":"abc"}}]}"#,
            "4 validation errors detected: \
             Value null at 'transactItems.1.member.update.key' failed to satisfy constraint: Member must not be null; \
             Value null at 'transactItems.1.member.update.updateExpression' failed to satisfy constraint: Member must not be null; \
             Value null at 'transactItems.1.member.update.tableName' failed to satisfy constraint: Member must not be null; \
             Value null at 'transactItems.2.member.conditionCheck.conditionExpression' failed to satisfy constraint: \
             Member must not be null",
        ),
        (
            r#"{"TransactItems":[{}]}"#,
            "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request",
        ),
        (
            r#"{"TransactItems":[{"Put":{"TableName":"abc","Item":{"a":{}}},"Delete":{"TableName":"abc","Key":{}}}]}"#,
            "TransactItems can only contain one of Check, Put, Update or Delete",
        ),
        (
            r#"{"TransactItems":[{"Put":{"TableName":"abc","Item":{"a":{"SS":[]}}}}]}"#,
            "One or more parameter values were invalid: An string set  may not be empty",
        ),
        (
            r#"{"TransactItems":[{"Put":{"TableName":"abc","Item":{},"ExpressionAttributeValues":{}}}]}"#,
            "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
        ),
        (
            r#"{"TransactItems":[{"Delete":{"TableName":"abc","Key":{},"ExpressionAttributeNames":{}}}]}"#,
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            r#"{"TransactItems":[{"Put":{"TableName":"abc","Item":{}}}],"ClientRequestToken":""}"#,
            "1 validation error detected: Value '' at 'clientRequestToken' failed to satisfy constraint: Member must have \
             length greater than or equal to 1",
        ),
    ]);
    check_messages::<TransactGetItems>(&[
        (
            r#"{"TransactItems":[{}]}"#,
            "1 validation error detected: Value null at 'transactItems.1.member.get' failed to satisfy constraint: Member \
             must not be null",
        ),
        (
            r#"{"TransactItems":[{"Get":{"TableName":"abc","Key":{"a":{"N":"x"}}}}]}"#,
            "The parameter cannot be converted to a numeric value: x",
        ),
        (
            r#"{"TransactItems":[{"Get":{"TableName":"abc","Key":{},"ExpressionAttributeNames":{}}}]}"#,
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
    ]);
    check::<TransactWriteItems>(&[(
        r##"{"TransactItems":[{"Update":{"TableName":"abc","Key":{},"UpdateExpression":"SET a = :a","ExpressionAttributeValues":{":a":{"S":"a"}}}}]}"##,
        ACCEPTED,
    )]);
}
