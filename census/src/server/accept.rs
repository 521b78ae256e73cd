//! Where connections come from.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

use super::limits::Limits;
use super::peer::Peer;

/// A source of connections. The server serves any byte stream, so a listener for another kind of stream is another
/// implementation of this trait.
pub(super) trait Listener: Send + 'static {
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection, and the client's address if it has one. The stream must be ready at once; a handshake belongs
    /// into the stream, where the limits of the connection bound it.
    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<(Self::Stream, Option<SocketAddr>)>>;
}

/// TCP on one address or more.
#[derive(Debug)]
pub(super) struct TcpListeners {
    listeners: Vec<TcpListener>,
    limits: Limits,
}

impl TcpListeners {
    pub(super) fn new(listeners: Vec<TcpListener>, limits: Limits) -> Self {
        Self { listeners, limits }
    }
}

impl Listener for TcpListeners {
    type Stream = TcpStream;

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<(TcpStream, Option<SocketAddr>)>> {
        for index in 0..self.listeners.len() {
            let Some(listener) = self.listeners.get(index) else {
                break;
            };
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                // The others come first the next time, so that a flood on one address does not keep the others waiting.
                self.listeners.rotate_left(index + 1);
                let prepared = |(stream, peer)| (prepare(stream, &self.limits), Some(peer));
                return Poll::Ready(accepted.map(prepared));
            }
        }
        Poll::Pending
    }
}

/// Sets the options of an accepted stream. If the system rejects one, the stream is slower or costs more memory, but it
/// works.
fn prepare(stream: TcpStream, limits: &Limits) -> TcpStream {
    // A response should not wait for the acknowledgment of the one before.
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(&stream);
    let _ = socket.set_send_buffer_size(limits.send_buffer);
    limit_unsent(&socket, limits.unsent);
    stream
}

/// Bounds the bytes that the system buffers without having sent them.
///
/// Linux has an option that ends a connection without progress (`TCP_USER_TIMEOUT`), but it also ends those of steady
/// readers: with 10 seconds, one of 10 kB/s, because such a reader's window opens by less than the first segment needs.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn limit_unsent(socket: &SockRef<'_>, unsent: u32) {
    let _ = socket.set_tcp_notsent_lowat(unsent);
}

/// Without the option, a write succeeds once a third of the send buffer is free.
#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn limit_unsent(_: &SockRef<'_>, _: u32) {}

/// Accepts a connection. It pauses after an error that does not concern a single connection.
pub(super) async fn accept<L: Listener>(listener: &mut L, pause: Duration) -> (L::Stream, Peer) {
    loop {
        match poll_fn(|cx| listener.poll_accept(cx)).await {
            Ok((stream, address)) => return (stream, Peer::new(address)),
            Err(error) if is_connection_error(&error) => {}
            // File descriptors or memory are short, and the connection stays in the queue. Without a pause, the loop
            // would spin.
            Err(_) => tokio::time::sleep(pause).await,
        }
    }
}

/// Whether the error concerns one connection only: its client went away before it was accepted.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::io::DuplexStream;

    use super::*;

    /// A listener whose first attempts fail.
    struct Failing {
        errors: Vec<io::ErrorKind>,
    }

    impl Listener for Failing {
        type Stream = DuplexStream;

        fn poll_accept(
            &mut self,
            _: &mut Context<'_>,
        ) -> Poll<io::Result<(DuplexStream, Option<SocketAddr>)>> {
            Poll::Ready(match self.errors.pop() {
                Some(kind) => Err(kind.into()),
                None => Ok((tokio::io::duplex(1).0, None)),
            })
        }
    }

    #[test]
    fn accept_retries_after_errors_without_spinning() {
        let errors = vec![
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::Other,
            io::ErrorKind::OutOfMemory,
        ];
        let mut listener = Failing { errors };
        let pause = Duration::from_millis(20);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let start = Instant::now();
        runtime.block_on(accept(&mut listener, pause));
        assert!(start.elapsed() >= pause * 2);
        assert!(listener.errors.is_empty());
    }
}
