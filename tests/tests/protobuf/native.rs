//! Native histograms: the buckets that the rows have.

use std::iter::zip;
use std::time::Duration;

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Distribution, Measure, View, ViewSet, measure, record, view};

use crate::messages::{BucketSpan, Histogram, MetricFamily};
use crate::{families, labels, named};

#[measure(unit = "s")]
static WAIT: Measure<Duration>;
#[measure]
static DRIFT: Measure<f64>;

// Only some tests have them: the text formats have other series of them.
view! {
    #[optional]
    static WAIT_SECONDS: Distribution<WAIT> { buckets: native }
    #[optional]
    static WAIT_SECONDS_WITH_CLASSIC: Distribution<WAIT> {
        buckets: native,
        classic: [Duration::from_millis(10), Duration::from_secs(1)],
    }
    #[optional]
    static DRIFTS: Distribution<DRIFT> { buckets: native(1.5) }
}
static VIEWS: ViewSet = ViewSet::new(&[&WAIT_SECONDS, &WAIT_SECONDS_WITH_CLASSIC, &DRIFTS]);

fn exporter() -> Exporter {
    let builder = Exporter::builder().namespace("ns").views(&VIEWS);
    builder.build().expect("no problems")
}

fn histogram(families: &[MetricFamily], name: &str) -> Histogram {
    let metric = named(families, name).metric.first();
    let histogram = metric.and_then(|metric| metric.histogram.clone());
    histogram.expect("a histogram")
}

/// The buckets of spans: the index and the count of each that is not empty.
fn buckets(spans: &[BucketSpan], deltas: &[i64]) -> Vec<(i32, u64)> {
    let mut indices = Vec::new();
    let mut next = 0;
    for span in spans {
        next += span.offset.expect("an offset");
        for _ in 0..span.length.expect("a length") {
            indices.push(next);
            next += 1;
        }
    }
    assert_eq!(indices.len(), deltas.len());
    let mut count = 0;
    let counts = deltas.iter().map(|delta| {
        count += delta;
        u64::try_from(count).expect("not negative")
    });
    let buckets = zip(indices, counts).filter(|(_, count)| *count > 0);
    buckets.collect()
}

fn assert_is_of(histogram: &Histogram, view: &View<Distribution>) {
    let data = view.data();
    let data = &data.rows.first().expect("a row").data;
    let native = data.native.as_ref().expect("the view has native buckets");
    assert_eq!(histogram.sample_count, Some(data.count));
    assert_eq!(histogram.schema, Some(native.schema));
    assert_eq!(histogram.zero_threshold, Some(native.zero_threshold));
    assert_eq!(histogram.zero_count, Some(native.zero_count));
    let Histogram {
        positive_span,
        positive_delta,
        negative_span,
        negative_delta,
        ..
    } = histogram;
    assert_eq!(buckets(positive_span, positive_delta), native.positive);
    assert_eq!(buckets(negative_span, negative_delta), native.negative);
}

#[test]
fn rows_have_native_buckets_and_classic_ones_where_they_are_given() {
    let _isolated = isolate();
    let exporter = exporter();
    for millis in [1, 3, 3, 50, 51, 700, 9_000] {
        record!(
            WAIT = Duration::from_millis(millis),
            exemplar("trace_id" = millis)
        );
    }
    for drift in [-3.5, -0.001, 0.0, 0.25, 1e9] {
        DRIFT.record(drift);
    }
    let families = families(&exporter);
    let native = histogram(&families, "ns_wait_seconds");
    assert_is_of(&native, &WAIT_SECONDS);
    assert_eq!(native.bucket, [], "no classic buckets were given");
    let both = histogram(&families, "ns_wait_seconds_with_classic");
    assert_is_of(&both, &WAIT_SECONDS_WITH_CLASSIC);
    let counts: Vec<_> = both.bucket.iter().map(|it| it.cumulative_count).collect();
    assert_eq!(counts, [Some(3), Some(6), Some(7)]);
    assert_is_of(&histogram(&families, "ns_drifts"), &DRIFTS);

    // The same exemplars on the buckets and beside them.
    let on_buckets: Vec<_> = both
        .bucket
        .iter()
        .filter_map(|it| it.exemplar.clone())
        .collect();
    assert_eq!(both.exemplars, on_buckets);
    assert_eq!(both.exemplars.len(), 3);
    assert!(!native.exemplars.is_empty());
    for exemplar in &native.exemplars {
        assert!(exemplar.timestamp.is_some());
        assert_eq!(labels(exemplar)[0].0, "trace_id");
    }
}

#[test]
fn a_row_without_values_is_a_native_histogram() {
    let _isolated = isolate();
    let families = families(&exporter());
    let empty = histogram(&families, "ns_wait_seconds");
    let no_op = BucketSpan {
        offset: Some(0),
        length: Some(0),
    };
    assert_eq!(empty.positive_span, [no_op]);
    assert_eq!(empty.zero_threshold, Some(2_f64.powi(-128)));
    assert_eq!((empty.sample_count, empty.zero_count), (Some(0), Some(0)));
}
