//! Collectors: one for each metric, or one for all values.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::observed::{POOLS, Pool, ReadingKind, Scrape};

/// Collects one value.
struct OneMetric(&'static Pool);

/// Collects all values.
#[derive(Debug)]
struct AllValues;

impl fmt::Debug for OneMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name)
    }
}

impl Collector for OneMetric {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let gauge = ConstGauge::new(self.0.size());
        let (name, help) = (&self.0.name, "Connections.");
        let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        gauge.encode(metric)
    }
}

impl Collector for AllValues {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let (name, help) = ("pool_sizes", "Connections, by pool.");
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for pool in POOLS.iter() {
            let gauge = ConstGauge::new(pool.size());
            gauge.encode(metric.encode_family(&[("pool", pool.name.as_str())])?)?;
        }
        Ok(())
    }
}

pub(crate) fn scrape(kind: ReadingKind) -> Scrape {
    let mut registry = Registry::default();
    match kind {
        ReadingKind::Metrics => {
            for pool in POOLS.iter() {
                registry.register_collector(Box::new(OneMetric(pool)));
            }
        }
        ReadingKind::Values => registry.register_collector(Box::new(AllValues)),
    }
    Box::new(move || {
        let mut body = String::new();
        encode(&mut body, &registry).expect("writing to a string cannot fail");
        body.len()
    })
}
