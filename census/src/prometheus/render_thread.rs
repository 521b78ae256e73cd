//! The threads that render.
//!
//! Rendering runs user code: the collectors of a registry. It may take long, hang or panic. So it has threads of its own,
//! one for each format (and one for each format with UTF-8 names), which neither a runtime nor `main` waits for. They also bound the memory that renderings leave
//! behind in the allocator: it keeps free memory for each thread that has allocated. Another thread makes what no scrapes
//! share.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::config::ExporterConfig;
use super::counts::Counts;
use super::encoder::ForeignRegistry;
use super::escaping::Escaping;
use super::failure::Failure;
use super::job_queue::{JobQueue, JobTicket};
use super::name_filter::NameFilter;
use super::negotiate::Format;
use super::render::Renderer;
use super::rendering::Rendering;
use super::single_flight::{SingleFlight, Ticket};
use crate::observe;
use crate::panics::{self, Panicked};
use crate::tags::Carried;

/// An exposition, or the reason why there is none.
pub(super) type Rendered = Result<Rendering, Failure>;

/// What is to be rendered.
#[derive(Clone, Debug)]
pub(super) struct RenderRequest {
    pub(super) format: Format,
    /// How names are escaped.
    pub(super) escaping: Escaping,
    /// Whether it is to be compressed.
    pub(super) gzip: bool,
    pub(super) names: NameFilter,
    /// The network of the client, if it has an address.
    pub(super) client: Option<IpAddr>,
}

/// How many scrapes of one format may wait for one rendering. The library's own server has fewer connections.
const MAX_WAITING: usize = 1024;

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
    jobs: JobQueue,
    counts: Arc<Counts>,
    /// Where the exporter was built.
    carried: Carried,
}

/// A flight, and so a thread, for each kind of exposition that scrapers usually ask for.
#[derive(Debug, Default)]
struct Flights {
    underscores: FlightsByFormat,
    allow_utf8: FlightsByFormat,
}

/// A flight for each format.
#[derive(Debug, Default)]
struct FlightsByFormat {
    open_metrics: Flight,
    text: Flight,
    text_1: Flight,
    #[cfg(feature = "protobuf")]
    protobuf: Flight,
}

/// The renderings of one format.
type Flight = SingleFlight<Wishes, Rendered>;

/// What the scrapes that share a rendering ask for.
#[derive(Debug, Default)]
struct Wishes {
    /// Whether one of them wants it compressed. It is compressed once, on the rendering thread.
    gzip: bool,
}

/// A scrape that waits for its rendering.
enum Waiting {
    Shared(Ticket<Rendered>),
    Alone(JobTicket<Rendered>),
}

impl Flights {
    /// The flight of an exposition; `None`, if scrapers hardly ask for it.
    fn get(&self, format: Format, escaping: Escaping) -> Option<&Flight> {
        match escaping {
            Escaping::Underscores => Some(self.underscores.get(format)),
            Escaping::AllowUtf8 => Some(self.allow_utf8.get(format)),
            Escaping::Dots | Escaping::Values => None,
        }
    }

    fn close(&self) {
        self.underscores.close();
        self.allow_utf8.close();
    }
}

impl FlightsByFormat {
    fn get(&self, format: Format) -> &Flight {
        match format {
            Format::OpenMetrics => &self.open_metrics,
            Format::Text => &self.text,
            Format::Text1 => &self.text_1,
            #[cfg(feature = "protobuf")]
            Format::Protobuf => &self.protobuf,
        }
    }

    fn close(&self) {
        for format in Format::ALL {
            self.get(format).close();
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
                jobs: JobQueue::default(),
                counts: Arc::default(),
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

    #[cfg(any(feature = "prometheus-client", feature = "server"))]
    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.shared.counts
    }

    /// How long a scrape waits.
    #[cfg(feature = "server")]
    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// A rendering that begins after this call. Blocks until it is there, for the deadline at most.
    pub(super) fn render_blocking(&self, request: &RenderRequest) -> Rendered {
        let waiting = self.begin(request);
        let rendered =
            waiting.and_then(|waiting| waiting.wait(self.deadline).unwrap_or(Err(Failure::Late)));
        self.counted(request.format, rendered)
    }

    /// The same without blocking, and without a deadline.
    #[cfg(feature = "server")]
    pub(super) async fn render(&self, request: &RenderRequest) -> Rendered {
        let rendered = match self.begin(request) {
            Ok(waiting) => waiting.result().await,
            Err(failure) => Err(failure),
        };
        self.counted(request.format, rendered)
    }

    /// The failure of a scrape that has waited for the deadline.
    #[cfg(feature = "server")]
    pub(super) fn late(&self, format: Format) -> Rendered {
        self.counted(format, Err(Failure::Late))
    }

    fn counted(&self, format: Format, rendered: Rendered) -> Rendered {
        self.shared.counts.scrape(format, &rendered);
        rendered
    }

    fn begin(&self, request: &RenderRequest) -> Result<Waiting, Failure> {
        let flight = self.shared.flights.get(request.format, request.escaping);
        if let Some(flight) = flight.filter(|_| request.names.is_all()) {
            self.join(flight, request).map(Waiting::Shared)
        } else {
            let request = request.clone();
            let client = request.client;
            let render = move |shared: &Shared| {
                let wishes = Wishes { gzip: request.gzip };
                shared.render(&request, &wishes)
            };
            self.alone(client, render).map(Waiting::Alone)
        }
    }

    fn join(&self, flight: &Flight, request: &RenderRequest) -> Result<Ticket<Rendered>, Failure> {
        self.check_nesting()?;
        let wish = |wishes: &mut Wishes, waiting| {
            if waiting >= MAX_WAITING {
                return Err(Failure::Busy);
            }
            wishes.gzip |= request.gzip;
            Ok(())
        };
        let request = request.clone();
        let work = move |shared: &Shared| {
            let render = |wishes| shared.render(&request, &wishes);
            if let Some(flight) = shared.flights.get(request.format, request.escaping) {
                flight.work(render);
            }
        };
        flight.join(wish, || self.start_thread(work))
    }

    /// Has `job` done on the thread for what no scrapes share. It must not panic.
    fn alone<T: Send + 'static>(
        &self,
        client: Option<IpAddr>,
        job: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<JobTicket<T>, Failure> {
        self.check_nesting()?;
        let shared = Arc::clone(&self.shared);
        let job = move || job(&shared);
        let jobs = &self.shared.jobs;
        jobs.add(client, job, || {
            self.start_thread(|shared| shared.jobs.work())
        })
    }

    /// Makes something on the thread for what no scrapes share.
    #[cfg(all(feature = "pages", feature = "server"))]
    pub(super) async fn make_alone<T: Send + 'static>(
        &self,
        client: Option<IpAddr>,
        make: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let ticket = self.alone(client, |_| panics::catch(make))?;
        match ticket.result().await {
            Some(Ok(value)) => Ok(value),
            Some(Err(Panicked)) => Err(Failure::Panic),
            None => Err(Failure::Busy),
        }
    }

    /// A reading or a collector that waits for a scrape would wait for itself.
    fn check_nesting(&self) -> Result<(), Failure> {
        if RENDERS_FOR.get() == Arc::as_ptr(&self.shared).addr() || observe::is_reading() {
            return Err(Failure::Nested);
        }
        Ok(())
    }

    /// Starts a thread that works until the exporter is dropped. Nothing joins it: it does not keep the program from ending.
    fn start_thread(&self, work: impl FnOnce(&Shared) + Send + 'static) -> Result<(), Failure> {
        let shared = Arc::clone(&self.shared);
        let work = move || {
            RENDERS_FOR.set(Arc::as_ptr(&shared).addr());
            work(&shared);
        };
        let thread = thread::Builder::new().name("census-render".to_owned());
        let started: io::Result<_> = thread.spawn(work);
        started.map(drop).map_err(|_| Failure::NoThread)
    }
}

impl Drop for RenderThreads {
    fn drop(&mut self) {
        self.shared.flights.close();
        self.shared.jobs.close();
    }
}

impl Waiting {
    fn wait(self, timeout: Duration) -> Option<Rendered> {
        match self {
            Self::Shared(ticket) => ticket.wait(timeout),
            Self::Alone(ticket) => ticket.wait(timeout),
        }
    }

    #[cfg(feature = "server")]
    async fn result(self) -> Rendered {
        match self {
            Self::Shared(ticket) => ticket.await.unwrap_or(Err(Failure::Panic)),
            Self::Alone(ticket) => ticket.result().await.unwrap_or(Err(Failure::Busy)),
        }
    }
}

impl Shared {
    /// `request` says nothing of compression, which `wishes` do.
    fn render(&self, request: &RenderRequest, wishes: &Wishes) -> Rendered {
        let RenderRequest {
            format,
            escaping,
            ref names,
            ..
        } = *request;
        let start = Instant::now();
        let render = || {
            let body =
                self.renderer
                    .render(format, escaping, names, self.other_problems, &self.counts)?;
            Ok::<_, fmt::Error>(Rendering::new(body, wishes.gzip))
        };
        // A collector of the user's registry may panic, which must not end the thread.
        let rendering = match panics::catch(|| self.carried.within(render)) {
            Ok(Ok(rendering)) => rendering,
            Ok(Err(fmt::Error)) => return Err(Failure::Collector),
            Err(Panicked) => return Err(Failure::Panic),
        };
        self.counts.rendering(format, &rendering, start.elapsed());
        Ok(rendering)
    }
}
