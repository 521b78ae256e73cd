//! Rows go while eight threads record to them in every way, while threads begin and end, and while scrapes run: a
//! measurement is in the row of its key, or has gone with it, and nowhere else.
//!
//! - `removed`: `View::remove` and `View::clear`. What a row may have is known by counters of removals, which each thread
//!   reads before and after its measurement.
//! - `idle`: rows that are idle, and removals amid. What a row may have is known by the times of the measurements.
//! - `kept`: rows that are recorded to before each look.
//! - `one_row`: a row that goes as often as possible.
//! - `room`: a view that always has as many keys as it may have rows.
//!
//! `STRESS_SEED` repeats the random choices, though not the order in which threads run.

#![expect(
    clippy::indexing_slicing,
    reason = "the indices are those of keys and views"
)]

mod held;
mod idle;
mod kept;
mod keys;
mod one_row;
mod removals;
mod removed;
mod room;
mod scraped;
mod timeline;
mod views;
