//! Futures and streams that carry their tags to every thread that polls them.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::TagMap;

/// Gives a future its own tags: `use census::WithTags as _;`.
pub trait WithTags: Future + Sized {
    /// This future, with exactly these tags current while it is polled, on any thread, and while it is dropped.
    ///
    /// A new task or thread begins without tags. Pass the current tags to it:
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
    ///     // The new task has the tags that are current here.
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
    /// `tags!` adds to the tags that are current where it is written. The tags that are current where the future is
    /// polled have no effect, so the innermost `with_tags` counts:
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
    /// `with_tags` allocates nothing, and a poll clones nothing. After a poll, even one that panics, the same tags
    /// are current as before. If the future holds a guard of [`TagMap::enter`] across an `.await`, the scope
    /// ends at that `.await`, so other tasks never have its tags.
    fn with_tags(self, tags: TagMap) -> Tagged<Self> {
        Tagged::new(self, tags)
    }
}

impl<F: Future> WithTags for F {}

/// Gives a stream its own tags: `use census::StreamWithTags as _;`. With the feature `stream`.
#[cfg(feature = "stream")]
pub trait StreamWithTags: futures_core::Stream + Sized {
    /// This stream, with exactly these tags current while it is polled, on any thread, and while it is dropped. They
    /// are not current in the code that uses its items.
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
    /// A future or a stream with its own tags. Made by [`WithTags::with_tags`].
    ///
    /// It is `Send`, `Sync` or `Unpin` if the inner future or stream is. A poll of a future that was ready is passed to
    /// the inner future, too.
    #[must_use = "futures and streams do nothing unless you `.await` or poll them"]
    pub struct Tagged<T> {
        // `None` only while `Tagged` is dropped: the inner value is dropped within the scope, so that its destructors
        // record with the tags.
        #[pin]
        inner: Option<T>,
        tags: TagMap,
    }

    impl<T> PinnedDrop for Tagged<T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _scope = this.tags.enter_borrowed();
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
        let _scope = this.tags.enter_borrowed();
        match this.inner.as_pin_mut() {
            Some(future) => future.poll(cx),
            // Unreachable: a value that is being dropped cannot be polled.
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
            let _scope = this.tags.enter_borrowed();
            match this.inner.as_pin_mut() {
                Some(stream) => stream.poll_next(cx),
                // Unreachable, as above.
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
