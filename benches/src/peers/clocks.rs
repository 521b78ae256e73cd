//! The pair of clock reads that every timed call needs, and nothing else.

use std::hint::black_box;

use crate::case::Case;
use crate::names::{QUANTA_CLOCK, STANDARD_CLOCK};

/// Two reads of the standard library's clock.
pub(crate) fn standard() -> Case {
    Case::new(STANDARD_CLOCK, |batch| {
        batch.each(|_| {
            black_box(std::time::Instant::now().elapsed());
        });
    })
}

/// Two reads of the clock that `census` uses with its feature `prometheus`.
pub(crate) fn quanta() -> Case {
    Case::new(QUANTA_CLOCK, |batch| {
        batch.each(|_| {
            black_box(quanta::Instant::now().elapsed());
        });
    })
}
