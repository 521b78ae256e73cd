//! `opentelemetry` with its SDK. Nothing collects from the manual reader while a case is timed.

pub(crate) mod http;
pub(crate) mod observed;

use std::hint::black_box;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use opentelemetry::metrics::{BoundCounter, BoundHistogram, Counter, Histogram, MeterProvider};
use opentelemetry::{KeyValue, metrics::Meter};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, InstrumentKind, ManualReader, MeterProviderBuilder, Pipeline,
    SdkMeterProvider, Stream, Temporality,
};

use crate::case::{Batch, Case};
use crate::names::OPENTELEMETRY as NAME;
use crate::series::{Series, SeriesKind};
use crate::work::{BUCKETS, ForEachLabelSet, Method, STRINGS, Status, VALUES};

/// A case that keeps the provider alive. Instruments record nothing after their provider is dropped.
fn case(
    name: &'static str,
    provider: SdkMeterProvider,
    run: impl Fn(Batch) + Send + Sync + 'static,
) -> Case {
    Case::new(name, move |batch| {
        black_box(&provider);
        run(batch);
    })
}

fn provider() -> MeterProviderBuilder {
    SdkMeterProvider::builder().with_reader(ManualReader::builder().build())
}

fn attributes(method: Method, status: Status) -> [KeyValue; 2] {
    [
        KeyValue::new("method", method.as_str()),
        KeyValue::new("status", status.as_str()),
    ]
}

fn attributes_of(pick: usize) -> [KeyValue; 2] {
    attributes(Method::of(pick), Status::of(pick))
}

fn build_counter(meter: &Meter) -> Counter<u64> {
    meter.u64_counter("requests").build()
}

fn build_histogram(meter: &Meter) -> Histogram<f64> {
    let histogram = meter.f64_histogram("seconds");
    histogram.with_boundaries(BUCKETS.to_vec()).build()
}

pub(crate) fn counter_labels() -> Case {
    let provider = provider().build();
    let counter = build_counter(&provider.meter(NAME));
    case(NAME, provider, move |batch| {
        batch.each(|pick| counter.add(1, &attributes_of(pick)));
    })
}

pub(crate) fn counter_strings() -> Case {
    let provider = provider().build();
    let counter = build_counter(&provider.meter(NAME));
    case(NAME, provider, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            let tenant = KeyValue::new("tenant", tenant.to_owned());
            counter.add(1, &[tenant, KeyValue::new("route", route.to_owned())]);
        });
    })
}

/// With strings that are shared already: a copy allocates nothing.
pub(crate) fn counter_shared_strings() -> Case {
    let provider = provider().build();
    let counter = build_counter(&provider.meter(NAME));
    let shared = |strings: &[String]| -> Vec<Arc<str>> {
        strings
            .iter()
            .map(|string| string.as_str().into())
            .collect()
    };
    let (tenants, routes) = (shared(&STRINGS.tenants), shared(&STRINGS.routes));
    case("opentelemetry, shared strings", provider, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.indexes(pick);
            let tenant = KeyValue::new("tenant", Arc::clone(&tenants[tenant]));
            counter.add(
                1,
                &[tenant, KeyValue::new("route", Arc::clone(&routes[route]))],
            );
        });
    })
}

pub(crate) fn histogram() -> Case {
    let provider = provider().build();
    let histogram = build_histogram(&provider.meter(NAME));
    case(NAME, provider, move |batch| {
        batch.each(|pick| histogram.record(VALUES.of(pick), &attributes_of(pick)));
    })
}

fn view(
    name: &'static str,
    aggregation: Aggregation,
) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
    move |_| {
        Stream::builder()
            .with_name(name)
            .with_aggregation(aggregation.clone())
            .build()
            .ok()
    }
}

fn explicit(boundaries: &[f64]) -> Aggregation {
    Aggregation::ExplicitBucketHistogram {
        boundaries: boundaries.to_vec(),
        record_min_max: false,
    }
}

/// One instrument with three views. No aggregation only counts; the nearest is a histogram of one bucket.
pub(crate) fn three_aggregates() -> Case {
    let provider = provider()
        .with_view(view("count", explicit(&[])))
        .with_view(view("sum", Aggregation::Sum))
        .with_view(view("seconds", explicit(&BUCKETS)))
        .build();
    let histogram = provider.meter(NAME).f64_histogram("thrice").build();
    case("opentelemetry, three views", provider, move |batch| {
        batch.each(|pick| histogram.record(VALUES.of(pick), &attributes_of(pick)));
    })
}

pub(crate) fn literal() -> Case {
    let provider = provider().build();
    let counter = build_counter(&provider.meter(NAME));
    case(NAME, provider, move |batch| {
        batch.each(|_| {
            counter.add(
                1,
                &[
                    KeyValue::new("method", "get"),
                    KeyValue::new("status", "ok"),
                ],
            );
        });
    })
}

pub(crate) fn bound_counter() -> Case {
    let provider = provider().build();
    let counter = build_counter(&provider.meter(NAME));
    let handles: ForEachLabelSet<BoundCounter<u64>> =
        ForEachLabelSet::new(|method, status| counter.bind(&attributes(method, status)));
    case("opentelemetry (experimental)", provider, move |batch| {
        batch.each(|pick| handles.of(pick).add(1));
    })
}

pub(crate) fn bound_histogram() -> Case {
    let provider = provider().build();
    let histogram = build_histogram(&provider.meter(NAME));
    let handles: ForEachLabelSet<BoundHistogram<f64>> =
        ForEachLabelSet::new(|method, status| histogram.bind(&attributes(method, status)));
    case("opentelemetry (experimental)", provider, move |batch| {
        batch.each(|pick| handles.of(pick).record(VALUES.of(pick)));
    })
}

/// A reader that the provider owns and that a scrape can use, too.
#[derive(Clone, Debug)]
struct Reader(Arc<ManualReader>);

impl MetricReader for Reader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}

/// A metric with very many series.
struct ManySeries {
    _provider: SdkMeterProvider,
    reader: Reader,
    /// Kept from scrape to scrape, as the SDK's periodic reader does.
    collected: Mutex<ResourceMetrics>,
    instrument: ManyInstrument,
}

enum ManyInstrument {
    Counter(Counter<u64>),
    Histogram(Histogram<f64>),
}

impl Series for ManySeries {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        let attributes = [
            KeyValue::new("tenant", tenant.to_owned()),
            KeyValue::new("route", route.to_owned()),
        ];
        match &self.instrument {
            ManyInstrument::Counter(counter) => counter.add(1, &attributes),
            ManyInstrument::Histogram(histogram) => histogram.record(value, &attributes),
        }
    }

    /// Collects, and encodes nothing, because no text encoder exists for this version.
    fn scrape(&self) -> usize {
        let mut collected = self.collected.lock().expect("no scrape panicked");
        self.reader
            .collect(&mut collected)
            .expect("the reader is not shut down");
        collected.scope_metrics().count()
    }
}

pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    let reader = Reader(Arc::new(ManualReader::builder().build()));
    let higher_limit = |_: &Instrument| {
        Stream::builder()
            .with_cardinality_limit(2_000_000)
            .build()
            .ok()
    };
    let provider = SdkMeterProvider::builder()
        .with_reader(reader.clone())
        .with_view(higher_limit)
        .build();
    let meter = provider.meter(NAME);
    let instrument = match kind {
        SeriesKind::Counters => ManyInstrument::Counter(build_counter(&meter)),
        SeriesKind::Histograms => ManyInstrument::Histogram(build_histogram(&meter)),
    };
    Box::new(ManySeries {
        _provider: provider,
        reader,
        collected: Mutex::default(),
        instrument,
    })
}
