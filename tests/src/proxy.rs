//! A proxy that makes a scraper look like one that does not say which formats it reads, and so gets text 0.0.4.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::http;

/// Passes every request on without its headers, one after the other. Ended when dropped.
#[derive(Debug)]
pub struct HeadersDropped {
    address: SocketAddr,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HeadersDropped {
    /// Starts the proxy before the server at `upstream`.
    #[must_use]
    pub fn before(upstream: SocketAddr) -> Self {
        let listener =
            TcpListener::bind("127.0.0.1:0").expect("the loopback interface has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let ending = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let ending = Arc::clone(&ending);
            move || {
                for client in listener.incoming() {
                    if ending.load(Ordering::Acquire) {
                        break;
                    }
                    // A scraper that goes away is its own affair: what it missed, the test will miss.
                    let _ = client.and_then(|client| pass_on(client, upstream));
                }
            }
        });
        Self {
            address,
            ending,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for HeadersDropped {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Release);
        // So that it looks.
        let woken = TcpStream::connect(self.address);
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

fn pass_on(mut client: TcpStream, upstream: SocketAddr) -> io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut lines = BufReader::new(client.try_clone()?).lines();
    let request = lines
        .next()
        .unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))?;
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let path = request.split(' ').nth(1).unwrap_or("/");
    let answer = http::get(&format!("http://{upstream}{path}"), None).map_err(io::Error::other)?;
    write!(
        client,
        "HTTP/1.1 {} -\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        answer.status,
        answer.content_type,
        answer.body.len(),
        answer.body
    )
}
