//! Observable gauges: one for each metric, or one for all values.

use std::sync::{Arc, Mutex};

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, Metric, MetricData, ResourceMetrics, ScopeMetrics,
};
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};

use super::{NAME, Reader};
use crate::observed::{POOLS, ReadingKind, Scrape};

/// Collects, and encodes nothing, because no text encoder exists for this version.
pub(crate) fn collect(kind: ReadingKind) -> Scrape {
    let reader = Reader(Arc::new(ManualReader::builder().build()));
    let provider = SdkMeterProvider::builder()
        .with_reader(reader.clone())
        .build();
    let meter = provider.meter(NAME);
    match kind {
        ReadingKind::Metrics => {
            for pool in POOLS.iter() {
                meter
                    .u64_observable_gauge(pool.name.as_str())
                    .with_description("Connections.")
                    .with_callback(|observer| observer.observe(pool.size(), &[]))
                    .build();
            }
        }
        ReadingKind::Values => {
            meter
                .u64_observable_gauge("pool_sizes")
                .with_description("Connections, by pool.")
                .with_callback(|observer| {
                    for pool in POOLS.iter() {
                        let pool_name = KeyValue::new("pool", pool.name.as_str());
                        observer.observe(pool.size(), &[pool_name]);
                    }
                })
                .build();
        }
    }
    // Kept from scrape to scrape, as the SDK's periodic reader does.
    let collected = Mutex::<ResourceMetrics>::default();
    Box::new(move || {
        let _kept = &provider;
        let mut collected = collected.lock().expect("no scrape panicked");
        reader
            .collect(&mut collected)
            .expect("the reader is not shut down");
        let metrics = collected.scope_metrics().flat_map(ScopeMetrics::metrics);
        metrics.map(values).sum()
    })
}

fn values(metric: &Metric) -> usize {
    match metric.data() {
        AggregatedMetrics::U64(MetricData::Gauge(gauge)) => gauge.data_points().count(),
        _ => 0,
    }
}
