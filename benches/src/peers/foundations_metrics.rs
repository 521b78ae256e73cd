//! `foundations-metrics`, the metrics of `foundations`: a family of low cardinality is an index into an array, and other
//! families are maps behind a lock. Counters have a word for each thread. A handle is a clone of the metric.

use std::num::NonZeroUsize;

use foundations_metrics::{
    CollectionOptions, Counter, EncodeMetric, Family, Histogram, HistogramBuilder,
    LowCardinalityFamily, LowCardinalityLabel, NamedMetric, RegistrationMetadata,
    ServiceNameFormat, ThreadLocalCounter, collect, encode_to_text, register,
};
use serde::Serialize;

use crate::case::Case;
use crate::names::FOUNDATIONS_METRICS;
use crate::series::{Series, SeriesKind};
use crate::work::{BUCKETS, ForEachLabelSet, LABEL_SETS, Method, STRINGS, Status, VALUES};

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Labels {
    method: Method,
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

/// What the macro of `foundations` derives for a label set of enums.
impl LowCardinalityLabel for Labels {
    const CARDINALITY: NonZeroUsize = NonZeroUsize::new(LABEL_SETS).unwrap();

    fn index(&self) -> usize {
        self.method as usize * 4 + self.status as usize
    }
}

/// The key of a look-up, which must own its strings.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Strings {
    tenant: String,
    route: String,
}

impl Strings {
    fn of(tenant: &str, route: &str) -> Self {
        Self {
            tenant: tenant.to_owned(),
            route: route.to_owned(),
        }
    }
}

const BUILDER: HistogramBuilder = HistogramBuilder { buckets: &BUCKETS };

type Counters = LowCardinalityFamily<Labels, ThreadLocalCounter>;
type Histograms = LowCardinalityFamily<Labels, Histogram, HistogramBuilder>;

fn histograms() -> Histograms {
    Histograms::new_with_constructor(BUILDER)
}

pub(crate) fn counter_labels() -> Case {
    let family = Counters::default();
    Case::new(FOUNDATIONS_METRICS, move |batch| {
        batch.each(|pick| family.get_or_create(&Labels::of(pick)).inc());
    })
}

/// For comparison only: this is not the fastest form of `foundations-metrics`, but the usual one.
pub(crate) fn counter_map() -> Case {
    let family = Family::<Labels, Counter>::default();
    Case::new("foundations-metrics, map", move |batch| {
        batch.each(|pick| {
            family.get_or_create(&Labels::of(pick)).inc();
        });
    })
}

pub(crate) fn counter_strings() -> Case {
    let family = Family::<Strings, ThreadLocalCounter>::default();
    Case::new(FOUNDATIONS_METRICS, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            family.get_or_create(&Strings::of(tenant, route)).inc();
        });
    })
}

pub(crate) fn histogram() -> Case {
    let family = histograms();
    Case::new(FOUNDATIONS_METRICS, move |batch| {
        batch.each(|pick| {
            family
                .get_or_create(&Labels::of(pick))
                .observe(VALUES.of(pick));
        });
    })
}

pub(crate) fn three_aggregates() -> Case {
    let counts = Counters::default();
    let sums = LowCardinalityFamily::<Labels, ThreadLocalCounter<f64>>::default();
    let histograms = histograms();
    Case::new(FOUNDATIONS_METRICS, move |batch| {
        batch.each(|pick| {
            let (labels, value) = (Labels::of(pick), VALUES.of(pick));
            counts.get_or_create(&labels).inc();
            sums.get_or_create(&labels).inc_by(value);
            histograms.get_or_create(&labels).observe(value);
        });
    })
}

pub(crate) fn literal() -> Case {
    let family = Counters::default();
    Case::new(FOUNDATIONS_METRICS, move |batch| {
        batch.each(|_| {
            let labels = Labels {
                method: Method::Get,
                status: Status::Ok,
            };
            family.get_or_create(&labels).inc();
        });
    })
}

pub(crate) fn bound_counter() -> Case {
    let family = Counters::default();
    let handles = ForEachLabelSet::new(|method, status| {
        family.get_or_create(&Labels { method, status }).clone()
    });
    Case::new(FOUNDATIONS_METRICS, move |batch| {
        batch.each(|pick| handles.of(pick).inc());
    })
}

pub(crate) fn bound_histogram() -> Case {
    let family = histograms();
    let handles = ForEachLabelSet::new(|method, status| {
        family.get_or_create(&Labels { method, status }).clone()
    });
    Case::new(FOUNDATIONS_METRICS, move |batch| {
        batch.each(|pick| handles.of(pick).observe(VALUES.of(pick)));
    })
}

/// A metric with very many series. It is registered for the whole process.
enum ManySeries {
    /// Plain counters: thread-local ones would take much more memory for each series.
    Counters(Family<Strings, Counter>),
    Histograms(Family<Strings, Histogram, HistogramBuilder>),
}

impl Series for ManySeries {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        let labels = Strings::of(tenant, route);
        match self {
            Self::Counters(family) => {
                family.get_or_create(&labels).inc();
            }
            Self::Histograms(family) => family.get_or_create(&labels).observe(value),
        }
    }

    fn scrape(&self) -> usize {
        let families = collect(CollectionOptions {
            include_optional: false,
            service_name: None,
            service_name_format: ServiceNameFormat::MetricPrefix,
        });
        encode_to_text(&families).len()
    }
}

fn register_for_process(metric: impl EncodeMetric + 'static) {
    let metric: Box<dyn EncodeMetric> = Box::new(metric);
    register(metric, RegistrationMetadata::default());
}

pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    match kind {
        SeriesKind::Counters => {
            let family = Family::<_, Counter>::default();
            register_for_process(NamedMetric::new("many_total", "Many.", family.clone()));
            Box::new(ManySeries::Counters(family))
        }
        SeriesKind::Histograms => {
            let family = Family::<_, Histogram, _>::new_with_constructor(BUILDER);
            register_for_process(NamedMetric::new("many_seconds", "Many.", family.clone()));
            Box::new(ManySeries::Histograms(family))
        }
    }
}
