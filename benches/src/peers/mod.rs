//! The peers. Each has a file, with a function for each group that the peer takes part in. A reader can compare the
//! files and see that all peers do the same work, each as an expert of that peer would write it.

pub(crate) mod autometrics;
pub(crate) mod axum_prometheus;
pub(crate) mod census;
pub(crate) mod clocks;
pub(crate) mod fastmetrics;
pub(crate) mod foundations_metrics;
pub(crate) mod measured;
pub(crate) mod metrics;
pub(crate) mod nm;
pub(crate) mod opentelemetry;
pub(crate) mod prometheus;
pub(crate) mod prometheus_client;
pub(crate) mod tower_http;
pub(crate) mod vise;
