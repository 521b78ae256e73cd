//! Recording while another thread scrapes, or changes the views or the rows of another measure.

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::case::Case;
use crate::names::{CENSUS, PROMETHEUS_CLIENT};
use crate::peers::{census, prometheus_client};
use crate::series::{Series, SeriesKind, SeriesLabels, fill};

/// The number of series that a scrape encodes.
const SERIES: usize = 10_000;
/// The number of series that the case records into.
const RECORDED: usize = 1_000;

/// The case of `census` while another thread scrapes.
pub(crate) const SCRAPING: &str = "census, beside scrapes";
/// The case of `census` while another thread changes the views of a measure that is not recorded, about two thousand times a
/// second.
pub(crate) const CHANGING: &str = "census, beside changes of views";
/// The case of `census` while another thread makes a thousand rows a second of a measure that is not recorded, which then are
/// idle and leave.
pub(crate) const IDLING: &str = "census, beside rows that go idle";
/// The case of `census` while another thread makes a thousand rows a second of a measure that is not recorded, and removes each.
pub(crate) const REMOVING: &str = "census, beside rows that are removed";
/// The control case: the other thread is as busy, but does not scrape.
pub(crate) const FORMATTING: &str = "census, beside formatting";

/// A thread that repeats one of several jobs, or does nothing.
///
/// The two atomics are Relaxed: they select a job and publish no other data.
struct Background {
    /// The job that a case wants. [`IDLE`] is none; any other value is an index into `jobs`, plus one.
    wanted: AtomicUsize,
    /// The job that the thread does now.
    current: AtomicUsize,
    jobs: Vec<Job>,
}

type Job = Box<dyn Fn() + Send + Sync>;

const IDLE: usize = 0;

impl Background {
    fn start(jobs: Vec<Job>) -> Arc<Self> {
        let background = Arc::new(Self {
            wanted: AtomicUsize::new(IDLE),
            current: AtomicUsize::new(IDLE),
            jobs,
        });
        let weak = Arc::downgrade(&background);
        // The thread ends when the cases are dropped.
        std::thread::spawn(move || {
            while let Some(background) = weak.upgrade() {
                background.work();
            }
        });
        background
    }

    /// Does the wanted job once.
    fn work(&self) {
        let wanted = self.wanted.load(Ordering::Relaxed);
        self.current.store(wanted, Ordering::Relaxed);
        match wanted.checked_sub(1) {
            Some(job) => (self.jobs[job])(),
            None => std::thread::sleep(Duration::from_micros(200)),
        }
    }

    /// Selects a job; returns when the thread has ended every other job.
    fn switch_to(&self, wanted: usize) {
        self.wanted.store(wanted, Ordering::Relaxed);
        while self.current.load(Ordering::Relaxed) != wanted {
            std::thread::yield_now();
        }
    }
}

/// Formats about as much text as a scrape does, without touching the series.
fn format_series() {
    let mut body = String::new();
    for index in 0..SERIES {
        writeln!(body, "many_total{{number=\"{index}\"}} {}", index * 7)
            .expect("writing to a string cannot fail");
    }
    black_box(body);
}

/// The cases of one peer: beside an idle thread, beside formatting, beside scrapes, and beside each of other jobs.
fn cases_of(names: &[&'static str], series: &Arc<dyn Series>, others: Vec<Job>) -> Vec<Case> {
    fill(&**series, SERIES);
    let labels: Arc<[SeriesLabels]> = (0..RECORDED)
        .map(|index| {
            let mut labels = SeriesLabels::default();
            labels.set(index);
            labels
        })
        .collect();
    let scraped = Arc::clone(series);
    let scrape = move || {
        scraped.scrape();
    };
    let mut jobs: Vec<Job> = vec![Box::new(format_series), Box::new(scrape)];
    jobs.extend(others);
    let background = Background::start(jobs);
    let case = |(job, name): (usize, &'static str)| {
        let (series, labels) = (Arc::clone(series), Arc::clone(&labels));
        let background = Arc::clone(&background);
        let case = Case::new(name, move |batch| {
            batch.each(|pick| {
                let labels = &labels[pick % RECORDED];
                series.record(&labels.tenant, &labels.route, 1.0);
            });
        });
        case.prepared(move || background.switch_to(job))
    };
    (IDLE..).zip(names.iter().copied()).map(case).collect()
}

/// The cases of `census` and of `prometheus-client`.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = cases_of(
        &[CENSUS, FORMATTING, SCRAPING, CHANGING, IDLING, REMOVING],
        &census::series(SeriesKind::Counters).into(),
        vec![
            Box::new(census::change_views_of_another_measure),
            Box::new(census::make_rows_that_go_idle),
            Box::new(census::make_and_remove_a_row),
        ],
    );
    cases.extend(cases_of(
        &[
            PROMETHEUS_CLIENT,
            "prometheus-client, beside formatting",
            "prometheus-client, beside scrapes",
        ],
        &prometheus_client::series(SeriesKind::Counters).into(),
        Vec::new(),
    ));
    cases
}
