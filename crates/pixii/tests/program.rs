//! The program as a person or a process manager meets it: ready lines, exit codes, signals.

use pixii_embedded::EmbeddedStore;
use pixii_store::{Store, Transaction};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A `pixii dev` that is ready. Killed when dropped.
struct Running {
    child: Child,
    ready: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = pixii(&[&["dev", "--port", "0"], arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut ready = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut ready).expect("a line");
        Self { child, ready }
    }

    /// Where it says it is.
    fn url(&self) -> &str {
        self.ready.split(' ').find(|word| word.starts_with("http://")).expect("a URL")
    }

    fn port(&self) -> &str {
        self.url().rsplit(':').next().expect("a port")
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    /// Waits for the end: exit code and stderr.
    fn ended(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().expect("it ends");
        let mut log = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut log).expect("text");
        (status.code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// One operation's answer, head and all.
fn ask(port: &str, operation: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("it listens");
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\n\
         Content-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20261123T101112Z\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=AKID/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

fn pixii(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixii"));
    command.args(arguments);
    command
}

fn output(arguments: &[&str]) -> Output {
    pixii(arguments).output().expect("the program runs")
}

/// Checks that a command fails with a code and with one line that holds these words, behind lines of a log at the most.
fn check_refused(arguments: &[&str], code: i32, words: &str) {
    let output = output(arguments);
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(code), "{said}");
    let lines = said.trim_end().lines().filter(|line| !line.starts_with('{'));
    let lines: Vec<&str> = lines.collect();
    assert!(matches!(lines[..], [line] if line.starts_with("pixii: ") && line.contains(words)), "{said}");
    assert!(output.stdout.is_empty());
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary path is text")
}

#[test]
fn it_says_where_it_is_answers_and_stops_when_asked() {
    for signal in ["-TERM", "-INT"] {
        let running = Running::start(&[]);
        assert!(running.ready.starts_with("pixii dev ready at http://127.0.0.1:"), "{}", running.ready);
        assert!(running.ready.contains("in memory"), "{}", running.ready);
        let health = output(&["health", "--url", running.url()]);
        assert_eq!(health.status.code(), Some(0), "{}", String::from_utf8_lossy(&health.stderr));
        running.signal(signal);
        let (code, log) = running.ended();
        assert_eq!(code, Some(0), "{log}");
        assert!(log.lines().all(|line| line.starts_with('{')), "logs that no terminal reads are JSON: {log}");
    }
}

#[test]
fn a_second_signal_stops_it_at_once() {
    let mut running = Running::start(&[]);
    // A request that is never completed keeps the first signal waiting.
    let mut stream = TcpStream::connect(format!("127.0.0.1:{}", running.port())).expect("it listens");
    stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n").expect("open");
    let moment = std::time::Duration::from_millis(100);
    std::thread::sleep(moment);
    // Two signals at once are one: `timeout` and its like signal the process and its group.
    let id = running.child.id();
    let both = format!("kill -TERM {id}; kill -INT {id}");
    assert!(Command::new("sh").args(["-c", &both]).status().expect("a shell").success());
    std::thread::sleep(moment);
    assert_eq!(running.child.try_wait().expect("a child"), None);
    running.signal("-TERM");
    assert_eq!(running.ended().0, Some(130));
}

#[test]
fn logs_name_requests_and_never_what_was_in_them() {
    const TABLE: &str = r#"{"TableName":"Music","BillingMode":"PAY_PER_REQUEST",
        "KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"Artist","AttributeType":"S"}]}"#;
    let running = Running::start(&["--log-level", "trace"]);
    let port = running.port();
    assert!(ask(port, "CreateTable", TABLE).starts_with("HTTP/1.1 200"));
    let item = r#""TableName":"Music","Item":{"Artist":{"S":"hush-hush"},"hush-hush":{"N":"5"}}"#;
    let put = ask(port, "PutItem", &format!("{{{item}}}"));
    assert!(put.starts_with("HTTP/1.1 200"), "{put}");
    let id = put.split("x-amzn-requestid: ").nth(1).and_then(|rest| rest.lines().next()).expect("an id");
    for refused in [
        format!(r#"{{{item},"ConditionExpression":"attribute_not_exists(Artist)"}}"#),
        format!(r#"{{{item},"ConditionExpression":"hush-hush = hush-hush"}}"#),
        format!(r#"{{{item}"#),
    ] {
        assert!(ask(port, "PutItem", &refused).starts_with("HTTP/1.1 400"), "{refused}");
    }
    let found = ask(port, "GetItem", r#"{"TableName":"Music","Key":{"Artist":{"S":"hush-hush"}}}"#);
    assert!(found.contains("hush-hush"), "{found}");
    let id = id.to_owned();
    running.signal("-TERM");
    let (_, log) = running.ended();
    assert!(log.lines().any(|line| line.contains(&id) && line.contains("\"PutItem\"")), "{log}");
    assert!(!log.contains("hush-hush"), "{log}");
}

#[test]
fn a_port_in_use_is_named() {
    let running = Running::start(&[]);
    check_refused(&["dev", "--port", running.port()], 3, "the port is in use; choose another with --port");
    let operators = ["dev", "--port", "0", "--admin-port", running.port()];
    check_refused(&operators, 3, "the port is in use; choose another with --admin-port");
    check_refused(&["dev", "--host", "203.0.113.1"], 3, "cannot listen at 203.0.113.1:8000");
}

#[test]
fn data_outlives_the_process_and_has_one_owner() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("new/data");
    for _ in 0..2 {
        let running = Running::start(&["--data", text(&data)]);
        assert!(running.ready.contains(&format!("data in {}", data.display())), "{}", running.ready);
        check_refused(&["dev", "--port", "0", "--data", text(&data)], 4, "in use by process");
        running.signal("-TERM");
        assert_eq!(running.ended().0, Some(0));
    }
    let relaxed = Running::start(&["--data", text(&data), "--durability", "relaxed"]);
    assert!(relaxed.ready.contains("not durable"), "{}", relaxed.ready);
}

#[test]
fn directories_of_others_are_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("letter.txt");
    std::fs::write(&file, "dear").expect("writable");
    check_refused(&["dev", "--port", "0", "--data", text(dir.path())], 4, "is not a data directory");
    check_refused(&["dev", "--port", "0", "--data", text(&file)], 4, "is not a directory");
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), "dear");
}

#[test]
fn check_says_what_is_in_a_directory_that_no_server_has_open() {
    const TABLE: &str = r#"{"TableName":"Music","BillingMode":"PAY_PER_REQUEST",
        "KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"}],
        "GlobalSecondaryIndexes":[{"IndexName":"ByYear","KeySchema":[{"AttributeName":"Year","KeyType":"HASH"}],
            "Projection":{"ProjectionType":"KEYS_ONLY"}}],
        "AttributeDefinitions":[{"AttributeName":"Artist","AttributeType":"S"},{"AttributeName":"Year","AttributeType":"N"}]}"#;
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    check_refused(&["check", text(&data)], 2, "there is no data directory at");
    check_refused(&["check", text(dir.path())], 2, "there is no data directory at");
    assert!(!data.exists() && dir.path().read_dir().expect("it is there").next().is_none());
    let running = Running::start(&["--data", text(&data)]);
    assert!(ask(running.port(), "CreateTable", TABLE).starts_with("HTTP/1.1 200"));
    for item in [r#"{"Artist":{"S":"A"},"Year":{"N":"1999"}}"#, r#"{"Artist":{"S":"B"}}"#] {
        let put = ask(running.port(), "PutItem", &format!(r#"{{"TableName":"Music","Item":{item}}}"#));
        assert!(put.starts_with("HTTP/1.1 200"), "{put}");
    }
    check_refused(&["check", text(&data)], 2, "in use by process");
    running.signal("-TERM");
    assert_eq!(running.ended().0, Some(0));
    let found = output(&["check", text(&data)]);
    let said = String::from_utf8_lossy(&found.stdout);
    assert_eq!(found.status.code(), Some(0), "{said}");
    assert!(
        said.contains("table Music: 2 items, 21 bytes\n  global index ByYear: 1 entries, 14 bytes"),
        "{said}"
    );
    assert!(said.trim_end().lines().last().is_some_and(|last| last.contains(" is clean: ")), "{said}");

    write_raw(&data, b"\xffnone");
    let found = output(&["check", text(&data)]);
    let said = String::from_utf8_lossy(&found.stdout);
    assert_eq!(found.status.code(), Some(1), "{said}");
    assert!(said.starts_with("problem: a key that is none: ff6e6f6e65\ntable Music: "), "{said}");
    assert!(!said.contains("is clean"), "{said}");
    assert!(String::from_utf8_lossy(&found.stderr).contains("there is a problem in "));
}

/// Writes a key into a data directory, past the engine.
fn write_raw(data: &Path, key: &'static [u8]) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = EmbeddedStore::open(data, pixii_embedded::Options::default()).expect("it opens");
        let mut transaction = store.begin(&[key.into()]).await.expect("it begins");
        transaction.set(key.into(), key.into());
        transaction.commit().await.expect("it is written");
    });
}

#[test]
fn health_fails_where_nothing_healthy_answers() {
    check_refused(&["health", "--url", "http://127.0.0.1:1"], 1, "is not healthy");
    check_refused(&["health", "--url", "ftp://127.0.0.1"], 1, "not a URL");
}

#[test]
fn wrong_arguments_exit_with_2_and_help_shows_examples() {
    for arguments in [&["dev", "--port", "x"][..], &["dev", "--durability", "relaxed"], &["serf"]] {
        assert_eq!(output(arguments).status.code(), Some(2), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["dev", "--help"], &["health", "--help"], &["check", "--help"]] {
        let help = output(arguments);
        assert_eq!(help.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&help.stdout).contains("Examples:"), "{arguments:?}");
    }
    let version = output(&["--version"]);
    assert_eq!(String::from_utf8_lossy(&version.stdout), concat!("pixii ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// SIGHUP, which a closed terminal sends, ended the process without a stop.
#[test]
fn a_hangup_ends_nothing() {
    let running = Running::start(&[]);
    running.signal("-HUP");
    for _ in 0..3 {
        assert!(ask(running.port(), "ListTables", "{}").starts_with("HTTP/1.1 200"));
    }
    running.signal("-TERM");
    let (code, log) = running.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("SIGHUP: there is nothing to read anew"), "{log}");
}

/// A stderr that nobody read filled its pipe at the level of debug, and the server hung.
#[test]
fn a_log_that_nobody_reads_holds_up_nobody() {
    let running = Running::start(&["--log-level", "debug"]);
    let mut stream = TcpStream::connect(format!("127.0.0.1:{}", running.port())).expect("it listens");
    stream.set_nodelay(true).expect("a socket");
    let mut answers = BufReader::new(stream.try_clone().expect("a socket"));
    // Each leaves a line of some hundred bytes; a pipe takes 64 KiB.
    for _ in 0..2_000 {
        stream
            .write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
            .expect("it reads");
        let mut length = 0;
        loop {
            let mut line = String::new();
            answers.read_line(&mut line).expect("it answers");
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a length");
            }
            if line == "\r\n" {
                break;
            }
        }
        answers.read_exact(&mut vec![0; length]).expect("a body");
    }
    running.signal("-TERM");
    assert_eq!(running.ended().0, Some(0));
}

/// Whoever looks at a server from outside finds out what it is and what it does: in the log and at the operators' port.
#[test]
fn operators_are_told_what_a_server_is_and_does() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let mut running =
        Running::start(&["--slow-ms", "0", "--data", text(&data), "--account-id", "123456789012"]);
    let mut log = BufReader::new(running.child.stderr.take().expect("piped"));
    let mut line = String::new();
    log.read_line(&mut line).expect("a line");
    let first: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(first["message"], "starting");
    assert_eq!(first["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(first["pid"], running.child.id());
    assert_eq!(first["durability"], "durable");
    assert_eq!(first["data_format"], pixii_embedded::FORMAT_VERSION);
    assert_eq!(first["account_id"], "123456789012");
    assert_eq!(first["address"], running.url().trim_start_matches("http://"));
    assert!(first["connections_max"].as_u64().is_some_and(|connections| connections > 0), "{first}");
    let admin = first["admin_address"].as_str().expect("an address").to_owned();

    let created = ask(
        running.port(),
        "CreateTable",
        r#"{"TableName":"Music","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
            "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]}"#,
    );
    assert!(created.contains("arn:aws:dynamodb:us-east-1:123456789012:table/Music"), "{created}");
    let put = r#"{"TableName":"Music","Item":{"p":{"S":"x"}}}"#;
    assert!(ask(running.port(), "PutItem", put).starts_with("HTTP/1.1 200"));
    for (path, expected) in [
        ("livez", "ok"),
        ("readyz", "ok"),
        ("info", "\"AccountId\":\"123456789012\""),
        ("metrics", "pixii_table_requests_total{table=\"Music\",operation=\"PutItem\"} 1\n"),
        ("metrics", "pixii_consumed_write_units_total{table=\"Music\",index=\"\",operation=\"PutItem\"} 1\n"),
    ] {
        let mut stream = TcpStream::connect(&admin).expect("it listens");
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(expected), "{path}: {answer}");
    }
    let health = output(&["health", "--url", &format!("http://{admin}/readyz")]);
    assert_eq!(health.status.code(), Some(0), "{}", String::from_utf8_lossy(&health.stderr));

    running.signal("-TERM");
    let slow = log
        .lines()
        .map_while(Result::ok)
        .find(|line| line.contains("\"slow request\"") && line.contains("\"PutItem\""));
    let slow: serde_json::Value = serde_json::from_str(&slow.expect("a line")).expect("JSON");
    assert_eq!((&slow["table"], &slow["write_units"]), (&"Music".into(), &1.0.into()), "{slow}");
    assert!(slow["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")), "{slow}");
}
