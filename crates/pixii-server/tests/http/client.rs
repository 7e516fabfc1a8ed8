//! A client that sends exactly the bytes it is told to, and reads whole answers.

use crate::fake::Running;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub const TYPE: &str = "Content-Type: application/x-amz-json-1.0\r\n";
pub const SIGNED: &str = "X-Amz-Date: 20261123T101112Z\r\nAuthorization: AWS4-HMAC-SHA256 \
     Credential=AKID/20261123/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=00\r\n";
pub const GET_ITEM: &str = "X-Amz-Target: DynamoDB_20120810.GetItem\r\n";

/// A GetItem's body.
pub fn get_item_body(table: &str) -> String {
    format!(r#"{{"TableName":"{table}","Key":{{"p":{{"S":"x"}}}}}}"#)
}

/// A whole, well-formed GetItem, with these headers beside the usual ones.
pub fn get_item(table: &str, headers: &str) -> Vec<u8> {
    let headers = format!("{TYPE}{SIGNED}{GET_ITEM}{headers}");
    post(&headers, get_item_body(table).as_bytes())
}

/// A POST with its length.
pub fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut request =
        format!("POST / HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {}\r\n\r\n", body.len())
            .into_bytes();
    request.extend_from_slice(body);
    request
}

pub struct Client {
    reader: BufReader<TcpStream>,
}

/// One answer.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn connect(server: &Running) -> Self {
        let stream = TcpStream::connect(server.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.set_nodelay(true).expect("a socket");
        Self { reader: BufReader::new(stream) }
    }

    pub fn stream(&mut self) -> &mut TcpStream {
        self.reader.get_mut()
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream().write_all(bytes).expect("the server reads");
    }

    pub fn ask(&mut self, request: &[u8]) -> Response {
        self.send(request);
        self.response()
    }

    /// The next line, without its end.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("the server answers");
        line.trim_end().to_owned()
    }

    pub fn response(&mut self) -> Response {
        let status_line = self.line();
        let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status line: {status_line:?}"));
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut response = Response { status, headers, body: Vec::new() };
        if let Some(length) = response.header("content-length") {
            response.body = self.exactly(length.parse().expect("a length"));
        } else if response.header("transfer-encoding") == Some("chunked") {
            loop {
                let length = usize::from_str_radix(&self.line(), 16).expect("a chunk's length");
                response.body.extend(self.exactly(length));
                assert_eq!(self.line(), "");
                if length == 0 {
                    break;
                }
            }
        }
        response
    }

    fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes).expect("a whole body");
        bytes
    }

    /// Everything until the server closes the connection. Panics if it does not.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.reader.read_to_end(&mut bytes) {
            Ok(_) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => bytes,
            Err(error) => panic!("the connection stays open: {error}"),
        }
    }
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// Checks what every answer of ours carries, and returns it for more.
    pub fn proper(self) -> Self {
        let id = self.header("x-amzn-requestid").expect("a request id");
        assert_eq!(id.len(), 52, "{id}");
        assert!(id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{id}");
        assert_eq!(self.header("x-amz-crc32"), Some(crc32fast::hash(&self.body).to_string().as_str()));
        assert_eq!(self.header("content-length"), Some(self.body.len().to_string().as_str()));
        assert!(self.header("date").is_some());
        self
    }
}
