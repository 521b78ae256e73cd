//! The family that a view is exported as, in no format yet.

use super::bounds::BucketBound;
use crate::aggregate::{self, MetricType};
use crate::declare::{TimeUnit, ViewSpec, split_unit};
use crate::register::family_name;

/// A family of a view. It does not hold the view, so it may be kept when the view is unregistered.
#[derive(Debug)]
pub(super) struct Family {
    /// The index of the view in its collection.
    pub(super) view_index: usize,
    /// The name, without the suffixes that the names of samples have.
    pub(super) name: String,
    /// OpenMetrics's word for the unit, if the name ends in it.
    pub(super) unit: Option<&'static str>,
    pub(super) metric_type: MetricType,
    /// The labels of the columns.
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
    pub(super) fn new(view_index: usize, view: &ViewSpec, namespace: &str) -> Self {
        let metric_type = aggregate::metric_type(view);
        let namespace = if view.in_namespace { namespace } else { "" };
        let name = family_name(namespace, &view.name, metric_type);
        let time_unit = view.measure.descriptor.time_unit();
        Self {
            view_index,
            unit: split_unit(&name, aggregate::unit(view)).map(|(_, unit)| unit),
            name,
            metric_type,
            labels: view
                .columns
                .iter()
                .map(|column| column.label().to_owned())
                .collect(),
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
