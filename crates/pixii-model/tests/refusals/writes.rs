//! PutItem, UpdateItem and DeleteItem.

use crate::{ACCEPTED, check, check_messages};
use pixii_model::operation::{DeleteItem, PutItem, UpdateItem};

#[test]
fn constraints_are_gathered() {
    check_messages::<PutItem>(&[
        (
            "{}",
            "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null; \
             Value null at 'item' failed to satisfy constraint: Member must not be null",
        ),
        (
            r#"{"TableName":"abc;","Item":{},"ReturnConsumedCapacity":"hi","ReturnItemCollectionMetrics":"hi","ReturnValues":"hi"}"#,
            "4 validation errors detected: \
             Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: \
             Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; \
             Value 'hi' at 'returnValues' failed to satisfy constraint: \
             Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; \
             Value 'hi' at 'returnItemCollectionMetrics' failed to satisfy constraint: \
             Member must satisfy enum value set: [SIZE, NONE]; \
             Value 'abc;' at 'tableName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        (
            r#"{"TableName":"abc","Item":{},"ReturnValuesOnConditionCheckFailure":"hi","ConditionalOperator":"hi"}"#,
            "2 validation errors detected: \
             Value 'hi' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: \
             Member must satisfy enum value set: [ALL_OLD, NONE]; \
             Value 'hi' at 'conditionalOperator' failed to satisfy constraint: \
             Member must satisfy enum value set: [OR, AND]",
        ),
        (
            r#"{"TableName":"abc","Item":{},"Expected":{"x":{"ComparisonOperator":"hi"}}}"#,
            "1 validation error detected: Value 'hi' at 'expected.x.member.comparisonOperator' failed to satisfy \
             constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, \
             LE, BEGINS_WITH, GE, CONTAINS]",
        ),
    ]);
    check_messages::<UpdateItem>(&[
        (
            "{}",
            "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null; \
             Value null at 'key' failed to satisfy constraint: Member must not be null",
        ),
        (
            r#"{"TableName":"abc","Key":{},"AttributeUpdates":{"a":{"Action":"hi"}}}"#,
            "1 validation error detected: Value 'hi' at 'attributeUpdates.a.member.action' failed to satisfy constraint: \
             Member must satisfy enum value set: [ADD, PUT, DELETE]",
        ),
    ]);
    check_messages::<DeleteItem>(&[(
        r#"{"TableName":""}"#,
        "2 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: \
         Member must have length greater than or equal to 1; \
         Value null at 'key' failed to satisfy constraint: Member must not be null",
    )]);
}

#[test]
fn no_more_than_ten_are_told() {
    let wrong: Vec<_> = (0..12).map(|at| format!(r#""{at:02}":{{"ComparisonOperator":"hi"}}"#)).collect();
    let body = format!(r#"{{"TableName":"abc","Item":{{}},"Expected":{{{}}}}}"#, wrong.join(","));
    let told: Vec<_> = (0..10)
        .map(|at| {
            format!(
                "Value 'hi' at 'expected.{at:02}.member.comparisonOperator' failed to satisfy constraint: Member must \
                 satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, \
                 CONTAINS]"
            )
        })
        .collect();
    let message = format!("10 validation errors detected: {}", told.join("; "));
    check_messages::<PutItem>(&[(&body, &message)]);
}

#[test]
fn table_names_and_arns() {
    let put = |name: &str| format!(r#"{{"TableName":"{name}","Item":{{}}}}"#);
    let long = "a".repeat(256);
    let told = |name: &str, constraint: &str| {
        format!(
            "1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: {constraint}"
        )
    };
    check_messages::<PutItem>(&[
        (&put(""), &told("", "Member must have length greater than or equal to 1")),
        (&put(&long), &told(&long, "Member must have length less than or equal to 255")),
        (&put("x!"), &told("x!", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")),
    ]);
    check::<PutItem>(&[
        (&put("a"), ACCEPTED),
        (&put(&"a".repeat(255)), ACCEPTED),
        (&put("arn:aws:dynamodb:us-east-1:000000000000:table/abc"), ACCEPTED),
    ]);
    let arn = format!("arn:{}", "a".repeat(1024));
    check_messages::<PutItem>(&[(
        &put(&arn),
        &told(&arn, "Member must have length less than or equal to 1024"),
    )]);
}

#[test]
fn expressions_and_legacy_parameters_do_not_mix() {
    check_messages::<PutItem>(&[
        (
            r#"{"TableName":"abc","Item":{"a":{}},"Expected":{},"ConditionExpression":"","ReturnValues":"ALL_NEW"}"#,
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: \
             {Expected} Expression parameters: {ConditionExpression}",
        ),
        (
            r#"{"TableName":"abc","Item":{"a":{}},"ExpressionAttributeNames":{},"ExpressionAttributeValues":{}}"#,
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            r#"{"TableName":"abc","Item":{"a":{}},"ExpressionAttributeValues":{}}"#,
            "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
        ),
    ]);
    check_messages::<UpdateItem>(&[
        (
            r#"{"TableName":"abc","Key":{},"Expected":{},"AttributeUpdates":{},"UpdateExpression":"","ConditionExpression":""}"#,
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: \
             {AttributeUpdates, Expected} Expression parameters: {UpdateExpression, ConditionExpression}",
        ),
        (
            r#"{"TableName":"abc","Key":{},"ExpressionAttributeValues":{}}"#,
            "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and \
             ConditionExpression are null",
        ),
    ]);
}

#[test]
fn return_values_of_puts_and_deletes() {
    for value in ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"] {
        let message = "ReturnValues can only be ALL_OLD or NONE";
        check_messages::<PutItem>(&[(
            &format!(r#"{{"TableName":"abc","Item":{{}},"ReturnValues":"{value}"}}"#),
            message,
        )]);
        check_messages::<DeleteItem>(&[(
            &format!(r#"{{"TableName":"abc","Key":{{}},"ReturnValues":"{value}"}}"#),
            message,
        )]);
        let update = format!(r#"{{"TableName":"abc","Key":{{}},"ReturnValues":"{value}"}}"#);
        check::<UpdateItem>(&[(&update, ACCEPTED)]);
    }
}
