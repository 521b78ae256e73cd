//! The exporter: what is said of it, and a scrape of it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use prometheus_client::registry::Registry;

use super::body::Body;
use super::collector::ViewCollector;
use super::families::{ConstLabel, Decoration, Families, LastFamilies};
use super::flight::Flight;
use super::negotiate::Format;
use super::render::Renderer;
use crate::declare::{Origin, name};
use crate::register::{self, CatalogueError, Problem};

/// Shows the views to Prometheus. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Exporter {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    renderer: Renderer,
    /// Of the catalogue and of what was said of the exporter; those of its families are found anew each time.
    problems: Vec<Problem>,
    open_metrics: Flight<Rendered>,
    text: Flight<Rendered>,
}

/// A body, or why there is none.
type Rendered = Result<Body, &'static str>;

/// What is said of an [`Exporter`] before it is built.
#[must_use = "`build` or `build_lenient` makes the exporter"]
#[derive(Debug, Default)]
pub struct ExporterBuilder {
    decoration: Decoration,
    registry: Option<Arc<Registry>>,
}

/// An answer for a scraper: for `axum`, `actix`, `hyper` and the like.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scrape {
    /// The HTTP status: 200, or 500 if a collector of the user's own registry failed or panicked. There is no half
    /// body.
    pub status: u16,
    /// For the header `Content-Type`.
    pub content_type: &'static str,
    /// The exposition; with status 500, a sentence.
    pub body: Body,
}

impl Exporter {
    /// An exporter with a namespace, const labels, or a registry of your own.
    pub fn builder() -> ExporterBuilder {
        ExporterBuilder::default()
    }

    /// All views' data, in the format that a scraper accepts: OpenMetrics 1.0.0 or Prometheus text 0.0.4 (which
    /// everyone gets who does not say). `accept` is the request's `Accept` header.
    ///
    /// Takes as long as there are rows: call it off the threads of an async runtime. A scrape that begins while another
    /// one of the same format is under way waits, and shares the next one with all that wait: hundreds at once cost the
    /// memory of two.
    #[must_use]
    pub fn scrape(&self, accept: Option<&str>) -> Scrape {
        let format = Format::accepted(accept);
        let flight = match format {
            Format::OpenMetrics { .. } => &self.inner.open_metrics,
            Format::Text { .. } => &self.inner.text,
        };
        // A collector of the user's registry may panic: that is not to take the server's thread along.
        let render = || match catch_unwind(AssertUnwindSafe(|| self.inner.render(format))) {
            Ok(Ok(body)) => Ok(body.into()),
            Ok(Err(fmt::Error)) => Err("a collector could not be encoded"),
            Err(_) => Err("a collector panicked"),
        };
        match flight.share(render) {
            Ok(body) => Scrape {
                status: 200,
                content_type: format.content_type(),
                body,
            },
            Err(why) => Scrape {
                status: 500,
                content_type: "text/plain; charset=utf-8",
                body: format!("the scrape failed: {why}\n").into(),
            },
        }
    }

    /// Makes the views a collector of a registry of your own, for programs that encode it themselves. There are no
    /// exemplars then, and no Prometheus text 0.0.4. One exporter a registry: the library's own families would be there
    /// twice.
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
        registry.register_collector(Box::new(ViewCollector {
            decoration: Arc::clone(&self.inner.renderer.decoration),
            last: LastFamilies::default(),
            problems: self.inner.problems.len(),
        }));
    }

    /// What cannot be shown, and why: what was wrong when the exporter was built (nothing, unless it was built
    /// leniently), and views registered since then that clash with its names and labels.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let families = Families::new(&register::views(), &self.inner.renderer.decoration, &[]);
        let fixed = self.inner.problems.iter().cloned();
        fixed.chain(families.problems).collect()
    }
}

impl Inner {
    fn render(&self, format: Format) -> Result<String, fmt::Error> {
        self.renderer.render(format, self.problems.len())
    }
}

impl ExporterBuilder {
    /// A prefix of every name: `myapp` makes `videos` to `myapp_videos`. Default: none.
    pub fn namespace(mut self, namespace: &str) -> Self {
        namespace.clone_into(&mut self.decoration.namespace);
        self
    }

    /// A label that every series of every view gets. The name is made legal as a tag key's is.
    #[track_caller]
    pub fn const_label(mut self, name: &str, value: &str) -> Self {
        self.decoration.const_labels.push(ConstLabel {
            name: name::sanitize(name).into_owned(),
            value: value.to_owned(),
            origin: Origin::caller(),
        });
        self
    }

    /// Says what the program was built from: the family `build_info`, outside of the namespace, always 1. Autometrics'
    /// dashboards look for the labels `version`, `commit` and `branch`. Default: there is none.
    ///
    /// ```
    /// use census::prometheus::Exporter;
    ///
    /// let exporter = Exporter::builder()
    ///     .build_info([("version", env!("CARGO_PKG_VERSION")), ("branch", "main")])
    ///     .build_lenient();
    /// assert!(exporter.scrape(None).body.contains("build_info{version=\"0.1.0\",branch=\"main\"} 1\n"));
    /// ```
    pub fn build_info<N: AsRef<str>, V: Into<String>>(
        mut self,
        labels: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let said = &mut self.decoration.build_info;
        for (name, value) in labels {
            let name = name::sanitize(name.as_ref()).into_owned();
            // Of two that become one, the later stays.
            said.retain(|(other, _)| *other != name);
            said.push((name, value.into()));
        }
        self
    }

    /// A `prometheus-client` registry whose metrics go along, as they are. Where it has samples of a view's name, the
    /// view is left out of the scrape, and `census_left_out_families` says so.
    ///
    /// A collector in it must not scrape this exporter: that would wait for itself.
    pub fn registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = Some(registry.into());
        self
    }

    /// Builds the exporter, if nothing is wrong.
    ///
    /// # Errors
    /// Every problem of the catalogue and of this exporter's names and labels, with both places.
    pub fn build(self) -> Result<Exporter, CatalogueError> {
        let exporter = self.assemble();
        let problems = exporter.problems();
        if !problems.is_empty() {
            return Err(CatalogueError { problems });
        }
        Ok(exporter)
    }

    /// Builds the exporter in any case: it shows what is valid. See [`Exporter::problems`] for the rest.
    #[must_use]
    pub fn build_lenient(self) -> Exporter {
        self.assemble()
    }

    fn assemble(self) -> Exporter {
        let Self {
            mut decoration,
            registry,
        } = self;
        let mut problems = register::check()
            .err()
            .map(|error| error.problems)
            .unwrap_or_default();
        problems.extend(decoration.check());
        Exporter {
            inner: Arc::new(Inner {
                renderer: Renderer::new(decoration, registry),
                problems,
                open_metrics: Flight::default(),
                text: Flight::default(),
            }),
        }
    }
}
