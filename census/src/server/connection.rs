//! One connection: HTTP/1.1 on a byte stream, within limits.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::Request;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Sleep, sleep_until};

use super::access::RequestHead;
use super::activity::Activity;
use super::counts::Counts;
use super::entrance::Entrance;
use super::http2;
use super::limits::Limits;
use super::link::Link;
use super::peer::Peer;
use super::response::ResponseBody;
use super::site::{Admitted, Path, Site};

/// The state that all connections of a server share.
#[derive(Clone)]
pub(super) struct Shared {
    site: Site,
    entrance: Entrance,
    limits: Limits,
    http: http1::Builder,
}

impl Shared {
    pub(super) fn new(site: Site, entrance: Entrance, limits: Limits) -> Self {
        Self {
            site,
            entrance,
            limits,
            http: limits.http(),
        }
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.entrance.counts
    }

    /// Serves a connection until the client ends it or a limit is exceeded. Once `closing` is ready, the connection
    /// ends as soon as no request is in flight.
    ///
    /// The stream is closed when the future ends or is dropped, which may be at any time.
    pub(super) async fn serve<S>(
        self,
        stream: S,
        peer: Peer,
        activity: Arc<Activity>,
        closing: impl Future<Output = ()>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let peer = Arc::new(peer);
        let stream = self.entrance.open(stream, &activity, &peer);
        let link = Link::new(stream, Arc::clone(&activity), self.limits.stall);
        let mut watchdog = Watchdog::new(&activity, self.limits);
        let mut conversation = pin!(self.converse(link.clone(), &activity, &peer));
        let mut closing = pin!(closing);
        let mut is_closing = false;
        // The conversation changes the activity only while it is polled, so the rest looks at the activity after each
        // poll.
        poll_fn(|cx| {
            if conversation.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            is_closing = is_closing || closing.as_mut().poll(cx).is_ready();
            if activity.is_responding() {
                let is_reset = link.poll_ahead(cx, self.limits.head_bytes).is_err();
                return if is_reset {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                };
            }
            if is_closing {
                return Poll::Ready(());
            }
            watchdog.poll(cx)
        })
        .await;
    }

    /// Answers requests until there are no more. An error of the stream ends it silently, because it concerns no other
    /// connection: the client went away, was too slow, or did not send HTTP.
    async fn converse<S>(&self, link: Link<S>, activity: &Arc<Activity>, peer: &Arc<Peer>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let is_answered = match link.begins_with(http2::PREFACE).await {
            Ok(true) => http2::reject(link.clone()).await.is_ok(),
            Ok(false) => self.converse_http1(link.clone(), activity, peer).await,
            // A handshake of TLS failed, and its alert is sent. Or the stream failed; then it cannot be read either.
            Err(_) => true,
        };
        if is_answered {
            self.linger(link).await;
        }
    }

    /// Answers the requests of HTTP/1. Returns whether the last response is complete.
    async fn converse_http1<S>(
        &self,
        link: Link<S>,
        activity: &Arc<Activity>,
        peer: &Arc<Peer>,
    ) -> bool
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request: Request<Incoming>| {
            activity.request();
            let site = self.site.clone();
            let activity = Arc::clone(activity);
            let peer = Arc::clone(peer);
            async move {
                let (head, _) = request.into_parts();
                let request = RequestHead::new(&head.method, &head.uri, &head.headers, &peer);
                let response = site.answer(&request, Path::Whole(request.path())).await;
                if response.extensions().get::<Admitted>().is_some() {
                    activity.admitted();
                }
                Ok::<_, Infallible>(response.map(|body| Tracked { body, activity }))
            }
        });
        let served = self
            .http
            .serve_connection(TokioIo::new(link), service)
            .await;
        // Hyper answers a request that it cannot parse.
        served.map_or_else(|error| error.is_parse(), |()| true)
    }

    /// Reads on until the client ends its side, so that it receives the last response. If a connection is closed while
    /// bytes arrive, the client's system throws away the bytes that its program has not yet read.
    async fn linger<S: AsyncRead + AsyncWrite + Unpin>(&self, mut link: Link<S>) {
        if link.is_at_end() {
            return;
        }
        // An error means that the client is gone.
        let read_on = async {
            let mut bytes = [0; 512];
            link.shutdown().await?;
            while link.read(&mut bytes).await? > 0 {}
            io::Result::Ok(())
        };
        let _ = tokio::time::timeout(self.limits.linger, read_on).await;
    }
}

/// Ends a connection at the deadline of its activity.
struct Watchdog<'a> {
    activity: &'a Activity,
    limits: Limits,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<'a> Watchdog<'a> {
    fn new(activity: &'a Activity, limits: Limits) -> Self {
        Self {
            activity,
            limits,
            sleep: None,
        }
    }

    /// Ready once the deadline has passed. Pending without a waker while there is no deadline.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.activity.deadline(&self.limits) else {
            return Poll::Pending;
        };
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx)
    }
}

/// The body of a response, which tells the connection's activity when hyper drops it.
struct Tracked {
    body: ResponseBody,
    activity: Arc<Activity>,
}

impl Body for Tracked {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.activity.body_dropped();
    }
}
