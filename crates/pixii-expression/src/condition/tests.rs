use super::*;
use crate::path::PathElement;
use crate::sample::{item, substitutions};
use pixii_model::EncodedItem;
use proptest::prelude::*;

fn parse(text: &str, placeholders: &str) -> Result<Condition, String> {
    let substitutions = substitutions(placeholders);
    Condition::parse(text, &mut substitutions.placeholders(), ExpressionKind::Condition)
        .map_err(|error| error.to_string())
}

/// The condition is refused with this sentence, after its usual beginning.
fn refuse(text: &str, placeholders: &str, sentence: &str) {
    let expect = format!("Invalid ConditionExpression: {sentence}");
    assert_eq!(parse(text, placeholders).map(|_| ()), Err(expect), "{text}");
}

/// The condition holds, or does not, for the item as it is and as it is stored.
fn check(text: &str, placeholders: &str, attributes: &str, expect: bool) {
    let condition = parse(text, placeholders).unwrap_or_else(|error| panic!("{text}: {error}"));
    let item = item(attributes);
    assert_eq!(condition.holds(&item), expect, "{text} on {attributes}");
    assert_eq!(condition.holds(&EncodedItem::encode(&item)), expect, "{text} on stored {attributes}");
}

#[test]
fn comparisons_stay_within_a_type() {
    const VALUES: &str =
        ":n: 5, :s: 'cat', :b: 0x80, :l: [1, 'x'], :m: {k: <1, 2>}, :t: true, :z: null, :ss: <'a', 'b'>";
    for (text, attributes, expect) in [
        ("a = :n", "a: 5.0", true),
        ("a = :n", "a: '5'", false),
        ("a = :n", "", false),
        (":n = a", "a: 5", true),
        ("a <> :n", "a: 6", true),
        ("a <> :n", "a: '5'", true),
        ("a <> :n", "", true),
        ("a < :n", "a: 4.99", true),
        ("a < :n", "a: 5", false),
        ("a < :n", "a: '4'", false),
        ("a < :n", "", false),
        ("a <= :n", "a: 5", true),
        ("a > :n", "a: 100", true),
        ("a >= :n", "a: 5", true),
        ("a >= :n", "a: -6", false),
        ("NOT a >= :n", "a: 'x'", true),
        ("a < :s", "a: 'car'", true),
        ("a < :s", "a: 'cats'", false),
        ("a < :b", "a: 0x7f", true),
        ("a < :b", "a: 0x80ff", false),
        ("a < :b", "a: 'a'", false),
        ("a = :l", "a: [1, 'x']", true),
        ("a = :l", "a: ['x', 1]", false),
        ("a = :l", "a: [1]", false),
        ("a = :m", "a: {k: <2, 1>}", true),
        ("a = :m", "a: {k: <2>}", false),
        ("a = :m", "a: {j: <1, 2>}", false),
        ("a = :t", "a: true", true),
        ("a = :t", "a: false", false),
        ("a = :z", "a: null", true),
        ("a = :ss", "a: <'b', 'a'>", true),
        ("a = :ss", "a: <'b'>", false),
        ("a = b", "a: [1], b: [1]", true),
        ("a = b", "a: [1]", false),
        ("a = b", "", false),
        ("a <> b", "", true),
        ("a < b", "a: [1], b: [2]", false),
        ("a.b[1].c = :n", "a: {b: [0, {c: 5}]}", true),
        ("a.b[1].c = :n", "a: {b: [{c: 5}]}", false),
        ("a.b[1] = :n", "a: [5]", false),
        ("a BETWEEN :n AND b", "a: 5, b: 5", true),
        ("a BETWEEN b AND :n", "a: 5, b: 'x'", false),
        ("a between :n and b", "a: 6, b: 5", false),
        (":n BETWEEN a AND b", "a: 4, b: 6", true),
        ("a IN (:s, :n)", "a: 5", true),
        ("a in (:s, b)", "a: [1], b: [1]", true),
        ("a IN (b)", "", false),
    ] {
        check(text, VALUES, attributes, expect);
    }
}

#[test]
fn functions_look_at_types() {
    const VALUES: &str =
        ":n: 5, :s: 'cat', :b: 0x0203, :l: [1], :t: 'SS', :e: '', :one: 1, :two: 2, :ns: <1, 2>, :z: null";
    for (text, attributes, expect) in [
        ("attribute_exists(a)", "a: null", true),
        ("attribute_exists(a.b)", "a: {c: 1}", false),
        ("attribute_not_exists(a[2])", "a: [1, 2]", true),
        ("attribute_type(a, :t)", "a: <'x'>", true),
        ("attribute_type(a, :t)", "a: 'x'", false),
        ("attribute_type(a, :t)", "", false),
        ("attribute_type(:s, :t)", "", false),
        ("begins_with(a, :s)", "a: 'cats'", true),
        ("begins_with(a, :s)", "a: 'a cat'", false),
        ("begins_with(a, :b)", "a: 0x020304", true),
        ("begins_with(a, :s)", "a: 5", false),
        ("begins_with(:s, a)", "a: 'ca'", true),
        ("begins_with(a, :e)", "a: 'x'", true),
        ("contains(a, :s)", "a: 'a cat here'", true),
        ("contains(a, :s)", "a: <'cat', 'dog'>", true),
        ("contains(a, :s)", "a: <'cats'>", false),
        ("contains(a, :s)", "a: ['cat']", true),
        ("contains(a, :s)", "a: {cat: 1}", false),
        ("contains(a, :b)", "a: 0x010203", true),
        ("contains(a, :b)", "a: <0x0203>", true),
        ("contains(a, :b)", "a: 0x0303", false),
        ("contains(a, :n)", "a: <4, 5.0>", true),
        ("contains(a, :n)", "a: '5'", false),
        ("contains(a, :l)", "a: [[1], 2]", true),
        ("contains(a, :ns)", "a: [<2, 1>]", true),
        ("contains(a, :z)", "a: [null]", true),
        ("contains(a, size(b))", "a: [3], b: 'abc'", true),
        ("size(a) = :n", "a: 'héllo'", true),
        // A character outside the Basic Multilingual Plane is two code units in UTF-16.
        ("size(a) = :two", "a: '😀'", true),
        ("size(a) = :two", "a: 0x0102", true),
        ("size(a) = :two", "a: [1, 2]", true),
        ("size(a) = :one", "a: {k: [1, 2]}", true),
        ("size(a) = :two", "a: <'x', 'y'>", true),
        ("size(a) = :two", "a: <1, 2>", true),
        ("size(a) = :two", "a: <0x01, 0x02>", true),
        ("size(a) = :two", "a: 12", false),
        ("size(a) < :two", "a: true", false),
        ("size(a) <> :two", "a: true", true),
        ("size(a) = :s", "a: 'abc'", false),
        ("size(:s) > :two", "", true),
        ("size(a) = b", "a: 'abc', b: 3", true),
        ("size(a) = size(b)", "a: 'abc', b: [1, 2, 3]", true),
        ("size(a) IN (:one, :two)", "a: 'ab'", true),
        ("size(a) BETWEEN :one AND :two", "a: 'ab'", true),
    ] {
        check(text, VALUES, attributes, expect);
    }
}

#[test]
fn conditions_join_by_precedence() {
    const VALUES: &str = ":t: 1, :f: 0";
    for (text, expect) in [
        ("a = :t AND a = :t", true),
        ("a = :t AND a = :f", false),
        ("a = :f OR a = :t", true),
        ("a = :t OR a = :t AND a = :f", true),
        ("(a = :t OR a = :t) AND a = :f", false),
        ("NOT a = :f AND a = :t", true),
        ("NOT (a = :f OR a = :t)", false),
        ("NOT NOT NOT a = :f", true),
        ("NOT a = :f OR a = :f", true),
        ("a BETWEEN :f AND :t AND a = :t", true),
        ("NOT a BETWEEN :f AND :t OR a = :f", false),
        ("((a = :f) OR a = :t)", true),
        ("a = :f aNd b = :t oR nOt a = :f", true),
        ("(a) = (:t)", true),
        ("(b.c).d = :t", false),
        ("(a = :t) and (attribute_exists(a))", true),
        ("attribute_exists(a)and(attribute_exists((a)))", true),
        ("(a)between(:f)and(:t)", true),
        ("a=:t", true),
    ] {
        check(text, VALUES, "a: 1", expect);
    }
}

#[test]
fn syntax_errors_name_the_token() {
    for (text, token, near) in [
        ("things are not gonna be ok", "are", "things are not"),
        ("a", "<EOF>", "a"),
        (":v", "<EOF>", ":v"),
        ("NOT a", "<EOF>", "a"),
        ("a AND :v", "AND", "a AND :v"),
        ("a OR NOT :v", "OR", "a OR NOT"),
        ("a = :v OR NOT :v", "<EOF>", ":v"),
        ("a > 4", "4", "> 4"),
        ("a = ", "<EOF>", "="),
        ("a = = b", "=", "= = b"),
        ("a = b = c", "=", "b = c"),
        ("(a = b) = c", "=", ") = c"),
        ("a in b, c", "b", "in b,"),
        ("a in (b,c,)", ")", ",)"),
        ("a IN ()", ")", "()"),
        ("a > between", "between", "> between"),
        ("attribute_exists()", ")", "()"),
        ("attribute_not_exists(", "<EOF>", "("),
        ("attribute_exists(Pictures-RearView)", "-", "Pictures-RearView"),
        ("attribute_exists(Pi#ctures.RearView)", "#ctures", "Pi#ctures."),
        ("attribute_exists(Pictures..RearView)", ".", "..RearView"),
        ("attribute_exists(a = b)", "=", "a = b"),
        ("attribute_exists(asdf[a])", "a", "[a]"),
        ("(a)between(b.(c.d))and(c)", "(", ".(c"),
        ("(a)between(b.c.d)and((c)", "<EOF>", ")"),
        ("#$.b > a", "#", "#$"),
        ("a > :things.stuff", ".", ":things.stuff"),
        ("b[:a] > a", ":a", "[:a]"),
        ("ü > a", "ü", "ü >"),
        ("a = b[4.5]", ".", "4.5"),
        ("size(a).b > a", ".", ").b"),
        ("(size(a))[0] > a", "[", ")[0"),
        ("a != :v", "!", "a !="),
        ("a = :v)", ")", ":v)"),
        ("(a = :v", "<EOF>", ":v"),
        ("p=:p AND __typename = :t", "_", "AND __"),
        ("attribute_exists([1])", "[", "([1"),
        ("a = and", "and", "= and"),
        ("a BETWEEN b OR c", "OR", "b OR c"),
        ("a BETWEEN b", "<EOF>", "b"),
        ("contains(a b)", "b", "a b)"),
        (",", ",", ","),
        ("l[00] = :v", "0", "00]"),
        ("a = :v AND", "<EOF>", "AND"),
        ("a BETWEEN :v", "<EOF>", ":v"),
        ("a.", "<EOF>", "."),
        ("attribute_exists(pk) x", "x", ") x"),
        ("attribute_exists(pk) x y", "x", ") x y"),
        ("a = :v :w x", ":w", ":v :w x"),
        ("= :v", "=", "= :v"),
        ("AND a = :v", "AND", "AND a"),
        ("attribute_exists pk", "pk", "attribute_exists pk"),
        ("attribute_exists(pk,)", ")", ",)"),
        ("a IN :v", ":v", "IN :v"),
        ("a BETWEEN :v OR :w", "OR", ":v OR :w"),
        ("a[x] = :v", "x", "[x]"),
        ("a ! b", "!", "a ! b"),
    ] {
        refuse(text, ":v: 1", &format!("Syntax error; token: \"{token}\", near: \"{near}\""));
    }
    refuse("", "", "The expression can not be empty;");
}

#[test]
fn deep_nesting_costs_frames_not_stack() {
    let near_end = "Syntax error; token: \"<EOF>\", near: \"(\"";
    refuse(&"(".repeat(4096), "", near_end);
    refuse(&"f(".repeat(2048), "", near_end);
    let too_long = "Expression size has exceeded the maximum allowed size; expression size: 4097";
    refuse(&"(".repeat(4097), "", too_long);
    let groups = format!("{}a<b{}", "(".repeat(2046), ")".repeat(2046));
    refuse(&groups, "", "The expression has redundant parentheses;");
    let calls = format!("a < {}b{}", "f(".repeat(1355), ")".repeat(1355));
    refuse(&calls, "", "Invalid function name; function: f");
    let sizes = format!("a < {}b{}", "size(".repeat(290), ")".repeat(290));
    refuse(
        &sizes,
        "",
        "Incorrect operand type for operator or function; operator or function: size, operand type: N",
    );
}

#[test]
fn operators_are_counted() {
    let too_many = "The expression contains too many operators; operator count: 301";
    let nested = |depth| format!("a<b {}{}", "or (a<b ".repeat(depth), ")".repeat(depth));
    check(&nested(149), "", "a: 1, b: 2", true);
    refuse(&nested(150), "", too_many);
    let flat = |count| format!("a<b {}", "or b<a ".repeat(count));
    check(&flat(149), "", "a: 1, b: 2", true);
    refuse(&flat(150), "", too_many);
    check(&format!("{}a<b", "not ".repeat(298)), "", "a: 1, b: 2", true);
    refuse(&format!("{}a<b", "not ".repeat(300)), "", too_many);
    let tree =
        parse("NOT a < b AND size(c) IN (:v, size(d)) OR (contains(e, :v) OR f BETWEEN :v AND :v)", ":v: 1");
    assert_eq!(tree.unwrap().operators(), 10);
}

#[test]
fn groups_of_one_group_are_redundant() {
    for text in [
        "((a = b))",
        "a=b and a > ((views))",
        "(a)between(((b.c)).d)and(c)",
        "a > whatever((:things), ((a)))",
        "a=b AND ((a=c AND a=d)) AND a=e",
        "a=b AND ((a=c AND (a=d AND a=e)))",
        "a IN (((b)))",
    ] {
        refuse(text, "", "The expression has redundant parentheses;");
    }
    check("((a = b) AND (a = b))", "", "a: 1, b: 1", true);
    check("a IN ((b))", "", "a: 1, b: 1", true);
}

#[test]
fn functions_must_exist_and_stand_in_place() {
    let misused = |function| {
        format!("The function is not allowed to be used this way in an expression; function: {function}")
    };
    for (text, function) in [
        ("a=a and attribute_exists((views), (#a)) > b", "attribute_exists"),
        ("attribute_not_exists(things) > b", "attribute_not_exists"),
        ("attribute_type(things, :a) > b", "attribute_type"),
        ("begins_with(things, a) > b", "begins_with"),
        ("contains(:things, c) > b", "contains"),
        ("size(contains(a, b)) > a", "contains"),
        ("size(things)", "size"),
        ("a = b AND size(things)", "size"),
        ("NOT (size(things))", "size"),
        ("a between b and attribute_exists(things)", "attribute_exists"),
        ("a in (b, attribute_exists(things))", "attribute_exists"),
    ] {
        refuse(text, "", &misused(function));
    }
    for (text, sentence) in [
        ("a=a and whatever((:things)) > a", "Invalid function name; function: whatever"),
        ("attRIbute_exIsts((views), #a)", "Invalid function name; function: attRIbute_exIsts"),
        ("Size(a) > b", "Invalid function name; function: Size"),
        (
            "if_not_exists(a, a) = :arg",
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        (
            "list_append(a, a) = :arg",
            "The function is not allowed in a condition expression; function: list_append",
        ),
    ] {
        refuse(text, "", sentence);
    }
}

#[test]
fn names_and_values_must_be_defined() {
    for (text, word) in [
        ("attribute_exists(views, #a)", "views"),
        (":a < abOrT", "abOrT"),
        ("a.b.Status = :a", "Status"),
        ("a = b AND c = nAme", "nAme"),
    ] {
        refuse(text, "", &format!("Attribute name is a reserved keyword; reserved keyword: {word}"));
    }
    for (text, name) in [
        ("attribute_exists(#Pictures.RearView, :a) and a=a", "#Pictures"),
        ("begins_with(Pictures.#RearView)", "#RearView"),
        ("(#P between :lo and :hi) and (#PC in (:cat1, :cat2))", "#P"),
        ("#_ > a", "#_"),
        ("(a)between(b.c[45].#d)and(:a)", "#d"),
    ] {
        refuse(
            text,
            "#x: x",
            &format!(
                "An expression attribute name used in the document path is not defined; attribute name: {name}"
            ),
        );
    }
    for (text, value) in [("begins_with(:hello, #a, #b)", ":hello"), (":a < :b", ":a"), ("a = :_", ":_")] {
        refuse(
            text,
            ":x: 1",
            &format!(
                "An expression attribute value used in expression is not defined; attribute value: {value}"
            ),
        );
    }
    check("#a.#b = :v", "#a: x.y, #b: in, :v: 1", "x.y: {in: 1}", true);
}

#[test]
fn operands_are_counted() {
    for (text, function, count) in [
        ("attribute_exists(things, a) and a=a", "attribute_exists", 2),
        ("attribute_type(things)", "attribute_type", 1),
        ("begins_with(things)", "begins_with", 1),
        ("begins_with(things, size(a), b)", "begins_with", 3),
        ("contains(things)", "contains", 1),
        ("size(things, a) > b", "size", 2),
    ] {
        refuse(
            text,
            "",
            &format!(
                "Incorrect number of operands for operator or function; operator or function: {function}, number of operands: {count}"
            ),
        );
    }
    let list = |count| format!("a IN ({})", vec!["b"; count].join(", "));
    check(&list(100), "", "a: 1, b: 1", true);
    refuse(&list(101), "", "The IN operator is provided with too many operands; number of operands: 101");
}

#[test]
fn operands_have_types() {
    for (text, operator, notation, name) in [
        ("attribute_type(a, :a)", "attribute_type", "1", "N"),
        ("attribute_type(a, :a)", "attribute_type", "<'x'>", "SS"),
        ("begins_with(a, :a)", "begins_with", "1", "N"),
        ("begins_with(a, :a)", "begins_with", "{}", "M"),
        ("begins_with(:a, a)", "begins_with", "true", "BOOL"),
        ("begins_with(a, size(a)) and a=:a", "begins_with", "1", "N"),
        ("attribute_type(a, size(a)) and a=a and a=:a", "attribute_type", "1", "N"),
        ("size(size(a)) > :a", "size", "1", "N"),
        ("attribute_not_exists(size(:a))", "size", "1", "N"),
        ("size(:a) > a", "size", "true", "BOOL"),
        ("size(:a) > a", "size", "null", "NULL"),
        ("a < :a", "<", "[1]", "L"),
        (":a >= a", ">=", "<1>", "NS"),
        ("a <= :a", "<=", "true", "BOOL"),
        ("a BETWEEN :a AND b", "BETWEEN", "null", "NULL"),
        ("a BETWEEN b AND :a", "BETWEEN", "{}", "M"),
    ] {
        refuse(
            text,
            &format!(":a: {notation}"),
            &format!(
                "Incorrect operand type for operator or function; operator or function: {operator}, operand type: {name}"
            ),
        );
    }
    for (text, sentence) in [
        (
            "attribute_type(ab.bc[1].a, SS)",
            "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
        ),
        (
            "attribute_type(a, :a)",
            "Invalid attribute type name found; type: 1, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        (
            "attribute_exists(:a) and a=a",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "attribute_not_exists(size(:a))",
            "Operator or function requires a document path; operator or function: attribute_not_exists",
        ),
    ] {
        refuse(text, ":a: '1'", sentence);
    }
    refuse(
        "a between :b and :a",
        ":a: 'a', :b: 1",
        "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}",
    );
    refuse(
        "a between :b and :a",
        ":a: 'a', :b: 'b'",
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}",
    );
}

#[test]
fn a_path_is_not_compared_with_itself() {
    for (text, operator, path) in [
        ("a = a AND #a = b AND :views > a", "=", "[a]"),
        ("#a <> a", "<>", "[a]"),
        ("a > #a", ">", "[a]"),
        ("((a=a) OR (a=a))", "=", "[a]"),
        ("contains(ab.bc[1].a, ab.bc[1].#a)", "contains", "[ab, bc, [1], a]"),
        ("attribute_type(ab.bc[1].#a, ab.bc[1].a)", "attribute_type", "[ab, bc, [1], a]"),
        ("begins_with(ab.bc[1].a, ab.bc[1].#a)", "begins_with", "[ab, bc, [1], a]"),
    ] {
        refuse(
            text,
            "#a: a",
            &format!(
                "The first operand must be distinct from the remaining operands for this operator or function; operator: {operator}, first operand: {path}"
            ),
        );
    }
    check(":a = :a", ":a: 1", "", true);
}

#[test]
fn paths_have_limits() {
    let deep = |levels: usize| format!("attribute_exists(a{})", ".b".repeat(levels - 1));
    assert!(parse(&deep(32), "").is_ok());
    refuse(&deep(33), "", "The document path has too many nesting levels; nesting levels: 33");
    check("attribute_exists(a[2147483647])", "", "a: [1]", false);
    refuse(
        "attribute_exists(a[99999999999999])",
        "",
        "List index is not within the allowable range; index: [99999999999999]",
    );
}

#[test]
fn a_tree_tells_what_it_reads() {
    let condition = parse("NOT a.b = c AND size(d[0]) IN (:v, e) OR contains(f, :v)", ":v: 1").unwrap();
    assert_eq!(condition.attributes().collect::<Vec<_>>(), ["a", "c", "d", "e", "f"]);
    let nested: Vec<_> = condition.paths().into_iter().filter(|path| path.is_nested()).collect();
    assert_eq!(nested[1].rest, [PathElement::Index(0)]);
}

#[test]
fn long_binaries_are_searched_in_linear_time() {
    let value = AttributeValue::B(vec![0; 300_000].into());
    let mut part = vec![0; 100_000];
    part.push(0xff);
    assert!(!crate::compare::contains((&value).into(), (&AttributeValue::B(part.into())).into()));
    let inside = AttributeValue::B(vec![0; 100_000].into());
    assert!(crate::compare::contains((&value).into(), (&inside).into()));
}

fn operand() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![Just(":v".to_owned()), "[a-c]{1,2}(\\.[a-c]|\\[[0-9]\\]){0,2}"];
    prop_oneof![4 => leaf.clone(), 1 => leaf.prop_map(|operand| format!("size({operand})"))]
}

fn condition() -> impl Strategy<Value = String> {
    let comparison = (operand(), prop_oneof![Just("="), Just("<>"), Just("<"), Just(">=")], operand())
        .prop_map(|(left, comparator, right)| format!("{left} {comparator} {right}"));
    let between = (operand(), operand(), operand()).prop_map(|(a, b, c)| format!("{a} BETWEEN {b} AND {c}"));
    let list = (operand(), prop::collection::vec(operand(), 1..4))
        .prop_map(|(operand, list)| format!("{operand} IN ({})", list.join(", ")));
    let exists = "[a-c]".prop_map(|name| format!("attribute_exists({name})"));
    prop_oneof![comparison, between, list, exists].prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} AND {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} OR {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) AND ({b})")),
            inner.prop_map(|a| format!("NOT {a}")),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_panics(text in "[-a-c:#.,()\\[\\]<>=+0-9_ !é]{0,60}") {
        let _ = parse(&text, ":a: 1, #a: b");
    }

    #[test]
    fn no_words_panic(words in prop::collection::vec(
        prop::sample::select(vec![
            "a", "b", ":v", "#n", "(", ")", ",", "=", "<", "AND", "OR", "NOT", "IN", "BETWEEN", "size", "contains",
            "[0]", ".", "begins_with", "attribute_exists(a)", "a = :v", "SET",
        ]), 0..24)
    ) {
        let _ = parse(&words.join(" "), ":v: 1, #n: b");
    }

    /// Whatever is accepted says the same of an item and of the stored item.
    #[test]
    fn stored_items_answer_alike(text in condition(), seed in 0usize..8) {
        let attributes = [
            "", "a: 1, b: 'x', c: [1, 2]", "a: {a: 1}, b: [{b: 2}, 'y'], c: 3", "a: 'abc', b: 3",
            "a: <1, 2>, b: <1, 2>", "a: 0x01, b: 0x01, c: null", "aa: 1, b: true, c: 1.0", "a: [[1]], b: [1], c: 1",
        ][seed];
        if let Ok(condition) = parse(&text, ":v: 1") {
            let item = item(attributes);
            prop_assert_eq!(condition.holds(&item), condition.holds(&EncodedItem::encode(&item)));
        }
    }
}
