//! `census` beside its peers: the same work, in one run. See `README.md` beside `src`.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a bench that panics is noticed, and no figure has 53 bits"
)]

mod beside_scrapes;
mod children;
mod groups;
mod harness;
mod peers;
mod processor;
mod report;
mod run;
mod series;
mod summary;
mod targets;
mod work;
mod workers;

pub use children::memory::measure as measure_memory;
pub use run::run;
