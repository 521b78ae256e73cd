//! The names of families and of their samples, in the data model that OpenMetrics shares with Prometheus. Views are
//! checked against each other by these names when they are registered, whatever format exports them.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::aggregate::MetricType;
use crate::declare::name;

/// A family's name: the namespace and the view's name, sanitized. A counter's family is named without `_total`, which
/// its samples always have.
pub(crate) fn family_name(namespace: &str, view: &str, metric_type: MetricType) -> String {
    let full = full_name(namespace, view);
    without_total(name::sanitize(&full).into_owned(), metric_type)
}

/// The same with all characters.
#[cfg(feature = "prometheus")]
pub(crate) fn utf8_family_name(namespace: &str, view: &str, metric_type: MetricType) -> String {
    without_total(full_name(namespace, view).into_owned(), metric_type)
}

fn full_name<'a>(namespace: &str, view: &'a str) -> Cow<'a, str> {
    match namespace {
        "" => Cow::Borrowed(view),
        namespace => Cow::Owned(format!("{namespace}_{view}")),
    }
}

/// The name of a family without the suffix of a counter's samples.
pub(crate) fn without_total(mut family: String, metric_type: MetricType) -> String {
    // A view named `_total` keeps its name, because the name of a family is not empty.
    if metric_type == MetricType::Counter
        && family.len() > "_total".len()
        && family.ends_with("_total")
    {
        family.truncate(family.len() - "_total".len());
    }
    family
}

/// The names that are taken: those of families and of their samples, each with its owner. OpenMetrics 1.0.0,
/// "MetricFamily": a family may not have a name that a sample of another family could have.
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
    /// Takes a family's names for `owner`. If one is taken already, returns that name and its owner, and takes none.
    pub(crate) fn claim(
        &mut self,
        family: &str,
        suffixes: &[&str],
        owner: T,
    ) -> Result<(), (String, T)> {
        for name in names(family, suffixes) {
            if let Some(first) = self.owners.get(&name) {
                return Err((name, *first));
            }
        }
        let names = names(family, suffixes).map(|name| (name, owner));
        self.owners.extend(names);
        Ok(())
    }

    /// Frees a family's names.
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

/// The suffixes that the names of a family's samples may have, and `""` for the family's own name.
pub(crate) const fn suffixes(metric_type: MetricType) -> &'static [&'static str] {
    match metric_type {
        MetricType::Counter => &["", "_total", "_created"],
        MetricType::Gauge => &[""],
        MetricType::Histogram => &["", "_bucket", "_sum", "_count", "_created"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn family_names_join_namespace_and_view() {
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
    fn clashing_sample_names_are_rejected() {
        use MetricType::{Counter, Gauge, Histogram};
        let pair = |first: (&str, MetricType), second: (&str, MetricType)| {
            let mut claims = Claims::default();
            claims.claim(first.0, suffixes(first.1), 1).is_ok()
                && claims.claim(second.0, suffixes(second.1), 2).is_ok()
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
