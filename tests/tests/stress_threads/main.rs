//! Threads record while other threads come and go, while views come and go, and while scrapes run: totals are exact,
//! and counters never fall.
//!
//! A program of its own: its views come and go all the time, which makes every thread of the process clear its cache.
//! Other tests are in other programs, so that their caches stay filled.

mod generations;
mod short_lives;
mod thread_ends;
