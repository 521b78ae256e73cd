//! Step 4, **aggregate**: what a measurement does to a row. Concurrency lives here, and in [`Wiring`] and the memo of
//! [`record`](crate::record); everything else is plain data.
//!
//! Each thread counts in words of its own, which nobody else writes, so a measurement costs no locked instruction and no
//! shared cache line; a scrape adds them up. The orderings are Relaxed where nothing is said: a word's number is
//! independent of all others, and whoever must see it (a test that joins its threads) has synchronised by other means.
//!
//! [`Wiring`]: crate::register::Wiring

mod chunk;
mod data;
mod distribution;
mod exemplar;
mod index;
mod keys;
mod layout;
mod live_view;
mod moments;
mod recipe;
mod rows;
mod shard;
mod sum;
mod table;
mod write;

pub(crate) use chunk::Target;
pub use data::{Data, DistributionData, Exemplar};
pub(crate) use exemplar::ExemplarLabels;
#[cfg(feature = "prometheus")]
pub(crate) use exemplar::{DROPPED_BUSY, DROPPED_INVALID, DROPPED_TOO_LONG};
pub(crate) use index::Index;
pub(crate) use live_view::{Found, LiveView};
#[cfg(feature = "prometheus")]
pub(crate) use recipe::Sample;
pub(crate) use rows::Rows;
pub(crate) use shard::Shard;
