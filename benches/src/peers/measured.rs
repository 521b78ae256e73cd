//! `measured`: a label group of fixed cardinality is an index into an array, and a handle is this index.

use std::sync::Mutex;

use lasso::{Rodeo, RodeoReader, Spur};
use measured::label::StaticLabelSet;
use measured::metric::histogram::Thresholds;
use measured::text::BufferedTextEncoder;
use measured::{CounterVec, FloatGaugeVec, HistogramVec, LabelGroup, MetricGroup, lasso};
use paracord::ParaCord;

use crate::case::Case;
use crate::names::MEASURED;
use crate::series::{Series, SeriesKind};
use crate::work::{BUCKETS, ForEachLabelSet, Method, STRINGS, Status, VALUES};

#[derive(Clone, Copy, LabelGroup)]
#[label(set = LabelsSet)]
struct Labels {
    #[label(fixed)]
    method: Method,
    #[label(fixed)]
    status: Status,
}

impl Labels {
    fn of(pick: usize) -> Self {
        Self {
            method: Method::of(pick),
            status: Status::of(pick),
        }
    }
}

fn static_label_set() -> LabelsSet {
    LabelsSet {
        method: StaticLabelSet::new(),
        status: StaticLabelSet::new(),
    }
}

/// Static strings that are interned beforehand, as in the benchmarks of `measured`.
#[derive(Clone, Copy, LabelGroup)]
#[label(set = InternedSet)]
struct Interned<'a> {
    #[label(fixed_with = RodeoReader<Spur>)]
    method: &'a str,
    #[label(fixed_with = RodeoReader<Spur>)]
    status: &'a str,
}

/// Strings that are all known before the first measurement.
#[derive(Clone, Copy, LabelGroup)]
#[label(set = ClosedSet)]
struct Closed<'a> {
    #[label(fixed_with = RodeoReader<Spur>)]
    tenant: &'a str,
    #[label(fixed_with = RodeoReader<Spur>)]
    route: &'a str,
}

/// Strings that are interned when they are first recorded.
#[derive(Clone, Copy, LabelGroup)]
#[label(set = OpenSet)]
struct Open<'a> {
    #[label(dynamic_with = ParaCord)]
    tenant: &'a str,
    #[label(dynamic_with = ParaCord)]
    route: &'a str,
}

fn open_set() -> OpenSet {
    OpenSet {
        tenant: ParaCord::default(),
        route: ParaCord::default(),
    }
}

fn thresholds() -> Thresholds<14> {
    Thresholds::with_buckets(BUCKETS)
}

fn histograms() -> HistogramVec<LabelsSet, 14> {
    HistogramVec::with_label_set_and_metadata(static_label_set(), thresholds())
}

pub(crate) fn counter_labels() -> Case {
    let counters = CounterVec::with_label_set(static_label_set());
    Case::new(MEASURED, move |batch| {
        batch.each(|pick| counters.inc(Labels::of(pick)));
    })
}

/// For comparison only: this is not the fastest form of `measured`.
pub(crate) fn counter_interned() -> Case {
    let labels = ForEachLabelSet::new(|method, status| (method.as_str(), status.as_str()));
    let counters = CounterVec::with_label_set(InternedSet {
        method: (0..4)
            .map(|pick| labels.of(pick).0)
            .collect::<Rodeo>()
            .into_reader(),
        status: (0..4)
            .map(|pick| labels.of(pick << 2).1)
            .collect::<Rodeo>()
            .into_reader(),
    });
    Case::new("measured, interned", move |batch| {
        batch.each(|pick| {
            let (method, status) = (Method::of(pick).as_str(), Status::of(pick).as_str());
            counters.inc(Interned { method, status });
        });
    })
}

/// For comparison only: this form is meant for very many label sets.
pub(crate) fn counter_sparse() -> Case {
    let counters = CounterVec::sparse_with_label_set(static_label_set());
    Case::new("measured, sparse", move |batch| {
        batch.each(|pick| counters.inc(Labels::of(pick)));
    })
}

/// This form is open only to a program that knows its tenants and routes beforehand.
pub(crate) fn counter_closed_strings() -> Case {
    let counters = CounterVec::with_label_set(ClosedSet {
        tenant: STRINGS.tenants.iter().collect::<Rodeo>().into_reader(),
        route: STRINGS.routes.iter().collect::<Rodeo>().into_reader(),
    });
    Case::new("measured, closed set", move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            counters.inc(Closed { tenant, route });
        });
    })
}

pub(crate) fn counter_strings() -> Case {
    let counters = CounterVec::with_label_set(open_set());
    Case::new(MEASURED, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            counters.inc(Open { tenant, route });
        });
    })
}

pub(crate) fn histogram() -> Case {
    let histograms = histograms();
    Case::new(MEASURED, move |batch| {
        batch.each(|pick| histograms.observe(Labels::of(pick), VALUES.of(pick)));
    })
}

/// The counters of `measured` are integers, so the sum is a gauge.
pub(crate) fn three_aggregates() -> Case {
    let counts = CounterVec::with_label_set(static_label_set());
    let sums = FloatGaugeVec::with_label_set(static_label_set());
    let histograms = histograms();
    Case::new(MEASURED, move |batch| {
        batch.each(|pick| {
            let (labels, value) = (Labels::of(pick), VALUES.of(pick));
            counts.inc(labels);
            sums.inc_by(labels, value);
            histograms.observe(labels, value);
        });
    })
}

pub(crate) fn literal() -> Case {
    let counters = CounterVec::with_label_set(static_label_set());
    Case::new(MEASURED, move |batch| {
        batch.each(|_| {
            counters.inc(Labels {
                method: Method::Get,
                status: Status::Ok,
            });
        });
    })
}

pub(crate) fn bound_counter() -> Case {
    let counters = CounterVec::with_label_set(static_label_set());
    let handles =
        ForEachLabelSet::new(|method, status| counters.with_labels(Labels { method, status }));
    Case::new(MEASURED, move |batch| {
        batch.each(|pick| counters.get_metric(*handles.of(pick)).inc());
    })
}

pub(crate) fn bound_histogram() -> Case {
    let histograms = histograms();
    let handles =
        ForEachLabelSet::new(|method, status| histograms.with_labels(Labels { method, status }));
    Case::new(MEASURED, move |batch| {
        batch.each(|pick| {
            histograms
                .get_metric(*handles.of(pick))
                .observe(VALUES.of(pick));
        });
    })
}

/// The metrics with very many series. They are sparse, because the strings are not known beforehand.
#[derive(MetricGroup)]
struct Vecs {
    /// Many.
    many: Option<CounterVec<OpenSet>>,
    /// Many.
    many_seconds: Option<HistogramVec<OpenSet, 14>>,
}

struct ManySeries {
    vecs: Vecs,
    /// The encoder that is kept from scrape to scrape, as the documentation of `measured` advises. Without one, each
    /// scrape makes its own.
    encoder: Option<Mutex<BufferedTextEncoder>>,
}

impl ManySeries {
    fn encode(&self, encoder: &mut BufferedTextEncoder) -> usize {
        let Ok(()) = self.vecs.collect_group_into(encoder);
        encoder.finish().len()
    }
}

impl Series for ManySeries {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        let labels = Open { tenant, route };
        if let Some(counters) = &self.vecs.many {
            counters.inc(labels);
        }
        if let Some(histograms) = &self.vecs.many_seconds {
            histograms.observe(labels, value);
        }
    }

    fn scrape(&self) -> usize {
        match &self.encoder {
            Some(encoder) => self.encode(&mut encoder.lock().expect("no scrape panicked")),
            None => self.encode(&mut BufferedTextEncoder::new()),
        }
    }
}

fn many_series(kind: SeriesKind, encoder: Option<Mutex<BufferedTextEncoder>>) -> Box<dyn Series> {
    let vecs = match kind {
        SeriesKind::Counters => Vecs {
            many: Some(CounterVec::with_label_set(open_set())),
            many_seconds: None,
        },
        SeriesKind::Histograms => Vecs {
            many: None,
            many_seconds: Some(HistogramVec::with_label_set_and_metadata(
                open_set(),
                thresholds(),
            )),
        },
    };
    Box::new(ManySeries { vecs, encoder })
}

pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    many_series(kind, None)
}

/// With an encoder that is kept from scrape to scrape, together with the memory of its text.
pub(crate) fn series_with_kept_buffer(kind: SeriesKind) -> Box<dyn Series> {
    many_series(kind, Some(Mutex::default()))
}
