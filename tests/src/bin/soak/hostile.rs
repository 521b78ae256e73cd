//! Clients that send what no client may send, and clients that connect without end.

use std::io::{self, Read, Write};
use std::iter::repeat_with;
use std::net::Shutdown;
use std::thread::sleep;
use std::time::Duration;

use census_tests::threads::Stop;

use crate::clients::{Target, get, is_timeout};
use crate::server::TOKEN;

/// The number of threads that send malformed requests, and of those that connect without end.
pub(crate) const SENDERS: u64 = 3;
pub(crate) const REOPENERS: u64 = 2;

const PREFACE: &str = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Sends one malformed request after the other.
pub(crate) fn send(target: &Target, client: u64, stop: &Stop) {
    let mut random = fastrand::Rng::with_seed(client);
    while !stop.is_set() {
        let kind = random.u8(..16);
        // An error says that the server has closed the connection.
        let _ = send_one(target, client, kind, &mut random);
        target.count("malformed");
        sleep(Duration::from_millis(20));
    }
}

fn send_one(target: &Target, client: u64, kind: u8, random: &mut fastrand::Rng) -> io::Result<()> {
    let length = random.usize(1..4000);
    let garbage: Vec<u8> = repeat_with(|| random.u8(..)).take(length).collect();
    match kind {
        0 => plain(target, client, &garbage),
        1 => plain(target, client, PREFACE.as_bytes()),
        2 => plain(target, client, get(&format!("Bearer {TOKEN}")).as_bytes()),
        // Records of TLS that no one can read, after a handshake and in place of one.
        3 => {
            let mut stream = target.connect_tls(client)?;
            stream.sock.write_all(&record(23, &garbage))?;
            until_closed(&mut stream.sock)
        }
        4 => plain(target, client, &record(22, &garbage)),
        // A handshake with a few wrong bytes.
        5 => {
            let mut hello = target.client_hello()?;
            for _ in 0..3 {
                let index = random.usize(..hello.len());
                if let Some(byte) = hello.get_mut(index) {
                    *byte = random.u8(..);
                }
            }
            plain(target, client, &hello)
        }
        6 => over_tls(target, client, &garbage),
        7 => over_tls(target, client, PREFACE.as_bytes()),
        8 => over_tls(target, client, get(&"x".repeat(100_000)).as_bytes()),
        9 => {
            let headers = "X: y\r\n".repeat(1000);
            let request = format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
            over_tls(target, client, request.as_bytes())
        }
        10 => over_tls(target, client, b"GET /metrics\r\n\r\n"),
        11 => over_tls(
            target,
            client,
            b"GET /metrics HTTP/1.1\r\nHost: x\0y\r\n\r\n",
        ),
        12 => over_tls(
            target,
            client,
            b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ),
        13 => over_tls(target, client, get("Bearer wrong").as_bytes()),
        // `prometheus:wrong`.
        14 => over_tls(
            target,
            client,
            get("Basic cHJvbWV0aGV1czp3cm9uZw==").as_bytes(),
        ),
        _ => over_tls(target, client, get("Basic \u{fffd}!").as_bytes()),
    }
}

/// A record of TLS with this type and content.
fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    [&[kind, 3, 3, high, low], content].concat()
}

fn plain(target: &Target, client: u64, bytes: &[u8]) -> io::Result<()> {
    let mut stream = target.connect(client)?;
    stream.write_all(bytes)?;
    stream.shutdown(Shutdown::Write)?;
    until_closed(&mut stream)
}

/// Sends a request that the server must refuse. It may also close the connection without an answer.
fn over_tls(target: &Target, client: u64, bytes: &[u8]) -> io::Result<()> {
    let mut stream = target.connect_tls(client)?;
    stream.write_all(bytes)?;
    stream.flush()?;
    let mut answer = [0; 16];
    stream.read_exact(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.get(9..12).unwrap_or_default();
    target.count(&format!("malformed and answered with {status}"));
    // 503: too many wrong passwords wait for their check.
    if !status.starts_with('4') && !["503", "505"].contains(&status) {
        let request = String::from_utf8_lossy(bytes.get(..80).unwrap_or(bytes)).into_owned();
        target.fail(format!("{request:?} was answered with {answer:?}"));
    }
    Ok(())
}

/// Reads until the server closes the connection, or sends nothing for a while.
fn until_closed(stream: &mut impl Read) -> io::Result<()> {
    let mut bytes = [0; 1024];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if is_timeout(&error) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Connects and closes, without end: before, during or after a handshake.
pub(crate) fn reopen(target: &Target, client: u64, stop: &Stop) {
    for turn in 0_u64.. {
        if stop.is_set() {
            break;
        }
        let result = match turn % 3 {
            0 => target.connect(client).map(drop),
            1 => target
                .connect(client)
                .and_then(|mut stream| stream.write_all(&target.client_hello()?)),
            _ => target.connect_tls(client).map(drop),
        };
        if result.is_ok() {
            target.count("reopened");
        }
        sleep(Duration::from_millis(10));
    }
}
