//! What collections have observed measures read by.

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "prometheus")]
use super::failures::Reason;
use crate::aggregate::{LiveView, ObservedRows};

/// The program's observations, and the code that reads them. `program.rs` says why it is behind a trait object.
pub(super) trait Source: Sync {
    /// Reads what these views need, and makes their rows.
    fn rows(&self, views: &[Arc<LiveView>], deadline: Duration) -> Vec<Option<ObservedRows>>;

    /// How often reading a measure has failed.
    #[cfg(feature = "prometheus")]
    fn failures(&self) -> Vec<(String, Reason, u64)>;
}
