use super::*;
use crate::sample::{item, value};
use ComparisonOperator::*;
use pixii_model::AttributeValue;

fn arguments(notations: &[&str]) -> Vec<AttributeValue> {
    notations.iter().map(|notation| value(notation)).collect()
}

fn condition(operator: ComparisonOperator, notations: &[&str]) -> LegacyCondition {
    LegacyCondition { comparison_operator: operator, attribute_value_list: arguments(notations) }
}

fn one<T>(value: T) -> BTreeMap<String, T> {
    BTreeMap::from([("a".to_owned(), value)])
}

#[test]
fn conditions_mean_what_expressions_mean() {
    for (operator, notations, attributes, expect) in [
        (Equal, &["1"][..], "a: 1.0", true),
        (Equal, &["<1, 2>"], "a: <2, 1>", true),
        (Equal, &["1"], "", false),
        (NotEqual, &["1"], "", true),
        (NotEqual, &["1"], "a: '1'", true),
        (Less, &["'b'"], "a: 'a'", true),
        (GreaterOrEqual, &["2"], "a: '3'", false),
        (Between, &["1", "3"], "a: 2", true),
        (In, &["1", "2"], "a: 2", true),
        (In, &["1"], "a: [1]", false),
        (NotNull, &[], "a: null", true),
        (Null, &[], "a: null", false),
        (Null, &[], "", true),
        (Contains, &["'b'"], "a: 'abc'", true),
        (Contains, &["1"], "a: [1]", true),
        (NotContains, &["'x'"], "a: 'abc'", true),
        (NotContains, &["1"], "a: 'abc'", true),
        (NotContains, &["1"], "a: <1>", false),
        (NotContains, &["1"], "", false),
        (BeginsWith, &["'a'"], "a: 'abc'", true),
    ] {
        let filter = filter(&one(condition(operator, notations)), None).unwrap().unwrap();
        assert_eq!(filter.holds(&item(attributes)), expect, "{operator:?} {notations:?} on {attributes}");
    }
}

#[test]
fn arguments_are_checked() {
    const INVALID: &str = "One or more parameter values were invalid: ";
    for (operator, notations, sentence) in [
        (Equal, &[][..], "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (Equal, &["1", "1"], "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (Null, &["1"], "Invalid number of argument(s) for the NULL ComparisonOperator"),
        (Between, &["1", "2", "3"], "Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
        (In, &[], "Invalid number of argument(s) for the IN ComparisonOperator"),
        (In, &["1", "'a'"], "AttributeValues inside AttributeValueList must be of same type"),
        (Between, &["1", "'a'"], "AttributeValues inside AttributeValueList must be of same type"),
        (Less, &["[1]"], "ComparisonOperator LT is not valid for L AttributeValue type"),
        (In, &["<1>"], "ComparisonOperator IN is not valid for NS AttributeValue type"),
        (Contains, &["[1]"], "ComparisonOperator CONTAINS is not valid for L AttributeValue type"),
        (BeginsWith, &["1"], "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type"),
    ] {
        let error = filter(&one(condition(operator, notations)), None).unwrap_err();
        assert_eq!(error.to_string(), format!("{INVALID}{sentence}"), "{operator:?} {notations:?}");
    }
    assert_eq!(
        filter(&one(condition(Between, &["2", "1"])), None).unwrap_err().to_string(),
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"
    );
}

#[test]
fn expected_is_a_value_or_an_operator() {
    let expect = |notation: Option<&str>, exists, operator, list: Option<&[&str]>| {
        let condition = ExpectedAttributeValue {
            value: notation.map(value),
            exists,
            comparison_operator: operator,
            attribute_value_list: list.map(arguments),
        };
        expected(&one(condition), None)
            .map_err(|fault| fault.to_string().replace("One or more parameter values were invalid: ", ""))
    };
    for (value, exists, operator, list, attributes) in [
        (Some("1"), None, None, None, "a: 1"),
        (Some("1"), Some(true), None, None, "a: 1"),
        (None, Some(false), None, None, ""),
        (Some("1"), None, Some(NotEqual), None, ""),
        (None, None, Some(In), Some(&["1", "2"][..]), "a: 2"),
        (None, None, Some(Null), None, ""),
        (None, None, Some(NotNull), Some(&[]), "a: 1"),
    ] {
        let condition = expect(value, exists, operator, list).unwrap().unwrap();
        assert!(condition.holds(&item(attributes)), "{condition:?}");
    }
    for (value, exists, operator, list, sentence) in [
        (
            Some("1"),
            None,
            None,
            Some(&["1"][..]),
            "Value and AttributeValueList cannot be used together for Attribute: a",
        ),
        (
            Some("1"),
            Some(true),
            Some(Equal),
            None,
            "Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
        (
            None,
            None,
            Some(Equal),
            None,
            "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a",
        ),
        (
            Some("1"),
            None,
            Some(Between),
            None,
            "Invalid number of argument(s) for the BETWEEN ComparisonOperator",
        ),
        (
            Some("1"),
            None,
            Some(NotNull),
            None,
            "Invalid number of argument(s) for the NOT_NULL ComparisonOperator",
        ),
        (
            None,
            None,
            None,
            Some(&["1"]),
            "AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
        ),
        (None, None, None, None, "Value must be provided when Exists is null for Attribute: a"),
        (None, Some(true), None, None, "Value must be provided when Exists is true for Attribute: a"),
        (Some("1"), Some(false), None, None, "Value cannot be used when Exists is false for Attribute: a"),
    ] {
        assert_eq!(expect(value, exists, operator, list), Err(sentence.to_owned()));
    }
}

#[test]
fn conditions_join() {
    let both = BTreeMap::from([
        ("a".to_owned(), condition(Equal, &["1"])),
        ("b".to_owned(), condition(Equal, &["2"])),
    ]);
    let holds = |operator| filter(&both, operator).unwrap().unwrap().holds(&item("a: 1, b: 3"));
    assert!(!holds(None));
    assert!(!holds(Some(ConditionalOperator::And)));
    assert!(holds(Some(ConditionalOperator::Or)));
    assert_eq!(filter(&BTreeMap::new(), None), Ok(None));
    for (conditions, sentence) in [
        (BTreeMap::new(), "ConditionalOperator cannot be used without Filter or Expected"),
        (
            one(condition(Equal, &["1"])),
            "ConditionalOperator can only be used when Filter or Expected has two or more elements",
        ),
    ] {
        let error = filter(&conditions, Some(ConditionalOperator::Or)).unwrap_err();
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn key_conditions_take_what_a_range_answers() {
    let conditions = BTreeMap::from([
        ("p".to_owned(), condition(Equal, &["1"])),
        ("s".to_owned(), condition(Between, &["'a'", "'b'"])),
    ]);
    let expect = [
        ("p".to_owned(), KeyPredicate::Equal(value("1"))),
        ("s".to_owned(), KeyPredicate::Between(value("'a'"), value("'b'"))),
    ];
    assert_eq!(key_conditions(&conditions).unwrap().predicates, expect);
    for (operator, notations) in [
        (NotEqual, &["1"][..]),
        (In, &["1"]),
        (In, &["1", "2"]),
        (Null, &[]),
        (NotNull, &[]),
        (Contains, &["1"]),
    ] {
        let condition = key_conditions(&one(condition(operator, notations))).unwrap();
        let key = crate::KeyAttribute { name: "a", attribute_type: AttributeType::N };
        assert_eq!(
            condition.resolve_partition(&[key], &[]).unwrap_err().to_string(),
            "Attempted conditional constraint is not an indexable operation",
            "{operator:?}"
        );
    }
    assert_eq!(
        key_conditions(&BTreeMap::new()).unwrap_err().to_string(),
        "Conditions can be of length 1 or 2 only"
    );
}

#[test]
fn updates_add_put_and_delete() {
    use AttributeAction::{Add, Delete, Put};
    let update = |action, notation: Option<&str>| {
        attribute_updates(&one(AttributeValueUpdate { value: notation.map(value), action }))
    };
    for (action, notation, before, after) in [
        (Put, Some("1"), "a: 'x'", "a: 1"),
        (Add, Some("1"), "a: 2", "a: 3"),
        (Add, Some("1"), "", "a: 1"),
        (Add, Some("<1>"), "a: <2>", "a: <1, 2>"),
        (Add, Some("[1]"), "a: [2]", "a: [2, 1]"),
        (Add, Some("[1]"), "", "a: [1]"),
        (Delete, None, "a: 1, b: 2", "b: 2"),
        (Delete, Some("<1>"), "a: <1, 2>", "a: <2>"),
        (Delete, Some("<1>"), "a: <1>", ""),
    ] {
        let result = update(action, notation).unwrap().apply(Some(&item(before)), &item(""));
        assert_eq!(result.unwrap(), item(after), "{action:?} {notation:?} on {before}");
    }
    for (action, notation) in [(Add, "1"), (Add, "<1>"), (Delete, "<1>")] {
        let error =
            update(action, Some(notation)).unwrap().apply(Some(&item("a: 'x'")), &item("")).unwrap_err();
        assert_eq!(error.to_string(), "Type mismatch for attribute to update");
    }
    for (action, notation, sentence) in [
        (Put, None, "Only DELETE action is allowed when no attribute value is specified"),
        (Add, None, "Only DELETE action is allowed when no attribute value is specified"),
        (Delete, Some("1"), "DELETE action with value is not supported for the type N"),
        (Add, Some("'x'"), "ADD action is not supported for the type S"),
    ] {
        let error = update(action, notation).unwrap_err();
        assert_eq!(error.to_string(), format!("One or more parameter values were invalid: {sentence}"));
    }
}

#[test]
fn attributes_to_get_are_distinct() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let projection = attributes_to_get(&names(&["a", "b.c"])).unwrap();
    assert_eq!(projection.project(&item("a: 1, b: {c: 2}, b.c: 3")), item("a: 1, b.c: 3"));
    assert_eq!(
        attributes_to_get(&names(&["a", "b", "a"])).unwrap_err().to_string(),
        "One or more parameter values were invalid: Duplicate value in attribute name: a"
    );
}
