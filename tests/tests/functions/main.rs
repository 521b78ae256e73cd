//! `#[measure]` on functions, in one program: what it does to a function, and what it counts.
//!
//! Each module has functions of its own: the built-in views tell them apart by their module.

mod counts;
mod drop_order;
mod future_size;
mod in_flight;
mod in_flight_across_threads;
mod other_attributes;
mod outcomes;
mod returned_futures;
mod shapes;
mod tags;
mod unregistered;
