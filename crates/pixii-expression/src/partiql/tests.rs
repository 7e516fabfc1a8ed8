//! Statements, read and refused, as tables of cases. What AWS was recorded to say is the authority.

use super::*;
use crate::condition::{Comparator, Operand};
use crate::path::{DocumentPath, PathElement};
use crate::sample;
use pixii_model::AttributeType;

fn parameters(notations: &[&str]) -> Vec<AttributeValue> {
    notations.iter().map(|notation| sample::value(notation)).collect()
}

#[track_caller]
fn statement(text: &str, values: &[&str]) -> Statement {
    Statement::parse(text, &parameters(values)).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

#[track_caller]
fn refuse(text: &str, sentence: &str) {
    refuse_with(text, &[], sentence);
}

#[track_caller]
fn refuse_with(text: &str, values: &[&str], sentence: &str) {
    match Statement::parse(text, &parameters(values)) {
        Ok(statement) => panic!("{text} is read as {statement:?}"),
        Err(fault) => assert_eq!(fault.to_string(), sentence, "{text}"),
    }
}

const NOT_WELL_FORMED: &str = "Statement wasn't well formed, can't be processed: ";

#[track_caller]
fn refuse_syntax(text: &str, detail: &str) {
    refuse(text, &format!("{NOT_WELL_FORMED}{detail}"));
}

/// The condition of a WHERE clause.
#[track_caller]
fn clause(text: &str, values: &[&str]) -> Condition {
    match statement(&format!("SELECT * FROM t WHERE {text}"), values) {
        Statement::Select(select) => select.condition.unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The keys among `items` (by number) for which a clause holds.
#[track_caller]
fn holds(text: &str, values: &[&str], items: &[Item]) -> Vec<usize> {
    let condition = clause(text, values);
    (0..items.len()).filter(|at| condition.holds(&items[*at])).collect()
}

fn path(attribute: &str, rest: Vec<PathElement>) -> Operand {
    Operand::Path(DocumentPath { attribute: attribute.to_owned(), rest })
}

#[test]
fn clauses_become_conditions() {
    let compare = |comparator, left, right| Condition::Compare { comparator, left, right };
    let number = |text: &str| Operand::Value(sample::value(text));
    let a = || path("a", Vec::new());
    for (text, expect) in [
        ("a = 1", compare(Comparator::Equal, a(), number("1"))),
        ("-1.5e1 <> a", compare(Comparator::NotEqual, number("-15"), a())),
        ("\"a\" != 'x'", compare(Comparator::NotEqual, a(), number("'x'"))),
        (
            "m.b[2].\"c d\" >= .5",
            compare(
                Comparator::GreaterOrEqual,
                path(
                    "m",
                    vec![
                        PathElement::Name("b".to_owned()),
                        PathElement::Index(2),
                        PathElement::Name("c d".to_owned()),
                    ],
                ),
                number("0.5"),
            ),
        ),
        ("size(a) < 3", compare(Comparator::Less, Operand::size(a()).unwrap(), number("3"))),
        ("a IS MISSING", Condition::AttributeNotExists(DocumentPath::attribute("a"))),
        ("a IS NULL", Condition::AttributeType(a(), AttributeType::Null)),
        ("a IS STRING", Condition::AttributeType(a(), AttributeType::S)),
        (
            "a IS NOT MISSING",
            Condition::Not(Box::new(Condition::AttributeNotExists(DocumentPath::attribute("a")))),
        ),
        ("a BETWEEN 1 AND 2", Condition::between(a(), number("1"), number("2")).unwrap()),
        (
            "a NOT IN [1, 2]",
            Condition::Not(Box::new(Condition::one_of(a(), vec![number("1"), number("2")]).unwrap())),
        ),
        ("a IN (1)", Condition::one_of(a(), vec![number("1")]).unwrap()),
        ("Begins_With(a, 'x')", Condition::begins_with(a(), number("'x'")).unwrap()),
        ("contains(a, <<'y', 'x'>>)", Condition::contains(a(), number("<'x', 'y'>")).unwrap()),
        ("NOT NOT a = 1", compare(Comparator::Equal, a(), number("1"))),
    ] {
        assert_eq!(clause(text, &[]), expect, "{text}");
    }
}

#[test]
fn and_binds_tighter_than_or() {
    let items: Vec<Item> = ["a: 1", "a: 1, b: 1", "b: 1, c: 1", "c: 1", "b: 1"].map(sample::item).to_vec();
    for (text, expect) in [
        ("a = 1 AND b = 1 OR c = 1", vec![1, 2, 3]),
        ("a = 1 AND (b = 1 OR c = 1)", vec![1]),
        ("NOT a = 1 AND b = 1", vec![2, 4]),
        ("NOT (a = 1 OR b = 1)", vec![3]),
        ("a = 1 OR b = 1 AND c = 1 OR a = 2", vec![0, 1, 2]),
    ] {
        assert_eq!(holds(text, &[], &items), expect, "{text}");
    }
}

#[test]
fn question_marks_take_parameters_in_order() {
    let items = [sample::item("a: 1, b: 'x'"), sample::item("a: 2, b: 'x'")];
    assert_eq!(holds("a = ? AND b = ?", &["2", "'x'"], &items), [1]);
    assert_eq!(holds("a IN [?, ?]", &["1", "2", "3"], &items), [0, 1]);
    assert_eq!(holds("b = '?'", &[], &items), [0_usize; 0]);
    let sentence = "Number of parameters in request and statement don't match.";
    refuse_with("SELECT * FROM t WHERE a = ? AND b = ?", &["1"], sentence);
    refuse_with("INSERT INTO t VALUE {'a': ?}", &[], sentence);
}

#[test]
fn functions_that_are_conditions_are_booleans() {
    let items: Vec<Item> =
        ["a: 1, b: true", "a: 1, b: false", "b: false", "b: true", "a: 1", "", "a: 1, b: 'true'"]
            .map(sample::item)
            .to_vec();
    for (text, expect) in [
        ("attribute_exists(a) = true", vec![0, 1, 4, 6]),
        ("false = attribute_exists(a)", vec![2, 3, 5]),
        ("attribute_exists(a) = b", vec![0, 2]),
        ("attribute_exists(a) <> b", vec![1, 3, 4, 5, 6]),
        ("b <> attribute_exists(a)", vec![1, 3, 4, 5, 6]),
        ("attribute_exists(a) IN [b]", vec![0, 2]),
        ("attribute_exists(a) IN [b, true]", vec![0, 1, 2, 4, 6]),
        ("b IN [attribute_exists(a)]", vec![0, 2]),
        ("attribute_exists(a) = attribute_exists(b)", vec![0, 1, 5, 6]),
        ("attribute_exists(a) = 1", vec![]),
        ("attribute_exists(a) <> 'x'", vec![0, 1, 2, 3, 4, 5, 6]),
        ("attribute_exists(a) = size(b)", vec![]),
        ("ATTRIBUTE_TYPE(b, 'S') = attribute_exists(a)", vec![2, 3, 5, 6]),
    ] {
        assert_eq!(holds(text, &[], &items), expect, "{text}");
    }
}

#[test]
fn columns_are_named_by_the_end_of_their_paths() {
    let item = sample::item("a: {b: {c: 42}, l: [1, 2]}, l: ['x', 'y'], k: 'z'");
    for (columns, expect) in [
        ("a.b.c, k", "c: 42, k: 'z'"),
        ("a.l[1], l[0]", "l[1]: 2, l[0]: 'x'"),
        ("\"a\".\"b\"", "b: {c: 42}"),
        ("a.gone, g", ""),
        ("k, a", "k: 'z', a: {b: {c: 42}, l: [1, 2]}"),
    ] {
        let Statement::Select(select) = statement(&format!("SELECT {columns} FROM t"), &[]) else { panic!() };
        let found = select.columns.unwrap().project(&item);
        let expect: Item = match sample::value(&format!("{{{expect}}}")) {
            AttributeValue::M(map) => map,
            _ => unreachable!(),
        };
        assert_eq!(found, expect, "{columns}");
    }
    refuse("SELECT s, s FROM t", "Duplicate identifiers in select clause: s");
    refuse("SELECT a.s, s FROM t", "Duplicate identifiers in select clause: s");
    refuse("SELECT s AS x FROM t", "Aliasing is not supported");
    refuse("SELECT pk, size(s) FROM t", "Unexpected path component at 1:12:4");
    refuse("SELECT count(*) FROM t", "Unexpected path component at 1:8:5");
    refuse("SELECT pk,\n  EXISTS(ss) FROM t", "Unexpected path component at 2:3:6");
}

#[test]
fn sources_are_a_table_and_perhaps_an_index() {
    let source = |text: &str| statement(text, &[]).source().clone();
    let of = |table: &str, index: Option<&str>| Source {
        table: table.to_owned(),
        index: index.map(str::to_owned),
    };
    assert_eq!(source("SELECT * FROM Music"), of("Music", None));
    assert_eq!(source("select * from \"a-b.c\".\"By Genre\""), of("a-b.c", Some("By Genre")));
    assert_eq!(source("SELECT * FROM Music.ByGenre WHERE a = 1;"), of("Music", Some("ByGenre")));
    assert_eq!(source("EXISTS(SELECT * FROM t WHERE a = 1)"), of("t", None));
    refuse("SELECT * FROM \"\"", "Path component cannot be an empty string");
    refuse("SELECT * FROM t.\"\"", "Path component cannot be an empty string");
    refuse("SELECT * FROM a.b.c", "A path may contain at most 2 components in the FROM clause");
    refuse("SELECT * FROM t x WHERE a = 1", "Aliasing is not supported");
    refuse("DELETE FROM t AS x WHERE a = 1", "Aliasing is not supported");
    refuse("UPDATE t.i SET a = 1 WHERE k = 1", "This operation is not supported on an index");
    refuse("SELECT * FROM t LIMIT 5", "Unsupported clause: LIMIT at 1:23:1");
}

#[test]
fn inserts_hold_an_item() {
    let text = "INSERT INTO t VALUE {'k': 'it''s', 'n': -1.50e1, 'b': true, 'z': NULL, 'l': [1, 'x', [ ]], \
                'm': {'a b': {}}, 'ss': <<'b', 'a'>>, 'ns': <<2, 1.0>>, 'p': ?}";
    let Statement::Insert(insert) = statement(text, &["0x0102"]) else { panic!() };
    let mut expect = sample::item(
        "n: -15, b: true, z: null, l: [1, 'x', []], m: {a b: {}}, ss: <'a', 'b'>, ns: <1, 2>, p: 0x0102",
    );
    expect.insert("k".to_owned(), "it's".into());
    assert_eq!(insert.item, expect);
    let Statement::Insert(insert) = statement("INSERT INTO t VALUE ?", &["{k: 1}"]) else { panic!() };
    assert_eq!(insert.item, sample::item("k: 1"));
    refuse(
        "INSERT INTO t VALUE 5",
        "Unsupported format in item expression. Please use struct format {...} to express item values for insert \
         statement.",
    );
    refuse("INSERT INTO t VALUE {'a': 1, 'a': 2}", "Duplicate keys in tuple. Key: a under root");
    refuse("INSERT INTO t VALUE {'a': {'': 1}}", "Path component cannot be an empty string");
    refuse(
        "INSERT INTO t VALUE {'pk': 'e2', 'ss': set_delete(<<'a'>>, <<'b'>>)}",
        "Unsupported data type: set_delete under key root at 1:40:10",
    );
}

#[test]
fn updates_hold_actions() {
    let apply = |actions: &str, before: &str| -> String {
        let text = format!("UPDATE t {actions} WHERE k = 1");
        let Statement::Update(update) = statement(&text, &["<'p'>"]) else { panic!() };
        let before = sample::item(before);
        match update.update.apply(Some(&before), &Item::new()) {
            Ok(after) => format!("{after:?}"),
            Err(error) => error.to_string(),
        }
    };
    let item = |notation: &str| format!("{:?}", sample::item(notation));
    let incorrect = "An operand in the update expression has an incorrect data type";
    for (actions, before, expect) in [
        ("SET a = 1, b = a", "a: 5", item("a: 1, b: 5")),
        ("SET a = 1 REMOVE b SET c = 2", "b: 5", item("a: 1, c: 2")),
        ("REMOVE a REMOVE l[0]", "a: 1, l: [1, 2]", item("l: [2]")),
        ("SET n = n + 1", "n: 1", item("n: 2")),
        ("SET n = 10 - n", "n: 1", item("n: 9")),
        ("SET l = LIST_APPEND(l, [2, <<'a'>>])", "l: [1]", item("l: [1, 2, <'a'>]")),
        ("SET s = set_add(s, <<'b'>>)", "s: <'a'>", item("s: <'a', 'b'>")),
        ("SET s = SET_ADD(s, ?)", "s: <'a'>", item("s: <'a', 'p'>")),
        ("SET s = set_add (s, <<'b'>>)", "", item("s: <'b'>")),
        ("SET m.s = set_delete(m.s, <<1, 2.0>>)", "m: {s: <1, 2, 3>}", item("m: {s: <3>}")),
        ("SET s = set_delete(s, <<'a'>>)", "s: <'a'>", item("")),
        ("SET s = set_add(s, <<1>>)", "s: <'a'>", incorrect.to_owned()),
        ("SET s = set_add(s, <<'x'>>)", "s: 'x'", incorrect.to_owned()),
        (
            "SET x.y = 1",
            "",
            "The document path provided in the update expression is invalid for update".to_owned(),
        ),
    ] {
        assert_eq!(apply(actions, before), expect, "{actions}");
    }
    let first = statement("FROM t WHERE k = 1 SET a = 2 REMOVE b RETURNING MODIFIED NEW *", &[]);
    let usual = statement("UPDATE t SET a = 2 REMOVE b WHERE k = 1 RETURNING MODIFIED NEW *", &[]);
    assert_eq!(first, usual);
}

#[test]
fn functions_of_set_are_checked() {
    let first = "The first argument to SET_ADD must equal the assignment value at ";
    let second = "The second argument to SET_ADD must be a value with type SET at ";
    for (set, sentence) in [
        ("t = set_add(ss, <<'x'>>)", format!("{first}1:25:7")),
        ("ss = set_add(<<'a'>>, <<'b'>>)", format!("{first}1:26:7")),
        ("ss = set_add(ss, 'x')", format!("{second}1:34:2")),
        ("ss = SET_ADD(ss, ['x'])", format!("{second}1:34:2")),
        ("ss = set_add(ss)", "SET_ADD must have exactly two arguments at 1:26:7".to_owned()),
        ("ss = set_delete(ss)", "SET_DELETE must have exactly two arguments at 1:26:10".to_owned()),
        (
            "ss = set_delete('a', <<'a'>>)",
            "The first argument to SET_DELETE must equal the assignment value at 1:26:10".to_owned(),
        ),
        ("ss = set_add(ss, <<'z'>>) + 1", "Unrecognized function: set_add at 1:26:7".to_owned()),
        ("ss = set_add(ss, <<>>)", "Empty bags are not supported".to_owned()),
    ] {
        refuse(&format!("UPDATE \"Things\" SET {set} WHERE pk = 's0'"), &sentence);
    }
    refuse(
        "UPDATE t SET a.b = 1, a = 2 WHERE k = 1",
        "Two document paths overlap with each other; must remove or rewrite one of these paths; \
         path one: [a], path two: [a, b]",
    );
}

#[test]
fn returning_has_its_forms() {
    for (form, expect) in [
        ("ALL OLD", Returning::AllOld),
        ("modified old", Returning::ModifiedOld),
        ("ALL NEW", Returning::AllNew),
        ("MODIFIED NEW", Returning::ModifiedNew),
    ] {
        let text = format!("UPDATE t SET a = 1 WHERE k = 1 RETURNING {form} *;");
        let Statement::Update(update) = statement(&text, &[]) else { panic!() };
        assert_eq!(update.returning, Some(expect), "{form}");
    }
    refuse(
        "DELETE FROM t WHERE k = 1 RETURNING MODIFIED OLD *",
        "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
    );
    refuse(
        "UPDATE t SET a = 1 WHERE k = 1 RETURNING ALL OLD a",
        "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause",
    );
    refuse("INSERT INTO t VALUE {'k': 1} RETURNING ALL OLD *", "RETURNING is not supported in INSERT");
}

#[test]
fn malformed_statements_are_refused_in_aws_s_words() {
    for (text, detail) in [
        ("SELECT * FROM t WHERE", "Unexpected term"),
        ("SELECT * FROM t WHERE;", "Unexpected term"),
        ("SELECT * FROM t WHERE NOT", "Unexpected term"),
        ("SELECT * FROM t WHERE (", "Unexpected term"),
        ("SELECT * FROM t WHERE a = 1 AND", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM t WHERE a = 1 OR", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM t WHERE a <>;", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM t WHERE IS NULL", "Unexpected operator"),
        ("SELECT * FROM t WHERE a = LIKE", "Unexpected operator"),
        ("SELECT * FROM t WHERE a = BETWEEN 1 AND 2", "Unexpected operator"),
        ("SELECT * FROM t WHERE a = WHERE", "Unexpected keyword"),
        ("SELECT * FROM t WHERE ORDER BY a", "Unexpected keyword"),
        ("SELECT * FROM t WHERE a BETWEEN 1 OR 2", "Expected AND keyword"),
        ("SELECT * FROM t WHERE a BETWEEN 1 AND", "Expected expression after AND"),
        ("SELECT * FROM t WHERE a IS FOO", "Expected type name"),
        ("SELECT * FROM t WHERE a IS DOUBLE", "Expected type name"),
        ("SELECT * FROM t WHERE m.inner = 1", "Invalid path dot component"),
        ("SELECT * FROM t WHERE a = 1 foo", "Unexpected token after expression"),
        ("SELECT * FROM t WHERE a = 1.2.3", "Unexpected token after expression"),
        ("SELECT * FROM t WHERE a = X'61'", "Unexpected token after expression"),
        ("SELECT * FROM t WHERE a = -.", "Unexpected term"),
        ("SELECT * FROM t WHERE a = 5e", ""),
        ("SELECT * FROM \"t", ""),
        ("SELECT * FROM t WHERE é = 1", ""),
        ("SELECT * FROM t; SELECT", "Unexpected token after semicolon. (Only one query is allowed.)"),
        ("SELECT * FROM", "Unexpected term"),
        ("SELECT * FROM WHERE a = 1", "Unexpected keyword"),
        ("DELETE", "Expected FROM after DELETE"),
        ("DELETE FROM", "Expected identifier for simple path"),
        ("DELETE FROM WHERE a = 1", "Expected identifier for simple path"),
        ("INSERT t VALUE {}", "Unexpected keyword"),
        ("INSERT INTO t VALUE {'a': X'61'}", "Expected RIGHT_CURLY"),
        ("INSERT INTO t VALUE {'a': [1 2]}", "Expected RIGHT_BRACKET"),
        ("INSERT INTO t VALUE {'a': <<X'61'>>}", "Expected RIGHT_DOUBLE_ANGLE_BRACKET"),
        ("UPDATE t REMOVE a, b WHERE k = 1", "Unexpected token after expression"),
        ("UPDATE t SET c = 1 WHERE k = 1 SET d = 2", "Unexpected token after expression"),
        ("FROM t SET c = 1 WHERE k = 1", "Unexpected token after expression"),
        ("FROM t WHERE k = 1", "Expected data manipulation"),
        ("FROM t WHERE SET c = 1", "Expected data manipulation"),
        ("FROM t WHERE k = 1 REMOVE", "Expected identifier for simple path"),
        ("SLECT * FROM t", "Expected data manipulation"),
        ("INSRT INTO t VALUE {}", "Unexpected token after expression"),
    ] {
        refuse_syntax(text, detail);
    }
    for (text, sentence) in [
        ("FOO", "Unsupported operation: Id"),
        ("foo.bar", "Unsupported operation: Path"),
        ("'x'", "Unsupported operation: Lit"),
        ("[1]", "Unsupported operation: List"),
        ("x IS INT4", "Unsupported operation: IsType"),
        ("1 + 1", "EXISTS can only be used in ExecuteTransaction write requests."),
        ("a AND b", "EXISTS can only be used in ExecuteTransaction write requests."),
        ("foo(1)", "EXISTS can only be used in ExecuteTransaction write requests."),
        ("SET a = 1", "Only select from a single table or index is supported."),
    ] {
        refuse(text, sentence);
    }
}

#[test]
fn clauses_are_refused_in_aws_s_words() {
    let operand = "Incorrect operand type for operator or function; operator or function: ";
    let count = "Incorrect number of operands for operator or function; operator or function: ";
    let distinct =
        "The first operand must be distinct from the remaining operands for this operator or function; ";
    let missing = "MISSING must be compared using IS operator";
    for (text, sentence) in [
        ("size(s)", "WHERE clause must contain an expression that resolves to a boolean".to_owned()),
        ("a = 1 AND size(s)", format!("{operand}AND, operand type: N")),
        ("size(s) OR a = 1", format!("{operand}OR, operand type: N")),
        ("NOT size(s)", format!("{operand}NOT, operand type: N")),
        ("size(s, t) = 3", format!("{count}size, number of operands: 2")),
        ("size() = 3", format!("{count}size, number of operands: 0")),
        ("attribute_exists()", format!("{count}attribute_exists, number of operands: 0")),
        ("size(s) + 1 = 4", "Unsupported operator in Condition Expression. Operator: +".to_owned()),
        ("size(s) < true", format!("{operand}<, operand type: BOOL")),
        ("attribute_exists(s) > true", format!("{operand}>, operand type: BOOL")),
        ("attribute_exists(s) BETWEEN true AND true", format!("{operand}BETWEEN, operand type: BOOL")),
        ("begins_with(a, 1)", format!("{operand}begins_with, operand type: N")),
        (
            "attribute_exists('s')",
            "Operator or function requires a document path; operator or function: attribute_exists".to_owned(),
        ),
        (
            "size(s) IS MISSING",
            "The left hand side argument to IS must be a Variable Reference, Literal, or Path".to_owned(),
        ),
        ("s = missing", missing.to_owned()),
        ("s IN [missing]", missing.to_owned()),
        ("s = s AND x = MISSING", missing.to_owned()),
        ("s = s", format!("{distinct}operator: =, first operand: [s]")),
        ("m.a IN [1, m.a]", format!("{distinct}operator: IN, first operand: [m, a]")),
        ("l[0] BETWEEN l[0] AND 9", format!("{distinct}operator: BETWEEN, first operand: [l, [0]]")),
        ("s = s AND foo(s)", "Unrecognized function: foo at 1:33:3".to_owned()),
        ("EXISTS(ss)", "Unrecognized function: exists at 1:23:6".to_owned()),
        (
            "a = 1 AND EXISTS(SELECT * FROM t)",
            "Unsupported token in expression: SELECT at 1:40:6".to_owned(),
        ),
        (
            "a IS INT",
            "Unsupported data type for IS operator: IntegerType. Supported data types are [MISSING, NULL, BOOLEAN, \
             BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] at 1:23:1"
                .to_owned(),
        ),
        (
            "a = 1e126",
            "Number overflow. Attempting to store a number with magnitude larger than supported range under root"
                .to_owned(),
        ),
        (
            "a = [1, {'x': 1e-131}]",
            "Number underflow. Attempting to store a number with magnitude smaller than supported range under \
             root[1].x"
                .to_owned(),
        ),
    ] {
        refuse(&format!("SELECT * FROM t WHERE {text}"), &sentence);
    }
}

#[test]
fn sets_are_refused_in_aws_s_words() {
    const BAG: &str =
        "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags";
    for (set, sentence) in [
        ("<<'a', 1>>", format!("{BAG} at 1:25:1")),
        ("<<'a', <<'b'>>>>", format!("{BAG} at 1:25:2")),
        ("<<true>>", format!("{BAG} at 1:20:4")),
        ("<<1, 'a'>>", BAG.to_owned()),
        (
            "<<1, null>>",
            "One or more parameter values were invalid: Numeric sets may not contain null under root"
                .to_owned(),
        ),
        ("<<'a', ?>>", "Unsupported data type: Parameter under key root at 1:25:1".to_owned()),
        ("<<?>>", format!("{BAG} at 1:20:1")),
        (
            "<<'a', 'a'>>",
            "One or more parameter values were invalid: Input collection [a, a] contains duplicates."
                .to_owned(),
        ),
        ("<<>>", "Empty bags are not supported".to_owned()),
        ("`{{YWJj}}`", "Ion Literals are not supported: BLOB under key root at 1:18:10".to_owned()),
        ("`2020-01-01T`", "Ion Literals are not supported: TIMESTAMP under key root at 1:18:13".to_owned()),
    ] {
        refuse_with(&format!("UPDATE t SET q = {set} WHERE pk = 'a'"), &["'x'"], &sentence);
    }
}

#[test]
fn hostile_statements_are_refused_on_a_small_stack() {
    let limit = pixii_model::limits::STATEMENT_LENGTH_MAX;
    let select = |clause: String| format!("SELECT * FROM t WHERE {clause}");
    let mut hostile = vec![
        "(".repeat(limit),
        "[".repeat(limit),
        "{".repeat(limit),
        "<<".repeat(limit / 2),
        "{'a':".repeat(limit / 5),
        "a(".repeat(limit / 2),
        "EXISTS(SELECT * FROM t WHERE ".repeat(limit / 29),
        "(SELECT a,".repeat(limit / 10),
        "a[".repeat(limit / 2),
        "- ".repeat(limit / 2),
        "'".repeat(limit - 1),
        "`".repeat(limit),
        "\"".repeat(limit - 1),
        "/*".repeat(limit / 2),
        ";".repeat(limit),
        "?".repeat(limit),
        ".".repeat(limit),
    ];
    let clauses = [
        "NOT ".repeat(limit / 5),
        "(".repeat(limit - 30),
        "NOT (".repeat(limit / 6),
        format!("a IN [{}]", vec!["1"; limit / 3].join(",")),
        format!("a = {}", vec!["1"; limit / 3].join("+")),
        vec!["a=1"; limit / 8].join(" OR "),
        vec!["a"; limit / 3].join("="),
        vec!["size("; limit / 6].join(""),
        format!("{}a = 1{}", "(".repeat(2000), ")".repeat(2000)),
        format!("a = {}1{}", "[".repeat(2000), "]".repeat(2000)),
        format!("a.{}b = 1", "b.".repeat(2000)),
    ];
    hostile.extend(clauses.map(select));
    let deepest = [
        select(format!("{}a = 1{}", "NOT (".repeat(38), ")".repeat(38))),
        select(format!("{}a = 1{}", "(b = 2 OR ".repeat(38), ")".repeat(38))),
        select(format!("a = {}1{}", "[{'x':".repeat(15), "}]".repeat(15))),
    ];
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let run = small.spawn(move || {
        for text in hostile {
            let shown: String = text.chars().take(60).collect();
            assert!(Statement::parse(&text, &[]).is_err(), "{shown}");
        }
        for text in deepest {
            statement(&text, &[]);
        }
    });
    run.unwrap().join().unwrap();
}
