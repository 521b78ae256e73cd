//! Which views a measure feeds, and the number by which a recording thread learns that they changed.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::aggregate::LiveView;

/// A measure's views.
///
/// `version` is even while there are views and odd while there are none, and no two lists of views, of whatever measures,
/// share one: so a number that a thread remembered says for sure whether what it remembered with it still holds. Versions
/// are spread over all numbers, so that they serve as hashes, and those that follow one for a while are left to whoever
/// needs several.
pub(crate) struct Wiring {
    version: AtomicU64,
    views: Mutex<Vec<Arc<LiveView>>>,
    refused: AtomicU64,
}

/// Before the catalogue was built: even, so that the first record takes the long way, which builds it.
const UNBUILT: u64 = 0;
/// No views, and never had any.
const UNVIEWED: u64 = 1;

/// Counts the times that some measure got other views.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// How often some measure got other views: who remembers something of them is to forget it when this changes.
#[inline]
pub(crate) fn changes() -> u64 {
    // Relaxed: whoever sees it late forgets late. What is remembered is found by version, and so never wrong.
    CHANGES.load(Ordering::Relaxed)
}

/// How many numbers are left to each list of views, at least.
pub(crate) const VERSION_STEP: usize = 16;

/// A version that was not there before: it would take 2^60 of them to meet one again.
fn next_version() -> u64 {
    /// The golden ratio, odd.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(VERSION_STEP as u64);
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Relaxed: nothing but the number itself is taken from here.
    NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(SPREAD)
}

impl Wiring {
    pub(crate) const fn new() -> Self {
        Self {
            version: AtomicU64::new(UNBUILT),
            views: Mutex::new(Vec::new()),
            refused: AtomicU64::new(0),
        }
    }

    /// The version, if there are views.
    #[inline]
    pub(crate) fn viewed(&self) -> Option<u64> {
        // Pairs with the Release in `set`: who sees a version finds its views.
        let version = self.version.load(Ordering::Acquire);
        if !version.is_multiple_of(2) {
            return None;
        }
        if version == UNBUILT {
            return self.first();
        }
        Some(version)
    }

    #[cold]
    fn first(&self) -> Option<u64> {
        super::ensure();
        // No view has come to it while the catalogue was built, nor does one come at this moment: it has none.
        let _ =
            self.version
                .compare_exchange(UNBUILT, UNVIEWED, Ordering::AcqRel, Ordering::Acquire);
        let version = self.version.load(Ordering::Acquire);
        version.is_multiple_of(2).then_some(version)
    }

    /// The views, and the version they belong to.
    pub(crate) fn views(&self) -> (u64, Vec<Arc<LiveView>>) {
        let views = self.lock();
        (self.version.load(Ordering::Acquire), views.clone())
    }

    /// Gives the measure other views.
    pub(crate) fn set(&self, now: Vec<Arc<LiveView>>) {
        let mut views = self.lock();
        let version = next_version() + u64::from(now.is_empty());
        *views = now;
        self.version.store(version, Ordering::Release);
        CHANGES.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a measurement that was NaN or infinite.
    pub(crate) fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// How many measurements were NaN or infinite.
    #[cfg(feature = "prometheus")]
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<LiveView>>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Wiring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wiring")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
