//! The byte stream of a connection, as the server uses it.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use super::activity::Activity;
use crate::sync::{Mutex, MutexGuard};

/// A connection's byte stream, which reports reads and writes to the connection's [`Activity`]. All clones are the same
/// stream: hyper owns one clone. The connection's task has another one, and reads from it while hyper does not read.
///
/// A write fails once the stream has accepted no bytes for `stall`. Otherwise a client that does not read its response
/// would hold the connection for an unlimited time.
#[derive(Debug)]
pub(super) struct Link<S>(Arc<Mutex<Inner<S>>>);

#[derive(Debug)]
struct Inner<S> {
    stream: S,
    activity: Arc<Activity>,
    /// Bytes that were read before hyper has asked for them.
    ahead: Vec<u8>,
    /// Whether the client has ended its side.
    ended: bool,
    stall: Duration,
    /// Set from a write that returned `Pending` to the next write that succeeds.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S> Clone for Link<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Link<S> {
    pub(super) fn new(stream: S, activity: Arc<Activity>, stall: Duration) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            stream,
            activity,
            ahead: Vec::new(),
            ended: false,
            stall,
            deadline: None,
        })))
    }

    /// Reads ahead until `length` bytes are there, the client ends its side, or the stream is pending.
    ///
    /// While a response is made, hyper does not read (`half_close`), so this alone notices a client that has gone.
    ///
    /// # Errors
    /// If the stream has failed: the client has reset the connection.
    pub(super) fn poll_ahead(&self, cx: &mut Context<'_>, length: usize) -> io::Result<()> {
        let mut inner = self.lock();
        while !inner.ended && inner.ahead.len() < length {
            if inner.poll_fill(cx)?.is_pending() {
                break;
            }
        }
        Ok(())
    }

    /// Whether the client's first bytes are `prefix`. Later reads return them again.
    ///
    /// # Errors
    /// If the stream fails.
    pub(super) async fn begins_with(&self, prefix: &[u8]) -> io::Result<bool> {
        poll_fn(|cx| {
            let mut inner = self.lock();
            loop {
                if inner.ahead.starts_with(prefix) {
                    return Poll::Ready(Ok(true));
                }
                if inner.ended || !prefix.starts_with(&inner.ahead) {
                    return Poll::Ready(Ok(false));
                }
                ready!(inner.poll_fill(cx)?);
            }
        })
        .await
    }

    /// Whether the client has ended its side, and all of its bytes were read.
    pub(super) fn is_at_end(&self) -> bool {
        let inner = self.lock();
        inner.ended && inner.ahead.is_empty()
    }

    /// A lock never waits: one task has all clones, and no lock lasts across an `await`.
    fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.0.lock()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Inner<S> {
    /// Reads some bytes into `ahead`, or sets `ended`.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> io::Result<Poll<()>> {
        let mut bytes = [0; 512];
        let mut buffer = ReadBuf::new(&mut bytes);
        if self.poll_stream(cx, &mut buffer)?.is_pending() {
            return Ok(Poll::Pending);
        }
        self.ahead.extend_from_slice(buffer.filled());
        Ok(Poll::Ready(()))
    }

    /// Reads from the stream. `buffer` has room.
    fn poll_stream(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> io::Result<Poll<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Pending => return Ok(Poll::Pending),
            Poll::Ready(Err(error)) => return Err(error),
            Poll::Ready(Ok(())) => {}
        }
        if buffer.filled().len() > before {
            self.activity.received();
        } else {
            self.ended = true;
            self.activity.half_closed();
        }
        Ok(Poll::Ready(()))
    }

    /// The result of writing, or an error if it is pending and the deadline has passed.
    fn or_stalled<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.deadline = None;
            return written;
        }
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(self.stall)));
        deadline
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    fn or_progress(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(1..)) = written {
            self.activity.progressed();
        }
        self.or_stalled(cx, written)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Link<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut inner = self.lock();
        if !inner.ahead.is_empty() {
            let count = buffer.remaining().min(inner.ahead.len());
            buffer.put_slice(inner.ahead.get(..count).unwrap_or_default());
            inner.ahead.drain(..count);
            // The next head begins with these bytes, even if they arrived during the last response.
            inner.activity.received();
            return Poll::Ready(Ok(()));
        }
        if inner.ended || buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        match inner.poll_stream(cx, buffer) {
            Ok(read) => read.map(Ok),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Link<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.lock();
        let written = Pin::new(&mut inner.stream).poll_write(cx, bytes);
        inner.or_progress(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.lock();
        let written = Pin::new(&mut inner.stream).poll_write_vectored(cx, slices);
        inner.or_progress(cx, written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.lock();
        let flushed = Pin::new(&mut inner.stream).poll_flush(cx);
        if let Poll::Ready(Ok(())) = flushed {
            inner.activity.flushed();
        }
        inner.or_stalled(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.lock();
        let shut = Pin::new(&mut inner.stream).poll_shutdown(cx);
        inner.or_stalled(cx, shut)
    }
}
