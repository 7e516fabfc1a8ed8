//! What is no request for an operation, in AWS's order of refusals.

use crate::client::{Client, GET_ITEM, Response, SIGNED, TYPE, get_item, post};
use crate::fake::Running;

const SERIALIZATION: &str = r#"{"__type":"com.amazon.coral.service#SerializationException"}"#;
const UNKNOWN_OPERATION: &str = r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;

fn ask(server: &Running, request: impl AsRef<[u8]>) -> Response {
    Client::connect(server).ask(request.as_ref()).proper()
}

fn bare(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

#[test]
fn a_get_of_the_root_is_a_health_check() {
    let server = Running::start();
    let response = ask(&server, bare("GET", "/", ""));
    assert_eq!((response.status, response.text()), (200, "healthy: dynamodb.us-east-1.amazonaws.com "));
    assert_eq!(response.header("x-amz-crc32"), Some("3128867991"));
}

#[test]
fn other_methods_paths_and_content_types_are_not_found() {
    let server = Running::start();
    let requests = [
        bare("GET", "/abc", ""),
        bare("PUT", "/", ""),
        bare("DELETE", "/", ""),
        bare("OPTIONS", "/", ""),
        bare("POST", "/abc", GET_ITEM),
    ];
    let bodies = ["", "whatever", "application/x-amz-json-1.1", "application/jsonasdf"].map(|content_type| {
        let header = format!("Content-Type: {content_type}\r\n");
        String::from_utf8(post(&header, b"hi")).expect("ASCII")
    });
    let no_type = String::from_utf8(post("", b"hi")).expect("ASCII");
    for request in requests.into_iter().chain(bodies).chain([no_type]) {
        let response = ask(&server, &request);
        assert_eq!((response.status, response.text()), (404, "<UnknownOperationException/>\n"), "{request}");
        assert_eq!(response.header("x-amz-crc32"), Some("3552371480"));
        assert_eq!(response.header("content-type"), None);
    }
}

#[test]
fn a_body_that_is_no_json_is_refused_before_its_target() {
    let server = Running::start();
    for body in ["hi", "{", "{\"a\":1}}", "{'a':1}", "\u{0}", "[1,]", "{\"a\":\"\u{1}\"}"] {
        let response = ask(&server, post(TYPE, body.as_bytes()));
        assert_eq!((response.status, response.text()), (400, SERIALIZATION), "{body}");
        assert_eq!(response.header("content-type"), Some("application/x-amz-json-1.0"));
    }
    let response = ask(&server, post(TYPE, b"{\"a\":\"\xff\"}"));
    assert_eq!((response.status, response.text()), (400, SERIALIZATION));
}

#[test]
fn the_content_type_comes_back() {
    let server = Running::start();
    for (asked, answered) in [
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("  application/json  ;   asfd", "application/json"),
        ("application/x-amz-json-1.0;x", "application/x-amz-json-1.0"),
    ] {
        let response = ask(&server, post(&format!("Content-Type: {asked}\r\n"), b"hi"));
        assert_eq!((response.status, response.header("content-type")), (400, Some(answered)), "{asked}");
    }
    assert_eq!(ask(&server, post("", b"")).header("content-type"), Some("application/json"));
}

#[test]
fn unknown_targets_are_refused_before_credentials() {
    let server = Running::start();
    for target in [
        "",
        "X-Amz-Target: whatever\r\n",
        "X-Amz-Target: DynamoDB_20120810.GetItems\r\n",
        "X-Amz-Target: DynamoDB_20120810.getItem\r\n",
        "X-Amz-Target: DynamoDB_20111205.GetItem\r\n",
        // Each operation belongs to one of the two APIs.
        "X-Amz-Target: DynamoDBStreams_20120810.GetItem\r\n",
        "X-Amz-Target: DynamoDB_20120810.GetRecords\r\n",
        "X-Amz-Target: DynamoDB_20120810.GetItem.\r\n",
    ] {
        for body in ["", "{}"] {
            let response = ask(&server, post(&format!("{TYPE}{target}"), body.as_bytes()));
            assert_eq!((response.status, response.text()), (400, UNKNOWN_OPERATION), "{target}");
        }
    }
}

#[test]
fn credentials_must_be_there() {
    let server = Running::start();
    let missing = r#"{"__type":"com.amazon.coral.service#MissingAuthenticationTokenException","message":"Request is missing Authentication Token"}"#;
    for authorization in ["", "Authorization: Bearer x\r\n"] {
        let response = ask(&server, post(&format!("{TYPE}{GET_ITEM}{authorization}"), b"{}"));
        assert_eq!((response.status, response.text()), (400, missing), "{authorization}");
    }
    let incomplete = r#"{"__type":"com.amazon.coral.service#IncompleteSignatureException","message":"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-"}"#;
    let response = ask(&server, post(&format!("{TYPE}{GET_ITEM}Authorization: AWS4-\r\n"), b"{}"));
    assert_eq!((response.status, response.text()), (400, incomplete));
    let both = format!("{GET_ITEM}{SIGNED}Content-Length: 0\r\n");
    let response = ask(&server, bare("POST", "/?X-Amz-Algorithm", &both));
    assert!(response.text().contains("com.amazon.coral.service#InvalidSignatureException"), "{response:?}");
}

#[test]
fn a_presigned_request_is_let_in() {
    let server = Running::start();
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261123%2Fus-east-1%2Fdynamodb%2Faws4_request\
                 &X-Amz-Date=20261123T101112Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00";
    let body = crate::client::get_item_body("Any");
    let headers = format!("{TYPE}{GET_ITEM}Content-Length: {}\r\n", body.len());
    let response = ask(&server, bare("POST", &format!("/?{query}"), &headers) + &body);
    assert_eq!((response.status, response.text()), (200, "{}"));
}

#[test]
fn an_absent_body_is_refused_after_credentials() {
    let server = Running::start();
    let response = ask(&server, post(&format!("{GET_ITEM}{SIGNED}"), b""));
    assert_eq!((response.status, response.text()), (400, SERIALIZATION));
    let response = ask(&server, post(GET_ITEM, b""));
    assert!(response.text().contains("MissingAuthenticationTokenException"));
}

#[test]
fn an_operation_refuses_in_its_own_words() {
    let server = Running::start();
    let response = ask(&server, post(&format!("{TYPE}{SIGNED}{GET_ITEM}"), b"{\"TableName\":1}"));
    assert_eq!(response.status, 400);
    assert_eq!(
        response.text(),
        r#"{"__type":"com.amazon.coral.service#SerializationException","Message":"NUMBER_VALUE cannot be converted to String"}"#
    );
    assert_eq!(ask(&server, get_item("Any", "")).text(), "{}");
}

#[test]
fn pages_from_anywhere_are_admitted() {
    let server = Running::start();
    let asks = "Origin: https://example.com\r\nAccess-Control-Request-Method: dog\r\n\
                Access-Control-Request-Headers: cat, mouse\r\n";
    let granted = [
        ("access-control-allow-methods", "dog"),
        ("access-control-allow-headers", "cat, mouse"),
        ("access-control-max-age", "172800"),
    ];
    let preflight = ask(&server, bare("OPTIONS", "/", asks));
    assert_eq!((preflight.status, preflight.body.len()), (200, 0));
    for (name, value) in granted {
        assert_eq!(preflight.header(name), Some(value));
    }
    let others = [ask(&server, bare("GET", "/", asks)), ask(&server, get_item("Any", asks))];
    for response in others.iter().chain([&preflight]) {
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
        assert!(
            response.header("access-control-expose-headers").expect("present").contains("x-amzn-RequestId")
        );
    }
    for response in others {
        assert_eq!(response.status, 200);
        for (name, _) in granted {
            assert_eq!(response.header(name), None, "only a preflight is granted {name}");
        }
    }
    let without = ask(&server, get_item("Any", ""));
    assert!(without.headers.iter().all(|(name, _)| !name.starts_with("access-control")));
}

/// Whoever asked for an operation of AWS's that is not built yet was told what whoever asks for nonsense is told.
#[test]
fn an_operation_that_is_not_built_is_named() {
    let server = Running::start();
    let target = |target: &str| format!("{TYPE}{SIGNED}X-Amz-Target: {target}\r\n");
    let answer = ask(&server, post(&target("DynamoDB_20120810.CreateBackup"), b"{}"));
    let expected = r#"{"__type":"com.amazon.coral.service#UnknownOperationException","Message":"Pixii does not have DynamoDB_20120810.CreateBackup yet; docs/compatibility.md lists what it has"}"#;
    assert_eq!((answer.status, answer.text()), (400, expected));
    let answer = ask(&server, post(&target("DynamoDB_20120810.Invented"), b"{}"));
    assert_eq!((answer.status, answer.text()), (400, UNKNOWN_OPERATION));
}
