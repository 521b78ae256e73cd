//! What an exporter holds while it is there.

#[cfg(feature = "tokio")]
use tokio::runtime::Handle;

#[cfg(feature = "tokio")]
use crate::observe::ObservedRuntime;
use crate::register::HeldViews;

/// The views and the observed runtimes of an exporter. They are given up when this is dropped, the views first.
#[derive(Debug)]
pub(super) struct Held {
    _views: HeldViews,
    #[cfg(feature = "tokio")]
    _runtimes: Vec<ObservedRuntime>,
}

impl Held {
    pub(super) fn new(views: HeldViews, #[cfg(feature = "tokio")] runtimes: &[Handle]) -> Self {
        Self {
            _views: views,
            #[cfg(feature = "tokio")]
            _runtimes: runtimes.iter().map(ObservedRuntime::of).collect(),
        }
    }
}
