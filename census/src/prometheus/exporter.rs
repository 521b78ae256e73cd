//! The exporter and its builder.

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "tokio")]
use tokio::runtime::Handle;

use super::config::{ConstLabel, ExporterConfig};
use super::encoder::ForeignRegistry;
use super::escaping::Escaping;
use super::families::Families;
use super::held::Held;
use super::name_filter::NameFilter;
use super::negotiate::ContentType;
use super::render_thread::{RenderRequest, RenderThreads};
#[cfg(feature = "server")]
use super::request::ScrapeRequest;
use super::scrape::Scrape;
use crate::collect::Collection;
use crate::declare::{Origin, ViewSet, ViewSpec};
use crate::register::{self, CatalogueError, HeldViews, Problem};
#[cfg(feature = "server")]
use crate::server::Counts as ServerCounts;

/// Exports the views to Prometheus. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Exporter {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) threads: RenderThreads,
    /// The problems of the catalogue and of the settings, as the exporter was built. The problems of the families are
    /// found anew each time.
    pub(super) problems: Vec<Problem>,
    /// The views and the runtimes that were given to the exporter. Its collectors share it.
    #[cfg_attr(
        not(feature = "prometheus-client"),
        expect(dead_code, reason = "without collectors, it is only dropped")
    )]
    pub(super) held: Arc<Held>,
    /// When the exporter was built.
    #[cfg(feature = "pages")]
    pub(super) since: std::time::SystemTime,
}

/// The settings of an [`Exporter`] to be built.
#[must_use = "`build` or `build_lenient` makes the exporter"]
#[derive(Debug, Default)]
pub struct ExporterBuilder {
    config: ExporterConfig,
    pub(super) registry: Option<Arc<dyn ForeignRegistry>>,
    deadline: Option<Duration>,
    views: Vec<ViewSpec>,
    #[cfg(feature = "tokio")]
    runtimes: Vec<Handle>,
}

/// How long a scrape waits for an exposition, unless the builder sets another deadline: as long as Prometheus waits for
/// an answer by default.
pub(super) const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);

impl Exporter {
    /// A builder without namespace and const labels.
    pub fn builder() -> ExporterBuilder {
        ExporterBuilder::default()
    }

    /// The data of all views, in the [format](super#formats) that a scraper prefers; by default, Prometheus text
    /// 0.0.4. `accept` is the request's `Accept` header.
    ///
    /// Blocks until the exposition is ready, or until the [deadline](ExporterBuilder::deadline): call it off the threads of
    /// an async runtime, or use a server of this library. A thread of the library's own renders, at most one for each
    /// format (and one more for each with [UTF-8 names](ExporterBuilder::utf8_names)). Scrapes that begin while another scrape of the same format is under way share the next one. So a scrape
    /// waits for two renderings at most, and hundreds of concurrent scrapes cost the memory of two. The memory of the last
    /// exposition stays for the next one, up to 16 MiB.
    #[must_use]
    pub fn scrape(&self, accept: Option<&str>) -> Scrape {
        let content_type = self.negotiate(accept);
        let request = RenderRequest {
            format: content_type.format,
            escaping: content_type.escaping(),
            gzip: false,
            names: NameFilter::default(),
            client: None,
        };
        let rendered = self.inner.threads.render_blocking(&request);
        Scrape::new(content_type, false, rendered)
    }

    /// The same without blocking a thread. There is no deadline: the caller drops the future when it has waited long
    /// enough, and then answers with [`late`](Self::late).
    #[cfg(feature = "server")]
    pub(crate) async fn render(&self, request: &ScrapeRequest) -> Scrape {
        let content_type = self.negotiate(request.accept.as_deref());
        let wanted = RenderRequest {
            format: content_type.format,
            escaping: content_type.escaping(),
            gzip: request.gzip,
            names: request.names.clone(),
            client: request.client,
        };
        let rendered = self.inner.threads.render(&wanted).await;
        Scrape::new(content_type, request.gzip, rendered)
    }

    fn negotiate(&self, accept: Option<&str>) -> ContentType {
        ContentType::negotiate(accept, self.inner.threads.config().utf8_names)
    }

    /// How long a scrape waits for an exposition.
    #[cfg(feature = "server")]
    pub(crate) fn deadline(&self) -> Duration {
        self.inner.threads.deadline()
    }

    /// The counts of the exporter's servers.
    #[cfg(feature = "server")]
    pub(crate) fn server_counts(&self) -> &Arc<ServerCounts> {
        &self.inner.threads.counts().servers
    }

    /// The answer to a scrape that has waited for the deadline. It counts as failed.
    #[cfg(feature = "server")]
    pub(crate) fn late(&self, request: &ScrapeRequest) -> Scrape {
        let content_type = self.negotiate(request.accept.as_deref());
        let rendered = self.inner.threads.late(content_type.format);
        Scrape::new(content_type, false, rendered)
    }

    /// The problems of the exporter: those that there were when it was built (none, unless it was built leniently), and
    /// views registered since then that clash with its names and labels.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let threads = &self.inner.threads;
        let families = || {
            // In whichever escaping, the problems are those of all.
            let escaping = Escaping::Underscores;
            Families::new(
                &Collection::of_definitions(),
                threads.config(),
                &[],
                escaping,
            )
        };
        let families = threads.carried().within(families);
        let fixed = self.inner.problems.iter().cloned();
        fixed.chain(families.problems).collect()
    }
}

impl ExporterBuilder {
    /// A prefix for the name of every view: with `myapp`, `videos` becomes `myapp_videos`. Default: none.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.config.namespace = namespace.into();
        self
    }

    /// A label of every series of every view. The name is sanitized like a tag key's.
    #[track_caller]
    pub fn const_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let label = ConstLabel::new(&name.into(), value.into(), Origin::caller());
        self.config.const_labels.push(label);
        self
    }

    /// The labels of the family `build_info`, which has the value 1 and no namespace. Autometrics's dashboards use the
    /// labels `version`, `commit` and `branch`. Default: there is no such family. The names are sanitized like a tag key's;
    /// each is given once.
    ///
    /// ```
    /// use census::prometheus::Exporter;
    ///
    /// let exporter = Exporter::builder()
    ///     .build_info([("version", env!("CARGO_PKG_VERSION")), ("branch", "main")])
    ///     .build_lenient();
    /// let scrape = exporter.scrape(None);
    /// assert!(scrape.text().contains("build_info{version=\"0.1.0\",branch=\"main\"} 1\n"));
    /// ```
    #[track_caller]
    pub fn build_info<N: Into<String>, V: Into<String>>(
        mut self,
        labels: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let origin = Origin::caller();
        let labels = labels
            .into_iter()
            .map(|(name, value)| ConstLabel::new(&name.into(), value.into(), origin));
        self.config.build_info.extend(labels);
        self
    }

    /// Whether OpenMetrics text has a sample `x_created` for each row of a counter or a histogram `x`, as OpenMetrics 1.0.0
    /// defines it: the time when the [row began](crate::Row::start), in seconds since 1970. Default: no, because Prometheus
    /// stores these samples as series of their own, unless it is told to read them as the times that they are. Rows of
    /// [observed measures](crate::Observed) have none, nor have the families in which the library reports on itself. A view
    /// may not have the name of such a sample, whether or not it is written.
    ///
    /// ```
    /// let exporter = census::prometheus::Exporter::builder()
    ///     .created_samples(true)
    ///     .build_lenient();
    /// # drop(exporter);
    /// ```
    pub fn created_samples(mut self, created_samples: bool) -> Self {
        self.config.created_samples = created_samples;
        self
    }

    /// Whether names keep the characters that Prometheus 2 does not allow in them: the dots in `http.server.requests`, for
    /// example. Default: no. They are the names of views, the labels of columns, the const labels and the namespace.
    ///
    /// With it, the parameter `escaping` of a scrape's `Accept` header says how these characters are written
    /// (Prometheus, "UTF-8 metric and label name escaping schemes"):
    ///
    /// | `escaping` | `http.server.requests_in` |
    /// |---|---|
    /// | `allow-utf-8` (Prometheus 3) | `http.server.requests_in`, in text `{"http.server.requests_in"}` |
    /// | `underscores`, or without the parameter | `http_server_requests_in` |
    /// | `dots` | `http_dot_server_dot_requests__in` |
    /// | `values` | `U__http_2e_server_2e_requests__in` |
    ///
    /// The header `Content-Type` names the escaping if the scrape does. Prometheus text 0.0.4 has no quoted names: there,
    /// `allow-utf-8` becomes `underscores`. Prometheus 3.5 says `escaping` for OpenMetrics and text 1.0.0 only, and also
    /// gets protobuf by what it says there. `?name[]=` asks for families by the names of the answer. Scrapes with `dots` or
    /// `values` share no rendering, and a few of them may wait at a time.
    ///
    /// The suffixes of samples are always those of the format: a counter `http.requests` has the sample
    /// `http.requests_total`, and a counter `http.requests.total` has `http.requests.total_total`. As in Prometheus's
    /// rules, a family's name keeps its colons, and a leading digit becomes `_` where it may not stand, while without this
    /// setting a `_` is put before it. A NUL becomes `_`.
    ///
    /// Different names may become one, such as `1st` and `2st`, which are both `_st`. Then the second view is exported in
    /// no escaping, and is one of the [problems](Exporter::problems).
    ///
    /// These names stay as they are without this setting: those of exemplars' labels, of `build_info`'s labels, of
    /// another registry's families, and those of a collector in a `prometheus-client` registry, whose encoder has no
    /// quoted names.
    ///
    /// ```standalone_crate
    /// use census::prometheus::Exporter;
    /// use census::{Measure, measure, view};
    ///
    /// #[measure]
    /// static REQUESTS: Measure<u64>;
    /// view! {
    ///     static COUNT: Count<REQUESTS> { name: "http.requests" }
    /// }
    ///
    /// let exporter = Exporter::builder().utf8_names(true).build()?;
    /// REQUESTS.record(1);
    /// let accept = "application/openmetrics-text; version=1.0.0; escaping=allow-utf-8";
    /// assert!(exporter.scrape(Some(accept)).text().contains("{\"http.requests_total\"} 1\n"));
    /// assert!(exporter.scrape(None).text().contains("http_requests_total 1\n"));
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    pub fn utf8_names(mut self, utf8_names: bool) -> Self {
        self.config.utf8_names = utf8_names;
        self
    }

    /// How long a scrape waits for an exposition before it is answered with 503. Default: 10 seconds, as long as Prometheus
    /// waits by default; a longer `scrape_timeout` there wants a longer deadline here. A rendering that is late goes on, and
    /// later scrapes may have its successor.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// How long a scrape waits for the values of [observed measures](crate::Observed). Default: 1 second. It is one
    /// deadline for all readings together. A scrape has no family of a measure whose reading is late. It must be
    /// shorter than the
    /// [deadline](Self::deadline) of the scrape, which begins earlier.
    pub fn observe_within(mut self, deadline: Duration) -> Self {
        self.config.observe_within = deadline;
        self
    }

    /// Views that are registered while the exporter is there: from [`build`](Self::build) on, until its last clone and the
    /// last server, handle, filter or collector that was made from it is gone. May be called several times.
    ///
    /// ```standalone_crate
    /// use census::prometheus::Exporter;
    /// use census::{Measure, ViewSet, measure, view};
    ///
    /// #[measure]
    /// static REQUESTS: Measure<u64>;
    /// view! {
    ///     #[optional]
    ///     static REQUEST_COUNT: Count<REQUESTS> { name: "requests" }
    /// }
    /// static VIEWS: ViewSet = ViewSet::new(&[&REQUEST_COUNT]);
    ///
    /// let exporter = Exporter::builder().views(&VIEWS).build()?;
    /// REQUESTS.record(1);
    /// assert!(exporter.scrape(None).text().contains("requests_total 1\n"));
    /// drop(exporter);
    /// assert!(!REQUEST_COUNT.is_registered());
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    ///
    /// A view stays that something else holds: the program, or another exporter that was given it.
    /// [`ViewSet`](ViewSet#who-holds-a-view) says more. Every exporter shows all views that are registered, also those that
    /// were given to another one.
    pub fn views(mut self, views: &ViewSet) -> Self {
        self.views.extend(views.specs());
        self
    }

    /// Shows what the system tells of the process: the views of [`process`](crate::process), while the exporter is there. With
    /// the feature `process`.
    #[cfg(feature = "process")]
    pub fn process(self) -> Self {
        self.views(&crate::process::VIEWS)
    }

    /// Shows what tokio tells of this runtime: the views of [`tokio_runtime`](crate::tokio_runtime), and an observation, while
    /// the exporter is there. May be called for several runtimes. [`observe_runtime`](crate::observe_runtime) does without an
    /// exporter. With the feature `tokio`.
    #[cfg(feature = "tokio")]
    pub fn tokio(mut self, runtime: &Handle) -> Self {
        self.runtimes.push(runtime.clone());
        self.views(&crate::tokio_runtime::VIEWS)
    }

    /// Builds the exporter, if there are no problems.
    ///
    /// # Errors
    /// Every problem of the catalogue, of the given [views](Self::views), and of this exporter's names and labels, with both
    /// places. Then none of the given views is registered that was not registered before.
    pub fn build(self) -> Result<Exporter, CatalogueError> {
        // If there are problems, it is dropped, and its views go.
        let exporter = self.build_lenient();
        let problems = exporter.problems();
        if !problems.is_empty() {
            return Err(CatalogueError { problems });
        }
        Ok(exporter)
    }

    /// Builds the exporter in any case. It registers the given [views](Self::views) that are valid, and exports all views
    /// that are valid; [`Exporter::problems`] has the problems of the others.
    #[must_use]
    pub fn build_lenient(self) -> Exporter {
        let Self {
            mut config,
            registry,
            deadline,
            views,
            #[cfg(feature = "tokio")]
            runtimes,
        } = self;
        let mut problems = register::check()
            .err()
            .map(|error| error.problems)
            .unwrap_or_default();
        let (views, rejected) = HeldViews::register(views);
        // A view that was rejected from the start is rejected again.
        let rejected = rejected.into_iter();
        let rejected: Vec<_> = rejected
            .filter(|problem| !problems.contains(problem))
            .collect();
        problems.extend(rejected);
        problems.extend(config.remove_invalid_labels());
        let deadline = deadline.unwrap_or(DEFAULT_DEADLINE);
        let held = Held::new(
            views,
            #[cfg(feature = "tokio")]
            &runtimes,
        );
        Exporter {
            inner: Arc::new(Inner {
                threads: RenderThreads::new(config, registry, problems.len(), deadline),
                problems,
                held: Arc::new(held),
                #[cfg(feature = "pages")]
                since: std::time::SystemTime::now(),
            }),
        }
    }
}
