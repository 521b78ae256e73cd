//! The public functions that have types of `prometheus-client` in their signatures.

use std::sync::Arc;

use prometheus_client::registry::Registry;

use super::collector::ViewCollector;
use super::user_registry::UserRegistry;
use crate::prometheus::exporter::{Exporter, ExporterBuilder};

impl ExporterBuilder {
    /// A `prometheus-client` registry, whose metrics are part of each scrape, before the views. Needs the feature
    /// `prometheus-client`.
    ///
    /// The samples are those of the registry: neither the namespace nor the const labels of the exporter apply to them.
    ///
    /// The registry is one of this library's version of `prometheus-client`,
    /// [`census::prometheus::client`](crate::prometheus::client).
    ///
    /// A view with the name of a sample in the registry is left out of the scrape; `census_left_out_families{family}` names
    /// it. So is a family of the registry with an invalid name, with an invalid name of a label, or with a label twice in a
    /// sample: `prometheus-client` checks no names, and Prometheus would reject the whole scrape.
    ///
    /// A collector in the registry must not scrape this exporter: such a scrape is answered with 500, and
    /// `census_failed_scrapes_total{reason="nested"}` counts it.
    pub fn registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = Some(Arc::new(UserRegistry(registry.into())));
        self
    }
}

impl Exporter {
    /// Makes the views a collector of a `prometheus-client` registry, for programs that encode it themselves. Needs the
    /// feature `prometheus-client`.
    ///
    /// The views have no exemplars there, and no Prometheus text 0.0.4, because the registry's own encoder has neither.
    /// Register at most one exporter for each registry: otherwise the families in which the library reports on itself
    /// would be there twice.
    ///
    /// The registry's encoder writes floats with digits of its own, sometimes more than they need: the label of a bucket up
    /// to 649 microseconds is `le="0.0006489999999999999"`, where [`scrape`](Self::scrape) writes `le="0.000649"`. A query
    /// that compares the buckets of programs, some of which are scraped one way and some the other, finds two series.
    ///
    /// ```standalone_crate
    /// # use census::prometheus::Exporter;
    /// let mut registry = prometheus_client::registry::Registry::default();
    /// Exporter::builder().build_lenient().register_into(&mut registry);
    /// let mut body = String::new();
    /// prometheus_client::encoding::text::encode(&mut body, &registry)?;
    /// assert!(body.contains("census_catalogue_problems 0"));
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    pub fn register_into(&self, registry: &mut Registry) {
        let config = Arc::clone(self.inner.threads.config());
        let problems = self.inner.problems.len();
        let counts = Arc::clone(self.inner.threads.counts());
        let held = Arc::clone(&self.inner.held);
        let carried = self.inner.threads.carried().clone();
        let collector = ViewCollector::new(config, problems, counts, held, carried);
        registry.register_collector(Box::new(collector));
    }
}
