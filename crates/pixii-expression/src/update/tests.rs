use super::*;
use crate::sample::{item, substitutions};
use proptest::prelude::*;

fn parse(text: &str, placeholders: &str) -> Result<Update, String> {
    let substitutions = substitutions(placeholders);
    Update::parse(text, &mut substitutions.placeholders()).map_err(|error| error.to_string())
}

/// The update is refused with this sentence, after its usual beginning.
fn refuse(text: &str, placeholders: &str, sentence: &str) {
    let expect = format!("Invalid UpdateExpression: {sentence}");
    assert_eq!(parse(text, placeholders).map(|_| ()), Err(expect), "{text}");
}

fn apply(text: &str, placeholders: &str, before: Option<&str>) -> Result<Item, String> {
    let update = parse(text, placeholders).unwrap_or_else(|error| panic!("{text}: {error}"));
    let before = before.map(item);
    update.apply(before.as_ref(), &item("p: 'key'")).map_err(|error| error.to_string())
}

/// The update makes `after` of `before`.
fn check(text: &str, placeholders: &str, before: &str, after: &str) {
    assert_eq!(apply(text, placeholders, Some(before)), Ok(item(after)), "{text} on {before}");
}

/// The update cannot be made on `before`.
fn fail(text: &str, placeholders: &str, before: &str, sentence: &str) {
    assert_eq!(apply(text, placeholders, Some(before)), Err(sentence.to_owned()), "{text} on {before}");
}

const MISSING: &str = "The provided expression refers to an attribute that does not exist in the item";
const WRONG_TYPE: &str = "An operand in the update expression has an incorrect data type";
const WRONG_PATH: &str = "The document path provided in the update expression is invalid for update";

#[test]
fn set_reads_the_item_as_it_was() {
    for (text, placeholders, before, after) in [
        ("SET a = :v", ":v: 1", "", "a: 1"),
        ("  sEt   a=:v  ", ":v: 1", "a: 2, b: 3", "a: 1, b: 3"),
        ("SET a = b, b = a", "", "a: 1, b: 2", "a: 2, b: 1"),
        ("REMOVE a SET b = a", "", "a: 1", "b: 1"),
        ("SET b = a REMOVE a", "", "a: 1", "b: 1"),
        ("SET a = a.b[1]", "", "a: {b: [1, 'x']}", "a: 'x'"),
        ("SET a.b = :v", ":v: 1", "a: {b: {c: 2}, d: 3}", "a: {b: 1, d: 3}"),
        (
            "SET a.c[1].#n.y[1] = :v",
            "#n: x, :v: 9",
            "a: {c: [0, {x: {y: [3, 5]}}]}",
            "a: {c: [0, {x: {y: [3, 9]}}]}",
        ),
        ("SET #a = :v", "#a: x.y[0], :v: 1", "", "x.y[0]: 1"),
        ("SET a = (b)", "", "b: 1", "a: 1, b: 1"),
        ("SET a = ((b.c)+(:v))", ":v: 1", "b: {c: 2}", "a: 3, b: {c: 2}"),
        ("SET a = a + :v", ":v: 1", "a: 41", "a: 42"),
        ("SET a = :v - a", ":v: 1", "a: 0.5", "a: 0.5"),
        ("SET a = if_not_exists(a, :z) + :v", ":v: 1, :z: 0", "", "a: 1"),
        ("SET a = if_not_exists(a, :z) + :v", ":v: 1, :z: 0", "a: 5", "a: 6"),
        ("SET a = if_not_exists(b.c, if_not_exists(d, :v))", ":v: 1", "d: 2", "a: 2, d: 2"),
        ("SET a = if_not_exists(b, c)", "", "b: null", "a: null, b: null"),
        ("SET a = list_append(a, :v)", ":v: [3]", "a: [1, 2]", "a: [1, 2, 3]"),
        ("SET a = list_append(:v, a)", ":v: [3]", "a: [1, 2]", "a: [3, 1, 2]"),
        ("SET a = list_append(if_not_exists(a, :e), :v)", ":v: [3], :e: []", "", "a: [3]"),
    ] {
        check(text, placeholders, before, after);
    }
    for (text, placeholders, before, sentence) in [
        ("SET a = b", "", "", MISSING),
        ("SET x = :v, y = x", ":v: 1", "", MISSING),
        ("SET a = if_not_exists(b, c)", "", "", MISSING),
        ("SET a = a + :v", ":v: 1", "", MISSING),
        ("SET a = list_append(a, :v)", ":v: [1]", "", MISSING),
        ("SET a = b[2]", "", "b: [1]", MISSING),
        ("SET a = a + :v", ":v: 1", "a: '1'", WRONG_TYPE),
        ("SET a = list_append(a, :v)", ":v: [1]", "a: <1>", WRONG_TYPE),
        (
            "SET a = a + :v",
            ":v: 9e125",
            "a: 9e125",
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        (
            "SET a = a + :v",
            ":v: 1",
            "a: 1e38",
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
    ] {
        fail(text, placeholders, before, sentence);
    }
}

#[test]
fn lists_keep_their_indexes_until_the_end() {
    for (text, placeholders, before, after) in [
        ("SET a[1] = :v", ":v: 'x'", "a: [1, 2, 3]", "a: [1, 'x', 3]"),
        ("SET a[7] = :v", ":v: 'x'", "a: [1, 2, 3]", "a: [1, 2, 3, 'x']"),
        (
            "SET a[84] = :a, a[37] = :b, a[17] = :c, a[50] = :d",
            ":a: 84, :b: 37, :c: 17, :d: 50",
            "a: [1]",
            "a: [1, 17, 37, 50, 84]",
        ),
        ("REMOVE a[1] SET a[3] = :v", ":v: 17", "a: [2, 3, 4, 5, 6, 7]", "a: [2, 4, 17, 6, 7]"),
        ("SET a[3] = :v REMOVE a[1]", ":v: 17", "a: [2, 3, 4, 5, 6, 7]", "a: [2, 4, 17, 6, 7]"),
        (
            "REMOVE a[0], a[2], a[10]",
            "",
            "a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
            "a: [1, 3, 4, 5, 6, 7, 8, 9, 11]",
        ),
        ("REMOVE a[1], a[2].x", "", "a: [0, 1, {x: 2, y: 3}]", "a: [0, {y: 3}]"),
        ("REMOVE a[0] SET a[9] = :v", ":v: 'x'", "a: [1, 2]", "a: [2, 'x']"),
        ("REMOVE a[0]", "", "a: [1]", "a: []"),
        ("REMOVE a[5], b", "", "a: [1]", "a: [1]"),
        ("SET a[0] = :v", ":v: 1", "a: []", "a: [1]"),
        ("ADD a[1] :v, a[0] :v", ":v: 1", "a: [1]", "a: [2, 1]"),
    ] {
        check(text, placeholders, before, after);
    }
}

#[test]
fn paths_must_lead_into_documents() {
    for (text, before) in [
        ("SET a.c = :v", "a: 'hello'"),
        ("SET a.c = :v", "a: ['hi']"),
        ("SET a.c = :v", ""),
        ("SET a.b.c = :v", "a: {}"),
        ("SET a[0] = :v", "a: 'x'"),
        ("SET a[0] = :v", "a: {}"),
        ("SET a[0] = :v", ""),
        ("SET a[2].b = :v", "a: [1]"),
        ("REMOVE a.c SET z = :v", "a: 'hello'"),
        ("REMOVE a.c SET z = :v", ""),
        ("REMOVE a[0] SET z = :v", "a: {}"),
        ("REMOVE a[0] SET z = :v", ""),
        ("ADD a.b :v", ""),
    ] {
        fail(text, ":v: 1", before, WRONG_PATH);
    }
    fail("DELETE a.b :v", ":v: <1>", "", WRONG_PATH);
    check("REMOVE a.y, b[7], c", "", "a: {x: 3}, b: [1]", "a: {x: 3}, b: [1]");
    check("REMOVE a.b", "", "a: {b: 1}", "a: {}");
}

#[test]
fn add_and_delete_change_numbers_and_sets() {
    for (text, placeholders, before, after) in [
        ("ADD a :v", ":v: 4", "a: 3", "a: 7"),
        ("ADD a :v", ":v: 4", "", "a: 4"),
        ("ADD a.b :v", ":v: 4", "a: {b: -4}", "a: {b: 0}"),
        ("ADD a :v", ":v: <'b', 'c'>", "a: <'a', 'b'>", "a: <'a', 'b', 'c'>"),
        ("ADD a :v", ":v: <1, 2>", "", "a: <1, 2>"),
        ("ADD a :v", ":v: <0x01>", "a: <0x02>", "a: <0x01, 0x02>"),
        ("DELETE a :v", ":v: <'b', 'x'>", "a: <'a', 'b'>", "a: <'a'>"),
        ("DELETE a :v", ":v: <1, 2>", "a: <2.0>, b: 1", "b: 1"),
        ("DELETE a :v", ":v: <1>", "b: 1", "b: 1"),
        ("DELETE a.b :v", ":v: <1>", "a: {b: <1>}", "a: {}"),
        ("ADD a :n DELETE b :v", ":n: 1, :v: <1>", "b: <1, 2>", "a: 1, b: <2>"),
    ] {
        check(text, placeholders, before, after);
    }
    for (text, placeholders, before) in [
        ("ADD a :v", ":v: 1", "a: '1'"),
        ("ADD a :v", ":v: 1", "a: <1>"),
        ("ADD a :v", ":v: <1>", "a: <'1'>"),
        ("ADD a :v", ":v: <1>", "a: [1]"),
        ("DELETE a :v", ":v: <1>", "a: <'1'>"),
        ("DELETE a :v", ":v: <1>", "a: 1"),
    ] {
        fail(text, placeholders, before, WRONG_TYPE);
    }
}

#[test]
fn without_an_item_the_key_is_one() {
    assert_eq!(apply("SET a = :v", ":v: 1", None), Ok(item("p: 'key', a: 1")));
    assert_eq!(apply("ADD a :v", ":v: 1", None), Ok(item("p: 'key', a: 1")));
    assert_eq!(
        apply("SET a = p, b = if_not_exists(b, p)", "", None),
        Ok(item("p: 'key', a: 'key', b: 'key'"))
    );
    assert_eq!(apply("SET a.b = p", "", None), Err(WRONG_PATH.to_owned()));
    assert_eq!(apply("REMOVE a.b, c[0], d", "", None), Ok(item("p: 'key'")));
    assert_eq!(apply("DELETE a :v", ":v: <1>", None), Ok(item("p: 'key'")));
    for (text, creates) in
        [("SET a = :v", true), ("ADD a :v", true), ("REMOVE a", false), ("REMOVE a DELETE b :v", false)]
    {
        assert_eq!(parse(text, ":v: <1>").unwrap().creates_item(), creates, "{text}");
    }
    assert!(Update::new(Vec::new()).unwrap().creates_item());
    assert_eq!(apply("SET a = b", "", None), Err(MISSING.to_owned()));
    assert_eq!(apply("SET a.b = :v", ":v: 1", None), Err(WRONG_PATH.to_owned()));
}

#[test]
fn values_nest_up_to_32_levels() {
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let too_deep = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
    let before = format!("a: {}, b: [1]", nested(30));
    assert!(apply("SET b[0] = a", "", Some(&before)).is_ok());
    let before = format!("a: {}, b: [1]", nested(31));
    fail("SET b[0] = a", "", &before, too_deep);
}

#[test]
fn what_was_touched_is_projected() {
    let update = parse("SET a.c[1] = :v, a.b = :v, l[9] = :v REMOVE d, l[0] ADD n :v", ":v: 1").unwrap();
    let before = item("p: 'key', a: {b: 'x', c: [1, 2, 3], z: 0}, d: 'old', l: ['x', 'y']");
    let after = update.apply(Some(&before), &item("p: 'key'")).unwrap();
    assert_eq!(after, item("p: 'key', a: {b: 1, c: [1, 1, 3], z: 0}, l: ['y', 1], n: 1"));
    assert_eq!(update.touched().project(&before), item("a: {b: 'x', c: [2]}, d: 'old', l: ['x']"));
    assert_eq!(update.touched().project(&after), item("a: {b: 1, c: [1]}, l: ['y'], n: 1"));
    assert_eq!(update.attributes().collect::<Vec<_>>(), ["a", "a", "l", "d", "l", "n"]);
}

#[test]
fn syntax_errors_name_the_token() {
    for (text, token, near) in [
        ("INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"),
        ("SET #a = :v, #b = :w,", "<EOF>", ","),
        ("SET MyStr = myNum + 1", "1", "+ 1"),
        ("SET MyStr = myNum Mystr2 myNum2", "Mystr2", "myNum Mystr2 myNum2"),
        ("SET MyStr = my Num", "Num", "my Num"),
        ("ADD str_set bad_value", "bad_value", "str_set bad_value"),
        ("ADD hits : incr", ":", "hits : incr"),
        ("SET _123 = :v", "_", "SET _123"),
        ("SET a = _f(b,c,d)", "_", "= _f"),
        ("SET a = :v, #, b = :v", "#", ", #,"),
        ("SET a", "<EOF>", "a"),
        ("SET", "<EOF>", "SET"),
        ("set a=set", "set", "=set"),
        ("remove a = b", "=", "a = b"),
        ("add a = b", "=", "a = b"),
        ("delete a b", "b", "a b"),
        ("add abort b", "b", "abort b"),
        ("remove a b", "b", "a b"),
        ("set a b", "b", "a b"),
        ("set :a = b", ":a", "set :a ="),
        ("remove :a", ":a", "remove :a"),
        ("set a = b / c", "/", "b / c"),
        ("set a[1] = \"eight\"", "\"", "= \"eight"),
        ("SET a = if_not_exist(a, 100)", "100", ", 100)"),
        ("SET if_not_exist(a, b) = a", "(", "if_not_exist(a"),
        ("set (a = (b + c))", "(", "set (a"),
        ("set a = (b.c).d + e", ".", ").d"),
        ("set a = (b.c)[0] + e", "[", ")[0"),
        ("set a = b + c + d", "+", "c + d"),
        ("set a = (b + c) + d", "+", ") + d"),
        ("set a = (((b)))", "(", "((b"),
        ("set a = ((b + c))", "+", "b + c"),
        ("set a = b + (c + d)", "+", "c + d"),
        ("SET c = if_not_exists(c, :a+:b)", "+", ":a+:b"),
        ("SET book-price = :v", "-", "book-price"),
        ("SET a[:i] = :v", ":i", "[:i]"),
        ("SET a = f()", ")", "()"),
        ("SET a = f(b", "<EOF>", "b"),
        ("SET a = b)", ")", "b)"),
        ("SET a.b.set = :v", "set", ".set ="),
    ] {
        refuse(text, ":v: 1", &format!("Syntax error; token: \"{token}\", near: \"{near}\""));
    }
    refuse("", "", "The expression can not be empty;");
}

#[test]
fn earlier_passes_win() {
    for (text, sentence) in [
        (" set #c = :c set abOrt = true ", "Attribute name is a reserved keyword; reserved keyword: abOrt"),
        (" remove Absolute ", "Attribute name is a reserved keyword; reserved keyword: Absolute"),
        ("set #c = if_not_exist(:c) set c = d", "Invalid function name; function: if_not_exist"),
        ("set a = LIST_APPEND(b, c)", "Invalid function name; function: LIST_APPEND"),
        ("set a = size(b)", "The function is not allowed in an update expression; function: size"),
        (
            "SET a = list_append(list_append(:a, :b), :b)",
            "The function is not allowed to be used this way in an expression; function: list_append",
        ),
        ("set a = #c set c = :d", "The \"SET\" section can only be used once in an update expression;"),
        (
            "remove #d set a = b remove e",
            "The \"REMOVE\" section can only be used once in an update expression;",
        ),
        (
            "add #d :e set a = b add e :f",
            "The \"ADD\" section can only be used once in an update expression;",
        ),
        (
            "delete #d :e set a = b delete #e :f",
            "The \"DELETE\" section can only be used once in an update expression;",
        ),
        (
            "SET #c = if_not_exists(:c)",
            "An expression attribute name used in the document path is not defined; attribute name: #c",
        ),
        (
            "SET a = if_not_exists(:c)",
            "An expression attribute value used in expression is not defined; attribute value: :c",
        ),
        (
            "set d[1] = a, d.b = a, c[1].a = a, c = if_not_exists(a)",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [c, [1], a], path two: [c]",
        ),
        (
            "remove a.#x set a[1] = if_not_exists(a)",
            "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, x], path two: [a, [1]]",
        ),
        (
            "set b = list_append(:a, a), c = if_not_exists(a) add a.b :a",
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
        ),
        (
            "set a = if_not_exists(c)",
            "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1",
        ),
        (
            "set a = list_append(c)",
            "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
        ),
        (
            "set a = if_not_exists(:a, c)",
            "Operator or function requires a document path; operator or function: if_not_exists",
        ),
        (
            "set a = if_not_exists(if_not_exists(a, b), c)",
            "Operator or function requires a document path; operator or function: if_not_exists",
        ),
        (
            "set a = list_append(:a, a)",
            "Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
        ),
        (
            "set a = a + :a",
            "Incorrect operand type for operator or function; operator or function: +, operand type: S",
        ),
        (
            "set a = :b - :a",
            "Incorrect operand type for operator or function; operator or function: -, operand type: S",
        ),
    ] {
        refuse(text, "#x: x, :a: 'a', :b: 1", sentence);
    }
}

#[test]
fn add_and_delete_take_sets() {
    for (notation, name) in [
        ("'a'", "STRING"),
        ("null", "NULL"),
        ("true", "BOOLEAN"),
        ("0x01", "BINARY"),
        ("{}", "MAP"),
        ("[1]", "LIST"),
    ] {
        for action in ["ADD", "DELETE"] {
            let sentence = format!(
                "Incorrect operand type for operator or function; operator: {action}, operand type: {name}"
            );
            refuse(&format!("{action} a.b :v"), &format!(":v: {notation}"), &sentence);
        }
    }
    refuse(
        "delete a :v",
        ":v: 1",
        "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
    );
}

#[test]
fn operators_are_counted() {
    let update =
        parse("SET a = if_not_exists(a, :z) + :z, b = list_append(b, :l), c = d REMOVE e", ":z: 0, :l: []");
    assert_eq!(update.unwrap().operators(), 3);
    let sums = |count| {
        let sums: Vec<_> = (0..count).map(|at| format!("a{at}=b+:v")).collect();
        format!("SET {}", sums.join(","))
    };
    assert!(parse(&sums(300), ":v: 1").is_ok());
    refuse(&sums(301), ":v: 1", "The expression contains too many operators; operator count: 301");
}

#[test]
fn actions_without_text_are_checked_alike() {
    let path = DocumentPath::attribute;
    assert!(UpdateAction::add(path("a"), "x".into()).is_err());
    assert!(UpdateAction::delete(path("a"), AttributeValue::Null).is_err());
    let twice = vec![UpdateAction::Remove(path("a")), UpdateAction::Remove(path("a"))];
    assert!(matches!(
        Update::new(twice),
        Err(ExpressionError { fault: ExpressionFault::PathsOverlap { .. }, .. })
    ));
}

proptest! {
    #[test]
    fn no_words_panic(words in prop::collection::vec(
        prop::sample::select(vec![
            "SET", "REMOVE", "ADD", "DELETE", "a", "b.c", ":v", "#n", "(", ")", ",", "=", "+", "-", "[0]",
            "if_not_exists(", "list_append(", "a = :v", "f",
        ]), 0..24),
        before in prop::sample::select(vec!["", "a: 1, b: {c: 2}", "a: [1, 2], b: {c: [3]}"]),
    ) {
        if let Ok(update) = parse(&words.join(" "), ":v: 1, #n: n") {
            let before = item(before);
            let _ = update.apply(Some(&before), &Item::new()).map(|after| update.touched().project(&after));
        }
    }
}

#[test]
fn operands_tell_what_they_read_and_are() {
    let update = parse(
        "SET a = b.c, d = e[1] + :n, f = list_append(g, if_not_exists(h, i)), j = :n, k = l REMOVE m ADD n :n DELETE o :s",
        ":n: 1, :s: <'x'>",
    )
    .unwrap();
    let paths: Vec<String> = update.operand_paths().iter().map(ToString::to_string).collect();
    assert_eq!(paths, ["[b, c]", "[e, [1]]", "[g]", "[h]", "[i]", "[l]"]);
    let types: Vec<_> = update.actions().iter().map(UpdateAction::known_type).collect();
    use pixii_model::AttributeType::{L, N, Ss};
    assert_eq!(types, [None, Some(N), Some(L), Some(N), None, None, Some(N), Some(Ss)]);
}
