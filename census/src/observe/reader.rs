//! What a collection asks for, of the code that reads.

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "prometheus")]
use super::failures::Reason;
use crate::aggregate::{LiveView, ObservedRows};

/// The code that reads. `program.rs` says why it is behind a trait object.
pub(super) trait Reader: Sync {
    /// Reads what these views need, and makes their rows.
    fn rows(&self, views: &[Arc<LiveView>], deadline: Duration) -> Vec<Option<ObservedRows>>;

    /// How often reading a measure has failed.
    #[cfg(feature = "prometheus")]
    fn failures(&self) -> Vec<(String, Reason, u64)>;
}
