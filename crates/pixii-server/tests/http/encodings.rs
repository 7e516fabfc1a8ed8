//! Compressed bodies, chunked bodies, and what comes before a body.

use crate::client::{Client, GET_ITEM, Response, SIGNED, TYPE, get_item, get_item_body, post};
use crate::fake::{LARGE, Running};
use flate2::Compression;
use flate2::read::{GzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::{Read, Write};

const MIB: usize = 1024 * 1024;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("a Vec");
    encoder.finish().expect("a Vec")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("a Vec");
    encoder.finish().expect("a Vec")
}

fn post_encoded(server: &Running, coding: &str, body: &[u8]) -> Response {
    let headers = format!("{TYPE}{SIGNED}{GET_ITEM}Content-Encoding: {coding}\r\n");
    Client::connect(server).ask(&post(&headers, body))
}

/// A GetItem with this many spaces in its body.
fn padded(spaces: usize) -> Vec<u8> {
    let mut body = get_item_body("Any").into_bytes();
    body.resize(body.len() + spaces, b' ');
    body
}

#[test]
fn compressed_requests_are_understood() {
    let server = Running::start();
    let plain = get_item_body("Any").into_bytes();
    let two = [gzip(&plain[..10]), gzip(&plain[10..])].concat();
    let cases = [
        ("gzip", gzip(&plain)),
        ("GZIP", gzip(&padded(100_000))),
        ("gzip", two),
        ("deflate", zlib(&plain)),
        ("identity", plain),
    ];
    for (coding, body) in cases {
        let response = post_encoded(&server, coding, &body).proper();
        assert_eq!((response.status, response.text()), (200, "{}"), "{coding}");
    }
}

#[test]
fn bodies_not_in_their_coding_are_our_fault_as_on_aws() {
    let server = Running::start();
    let plain = get_item_body("Any").into_bytes();
    let compressed = gzip(&plain);
    let cases: [(&str, &[u8]); 6] = [
        ("gzip", &plain),
        ("gzip", b""),
        ("gzip", &compressed[..compressed.len() - 1]),
        ("deflate", &compressed),
        ("br", &plain),
        ("garbage", &plain),
    ];
    for (coding, body) in cases {
        let response = post_encoded(&server, coding, body).proper();
        assert_eq!(response.status, 500, "{coding}");
        assert!(response.text().contains("#InternalServerError"), "{}", response.text());
    }
}

#[test]
fn a_small_body_may_not_stand_for_more_than_the_limit() {
    let server = Running::start();
    let response = post_encoded(&server, "gzip", &gzip(&padded(20 * MIB)));
    assert_eq!((response.status, response.body.len()), (413, 0));
    let response = post_encoded(&server, "gzip", &gzip(&padded(15 * MIB)));
    assert_eq!((response.status, response.text()), (200, "{}"));
}

#[test]
fn long_answers_are_compressed_where_asked() {
    let server = Running::start();
    let plain = Client::connect(&server).ask(&get_item(LARGE, "")).proper();
    assert_eq!(plain.header("content-encoding"), None);
    assert!(plain.text().contains("abcdeabcde"));

    let gzipped =
        Client::connect(&server).ask(&get_item(LARGE, "Accept-Encoding: gzip, deflate\r\n")).proper();
    assert_eq!(gzipped.header("content-encoding"), Some("gzip"));
    assert!(gzipped.body.len() * 30 < plain.body.len());
    let mut text = String::new();
    GzDecoder::new(&gzipped.body[..]).read_to_string(&mut text).expect("gzip");
    assert_eq!(text, plain.text());

    let deflated = Client::connect(&server).ask(&get_item(LARGE, "Accept-Encoding: deflate\r\n")).proper();
    assert_eq!(deflated.header("content-encoding"), Some("deflate"));
    text.clear();
    ZlibDecoder::new(&deflated.body[..]).read_to_string(&mut text).expect("zlib");
    assert_eq!(text, plain.text());

    let short = Client::connect(&server).ask(&get_item("Any", "Accept-Encoding: gzip\r\n")).proper();
    assert_eq!((short.header("content-encoding"), short.text()), (None, "{}"));
}

#[test]
fn chunked_bodies_are_read() {
    let server = Running::start();
    let body = get_item_body("Any");
    let mut request = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\n{TYPE}{SIGNED}{GET_ITEM}Transfer-Encoding: chunked\r\n\r\n"
    );
    for byte in body.chars() {
        request.push_str(&format!("1\r\n{byte}\r\n"));
    }
    // A large chunk of white space takes the body past what is read without a share of the budget.
    request.push_str(&format!("{:x};extension=1\r\n{}\r\n0\r\nTrailer: x\r\n\r\n", MIB, " ".repeat(MIB)));
    let mut client = Client::connect(&server);
    for _ in 0..2 {
        let response = client.ask(request.as_bytes()).proper();
        assert_eq!((response.status, response.text()), (200, "{}"));
    }
}

#[test]
fn bodies_up_to_16_mib_are_read_and_larger_ones_are_not() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    let headers = format!("{TYPE}{SIGNED}{GET_ITEM}");
    let largest = padded(16 * MIB - get_item_body("Any").len());
    assert_eq!(largest.len(), 16 * MIB);
    assert_eq!(client.ask(&post(&headers, &largest)).text(), "{}");

    // As AWS sends it: empty and chunked. The whole body is read, so the connection is good for more.
    for too_large in [16 * MIB + 1, 50 * MIB] {
        let response = client.ask(&post(&headers, &vec![b' '; too_large]));
        assert_eq!((response.status, response.body.len()), (413, 0));
        assert_eq!(response.header("transfer-encoding"), Some("chunked"));
        assert_eq!(client.ask(&get_item("Any", "")).status, 200);
    }
    let head = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{headers}Transfer-Encoding: chunked\r\n\r\n");
    client.send(head.as_bytes());
    let chunk = [format!("{MIB:x}\r\n").as_bytes(), &vec![b' '; MIB], b"\r\n"].concat();
    for _ in 0..17 {
        client.send(&chunk);
    }
    assert_eq!(client.ask(b"0\r\n\r\n").status, 413);
}

#[test]
fn a_client_that_asks_first_is_told_to_continue() {
    let server = Running::start();
    let body = get_item_body("Any");
    let head = |length: usize| {
        format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\n{TYPE}{SIGNED}{GET_ITEM}Expect: 100-continue\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    let mut client = Client::connect(&server);
    client.send(head(body.len()).as_bytes());
    assert_eq!(client.line(), "HTTP/1.1 100 Continue");
    assert_eq!(client.line(), "");
    assert_eq!(client.ask(body.as_bytes()).proper().text(), "{}");

    // One that asks to send too much is told so instead.
    assert_eq!(client.ask(head(17 * MIB).as_bytes()).status, 413);
}
