//! gRPC calls between tonic's server and client, over loopback.
//!
//! Each test gives the calls of its layers a tag of its own, so that tests share views and run side by side.

#![cfg(feature = "tonic")]

mod ends;
mod messages;
mod methods;
mod peers;
mod responses;
mod rows;
mod servers;
mod statuses;
