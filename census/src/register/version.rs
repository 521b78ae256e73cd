//! The version of a measure's views, which every measurement loads first. `interest.rs` describes the protocol.

use std::sync::atomic::Ordering;

use super::catalogue::adopt;
#[cfg(feature = "testing")]
use super::interest::isolated_version;
use super::interest::{ViewsVersion, version};
use crate::declare::{Handle, MeasureCell};

/// The version of a measure for which no list of views was ever made. It is even, so that the first measurement is not
/// dropped but builds the catalogue.
const NEW: u64 = MeasureCell::NEW;
/// The version of a measure that was rejected.
const NEVER_VIEWED: u64 = 1;

/// The version of the measure's views; `None` if it has none.
#[inline]
pub(crate) fn current_version(measure: &Handle<MeasureCell>) -> Option<ViewsVersion> {
    let version = version(measure);
    if !version.is_multiple_of(2) {
        return None;
    }
    if version == NEW {
        return initialize(measure);
    }
    Some(ViewsVersion(version))
}

/// The version that the measure has. If the measure has no views, or if no list of views was ever made for it, nothing is
/// cached for the version.
#[inline]
pub(crate) fn unchecked_version(measure: &MeasureCell) -> ViewsVersion {
    ViewsVersion(version(measure))
}

#[cold]
fn initialize(measure: &Handle<MeasureCell>) -> Option<ViewsVersion> {
    adopt(measure);
    #[cfg(feature = "testing")]
    if let Some(version) = isolated_version(measure) {
        return (version.is_multiple_of(2) && version != NEW).then_some(ViewsVersion(version));
    }
    // If the version is still `NEW`, the measure was rejected. Relaxed on success, which publishes nothing. Acquire on
    // failure: pairs with the Release in `change_views`, as in `current_version`.
    let version =
        measure
            .version
            .compare_exchange(NEW, NEVER_VIEWED, Ordering::Relaxed, Ordering::Acquire);
    let version = version.map_or_else(|current| current, |_| NEVER_VIEWED);
    version.is_multiple_of(2).then_some(ViewsVersion(version))
}
