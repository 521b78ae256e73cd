//! A body that does what a test says.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

/// What a poll of a [`Script`] does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Data(&'static str),
    Trailers,
    Error,
    Panic,
    /// Nothing, now and for ever.
    Pending,
}

/// A body that takes a step at each poll, and then is over. It says nothing of its length, nor when it is over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    again: Option<&'static str>,
    size: Option<u64>,
    says_its_end: bool,
}

impl Script {
    pub(crate) fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The same data, again and again.
    pub(crate) fn endless(data: &'static str) -> Self {
        Self {
            again: Some(data),
            ..Self::default()
        }
    }

    /// Says that it has so many bytes.
    pub(crate) fn sized(self, size: u64) -> Self {
        Self {
            size: Some(size),
            ..self
        }
    }

    /// Says that it is over when its last step has been taken.
    pub(crate) fn ending_with_its_last_frame(self) -> Self {
        Self {
            says_its_end: true,
            ..self
        }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let step = self.steps.pop_front();
        Poll::Ready(match step.or(self.again.map(Step::Data)) {
            None => None,
            Some(Step::Data(data)) => Some(Ok(Frame::data(Bytes::from_static(data.as_bytes())))),
            Some(Step::Trailers) => Some(Ok(Frame::trailers(HeaderMap::new()))),
            Some(Step::Error) => Some(Err("broken")),
            Some(Step::Panic) => panic!("on purpose"),
            Some(Step::Pending) => {
                self.steps.push_front(Step::Pending);
                return Poll::Pending;
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.says_its_end && self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.size
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
