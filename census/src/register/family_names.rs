//! What a view is called in an exposition, and which sample names it takes for itself.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::declare::{AggregationKind, ValueKind, ViewSpec, name};

/// A metric type of OpenMetrics 1.0.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricType {
    Counter,
    Gauge,
    Histogram,
}

/// The type a view is exported as.
pub(crate) fn metric_type(view: &ViewSpec) -> MetricType {
    match view.aggregation.kind() {
        AggregationKind::Count => MetricType::Counter,
        // What cannot be negative never falls.
        AggregationKind::Sum => match view.measure.descriptor.kind {
            ValueKind::U64 | ValueKind::Duration => MetricType::Counter,
            ValueKind::I64 | ValueKind::F64 => MetricType::Gauge,
        },
        AggregationKind::LastValue => MetricType::Gauge,
        AggregationKind::Distribution => MetricType::Histogram,
    }
}

/// A family's name: the namespace and the view's name, made legal. A counter's is without `_total`, which its samples
/// have in any case.
pub(crate) fn family_name(namespace: &str, view: &str, metric_type: MetricType) -> String {
    let full = match namespace {
        "" => Cow::Borrowed(view),
        namespace => Cow::Owned(format!("{namespace}_{view}")),
    };
    let mut family = name::sanitize(&full).into_owned();
    // A view that is called `_total` alone keeps it: a family needs a name.
    if metric_type == MetricType::Counter
        && family.len() > "_total".len()
        && family.ends_with("_total")
    {
        family.truncate(family.len() - "_total".len());
    }
    family
}

/// Which family has claimed which names: its own, and its samples'. OpenMetrics 1.0.0, "MetricFamily": a family's
/// name may not be one that another's samples could have.
#[derive(Debug)]
pub(crate) struct Claims<T> {
    owners: HashMap<String, T>,
}

impl<T> Default for Claims<T> {
    fn default() -> Self {
        Self {
            owners: HashMap::new(),
        }
    }
}

impl<T: Copy> Claims<T> {
    /// Claims a family's names for `owner`, or says which name is taken, and by whom.
    pub(crate) fn claim(
        &mut self,
        family: &str,
        suffixes: &[&str],
        owner: T,
    ) -> Result<(), (String, T)> {
        for name in names(family, suffixes) {
            if let Some(owner) = self.owners.get(&name) {
                return Err((name, *owner));
            }
        }
        let names = names(family, suffixes).map(|name| (name, owner));
        self.owners.extend(names);
        Ok(())
    }

    /// Gives a family's names back.
    pub(crate) fn release(&mut self, family: &str, suffixes: &[&str]) {
        for name in names(family, suffixes) {
            self.owners.remove(&name);
        }
    }
}

fn names(family: &str, suffixes: &[&str]) -> impl Iterator<Item = String> {
    suffixes
        .iter()
        .map(move |suffix| format!("{family}{suffix}"))
}

impl MetricType {
    /// What the names of its samples may end in, with nothing for the family's own.
    pub(crate) const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Counter => &["", "_total", "_created"],
            Self::Gauge => &[""],
            Self::Histogram => &["", "_bucket", "_sum", "_count", "_created"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_named_after_namespace_and_view() {
        use MetricType::{Counter, Gauge};
        assert_eq!(
            family_name("", "myorg/views/size", Gauge),
            "myorg_views_size"
        );
        assert_eq!(
            family_name("my.app", "requests_total", Counter),
            "my_app_requests"
        );
        assert_eq!(family_name("", "requests_total", Gauge), "requests_total");
        assert_eq!(family_name("", "1st.view", Gauge), "_1st_view");
        assert_eq!(family_name("ns", "1st", Gauge), "ns_1st");
        assert_eq!(family_name("ns_", "x", Gauge), "ns__x");
    }

    #[test]
    fn samples_that_would_clash_are_refused() {
        use MetricType::{Counter, Gauge, Histogram};
        let pair = |first: (&str, MetricType), second: (&str, MetricType)| {
            let mut claims = Claims::default();
            claims.claim(first.0, first.1.suffixes(), 1).is_ok()
                && claims.claim(second.0, second.1.suffixes(), 2).is_ok()
        };
        assert!(!pair(("a", Histogram), ("a_sum", Gauge)));
        assert!(!pair(("b", Counter), ("b_total", Gauge)));
        assert!(!pair(("c_bucket", Gauge), ("c", Histogram)));
        assert!(!pair(("d", Counter), ("d_created", Gauge)));
        assert!(!pair(("g", Gauge), ("g", Counter)));
        assert!(!pair(("j_count", Counter), ("j", Histogram)));
        assert!(pair(("e", Gauge), ("e_info", Counter)));
        assert!(pair(("f", Counter), ("f_count", Gauge)));
    }
}
