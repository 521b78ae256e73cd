//! The messages of `io/prometheus/client/metrics.proto` in `client_model`, written by hand: the build needs no `protoc`.
//!
//! What `client_golang` always writes is required here, so that zeros are written, too. The parts of a family are messages of
//! their own, because its rows are written one after the other.

use std::time::{SystemTime, UNIX_EPOCH};

/// A family without its metrics and its unit: the fields that come before.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct FamilyHead {
    #[prost(string, required, tag = "1")]
    pub(super) name: String,
    #[prost(string, required, tag = "2")]
    pub(super) help: String,
    #[prost(enumeration = "MetricType", required, tag = "3")]
    pub(super) metric_type: i32,
}

/// A metric in its family.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct FamilyMetric {
    #[prost(message, required, tag = "4")]
    pub(super) metric: Metric,
}

/// The fields of a family that come after its metrics.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct FamilyTail {
    #[prost(string, optional, tag = "5")]
    pub(super) unit: Option<String>,
}

/// A whole family.
#[cfg(test)]
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct MetricFamily {
    #[prost(string, optional, tag = "1")]
    pub(super) name: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub(super) help: Option<String>,
    #[prost(enumeration = "MetricType", optional, tag = "3")]
    pub(super) metric_type: Option<i32>,
    #[prost(message, repeated, tag = "4")]
    pub(super) metric: Vec<Metric>,
    #[prost(string, optional, tag = "5")]
    pub(super) unit: Option<String>,
}

/// The type of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(super) enum MetricType {
    Counter = 0,
    Gauge = 1,
    Summary = 2,
    Untyped = 3,
    Histogram = 4,
}

/// A row. It has one of the messages with values.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Metric {
    #[prost(message, repeated, tag = "1")]
    pub(super) label: Vec<LabelPair>,
    #[prost(message, optional, tag = "2")]
    pub(super) gauge: Option<Value>,
    #[prost(message, optional, tag = "3")]
    pub(super) counter: Option<Counter>,
    #[prost(message, optional, tag = "4")]
    pub(super) summary: Option<Summary>,
    #[prost(message, optional, tag = "5")]
    pub(super) untyped: Option<Value>,
    #[prost(message, optional, tag = "7")]
    pub(super) histogram: Option<Histogram>,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct LabelPair {
    #[prost(string, required, tag = "1")]
    pub(super) name: String,
    #[prost(string, required, tag = "2")]
    pub(super) value: String,
}

/// `Gauge` and `Untyped`, which have the same fields.
#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct Value {
    #[prost(double, required, tag = "1")]
    pub(super) value: f64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Counter {
    #[prost(double, required, tag = "1")]
    pub(super) value: f64,
    #[prost(message, optional, tag = "2")]
    pub(super) exemplar: Option<Exemplar>,
    #[prost(message, optional, tag = "3")]
    pub(super) created_timestamp: Option<Timestamp>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Summary {
    #[prost(uint64, required, tag = "1")]
    pub(super) sample_count: u64,
    #[prost(double, required, tag = "2")]
    pub(super) sample_sum: f64,
    #[prost(message, repeated, tag = "3")]
    pub(super) quantile: Vec<Quantile>,
    #[prost(message, optional, tag = "4")]
    pub(super) created_timestamp: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct Quantile {
    #[prost(double, required, tag = "1")]
    pub(super) quantile: f64,
    #[prost(double, required, tag = "2")]
    pub(super) value: f64,
}

/// A histogram: with classic buckets, with native ones (which the fields from `schema` to `positive_delta` make), or with
/// both.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Histogram {
    #[prost(uint64, required, tag = "1")]
    pub(super) sample_count: u64,
    #[prost(double, required, tag = "2")]
    pub(super) sample_sum: f64,
    #[prost(message, repeated, tag = "3")]
    pub(super) bucket: Vec<Bucket>,
    #[prost(sint32, optional, tag = "5")]
    pub(super) schema: Option<i32>,
    #[prost(double, optional, tag = "6")]
    pub(super) zero_threshold: Option<f64>,
    #[prost(uint64, optional, tag = "7")]
    pub(super) zero_count: Option<u64>,
    #[prost(message, repeated, tag = "9")]
    pub(super) negative_span: Vec<BucketSpan>,
    /// The differences between the counts of successive buckets.
    #[prost(sint64, repeated, packed = "false", tag = "10")]
    pub(super) negative_delta: Vec<i64>,
    #[prost(message, repeated, tag = "12")]
    pub(super) positive_span: Vec<BucketSpan>,
    #[prost(sint64, repeated, packed = "false", tag = "13")]
    pub(super) positive_delta: Vec<i64>,
    #[prost(message, optional, tag = "15")]
    pub(super) created_timestamp: Option<Timestamp>,
    /// Those of a native histogram. Each has a timestamp.
    #[prost(message, repeated, tag = "16")]
    pub(super) exemplars: Vec<Exemplar>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Bucket {
    #[prost(uint64, required, tag = "1")]
    pub(super) cumulative_count: u64,
    #[prost(double, required, tag = "2")]
    pub(super) upper_bound: f64,
    #[prost(message, optional, tag = "3")]
    pub(super) exemplar: Option<Exemplar>,
}

/// Successive native buckets.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(super) struct BucketSpan {
    /// How many buckets lie between the span before and this one; of the first span, the index of its first bucket.
    #[prost(sint32, required, tag = "1")]
    pub(super) offset: i32,
    #[prost(uint32, required, tag = "2")]
    pub(super) length: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Exemplar {
    #[prost(message, repeated, tag = "1")]
    pub(super) label: Vec<LabelPair>,
    #[prost(double, required, tag = "2")]
    pub(super) value: f64,
    #[prost(message, optional, tag = "3")]
    pub(super) timestamp: Option<Timestamp>,
}

/// `google.protobuf.Timestamp`
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub(super) struct Timestamp {
    /// Since 1970.
    #[prost(int64, tag = "1")]
    pub(super) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(super) nanos: i32,
}

impl Timestamp {
    /// A time after 1970.
    pub(super) fn new(time: SystemTime) -> Self {
        let time = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            seconds: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            // Less than 10^9.
            nanos: time.subsec_nanos().cast_signed(),
        }
    }
}
