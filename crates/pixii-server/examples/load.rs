//! Asks for items over kept-alive connections as fast as they are answered, and says how many there were.
//!
//! ```text
//! cargo run --release -p pixii-server --example load -- 127.0.0.1:8000 [seconds] [connections] [table]
//! ```
//!
//! With a table's name it first creates the table and puts a hundred items. Latencies are those of a closed loop: each
//! connection sends its next request when the last is answered.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

const ITEMS: usize = 100;

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let mut number = |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (seconds, connections) = (number(5), number(64));
    let table = std::env::args().nth(4);
    if let Some(table) = &table {
        fill(&address, table).await?;
    }
    let table = table.unwrap_or_else(|| "Load".to_owned());
    let stop = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let mut running = Vec::new();
    for connection in 0..connections {
        let requests = (0..ITEMS)
            .map(|item| request("GetItem", &format!(r#"{{"TableName":"{table}","Key":{}}}"#, key(item))))
            .collect();
        let client = Client::connect(&address).await?;
        running.push(tokio::spawn(ask_on(client, requests, connection, stop.clone())));
    }
    tokio::time::sleep(Duration::from_secs(seconds as u64)).await;
    stop.store(true, Relaxed);
    let elapsed = started.elapsed();
    let mut micros = Vec::new();
    for connection in running {
        micros.extend(connection.await.expect("no panic")?);
    }
    micros.sort_unstable();
    let percentile = |percent: usize| micros[(micros.len() - 1) * percent / 100];
    println!(
        "{:.0} requests/s, p50 {} us, p99 {} us",
        micros.len() as f64 / elapsed.as_secs_f64(),
        percentile(50),
        percentile(99)
    );
    Ok(())
}

async fn ask_on(
    mut client: Client,
    requests: Vec<Vec<u8>>,
    first: usize,
    stop: Arc<AtomicBool>,
) -> io::Result<Vec<u32>> {
    let mut micros = Vec::with_capacity(1 << 20);
    for request in requests.iter().cycle().skip(first) {
        if stop.load(Relaxed) {
            break;
        }
        let started = Instant::now();
        let status = client.ask(request).await?;
        micros.push(started.elapsed().as_micros() as u32);
        if status != 200 {
            return Err(io::Error::other(format!("answered {status}: {}", client.body())));
        }
    }
    Ok(micros)
}

async fn fill(address: &str, table: &str) -> io::Result<()> {
    let mut client = Client::connect(address).await?;
    let create = format!(
        r#"{{"TableName":"{table}","BillingMode":"PAY_PER_REQUEST","KeySchema":[{{"AttributeName":"p","KeyType":"HASH"}}],"AttributeDefinitions":[{{"AttributeName":"p","AttributeType":"S"}}]}}"#
    );
    // It may be there from an earlier run.
    client.ask(&request("CreateTable", &create)).await?;
    let describe = request("DescribeTable", &format!(r#"{{"TableName":"{table}"}}"#));
    while client.ask(&describe).await? != 200 || !client.body().contains("\"ACTIVE\"") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for item in 0..ITEMS {
        let value = "x".repeat(50);
        let put =
            format!(r#"{{"TableName":"{table}","Item":{{"p":{{"S":"{item:010}"}},"v":{{"S":"{value}"}}}}}}"#);
        let status = client.ask(&request("PutItem", &put)).await?;
        assert_eq!(status, 200, "{}", client.body());
    }
    Ok(())
}

fn key(item: usize) -> String {
    format!(r#"{{"p":{{"S":"{item:010}"}}}}"#)
}

/// A request as an SDK sends it.
fn request(operation: &str, body: &str) -> Vec<u8> {
    let mut request = String::new();
    write!(
        request,
        "POST / HTTP/1.1\r\nHost: localhost:8000\r\nAccept-Encoding: identity\r\n\
         X-Amz-Target: DynamoDB_20120810.{operation}\r\nContent-Type: application/x-amz-json-1.0\r\n\
         User-Agent: pixii-load/1.0\r\nX-Amz-Date: 20261123T101112Z\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/dynamodb/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
         Signature=8f4a1c3b5d7e9f00112233445566778899aabbccddeeff001122334455667788\r\n\
         amz-sdk-invocation-id: 01234567-89ab-cdef-0123-456789abcdef\r\namz-sdk-request: attempt=1\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("a String takes every character");
    request.into_bytes()
}

struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
    body_at: usize,
}

impl Client {
    async fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024], filled: 0, body_at: 0 })
    }

    /// Sends a request, reads the whole answer and returns its status.
    async fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        (self.filled, self.body_at) = (0, 0);
        let mut length = 0;
        while self.body_at == 0 || self.filled < self.body_at + length {
            let read = self.stream.read(&mut self.buffer[self.filled..]).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.filled += read;
            if self.body_at == 0
                && let Some(end) = find(&self.buffer[..self.filled], b"\r\n\r\n")
            {
                self.body_at = end + 4;
                let head = &self.buffer[..end + 2];
                let at = find(head, b"content-length: ").expect("answers say how long they are") + 16;
                let digits = head[at..].iter().take_while(|byte| byte.is_ascii_digit());
                length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
            }
        }
        let status = self.buffer[9..12].iter().fold(0, |status, digit| status * 10 + u16::from(digit - b'0'));
        Ok(status)
    }

    fn body(&self) -> String {
        String::from_utf8_lossy(&self.buffer[self.body_at..self.filled]).into_owned()
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
