//! How connections live: kept alive, pipelined, timed out, and let go when the server stops.

use crate::client::{Client, GET_ITEM, SIGNED, TYPE, get_item, post};
use crate::fake::{FAILING, PANICKING, Running, SLOW, STUCK};
use pixii_server::{Limits, Timeouts};
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

fn impatient() -> Limits {
    let timeouts = Timeouts {
        head: Duration::from_millis(200),
        body: Duration::from_millis(200),
        idle: Duration::from_millis(200),
    };
    Limits { timeouts, ..Limits::default() }
}

#[test]
fn connections_are_kept_alive_unless_asked_otherwise() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    let ids: Vec<_> = (0..3)
        .map(|_| {
            let response = client.ask(&get_item("Any", "")).proper();
            assert_eq!(response.text(), "{}");
            response.header("x-amzn-requestid").expect("present").to_owned()
        })
        .collect();
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    assert_eq!(client.ask(&get_item("Any", "Connection: close\r\n")).status, 200);
    assert_eq!(client.rest(), b"");
}

#[test]
fn refused_requests_keep_their_connection() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    for (request, status) in [
        (post("", b"hi"), 404),
        (post(TYPE, b"hi"), 400),
        (post(&format!("{TYPE}{GET_ITEM}"), b"{}"), 400),
        (get_item(FAILING, ""), 500),
        (get_item("Any", ""), 200),
    ] {
        assert_eq!(client.ask(&request).proper().status, status);
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    let requests = [get_item(SLOW, ""), get_item("Any", ""), post(TYPE, b"hi"), get_item("Any", "")].concat();
    client.send(&requests);
    for status in [200, 200, 400, 200] {
        assert_eq!(client.response().proper().status, status);
    }
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    for byte in get_item("Any", "") {
        client.send(&[byte]);
    }
    assert_eq!(client.response().proper().text(), "{}");
}

#[test]
fn http_1_0_is_answered() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    client.send(b"GET / HTTP/1.0\r\n\r\n");
    let answer = client.rest();
    assert!(answer.starts_with(b"HTTP/1.0 200 OK\r\n"), "{}", String::from_utf8_lossy(&answer));
}

/// `printf ... | nc -N` closes its sending half and waits.
#[test]
fn a_client_may_close_its_half_and_read_the_answer() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    client.send(&get_item(SLOW, ""));
    client.stream().shutdown(Shutdown::Write).expect("open");
    assert_eq!(client.response().proper().text(), "{}");
    assert_eq!(client.rest(), b"");
}

#[test]
fn a_panic_ends_one_request() {
    let server = Running::start();
    let mut client = Client::connect(&server);
    let mut other = Client::connect(&server);
    other.send(&get_item(SLOW, ""));
    let response = client.ask(&get_item(PANICKING, "")).proper();
    assert_eq!(response.status, 500);
    assert_eq!(
        response.text(),
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"The request processing has failed because of an unknown error, exception or failure."}"#
    );
    assert_eq!(client.ask(&get_item("Any", "")).status, 200);
    assert_eq!(other.response().status, 200);
}

#[test]
fn slow_clients_are_closed() {
    let server = Running::start_with(impatient());
    let whole = get_item("Any", "");
    let body_at = whole.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
    let starts: [&[u8]; 4] = [b"", b"POST / HT", &whole[..body_at], &whole[..body_at + 5]];
    for start in starts {
        let mut client = Client::connect(&server);
        client.send(start);
        assert_eq!(client.rest(), b"", "closed without an answer");
    }
    // Once answered, it may be idle for a while, and no longer.
    let mut client = Client::connect(&server);
    assert_eq!(client.ask(&whole).status, 200);
    assert_eq!(client.rest(), b"");
}

/// Slowloris: a byte now and then keeps nobody connected.
#[test]
fn dripping_clients_are_closed() {
    let server = Running::start_with(impatient());
    let whole = get_item("Any", "");
    let mut dripping = Client::connect(&server);
    let closed = whole.into_iter().any(|byte| {
        std::thread::sleep(Duration::from_millis(20));
        dripping.stream().write_all(&[byte]).is_err()
    });
    assert!(closed, "it was let finish after seconds");
}

#[test]
fn our_own_slowness_closes_nobody() {
    let server = Running::start_with(impatient());
    assert_eq!(Client::connect(&server).ask(&get_item(SLOW, "")).status, 200);
}

#[test]
fn connections_above_the_limit_wait() {
    let server = Running::start_with(Limits { connections_max: 2, ..Limits::default() });
    let mut first = Client::connect(&server);
    let mut second = Client::connect(&server);
    assert_eq!(first.ask(&get_item("Any", "")).status, 200);
    assert_eq!(second.ask(&get_item("Any", "")).status, 200);
    let mut third = Client::connect(&server);
    third.send(&get_item("Any", ""));
    third.stream().set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
    assert!(third.stream().peek(&mut [0]).is_err(), "answered although two are connected");
    third.stream().set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    drop(first);
    assert_eq!(third.response().status, 200);
}

#[test]
fn stopping_finishes_what_is_in_flight() {
    let mut server = Running::start();
    let mut busy = Client::connect(&server);
    let mut idle = Client::connect(&server);
    assert_eq!(idle.ask(&get_item("Any", "")).status, 200);
    busy.send(&get_item(SLOW, ""));
    std::thread::sleep(Duration::from_millis(100));
    server.ask_to_stop();
    assert_eq!(busy.response().proper().status, 200);
    assert_eq!((busy.rest(), idle.rest()), (vec![], vec![]));
    let address = server.address;
    assert_eq!(server.stopped().cut_off, 0);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn stopping_does_not_wait_for_ever() {
    let server = Running::start_with(Limits { drain: Duration::from_millis(50), ..Limits::default() });
    let mut busy = Client::connect(&server);
    busy.send(&get_item(SLOW, ""));
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(server.stopped().cut_off, 1);
    assert_eq!(busy.rest(), b"");
}

#[test]
fn a_large_body_waits_for_its_share_and_is_refused_in_the_end() {
    let limits =
        Limits { body_bytes_in_flight_max: 0, body_wait: Duration::from_millis(100), ..Limits::default() };
    let server = Running::start_with(limits);
    // The budget is never less than one largest claim, so two bodies of unknown length exhaust it.
    let head = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\n{TYPE}{SIGNED}{GET_ITEM}Transfer-Encoding: chunked\r\n\r\n"
    );
    let chunk = [&b"20000\r\n"[..], &vec![b' '; 0x20000], b"\r\n"].concat();
    let mut holders: Vec<_> = (0..2)
        .map(|_| {
            let mut client = Client::connect(&server);
            client.send(head.as_bytes());
            client.send(&chunk);
            client
        })
        .collect();
    let body = [crate::client::get_item_body("Any").as_bytes(), &vec![b' '; 100_000]].concat();
    let large = post(&format!("{TYPE}{SIGNED}{GET_ITEM}"), &body);
    let refused = (0..100)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            Client::connect(&server).ask(&large).proper()
        })
        .find(|response| response.status != 200)
        .expect("a refusal once both have their shares");
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("#ThrottlingException"), "{}", refused.text());
    assert_eq!(Client::connect(&server).ask(&get_item("Any", "")).status, 200, "small bodies need no share");
    holders.pop();
    assert_eq!(Client::connect(&server).ask(&large).proper().status, 200);
}

#[test]
fn large_bodies_are_worked_on_in_turn() {
    let limits = Limits {
        body_bytes_at_work_max: 0,
        body_wait: Duration::ZERO,
        drain: Duration::ZERO,
        ..Limits::default()
    };
    let server = Running::start_with(limits);
    let padded = |table, bytes| {
        let mut body = crate::client::get_item_body(table).into_bytes();
        body.resize(bytes, b' ');
        post(&format!("{TYPE}{SIGNED}{GET_ITEM}"), &body)
    };
    let large = padded("Any", 100_000);
    let mut client = Client::connect(&server);
    assert_eq!(client.ask(&large).proper().text(), "{}");
    // That budget is never less than one largest body, which this one keeps.
    let mut keeper = Client::connect(&server);
    keeper.send(&padded(STUCK, 16 << 20));
    let refused = (0..100)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            client.ask(&large).proper()
        })
        .find(|response| response.status != 200)
        .expect("a refusal once the other is whole");
    assert!(refused.text().contains("#ThrottlingException"), "{}", refused.text());
    assert_eq!(client.ask(&get_item("Any", "")).proper().text(), "{}", "small ones need no turn");
}
