//! The bare pair of clock reads that timing anything needs.

use std::hint::black_box;

use crate::harness::Case;

/// The clock of the standard library.
pub(crate) fn standard() -> Case {
    Case::new("clock pair, std", |batch| {
        batch.each(|_| {
            black_box(std::time::Instant::now().elapsed());
        });
    })
}

/// The clock that `census` uses with its feature `prometheus`.
pub(crate) fn quanta() -> Case {
    Case::new("clock pair, quanta", |batch| {
        batch.each(|_| {
            black_box(quanta::Instant::now().elapsed());
        });
    })
}
