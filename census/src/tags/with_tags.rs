//! Tags that go along with a future or a stream, wherever it is polled.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::TagMap;

/// Gives futures tags of their own: `use census::WithTags as _;`.
pub trait WithTags: Future + Sized {
    /// This future, with exactly these tags current whenever it is polled, on whichever thread, and when it is dropped.
    ///
    /// A new task has no tags, nor has a new thread. This is how they go along:
    ///
    /// ```standalone_crate
    /// use census::{Measure, TagKey, TagMap, WithTags as _, measure, tag, tags, view};
    ///
    /// #[tag]
    /// static TENANT: TagKey;
    /// #[measure(unit = "By")]
    /// static SENT: Measure<u64>;
    /// view! { static SENT_BYTES: Sum<SENT> by (TENANT); }
    ///
    /// async fn answer() {
    ///     SENT.record(3);
    ///     // A task of this one's: its tags are those that are current here.
    ///     let log = async { SENT.record(4) }.with_tags(TagMap::current());
    ///     tokio::spawn(log).await.expect("it does not panic");
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() {
    /// tokio::spawn(answer().with_tags(tags!(TENANT = "acme"))).await.expect("it does not panic");
    ///
    /// assert_eq!(SENT_BYTES.data().get(&tags!(TENANT = "acme")), Some(&7_u64.into()));
    /// # }
    /// ```
    ///
    /// `tags!` takes what is current where it stands, and adds to that. What is current where the future is polled is not
    /// looked at, so the innermost `with_tags` counts:
    ///
    /// ```
    /// # use census::{TagKey, TagMap, WithTags as _, tag, tags};
    /// # #[tag]
    /// # static TENANT: TagKey;
    /// # #[tag]
    /// # static ROUTE: TagKey;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let current = async { TagMap::current() };
    /// let inner = current.with_tags(tags!(ROUTE = "/"));
    /// assert_eq!(inner.with_tags(tags!(TENANT = "acme")).await, tags!(ROUTE = "/"));
    /// # }
    /// ```
    ///
    /// It allocates nothing, and a poll clones nothing. Panics pass through; the tags that were current are again. A guard
    /// of [`TagMap::enter`] that the future holds across an `.await` ends there, so that no other task has its tags.
    fn with_tags(self, tags: TagMap) -> Tagged<Self> {
        Tagged::new(self, tags)
    }
}

impl<F: Future> WithTags for F {}

/// Gives streams tags of their own: `use census::StreamWithTags as _;`. With the feature `stream`.
#[cfg(feature = "stream")]
pub trait StreamWithTags: futures_core::Stream + Sized {
    /// This stream, with exactly these tags current whenever it is polled, on whichever thread, and when it is dropped.
    /// What its items are used for is done without them, as that is not the stream's doing.
    ///
    /// ```
    /// # use census::{StreamWithTags as _, TagKey, TagMap, tag, tags};
    /// # #[tag]
    /// # static TENANT: TagKey;
    /// use futures_util::{StreamExt as _, stream};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let acme = tags!(TENANT = "acme");
    /// let lens = stream::iter(["a", "bc"]).map(|text| (text.len(), TagMap::current()));
    /// let lens: Vec<_> = lens.with_tags(acme.clone()).collect().await;
    /// assert_eq!(lens, [(1, acme.clone()), (2, acme)]);
    /// # }
    /// ```
    fn with_tags(self, tags: TagMap) -> Tagged<Self> {
        Tagged::new(self, tags)
    }
}

#[cfg(feature = "stream")]
impl<S: futures_core::Stream> StreamWithTags for S {}

pin_project! {
    /// A future, or a stream, with tags of its own. Made by [`WithTags::with_tags`].
    ///
    /// It is `Send`, `Sync` and `Unpin` where what it wraps is. Once ready, polling it again is the inner future's affair.
    #[must_use = "futures and streams do nothing unless you `.await` or poll them"]
    pub struct Tagged<T> {
        // `None` only while it is dropped: what its destructors record is to have the tags.
        #[pin]
        inner: Option<T>,
        tags: TagMap,
    }

    impl<T> PinnedDrop for Tagged<T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _lent = this.tags.lend();
            this.inner.set(None);
        }
    }
}

impl<T> Tagged<T> {
    fn new(inner: T, tags: TagMap) -> Self {
        Self {
            inner: Some(inner),
            tags,
        }
    }
}

impl<F: Future> Future for Tagged<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _lent = this.tags.lend();
        match this.inner.as_pin_mut() {
            Some(future) => future.poll(cx),
            // Nobody can poll what is being dropped.
            None => Poll::Pending,
        }
    }
}

impl<T> fmt::Debug for Tagged<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tagged")
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "stream")]
mod stream {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use futures_core::future::FusedFuture;
    use futures_core::stream::{FusedStream, Stream};

    use super::Tagged;

    impl<S: Stream> Stream for Tagged<S> {
        type Item = S::Item;

        fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
            let this = self.project();
            let _lent = this.tags.lend();
            match this.inner.as_pin_mut() {
                Some(stream) => stream.poll_next(cx),
                None => Poll::Pending,
            }
        }

        fn size_hint(&self) -> (usize, Option<usize>) {
            self.inner.as_ref().map_or((0, None), Stream::size_hint)
        }
    }

    impl<F: FusedFuture> FusedFuture for Tagged<F> {
        fn is_terminated(&self) -> bool {
            self.inner.as_ref().is_none_or(FusedFuture::is_terminated)
        }
    }

    impl<S: FusedStream> FusedStream for Tagged<S> {
        fn is_terminated(&self) -> bool {
            self.inner.as_ref().is_none_or(FusedStream::is_terminated)
        }
    }
}
