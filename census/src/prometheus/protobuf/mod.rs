//! Prometheus protobuf: messages `io.prometheus.client.MetricFamily` of `client_model`, each after its length.
//!
//! Prometheus takes the names of series from the messages as they are, so counters are named with `_total` here, and
//! infos with `_info`.

mod encoder;
mod family_writer;
mod histogram;
mod messages;
mod native;
#[cfg(feature = "prometheus-client")]
mod read_text;
mod view;

pub(super) use encoder::ProtobufFormat;
