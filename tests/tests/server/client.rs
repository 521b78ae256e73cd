//! A client that shows what a server sends.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub(crate) struct Response {
    pub(crate) status: u16,
    /// The status line and the headers, in lower case.
    pub(crate) headers: String,
    pub(crate) bytes: Vec<u8>,
    /// The body as text, in which U+FFFD replaces everything that is not UTF-8.
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn length(&self) -> usize {
        self.header("content-length").unwrap().parse().unwrap()
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    client
}

pub(crate) fn send(address: SocketAddr, method: &str, path: &str, header: &str) -> TcpStream {
    let mut client = connect(address);
    write!(
        client,
        "{method} {path} HTTP/1.1\r\nHost: test\r\n{header}Connection: close\r\n\r\n"
    )
    .unwrap();
    client
}

pub(crate) fn receive(mut client: TcpStream) -> Response {
    let mut response = Vec::new();
    client.read_to_end(&mut response).unwrap();
    let end = response.windows(4).position(|it| it == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("not a response: {response:?}"));
    let (head, body) = response.split_at(end);
    let bytes = body.get(4..).unwrap_or_default().to_owned();
    let head = String::from_utf8(head.to_owned()).unwrap();
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|head| head.get(..3))
        .unwrap();
    Response {
        status: status.parse().unwrap(),
        headers: head.to_lowercase(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
        bytes,
    }
}

pub(crate) fn request(address: SocketAddr, method: &str, path: &str) -> Response {
    receive(send(address, method, path, ""))
}
