//! A server process, and connections to it that may break at any byte.

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
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
        Self::try_start(data).unwrap_or_else(|refusal| panic!("the server does not start: {refusal}"))
    }

    /// Starts one, unless it refuses to.
    pub fn try_start(data: &Path) -> Result<Self, String> {
        let mut child = command(data).spawn().expect("the program starts");
        let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let mut server = Self { child: Mutex::new(child), authority: String::new() };
        server.authority = ready(stdout, stderr)?;
        Ok(server)
    }

    /// Starts one and kills it soon after, ready or not.
    pub fn spawn_and_kill(data: &Path, after: Duration) {
        let mut child = command(data).spawn().expect("the program starts");
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
        Connection::to(&self.authority)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        _ = child.kill();
        _ = child.wait();
    }
}

/// What starts a server on a directory.
pub fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixii"));
    command.args(["dev", "--port", "0", "--data"]).arg(data).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits until a server is ready, and says at which address it is; or why there will be none.
pub fn ready(stdout: ChildStdout, mut stderr: ChildStderr) -> Result<String, String> {
    if let Some(authority) = address(stdout) {
        // Its log must go on being read.
        std::thread::spawn(move || io::copy(&mut stderr, &mut io::sink()));
        return Ok(authority);
    }
    let mut said = String::new();
    _ = stderr.read_to_string(&mut said);
    Err(said)
}

/// Waits until a server says at which address it is, or ends.
pub fn address(stdout: ChildStdout) -> Option<String> {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    line.split(' ').find_map(|word| word.strip_prefix("http://")).map(str::to_owned)
}

/// A connection that is kept alive.
pub struct Connection {
    stream: Option<BufReader<TcpStream>>,
    /// The id of the last answer.
    pub request_id: String,
}

impl Connection {
    /// Connects to an address, if somebody is there.
    pub fn to(authority: &str) -> Self {
        let stream = TcpStream::connect(authority).ok();
        if let Some(stream) = &stream {
            stream.set_read_timeout(Some(PATIENCE)).expect("a duration");
            stream.set_nodelay(true).expect("a socket");
        }
        Self { stream: stream.map(BufReader::new), request_id: String::new() }
    }

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
            } else if lower.starts_with("x-amzn-requestid: ") {
                line.trim_end().split(' ').nth(1).expect("an id").clone_into(&mut self.request_id);
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
        let service = match operation {
            "DescribeStream" | "GetShardIterator" | "GetRecords" => "DynamoDBStreams_20120810",
            _ => "DynamoDB_20120810",
        };
        let head = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: {service}.{operation}\r\n\
             Content-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20261123T101112Z\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=AKID/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())
    }
}
