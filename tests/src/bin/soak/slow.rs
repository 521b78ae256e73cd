//! Clients that keep their connections for as long as the server lets them.

use std::io::{self, Write};
use std::thread::sleep;
use std::time::Duration;

use census_tests::threads::Stop;

use crate::clients::{Target, get, sip, trickle};
use crate::server::TOKEN;

/// The number of slow clients.
pub(crate) const CLIENTS: u64 = 200;

/// The kinds of slow clients.
pub(crate) const KINDS: [(&str, Slow); 6] = [
    ("silent", silent),
    ("half a handshake", half_a_handshake),
    ("a handshake byte by byte", slow_handshake),
    ("plain HTTP byte by byte", slow_plain),
    ("a header byte by byte", slow_header),
    ("a byte of the answer a second", slow_reader),
];

type Slow = fn(&Target, u64, &Stop) -> io::Result<()>;

/// The time between two bytes.
const PAUSE: Duration = Duration::from_millis(300);
/// The time for which a client reads slowly.
const READING: Duration = Duration::from_secs(20);
/// Longer than a run.
const FOREVER: Duration = Duration::MAX;

/// Connects again whenever the server has closed the connection.
pub(crate) fn slow(target: &Target, client: u64, stop: &Stop) {
    // Different kinds from each address.
    let kinds = KINDS.iter().cycle();
    let kind = kinds.skip(usize::try_from(client / 3).unwrap_or_default());
    // Not all at once.
    sleep(Duration::from_millis(10 * client));
    for (name, act) in kind.take(1) {
        while !stop.is_set() {
            // An error says that the server has closed the connection.
            let _ = act(target, client, stop);
            target.count(name);
            sleep(Duration::from_secs(1));
        }
    }
}

fn silent(target: &Target, client: u64, stop: &Stop) -> io::Result<()> {
    sip(&target.connect(client)?, FOREVER, stop)
}

fn half_a_handshake(target: &Target, client: u64, stop: &Stop) -> io::Result<()> {
    let mut stream = target.connect(client)?;
    let hello = target.client_hello()?;
    stream.write_all(hello.get(..hello.len() / 2).unwrap_or_default())?;
    sip(&stream, FOREVER, stop)
}

fn slow_handshake(target: &Target, client: u64, stop: &Stop) -> io::Result<()> {
    let mut stream = target.connect(client)?;
    trickle(&mut stream, &target.client_hello()?, PAUSE, stop)?;
    sip(&stream, FOREVER, stop)
}

fn slow_plain(target: &Target, client: u64, stop: &Stop) -> io::Result<()> {
    let mut stream = target.connect(client)?;
    trickle(&mut stream, get("none").as_bytes(), PAUSE, stop)?;
    sip(&stream, FOREVER, stop)
}

fn slow_header(target: &Target, client: u64, stop: &Stop) -> io::Result<()> {
    let mut stream = target.connect_tls(client)?;
    let request = get(&format!("Bearer {TOKEN}"));
    trickle(&mut stream, request.as_bytes(), PAUSE, stop)?;
    sip(&stream.sock, FOREVER, stop)
}

fn slow_reader(target: &Target, client: u64, stop: &Stop) -> io::Result<()> {
    let mut stream = target.connect_tls_with_little_room(client)?;
    stream.write_all(get(&format!("Bearer {TOKEN}")).as_bytes())?;
    stream.flush()?;
    // Of the socket, below TLS, which would read ahead. A client that reads so slowly does not see that the server has closed
    // the connection, because there are bytes that it has not read.
    sip(&stream.sock, READING, stop)
}
