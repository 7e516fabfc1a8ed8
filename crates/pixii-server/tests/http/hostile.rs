//! Bytes from someone who means no good: each gets an error or a closed connection, and the server stays well.

use crate::client::{Client, GET_ITEM, SIGNED, TYPE, get_item, get_item_body, post};
use crate::fake::Running;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::io::Write;
use std::net::Shutdown;

fn still_well(server: &Running) {
    assert_eq!(Client::connect(server).ask(&get_item("Any", "")).proper().text(), "{}");
}

#[test]
fn deep_nesting_is_refused() {
    let server = Running::start();
    let headers = format!("{TYPE}{SIGNED}{GET_ITEM}");
    let mut client = Client::connect(&server);
    for depth in [4_000, 1_000_000] {
        for opening in ["[", "{\"\":"] {
            let response = client.ask(&post(&headers, opening.repeat(depth).as_bytes())).proper();
            assert_eq!(response.status, 400);
            assert!(response.text().contains("SerializationException"));
        }
    }
}

#[test]
fn a_truncated_body_closes_its_connection() {
    let server = Running::start();
    let whole = get_item("Any", "");
    let mut client = Client::connect(&server);
    client.send(&whole[..whole.len() - 1]);
    client.stream().shutdown(Shutdown::Write).expect("open");
    assert_eq!(client.rest(), b"");
    still_well(&server);
}

#[test]
fn malformed_http_is_refused() {
    let server = Running::start();
    for bytes in [
        &b"GET\r\n\r\n"[..],
        b"POST / HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
    ] {
        let mut client = Client::connect(&server);
        client.send(bytes);
        _ = client.stream().shutdown(Shutdown::Write);
        let answer = client.rest();
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 400 "),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    still_well(&server);
}

#[test]
fn a_head_above_16_kib_is_refused() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    let long = "x".repeat(8192);
    let fits = format!("header1: {long}\r\n");
    assert_eq!(client.ask(&get_item("Any", &fits)).status, 200);
    let response = client.ask(&get_item("Any", &format!("{fits}header2: {long}\r\n")));
    assert_eq!((response.status, response.body.len()), (400, 0));
    let url =
        format!("POST /{} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", "x".repeat(17_000));
    assert_eq!(Client::connect(&server).ask(url.as_bytes()).status, 400);

    // Without an end it is cut off long before it fills memory.
    let mut endless = Client::connect(&server);
    endless.send(b"POST / HTTP/1.1\r\nx: ");
    let cut_off = (0..100).any(|_| endless.stream().write_all(&[b'x'; 65_536]).is_err());
    assert!(cut_off);
    still_well(&server);
}

#[test]
fn random_bytes_do_no_harm() {
    let server = Running::start();
    let mut random = SmallRng::seed_from_u64(20_261_123);
    let whole = get_item("Any", "");
    for _ in 0..200 {
        let mut bytes = whole.clone();
        if random.random_bool(0.2) {
            bytes = (0..random.random_range(1..2000)).map(|_| random.random()).collect();
        } else {
            for _ in 0..random.random_range(1..20) {
                let at = random.random_range(0..bytes.len());
                bytes[at] = random.random();
            }
        }
        let mut client = Client::connect(&server);
        _ = client.stream().write_all(&bytes);
        _ = client.stream().shutdown(Shutdown::Write);
        let answer = client.rest();
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1."),
            "an answer that is no HTTP to {:?}",
            String::from_utf8_lossy(&bytes)
        );
    }
    still_well(&server);
}

#[test]
fn random_bodies_get_an_answer_each() {
    let server = Running::start();
    let mut random = SmallRng::seed_from_u64(1);
    let headers = format!("{TYPE}{SIGNED}{GET_ITEM}");
    let whole = get_item_body("Any").into_bytes();
    let mut client = Client::connect(&server);
    for _ in 0..500 {
        let mut body = whole.clone();
        for _ in 0..random.random_range(1..5) {
            let at = random.random_range(0..body.len());
            body[at] = random.random();
        }
        let response = client.ask(&post(&headers, &body)).proper();
        assert!(matches!(response.status, 200 | 400), "{response:?}");
    }
}
