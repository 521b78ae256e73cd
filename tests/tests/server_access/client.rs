//! A client that sends one request on a byte stream.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use census::prometheus::Exporter;

pub(crate) fn exporter() -> Exporter {
    Exporter::builder().build_lenient()
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The status line and the headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    /// The values of a header, whose name is in lower case.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

/// Sends a request with these lines of headers, and reads the response.
pub(crate) fn ask(
    mut stream: impl Read + Write,
    method: &str,
    path: &str,
    headers: &str,
) -> Response {
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{headers}\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("not a response: {text:?}"));
    let status = head.strip_prefix("HTTP/1.1 ").and_then(|it| it.get(..3));
    Response {
        status: status.unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    stream
}

/// The response to a scrape with these lines of headers.
pub(crate) fn scrape(address: SocketAddr, headers: &str) -> Response {
    ask(connect(address), "GET", "/metrics", headers)
}
