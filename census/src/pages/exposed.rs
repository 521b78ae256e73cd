//! What pages know of their exporter.

use std::time::{Duration, SystemTime};

use super::paths::Links;
use super::query::Query;
use crate::aggregate::{self, MetricType};
use crate::declare::ViewSpec;
use crate::register::{self, Problem};

/// What an exporter tells its pages.
#[derive(Debug)]
pub(crate) struct Exposed<'e> {
    /// The namespace.
    pub(crate) namespace: &'e str,
    /// The labels of all series: names and values.
    pub(crate) const_labels: Vec<(&'e str, &'e str)>,
    /// The formats of the exposition, in words.
    pub(crate) formats: &'e [&'e str],
    /// The problems of the catalogue and of the exporter.
    pub(crate) problems: Vec<Problem>,
    /// When the exporter was built.
    pub(crate) since: SystemTime,
    /// How long a collection waits for readings.
    pub(crate) observe_within: Duration,
    /// Where the pages and the exposition are.
    pub(crate) links: &'e Links,
}

impl<'e> Exposed<'e> {
    /// The namespace that a view is in.
    pub(super) fn namespace_of(&self, view: &ViewSpec) -> &'e str {
        if view.in_namespace {
            self.namespace
        } else {
            ""
        }
    }

    /// The name that a view's samples begin with.
    pub(super) fn series(&self, view: &ViewSpec) -> String {
        let metric_type = aggregate::metric_type(view);
        let family = register::family_name(self.namespace_of(view), &view.name, metric_type);
        match metric_type {
            MetricType::Counter => format!("{family}_total"),
            MetricType::Gauge | MetricType::Histogram => family,
        }
    }

    /// The link to the rows of a view.
    pub(super) fn view_link(&self, name: &str) -> String {
        Query::of_view(name).link(&self.links.statsz())
    }
}
