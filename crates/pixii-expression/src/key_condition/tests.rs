use super::*;
use crate::sample::{substitutions, value};
use pixii_model::AttributeType::{B, N, S};

const VALUES: &str = ":a: 'x', :b: 'y', :n: 1, :b1: 0x01, :e: ''";

fn parse(text: &str) -> Result<KeyCondition, String> {
    let substitutions = substitutions(VALUES);
    KeyCondition::parse(text, &mut substitutions.placeholders()).map_err(|error| error.to_string())
}

fn key<'a>(attributes: &[(&'a str, AttributeType)]) -> Vec<KeyAttribute<'a>> {
    attributes.iter().map(|&(name, attribute_type)| KeyAttribute { name, attribute_type }).collect()
}

fn resolve(
    text: &str,
    partition: &[(&str, AttributeType)],
    sort: &[(&str, AttributeType)],
) -> Result<KeySelection, String> {
    let condition = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let (partition, sort) = (key(partition), key(sort));
    condition
        .resolve_partition(&partition, &sort)
        .and_then(|values| condition.resolve_sort(values, &sort))
        .map_err(|error| error.to_string())
}

#[test]
fn what_is_no_key_condition_is_refused() {
    for (text, sentence) in [
        ("", "Invalid KeyConditionExpression: The expression can not be empty;"),
        ("a > 4", "Invalid KeyConditionExpression: Syntax error; token: \"4\", near: \"> 4\""),
        (
            "attribute_type(a, b)",
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
        ),
        (
            "BEGINS_WITH(a, :a)",
            "Invalid KeyConditionExpression: Invalid function name; function: BEGINS_WITH",
        ),
        (
            "a = :a AND begins_with(b, :n)",
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "((a = :a) AND ((b = :b)))",
            "Invalid KeyConditionExpression: The expression has redundant parentheses;",
        ),
        ("a > b and size(b) > c or a > c", "Invalid operator used in KeyConditionExpression: OR"),
        ("a in (b, size(c), d)", "Invalid operator used in KeyConditionExpression: IN"),
        ("attribute_exists(a)", "Invalid operator used in KeyConditionExpression: attribute_exists"),
        ("attribute_not_exists(a)", "Invalid operator used in KeyConditionExpression: attribute_not_exists"),
        ("contains(a.d, b)", "Invalid operator used in KeyConditionExpression: contains"),
        ("not a > b", "Invalid operator used in KeyConditionExpression: NOT"),
        ("a <> b", "Invalid operator used in KeyConditionExpression: <>"),
        (
            ":a between size(b) and size(a) and b > :b",
            "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand",
        ),
        (
            "begins_with(:a, b) and a > :b",
            "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand",
        ),
        ("size(b) > a AND a.b > b AND b > c", "KeyConditionExpressions cannot contain nested operations"),
        ("a > size(b.d)", "KeyConditionExpressions cannot contain nested operations"),
        ("a between size(b) and size(a)", "KeyConditionExpressions cannot contain nested operations"),
        (
            "b > a.b",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        ),
        (
            "a between b and size(a)",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        ),
        (
            "begins_with(a, b)",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        ),
        (
            "a.d > c",
            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes",
        ),
        (
            "b[0] > :a",
            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes",
        ),
        (":b > :a AND a < :b", "Invalid condition in KeyConditionExpression: No key attribute specified"),
        (
            "b > :a AND b < :a and c = :a and d = :a",
            "KeyConditionExpressions must only contain one condition per key",
        ),
        (
            "(a > :a and b > :a) and (b > :a and c > :a)",
            "KeyConditionExpressions must only contain one condition per key",
        ),
    ] {
        assert_eq!(parse(text).map(|_| ()), Err(sentence.to_owned()), "{text}");
    }
}

#[test]
fn a_selection_is_a_partition_and_a_range() {
    use KeyPredicate::*;
    let text = |text: &str| AttributeValue::from(text);
    for (condition, sort, range) in [
        ("p = :a", None, None),
        (":a = p AND s = :b", Some(text("y")), None),
        ("s = :b AND p = :a", Some(text("y")), None),
        ("p = :a AND s < :b", None, Some(Less(text("y")))),
        ("p = :a AND :b < s", None, Some(Greater(text("y")))),
        ("p = :a AND :b >= s", None, Some(LessOrEqual(text("y")))),
        ("((p = :a) AND (s >= :b))", None, Some(GreaterOrEqual(text("y")))),
        ("p = :a AnD s BeTwEeN :a aNd :b", None, Some(Between(text("x"), text("y")))),
        ("begins_with(s, :a) AND p = :a", None, Some(BeginsWith(text("x")))),
    ] {
        let expect = KeySelection { partition: vec![text("x")], sort: sort.into_iter().collect(), range };
        assert_eq!(resolve(condition, &[("p", S)], &[("s", S)]), Ok(expect), "{condition}");
    }
}

#[test]
fn keys_of_one_and_one_attribute() {
    const TYPE: &str =
        "One or more parameter values were invalid: Condition parameter type does not match schema type";
    const UNSUPPORTED: &str = "Query key condition not supported";
    for (condition, sentence) in [
        (":n > p", TYPE),
        ("p = :a AND s = :n", TYPE),
        ("p = :a AND begins_with(s, :b1)", TYPE),
        ("p > :a", UNSUPPORTED),
        (":a >= p", UNSUPPORTED),
        ("begins_with(p, :a)", UNSUPPORTED),
        ("p between :a and :a", UNSUPPORTED),
        ("s = :a", "Query condition missed key schema element: p"),
        ("p = :a AND z = :a", "Query condition missed key schema element: s"),
        ("y = :a AND z = :a", "Query condition missed key schema element: p"),
        ("p = :a AND s < :a AND z < :a", "Conditions can be of length 1 or 2 only"),
        (
            "p = :e",
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: p",
        ),
        (
            "p = :a AND s BETWEEN :e AND :a",
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: s",
        ),
    ] {
        assert_eq!(resolve(condition, &[("p", S)], &[("s", S)]), Err(sentence.to_owned()), "{condition}");
    }
    for condition in ["p = :a AND z = :a", "y = :a AND z = :a", "p = :a AND p2 < :n"] {
        assert_eq!(resolve(condition, &[("p", S)], &[]), Err(UNSUPPORTED.to_owned()), "{condition}");
    }
}

#[test]
fn keys_of_several_attributes() {
    let partition = [("h1", S), ("h2", N)];
    let sort = [("r1", S), ("r2", B), ("r3", S), ("r4", S)];
    let expect = KeySelection {
        partition: vec![value("'x'"), value("1")],
        sort: vec![value("'x'"), value("0x01")],
        range: Some(KeyPredicate::Less(value("'y'"))),
    };
    let text = "r3 < :b AND h2 = :n AND r1 = :a AND h1 = :a AND r2 = :b1";
    assert_eq!(resolve(text, &partition, &sort), Ok(expect));
    for (condition, sentence) in [
        ("h1 = :a", "HASH key attributes h2 must have equality conditions specified in the query"),
        (
            "h1 = :a AND h2 > :n",
            "HASH key attributes h2 must have equality conditions specified in the query",
        ),
        (
            "r1 = :a AND r3 = :a",
            "HASH key attributes h1, h2 must have equality conditions specified in the query",
        ),
        (
            "h1 = :a AND h2 = :n AND r1 = :a AND r3 = :a",
            "RANGE key attributes r2 must have equality conditions specified in the query because a condition is present on key attribute r3",
        ),
        (
            "h1 = :a AND h2 = :n AND r1 > :a AND r2 = :b1",
            "RANGE key attributes r1 must have equality conditions specified in the query because a condition is present on key attribute r2",
        ),
        ("h1 = :a AND h2 = :n AND z = :a", "Query condition missed key schema element: r1"),
        (
            "h1 = :a AND h2 = :a",
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
    ] {
        assert_eq!(resolve(condition, &partition, &sort), Err(sentence.to_owned()), "{condition}");
    }
    assert_eq!(
        resolve("h1 = :a AND r1 = :a AND r2 = :a AND z = :a", &[("h1", S)], &[("r1", S), ("r2", S)]),
        Err("The number of query conditions (4) exceeds the number of key attributes defined in the schema (3)"
            .to_owned())
    );
}
