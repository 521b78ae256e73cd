//! A connection with TLS.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::{FallibleAccept, TlsStream};

use crate::server::activity::Activity;
use crate::server::counts::{Counts, Event};
use crate::server::peer::Peer;

/// The first byte of each TLS connection: the type of a record with a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

/// The answer to a client that does not use TLS.
const ANSWER: &str = "HTTP/1.1 400 Bad Request\r\n\
    Connection: close\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 51\r\n\
    \r\n\
    This server speaks HTTPS. Use a URL with https://.\n";

/// A byte stream within TLS. The first read does the handshake, in the connection's own task and under its limits: the
/// handshake has the time that the head of a request has.
///
/// After a handshake that failed, reads return what the client still sends, so that it receives the alert.
pub(in crate::server) struct Secure<S> {
    state: State<S>,
    activity: Arc<Activity>,
    peer: Arc<Peer>,
    counts: Arc<Counts>,
}

enum State<S> {
    /// Nothing was read.
    New(TlsAcceptor, Noticed<S>),
    Handshake(FallibleAccept<Noticed<S>>),
    Open(TlsStream<Noticed<S>>),
    /// The handshake has failed. When the stream is shut down, the rest of an answer is written.
    Failed(Noticed<S>, &'static [u8]),
    /// The handshake panicked.
    Gone,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Secure<S> {
    pub(in crate::server) fn new(
        acceptor: TlsAcceptor,
        stream: S,
        activity: Arc<Activity>,
        peer: Arc<Peer>,
        counts: Arc<Counts>,
    ) -> Self {
        let stream = Noticed {
            stream,
            first: None,
            activity: Arc::clone(&activity),
        };
        Self {
            state: State::New(acceptor, stream),
            activity,
            peer,
            counts,
        }
    }

    /// Does the handshake. `false` if the client has ended the connection before its first byte.
    fn poll_handshake(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if let State::New(_, stream) = &mut self.state {
            let first = ready!(stream.poll_first(cx))?;
            let State::New(acceptor, stream) = std::mem::replace(&mut self.state, State::Gone)
            else {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            };
            match first {
                None => {
                    self.state = State::Failed(stream, &[]);
                    return Poll::Ready(Ok(false));
                }
                Some(HANDSHAKE) => {
                    self.state = State::Handshake(acceptor.accept(stream).into_fallible());
                }
                Some(first) => {
                    // The first letter of an HTTP method.
                    let is_http = first.is_ascii_uppercase();
                    let answer = if is_http { ANSWER.as_bytes() } else { &[] };
                    return Poll::Ready(Err(self.fail(
                        stream,
                        answer,
                        io::ErrorKind::InvalidData.into(),
                    )));
                }
            }
        }
        if let State::Handshake(handshake) = &mut self.state {
            match ready!(Pin::new(handshake).poll(cx)) {
                Ok(stream) => {
                    let certificates = stream.get_ref().1.peer_certificates();
                    let der = certificates
                        .unwrap_or_default()
                        .iter()
                        .map(|it| it.to_vec());
                    self.peer.set_certificates(der.collect());
                    self.activity.handshake_done();
                    self.state = State::Open(stream);
                }
                Err((error, stream)) => return Poll::Ready(Err(self.fail(stream, &[], error))),
            }
        }
        Poll::Ready(Ok(true))
    }

    fn fail(&mut self, stream: Noticed<S>, answer: &'static [u8], error: io::Error) -> io::Error {
        self.counts.count(Event::Tls);
        self.state = State::Failed(stream, answer);
        error
    }

    /// The stream, for writing.
    fn poll_open(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Pin<&mut TlsStream<Noticed<S>>>>> {
        ready!(self.poll_handshake(cx))?;
        Poll::Ready(match &mut self.state {
            State::Open(stream) => Ok(Pin::new(stream)),
            _ => Err(io::ErrorKind::NotConnected.into()),
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Secure<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !ready!(this.poll_handshake(cx))? {
            return Poll::Ready(Ok(()));
        }
        match &mut this.state {
            State::Open(stream) => Pin::new(stream).poll_read(cx, buffer),
            State::Failed(stream, _) => Pin::new(stream).poll_read(cx, buffer),
            State::New(..) | State::Handshake(_) | State::Gone => {
                Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Secure<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let stream = ready!(self.get_mut().poll_open(cx))?;
        stream.poll_write(cx, bytes)
    }

    /// Rustls copies all slices into its own buffer.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = ready!(self.get_mut().poll_open(cx))?;
        stream.poll_write_vectored(cx, slices)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = ready!(self.get_mut().poll_open(cx))?;
        stream.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().state {
            State::Open(stream) => Pin::new(stream).poll_shutdown(cx),
            State::New(_, stream) => Pin::new(stream).poll_shutdown(cx),
            State::Failed(stream, answer) => {
                while !answer.is_empty() {
                    let written = ready!(Pin::new(&mut *stream).poll_write(cx, answer))?;
                    *answer = answer.get(written.max(1)..).unwrap_or_default();
                }
                Pin::new(stream).poll_shutdown(cx)
            }
            State::Handshake(_) | State::Gone => {
                Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
            }
        }
    }
}

/// The byte stream beneath TLS, which tells the connection's activity when bytes arrive.
struct Noticed<S> {
    stream: S,
    /// A byte that was read, and that the next read returns again.
    first: Option<u8>,
    activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> Noticed<S> {
    /// The first byte, which the next read returns again. `None` if the client has ended the connection.
    fn poll_first(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<u8>>> {
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut *self).poll_read(cx, &mut buffer))?;
        self.first = buffer.filled().first().copied();
        Poll::Ready(Ok(self.first))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Noticed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() > 0
            && let Some(first) = self.first.take()
        {
            buffer.put_slice(&[first]);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.activity.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Noticed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_the_bodys() {
        let (head, body) = ANSWER.split_once("\r\n\r\n").unwrap();
        let length = format!("Content-Length: {}", body.len());
        assert!(head.lines().any(|line| line == length), "{length}");
    }
}
