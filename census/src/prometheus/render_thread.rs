//! The threads that render.
//!
//! Rendering runs user code: the collectors of a registry. It may take long, hang or panic. So it has threads of its own,
//! one for each format, which neither a runtime nor `main` waits for. They also bound the memory that renderings leave
//! behind in the allocator: it keeps free memory for each thread that has allocated.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::body::Body;
use super::config::ExporterConfig;
use super::encoder::ForeignRegistry;
use super::failure::{FailedScrapes, Failure};
use super::negotiate::Format;
use super::render::Renderer;
use super::single_flight::{SingleFlight, Ticket};
use crate::observe;
use crate::panics::{self, Panicked};
use crate::tags::Carried;

/// A body, or the reason why there is none.
pub(super) type Rendered = Result<Body, Failure>;

/// The threads of one exporter. They start with the first scrape of their format, and end some time after this is dropped:
/// one that renders ends after that.
#[derive(Debug)]
pub(super) struct RenderThreads {
    shared: Arc<Shared>,
    deadline: Duration,
}

/// The part of an exporter that its threads use.
#[derive(Debug)]
struct Shared {
    renderer: Renderer,
    /// How many problems the exporter has beside those of its families.
    other_problems: usize,
    flights: Flights,
    failed: Arc<FailedScrapes>,
    /// Where the exporter was built.
    carried: Carried,
}

/// A flight, and so a thread, for each kind of exposition that a scrape can ask for: today, for each format.
#[derive(Debug, Default)]
struct Flights {
    open_metrics: SingleFlight<Rendered>,
    text: SingleFlight<Rendered>,
}

impl Flights {
    fn get(&self, format: Format) -> &SingleFlight<Rendered> {
        match format {
            Format::OpenMetrics => &self.open_metrics,
            Format::Text => &self.text,
        }
    }
}

thread_local! {
    /// The address of the `Shared` that this thread renders for; 0 for a thread that is no rendering one.
    static RENDERS_FOR: Cell<usize> = const { Cell::new(0) };
}

impl RenderThreads {
    pub(super) fn new(
        config: ExporterConfig,
        registry: Option<Arc<dyn ForeignRegistry>>,
        other_problems: usize,
        deadline: Duration,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                renderer: Renderer::new(config, registry),
                other_problems,
                flights: Flights::default(),
                failed: Arc::default(),
                carried: Carried::current(),
            }),
            deadline,
        }
    }

    /// Where the exporter was built.
    pub(super) fn carried(&self) -> &Carried {
        &self.shared.carried
    }

    pub(super) fn config(&self) -> &Arc<ExporterConfig> {
        &self.shared.renderer.config
    }

    /// How many scrapes failed.
    #[cfg(feature = "prometheus-client")]
    pub(super) fn failed(&self) -> &Arc<FailedScrapes> {
        &self.shared.failed
    }

    /// How long a scrape waits.
    #[cfg(feature = "server")]
    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// A rendering that begins after this call. Blocks until it is there, for the deadline at most.
    pub(super) fn render_blocking(&self, format: Format) -> Rendered {
        let rendered = self
            .join(format)
            .and_then(|ticket| ticket.wait(self.deadline).unwrap_or(Err(Failure::Late)));
        self.counted(rendered)
    }

    /// The same without blocking, and without a deadline.
    #[cfg(feature = "server")]
    pub(super) async fn render(&self, format: Format) -> Rendered {
        let rendered = match self.join(format) {
            Ok(ticket) => ticket.await.unwrap_or(Err(Failure::Panic)),
            Err(failure) => Err(failure),
        };
        self.counted(rendered)
    }

    /// The failure of a scrape that has waited for the deadline.
    #[cfg(feature = "server")]
    pub(super) fn late(&self) -> Rendered {
        self.counted(Err(Failure::Late))
    }

    fn counted(&self, rendered: Rendered) -> Rendered {
        if let Err(failure) = rendered {
            self.shared.failed.count(failure);
        }
        rendered
    }

    fn join(&self, format: Format) -> Result<Ticket<Rendered>, Failure> {
        // A reading that waits for a scrape would wait for itself.
        if RENDERS_FOR.get() == Arc::as_ptr(&self.shared).addr() || observe::is_reading() {
            return Err(Failure::Nested);
        }
        let flight = self.shared.flights.get(format);
        let joined = flight.join(|| start_thread(Arc::clone(&self.shared), format));
        joined.map_err(|_| Failure::NoThread)
    }
}

impl Drop for RenderThreads {
    fn drop(&mut self) {
        let Flights { open_metrics, text } = &self.shared.flights;
        open_metrics.close();
        text.close();
    }
}

impl Shared {
    fn render(&self, format: Format) -> Rendered {
        let render = || {
            self.renderer
                .render(format, self.other_problems, &self.failed)
        };
        // A collector of the user's registry may panic, which must not end the thread.
        match panics::catch(|| self.carried.within(render)) {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(fmt::Error)) => Err(Failure::Collector),
            Err(Panicked) => Err(Failure::Panic),
        }
    }
}

/// Starts a thread that renders until the exporter is dropped. Nothing joins it: it does not keep the program from ending.
fn start_thread(shared: Arc<Shared>, format: Format) -> io::Result<()> {
    let render = move || {
        RENDERS_FOR.set(Arc::as_ptr(&shared).addr());
        let flight = shared.flights.get(format);
        flight.work(|| shared.render(format));
    };
    let thread = thread::Builder::new().name("census-render".to_owned());
    thread.spawn(render).map(drop)
}
