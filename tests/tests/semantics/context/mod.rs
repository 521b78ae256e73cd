//! The current tags: of measurements, and of futures and streams that carry their tags.

mod futures;
mod measurements;
mod thread_ends;
