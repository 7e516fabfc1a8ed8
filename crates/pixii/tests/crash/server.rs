//! A server process, and connections to it that may break at any byte.

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

/// How long an answer may take: a server that hangs is a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// A `pixii dev` on a data directory. Killed when dropped.
pub struct Server {
    child: Mutex<Child>,
    authority: String,
}

impl Server {
    /// Starts one and waits until it is ready.
    pub fn start(data: &Path) -> Self {
        let mut child = spawn(data);
        let mut ready = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut ready).expect("a line");
        let url = ready.split(' ').find_map(|word| word.strip_prefix("http://"));
        let Some(authority) = url.map(str::to_owned) else {
            let mut said = String::new();
            _ = child.stderr.take().expect("piped").read_to_string(&mut said);
            panic!("the server does not start: {said}");
        };
        // Its log must go on being read.
        let mut log = child.stderr.take().expect("piped");
        std::thread::spawn(move || io::copy(&mut log, &mut io::sink()));
        Self { child: Mutex::new(child), authority }
    }

    /// Starts one and kills it soon after, ready or not.
    pub fn spawn_and_kill(data: &Path, after: Duration) {
        let mut child = spawn(data);
        std::thread::sleep(after);
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
    }

    /// Sends SIGKILL and waits for the end.
    pub fn kill_now(&self) {
        let mut child = self.child.lock().expect("nobody panicked");
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
    }

    /// The same, if it was not killed before.
    pub fn kill(self) {
        self.kill_now();
    }

    /// Connects. A server that is being killed may not answer any more: then so does the connection.
    pub fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.authority).ok();
        if let Some(stream) = &stream {
            stream.set_read_timeout(Some(PATIENCE)).expect("a duration");
            stream.set_nodelay(true).expect("a socket");
        }
        Connection { stream: stream.map(BufReader::new) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        _ = child.kill();
        _ = child.wait();
    }
}

fn spawn(data: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_pixii"))
        .args(["dev", "--port", "0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// A connection that is kept alive.
pub struct Connection {
    stream: Option<BufReader<TcpStream>>,
}

impl Connection {
    /// Sends a request and waits for the answer: its status and body.
    pub fn ask(&mut self, operation: &str, request: &Value) -> io::Result<(u16, Value)> {
        self.send(operation, request)?;
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        let (mut status, mut length) = (0, 0);
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let lower = line.trim_end().to_ascii_lowercase();
            if lower.is_empty() {
                break;
            } else if let Some(rest) = lower.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().expect("a status");
            } else if let Some(value) = lower.strip_prefix("content-length: ") {
                length = value.parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        match stream.read_exact(&mut body) {
            Ok(()) => Ok((status, serde_json::from_slice(&body).unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => panic!("no answer to {operation}"),
            Err(error) => Err(error),
        }
    }

    /// Sends a request.
    pub fn send(&mut self, operation: &str, request: &Value) -> io::Result<()> {
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?.get_mut();
        let body = request.to_string();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\n\
             Content-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20261123T101112Z\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=AKID/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())
    }
}
