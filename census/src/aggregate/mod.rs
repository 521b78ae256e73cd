//! Step 4, **aggregate**: what a measurement does to a row. Concurrency lives here, and in [`Wiring`] and the memo of
//! [`record`](crate::record); everything else is plain data.
//!
//! Cells are atomics that every thread adds to, so a measurement never waits for another nor for a scrape. The
//! orderings are Relaxed where nothing is said: a cell's numbers are independent of each other and of all else, and whoever must see them
//! (a test that joins its threads) has synchronised by other means.
//!
//! [`Wiring`]: crate::register::Wiring

mod cell;
mod data;
mod distribution;
mod exemplar;
mod float;
mod live_view;
mod rows;

pub(crate) use cell::Cell;
pub use data::{Data, DistributionData, Exemplar};
pub(crate) use exemplar::ExemplarLabels;
#[cfg(feature = "prometheus")]
pub(crate) use exemplar::{DROPPED_BUSY, DROPPED_INVALID, DROPPED_TOO_LONG};
pub(crate) use live_view::{Found, LiveView};
pub(crate) use rows::{Row, Rows};
