//! The baseline for throughput: hyper alone, answering every request with the same JSON.
//!
//! ```text
//! cargo run --release -p pixii-server --example bare -- 8001
//! cargo run --release -p pixii-server --example load -- 127.0.0.1:8001
//! ```

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use tokio::net::TcpListener;

const ANSWER: &[u8] =
    br#"{"Item":{"p":{"S":"0000000000"},"v":{"S":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}}}"#;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8001);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("bare hyper at http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let service = service_fn(|_| async {
                let mut response = Response::new(Full::new(Bytes::from_static(ANSWER)));
                let json = HeaderValue::from_static("application/x-amz-json-1.0");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
                Ok::<_, Infallible>(response)
            });
            // A client that leaves is no concern of a baseline.
            _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
