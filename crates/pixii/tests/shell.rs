//! `pixii shell` as a script meets it, against a server of its own: what it prints, where, and how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

/// A `pixii dev` with a table of songs. Killed when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let mut child = pixii(&["dev", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut ready = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut ready).expect("a line");
        let url = ready.split(' ').find(|word| word.starts_with("http://")).expect("a URL").trim().to_owned();
        let server = Self { child, url };
        server.ask(
            "CreateTable",
            r#"{"TableName": "Music", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": "Artist", "AttributeType": "S"}, {"AttributeName": "SongTitle", "AttributeType": "S"},
                    {"AttributeName": "Year", "AttributeType": "N"}],
                "KeySchema": [{"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "SongTitle", "KeyType": "RANGE"}],
                "GlobalSecondaryIndexes": [{"IndexName": "ByYear", "Projection": {"ProjectionType": "ALL"},
                    "KeySchema": [{"AttributeName": "Year", "KeyType": "HASH"}]}]}"#,
        );
        for (title, year) in [("Sinnerman", 1965), ("Feeling Good", 1965), ("Pastel Blues", 1964)] {
            let item = format!(
                r#"{{"TableName": "Music", "Item": {{"Artist": {{"S": "Nina Simone"}}, "SongTitle": {{"S": "{title}"}},
                     "Year": {{"N": "{year}"}}, "Awards": {{"L": [{{"S": "it's"}}]}}}}}}"#
            );
            server.ask("PutItem", &item);
        }
        server
    }

    /// Does an operation by hand, and holds that it succeeds.
    fn ask(&self, operation: &str, body: &str) {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).expect("it listens");
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\n\
             Content-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20261123T101112Z\r\nAuthorization: \
             AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host, \
             Signature=00\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }

    /// Runs a shell with these arguments, and with this on stdin.
    fn shell(&self, arguments: &[&str], stdin: &str) -> Output {
        shell(&self.url, arguments, stdin)
    }

    /// What a shell prints that succeeds.
    #[track_caller]
    fn prints(&self, arguments: &[&str], stdin: &str) -> String {
        let output = self.shell(arguments, stdin);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{}", text(&output.stdout));
        text(&output.stdout).to_owned()
    }

    /// What a shell says on stderr that fails, after it has printed this.
    #[track_caller]
    fn fails(&self, arguments: &[&str], stdin: &str, printed: &str) -> String {
        let output = self.shell(arguments, stdin);
        assert_eq!(
            (output.status.code(), text(&output.stdout)),
            (Some(1), printed),
            "{}",
            text(&output.stderr)
        );
        text(&output.stderr).to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn pixii(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixii"));
    command.args(arguments);
    for variable in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("AWS_")) {
        command.env_remove(variable);
    }
    command
}

fn shell(url: &str, arguments: &[&str], stdin: &str) -> Output {
    let mut child = pixii(&[&["shell", "--endpoint", url], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // Who is given statements reads no others.
    _ = child.stdin.take().expect("piped").write_all(stdin.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn items_are_printed_as_a_table_with_keys_first() {
    let server = Server::start();
    let query = "SELECT * FROM \"Music\" WHERE \"Artist\" = 'Nina Simone'";
    assert_eq!(
        server.prints(&["-c", query], ""),
        "\
Artist      | SongTitle    | Awards    | Year
------------+--------------+-----------+-----
Nina Simone | Feeling Good | ['it''s'] | 1965
Nina Simone | Pastel Blues | ['it''s'] | 1964
Nina Simone | Sinnerman    | ['it''s'] | 1965
(3 items)
"
    );
    // Of an index, its own keys; and what was listed comes as it was listed.
    let by_year = "SELECT * FROM \"Music\".\"ByYear\" WHERE \"Year\" = 1964";
    assert!(server.prints(&["-c", by_year], "").starts_with("Year | Artist      | SongTitle    | Awards"));
    let listed =
        "SELECT \"Year\", SongTitle FROM Music WHERE Artist = 'Nina Simone' AND SongTitle = 'Sinnerman'";
    assert_eq!(
        server.prints(&["-c", listed], ""),
        "Year | SongTitle\n-----+----------\n1965 | Sinnerman\n(1 item)\n"
    );
}

#[test]
fn json_is_one_item_a_line_and_nothing_else() {
    let server = Server::start();
    let statement = "SELECT SongTitle, \"Year\" FROM Music WHERE Artist = 'Nina Simone' AND SongTitle > 'P'";
    assert_eq!(
        server.prints(&["-o", "json", "-c", statement], ""),
        "{\"SongTitle\":{\"S\":\"Pastel Blues\"},\"Year\":{\"N\":\"1964\"}}\n\
         {\"SongTitle\":{\"S\":\"Sinnerman\"},\"Year\":{\"N\":\"1965\"}}\n"
    );
}

#[test]
fn statements_and_commands_come_from_stdin() {
    let server = Server::start();
    let script = "\
-- What; is in a comment, or in 'quotes, ends nothing.
INSERT INTO Music VALUE {'Artist': 'a;b', 'SongTitle': 'x
y', 'Year': 1};
\\tables mus
UPDATE Music SET Plays = 2 WHERE Artist = 'a;b' AND SongTitle = 'x\ny' RETURNING ALL NEW *; SELECT Plays FROM Music WHERE Artist = 'a;b';
DELETE FROM Music WHERE Artist = 'a;b' AND SongTitle = 'x\ny'";
    assert_eq!(
        server.prints(&[], script),
        "\
(done)
Music
Artist | SongTitle | Plays | Year
-------+-----------+-------+-----
a;b    | x\\ny      |     2 |    1
(1 item)
Plays
-----
    2
(1 item)
(done)
"
    );
}

#[test]
fn the_first_error_ends_it_and_points_at_the_place() {
    let server = Server::start();
    let told = server.fails(&["-c", "SELECT * FORM Music", "-c", "\\tables"], "", "");
    assert!(
        told.starts_with("pixii: ValidationException: Statement wasn't well formed, can't be processed"),
        "{told}"
    );
    assert!(told.ends_with("\n  SELECT * FORM Music\n           ^^^^\n"), "{told}");

    let told = server.fails(&[], "\\tables\nSELECT *\nFROM Musik;\n\\tables", "Music\n");
    assert_eq!(
        told,
        "pixii: line 2: ResourceNotFoundException: Requested resource not found\n  FROM Musik\n       ^^^^^\n"
    );
    // Reads with a place of AWS's own.
    let told = server.fails(&["-c", "SELECT Awards[0] FROM Music WHERE shout(Artist) = 1"], "", "");
    assert!(told.contains("^"), "{told}");
}

#[test]
fn all_pages_are_read_unless_a_limit_is_given() {
    let server = Server::start();
    // 600 items of 4 KB are three pages.
    let filler = "x".repeat(4_000);
    let script: String = (0..600)
        .map(|at| {
            format!("INSERT INTO Music VALUE {{'Artist': 'many', 'SongTitle': '{at}', 'f': '{filler}'}};\n")
        })
        .collect();
    assert_eq!(server.prints(&["-o", "json"], &script), "");
    let all = server.prints(&["-o", "json", "-c", "SELECT SongTitle FROM Music WHERE Artist = 'many'"], "");
    assert_eq!(all.lines().count(), 600);
    let limited = ["--limit", "2", "-o", "json", "-c", "SELECT SongTitle FROM Music WHERE Artist = 'many'"];
    let output = server.shell(&limited, "");
    assert_eq!((output.status.code(), text(&output.stdout).lines().count()), (Some(0), 2));
    assert!(text(&output.stderr).contains("there is more"), "{}", text(&output.stderr));
    // And page by page.
    let paged = server.prints(
        &["--limit", "400", "-o", "json"],
        "\\limit 3\nSELECT SongTitle FROM \"Music\".\"ByYear\" WHERE \"Year\" = 1965;\\json off\n\\tables",
    );
    assert_eq!(paged.lines().count(), 3);
}

#[test]
fn pages_can_be_asked_for_one_by_one() {
    let server = Server::start();
    let script = "\\limit 2\nSELECT SongTitle FROM Music WHERE Artist = 'Nina Simone';\\more\n\\more";
    let output = server.shell(&[], script);
    assert_eq!(
        text(&output.stdout),
        "SongTitle\n------------\nFeeling Good\nPastel Blues\n(2 items)\nSongTitle\n---------\nSinnerman\n(1 item)\n"
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).ends_with("pixii: line 3: there is no next page\n"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn what_is_consumed_is_told_on_request() {
    let server = Server::start();
    let insert = "INSERT INTO Music VALUE {'Artist': 'a', 'SongTitle': 'b', 'Year': 1}";
    let output =
        server.shell(&["--capacity", "-c", insert, "-c", "SELECT * FROM Music WHERE Artist = 'a'"], "");
    assert_eq!(text(&output.stderr), "pixii: 2 write units (table 1, ByYear 1)\npixii: 0.5 read units\n");
}

#[test]
fn tables_are_described() {
    let server = Server::start();
    assert_eq!(
        server.prints(&["-c", "\\describe Music"], ""),
        "Table Music: ACTIVE, 3 items, 174 bytes, on demand\n  key: Artist (S), SongTitle (S)\n  \
         global index ByYear: Year (N)\n"
    );
    assert!(server.fails(&["-c", "\\d Musik"], "", "").contains("ResourceNotFoundException"));
    assert!(server.fails(&["-c", "\\nothing"], "", "").contains("there is no command \\nothing"));
}

#[test]
fn who_does_not_answer_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let output = shell(&url, &["-c", "SELECT 1"], "");
    assert_eq!(
        (output.status.code(), text(&output.stderr)),
        (Some(1), &*format!("pixii: cannot reach {url}: connection refused\n"))
    );
    for (url, expect) in
        [("localhost:8000", "is no URL"), ("https://dynamodb.us-east-1.amazonaws.com", "wants credentials")]
    {
        let output = shell(url, &["-c", "SELECT 1"], "");
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(expect), "{}", text(&output.stderr));
    }
}
