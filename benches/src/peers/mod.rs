//! The peers: a file each, with a function for each group that it takes part in, so that a reader can see that they do
//! the same work, and each as its experts would write it.

pub(crate) mod autometrics;
pub(crate) mod census;
pub(crate) mod clocks;
pub(crate) mod measured;
pub(crate) mod metrics;
pub(crate) mod opentelemetry;
pub(crate) mod prometheus;
pub(crate) mod prometheus_client;
