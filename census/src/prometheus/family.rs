//! The family that a view is exported as, in no format yet.

use super::bounds::BucketBound;
use super::config::ExporterConfig;
use super::escaping::{Escaping, NameKind};
use crate::aggregate::{self, MetricType};
use crate::declare::{Column, TimeUnit, ViewSpec, split_unit};
use crate::register::{family_name, utf8_family_name, without_total};

/// A family of a view. It does not hold the view, so it may be kept when the view is unregistered.
#[derive(Debug)]
pub(super) struct Family {
    /// The index of the view in its collection.
    pub(super) view_index: usize,
    /// The name, escaped, without the suffixes that the names of samples have.
    pub(super) name: String,
    /// OpenMetrics's word for the unit, if the name ends in it.
    pub(super) unit: Option<&'static str>,
    pub(super) metric_type: MetricType,
    /// The labels of the columns, escaped.
    pub(super) labels: Vec<String>,
    /// The buckets of a histogram.
    pub(super) bounds: Vec<BucketBound>,
    /// Whether the view gives the bounds of these buckets. If it gives none, they are derived from its native buckets.
    #[cfg(feature = "protobuf")]
    pub(super) has_classic_buckets: bool,
    /// The unit in which durations are exported.
    pub(super) time_unit: TimeUnit,
}

impl Family {
    /// The family with names of this escaping.
    pub(super) fn new(
        view_index: usize,
        view: &ViewSpec,
        config: &ExporterConfig,
        escaping: Escaping,
    ) -> Self {
        let metric_type = aggregate::metric_type(view);
        let name = escaped_name(view, config, escaping);
        let label = |column| escaped_label(column, config, escaping);
        let time_unit = view.measure.descriptor.time_unit();
        Self {
            view_index,
            unit: split_unit(&name, aggregate::unit(view)).map(|(_, unit)| unit),
            name,
            metric_type,
            labels: view.columns.iter().map(label).collect(),
            bounds: BucketBound::of(view, time_unit),
            #[cfg(feature = "protobuf")]
            has_classic_buckets: view
                .aggregation
                .native
                .is_none_or(|native| native.classic_given),
            time_unit,
        }
    }
}

/// The escaped name of a view's family, without the suffixes that the names of samples have.
pub(super) fn escaped_name(view: &ViewSpec, config: &ExporterConfig, escaping: Escaping) -> String {
    let metric_type = aggregate::metric_type(view);
    let namespace = if view.in_namespace {
        &config.namespace
    } else {
        ""
    };
    if !config.utf8_names {
        return family_name(namespace, &view.name, metric_type);
    }
    let mut name = utf8_family_name(namespace, &view.name, metric_type);
    // A counter is named by its samples in all formats but OpenMetrics, so the suffix is escaped with the name. Other suffixes
    // follow the escaped name.
    if metric_type == MetricType::Counter {
        name.push_str("_total");
    }
    without_total(escaping.escape(NameKind::Family, &name), metric_type)
}

/// The escaped label of a column.
pub(super) fn escaped_label(
    column: &Column,
    config: &ExporterConfig,
    escaping: Escaping,
) -> String {
    if config.utf8_names {
        escaping.escape(NameKind::Label, column.full_label())
    } else {
        column.label().to_owned()
    }
}
