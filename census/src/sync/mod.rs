//! Locks without poisoning, and atomics: those of the standard library or, in models, those of `loom`.
//!
//! A panic never leaves the data behind one of these locks half changed, because no code of a user runs under them. So
//! a lock that a panicking thread held is taken like any other.
//!
//! # Models
//!
//! A model is a test that runs a few threads in every order, and with every value that a load may return, up to a bound
//! ([`models::check`]). `models/run` runs all models. Models exist only under `--cfg census_model`, which puts `loom`'s
//! types in the place of the standard library's. What several threads change therefore has types of this module. What
//! stays the standard library's:
//!
//! - `Arc` and `Weak`, because `loom` has no `Weak`. No ordering that a comment names relies on their counters.
//! - Statics and thread-locals, because objects of `loom` live as long as one run of a model. A model makes all that it
//!   needs by value.
//! - [`ConstAtomicU64`] is for what a `const fn` makes. In a model it must be used before the first thread starts.

#[cfg(all(test, census_model))]
mod modeled;
#[cfg(all(test, census_model))]
pub(crate) mod models;
#[cfg(not(all(test, census_model)))]
mod native;

#[cfg(all(test, census_model))]
pub(crate) use modeled::*;
#[cfg(not(all(test, census_model)))]
pub(crate) use native::*;
