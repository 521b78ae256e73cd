//! `measured`: label groups of fixed cardinality are an index into an array; a handle is the label's number.

use std::sync::Mutex;

use lasso::{Rodeo, RodeoReader, Spur};
use measured::label::StaticLabelSet;
use measured::metric::histogram::Thresholds;
use measured::text::BufferedTextEncoder;
use measured::{CounterVec, FloatGaugeVec, HistogramVec, LabelGroup, MetricGroup, lasso};
use paracord::ParaCord;

use crate::harness::Case;
use crate::series::{Kind, Series};
use crate::work::{BUCKETS, ForEachLabelSet, Method, STRINGS, Status, VALUES};

const NAME: &str = "measured";

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

fn set() -> LabelsSet {
    LabelsSet {
        method: StaticLabelSet::new(),
        status: StaticLabelSet::new(),
    }
}

/// As its own benchmarks have it: static strings, interned beforehand.
#[derive(Clone, Copy, LabelGroup)]
#[label(set = InternedSet)]
struct Interned<'a> {
    #[label(fixed_with = RodeoReader<Spur>)]
    method: &'a str,
    #[label(fixed_with = RodeoReader<Spur>)]
    status: &'a str,
}

/// All strings are known before the first measurement.
#[derive(Clone, Copy, LabelGroup)]
#[label(set = ClosedSet)]
struct Closed<'a> {
    #[label(fixed_with = RodeoReader<Spur>)]
    tenant: &'a str,
    #[label(fixed_with = RodeoReader<Spur>)]
    route: &'a str,
}

/// Strings are learnt as they come.
#[derive(Clone, Copy, LabelGroup)]
#[label(set = OpenSet)]
pub(crate) struct Open<'a> {
    #[label(dynamic_with = ParaCord)]
    pub(crate) tenant: &'a str,
    #[label(dynamic_with = ParaCord)]
    pub(crate) route: &'a str,
}

pub(crate) fn open_set() -> OpenSet {
    OpenSet {
        tenant: ParaCord::default(),
        route: ParaCord::default(),
    }
}

pub(crate) fn thresholds() -> Thresholds<14> {
    Thresholds::with_buckets(BUCKETS)
}

fn histograms() -> HistogramVec<LabelsSet, 14> {
    HistogramVec::with_label_set_and_metadata(set(), thresholds())
}

pub(crate) fn counter_labels() -> Case {
    let counters = CounterVec::with_label_set(set());
    Case::new(NAME, move |batch| {
        batch.each(|pick| counters.inc(Labels::of(pick)));
    })
}

/// For comparison only: it is not its best form.
pub(crate) fn counter_interned() -> Case {
    let labels = ForEachLabelSet::new(|method, status| (method.as_str(), status.as_str()));
    let counters = CounterVec::with_label_set(InternedSet {
        method: (0..4)
            .map(|n| labels.of(n).0)
            .collect::<Rodeo>()
            .into_reader(),
        status: (0..4)
            .map(|n| labels.of(n << 2).1)
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

/// For comparison only: the way to go where there are very many label sets.
pub(crate) fn counter_sparse() -> Case {
    let counters = CounterVec::sparse_with_label_set(set());
    Case::new("measured, sparse", move |batch| {
        batch.each(|pick| counters.inc(Labels::of(pick)));
    })
}

/// Only a program that knows its tenants and routes beforehand can do that.
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
    Case::new(NAME, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            counters.inc(Open { tenant, route });
        });
    })
}

pub(crate) fn histogram() -> Case {
    let histograms = histograms();
    Case::new(NAME, move |batch| {
        batch.each(|pick| histograms.observe(Labels::of(pick), VALUES.of(pick)));
    })
}

/// Its counters are integers, so the sum is a gauge.
pub(crate) fn three() -> Case {
    let counts = CounterVec::with_label_set(set());
    let sums = FloatGaugeVec::with_label_set(set());
    let histograms = histograms();
    Case::new(NAME, move |batch| {
        batch.each(|pick| {
            let (labels, value) = (Labels::of(pick), VALUES.of(pick));
            counts.inc(labels);
            sums.inc_by(labels, value);
            histograms.observe(labels, value);
        });
    })
}

pub(crate) fn literal() -> Case {
    let counters = CounterVec::with_label_set(set());
    Case::new(NAME, move |batch| {
        batch.each(|_| {
            counters.inc(Labels {
                method: Method::Get,
                status: Status::Ok,
            });
        });
    })
}

pub(crate) fn bound_counter() -> Case {
    let counters = CounterVec::with_label_set(set());
    let handles =
        ForEachLabelSet::new(|method, status| counters.with_labels(Labels { method, status }));
    Case::new(NAME, move |batch| {
        batch.each(|pick| counters.get_metric(*handles.of(pick)).inc());
    })
}

pub(crate) fn bound_histogram() -> Case {
    let histograms = histograms();
    let handles =
        ForEachLabelSet::new(|method, status| histograms.with_labels(Labels { method, status }));
    Case::new(NAME, move |batch| {
        batch.each(|pick| {
            histograms
                .get_metric(*handles.of(pick))
                .observe(VALUES.of(pick));
        });
    })
}

/// What has very many series: no set of strings that is known beforehand, and so sparse.
#[derive(MetricGroup)]
struct Vecs {
    /// Many.
    many: Option<CounterVec<OpenSet>>,
    /// Many.
    many_seconds: Option<HistogramVec<OpenSet, 14>>,
}

struct Many {
    vecs: Vecs,
    /// Its documentation advises to keep it; one of the cases does.
    kept: Option<Mutex<BufferedTextEncoder>>,
}

impl Many {
    fn encode(&self, encoder: &mut BufferedTextEncoder) -> usize {
        let Ok(()) = self.vecs.collect_group_into(encoder);
        encoder.finish().len()
    }
}

impl Series for Many {
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
        match &self.kept {
            Some(kept) => self.encode(&mut kept.lock().expect("nobody panicked")),
            None => self.encode(&mut BufferedTextEncoder::new()),
        }
    }
}

fn many(kind: Kind, kept: Option<Mutex<BufferedTextEncoder>>) -> Box<dyn Series> {
    let vecs = match kind {
        Kind::Counters => Vecs {
            many: Some(CounterVec::with_label_set(open_set())),
            many_seconds: None,
        },
        Kind::Histograms => Vecs {
            many: None,
            many_seconds: Some(HistogramVec::with_label_set_and_metadata(
                open_set(),
                thresholds(),
            )),
        },
    };
    Box::new(Many { vecs, kept })
}

pub(crate) fn series(kind: Kind) -> Box<dyn Series> {
    many(kind, None)
}

/// With an encoder that is kept from scrape to scrape, and with it the text's memory.
pub(crate) fn series_with_kept_buffer(kind: Kind) -> Box<dyn Series> {
    many(kind, Some(Mutex::default()))
}
