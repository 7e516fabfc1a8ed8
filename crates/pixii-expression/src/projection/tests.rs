use super::*;
use crate::sample::{item, substitutions};
use pixii_model::EncodedItem;

fn parse(text: &str, placeholders: &str) -> Result<Projection, String> {
    let substitutions = substitutions(placeholders);
    Projection::parse(text, &mut substitutions.placeholders()).map_err(|error| error.to_string())
}

/// The projection finds `expect`, in the item as it is and as it is stored.
fn check(text: &str, placeholders: &str, attributes: &str, expect: &str) {
    let projection = parse(text, placeholders).unwrap_or_else(|error| panic!("{text}: {error}"));
    let whole = item(attributes);
    assert_eq!(projection.project(&whole), item(expect), "{text} of {attributes}");
    assert_eq!(
        projection.project(&EncodedItem::encode(&whole)),
        item(expect),
        "{text} of stored {attributes}"
    );
}

#[test]
fn paths_are_joined_and_lists_close_up() {
    const ITEM: &str = "a: 's', b: {a: 1, b: [1, {x: 2, y: 3}], c: null}, c: ['a', 'b', ['c', 'd'], {x: 1}]";
    for (text, expect) in [
        ("a", "a: 's'"),
        ("z", ""),
        ("a, z, c", "a: 's', c: ['a', 'b', ['c', 'd'], {x: 1}]"),
        ("b.c,c[1],b.a,c[0].a", "b: {a: 1, c: null}, c: ['b']"),
        ("c[3], c[1]", "c: ['b', {x: 1}]"),
        ("c[2][1], c[2][0], c[0]", "c: ['a', ['c', 'd']]"),
        ("c[2][5], c[9]", ""),
        ("b.b[1].y, b.b[0]", "b: {b: [1, {y: 3}]}"),
        ("#b.#d", ""),
        ("b . b [ 0 ]", "b: {b: [1]}"),
    ] {
        check(text, "#b: b, #d: b.b", ITEM, expect);
    }
    check("#a", "#a: x.y", "x.y: 1, x: {y: 2}", "x.y: 1");
}

#[test]
fn whole_attributes_are_told() {
    assert_eq!(
        parse("a, #b", "#b: size").unwrap().top_level_only().unwrap()[..],
        ["a".to_owned(), "size".to_owned()]
    );
    assert_eq!(parse("a, b.c", "").unwrap().top_level_only(), None);
    assert_eq!(parse("a, b.c", "").unwrap().paths().len(), 2);
}

#[test]
fn what_is_wrong_is_told_in_order() {
    for (text, sentence) in [
        ("", "The expression can not be empty;"),
        ("!!!", "Syntax error; token: \"!\", near: \"!!\""),
        ("whatever(stuff)", "Syntax error; token: \"(\", near: \"whatever(stuff\""),
        (":a", "Syntax error; token: \":a\", near: \":a\""),
        ("abort,", "Syntax error; token: \"<EOF>\", near: \",\""),
        ("a,,b", "Syntax error; token: \",\", near: \",,b\""),
        ("a..b", "Syntax error; token: \".\", near: \"..b\""),
        ("a[b]", "Syntax error; token: \"b\", near: \"[b]\""),
        ("a[-1]", "Syntax error; token: \"-\", near: \"[-1\""),
        ("a[]", "Syntax error; token: \"]\", near: \"[]\""),
        ("(a)", "Syntax error; token: \"(\", near: \"(a\""),
        ("a-b", "Syntax error; token: \"-\", near: \"a-b\""),
        ("a b", "Syntax error; token: \"b\", near: \"a b\""),
        ("#x,ABSoLUTE", "Attribute name is a reserved keyword; reserved keyword: ABSoLUTE"),
        (
            "a,b,a,#x",
            "An expression attribute name used in the document path is not defined; attribute name: #x",
        ),
        (
            "b[1], b.a, #a.b, a",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]",
        ),
        (
            "a.b, #a[1], b",
            "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]",
        ),
        ("a[99999999999999]", "List index is not within the allowable range; index: [99999999999999]"),
    ] {
        let expect = Err(format!("Invalid ProjectionExpression: {sentence}"));
        assert_eq!(parse(text, "#a: a").map(|_| ()), expect, "{text}");
    }
    assert!(parse(&"x".repeat(4096), "").is_ok());
    assert!(parse(&format!("a{}", ".b".repeat(31)), "").is_ok());
    assert_eq!(
        parse(&format!("a{}", ".b".repeat(32)), "").map(|_| ()),
        Err(
            "Invalid ProjectionExpression: The document path has too many nesting levels; nesting levels: 33"
                .to_owned()
        )
    );
}
