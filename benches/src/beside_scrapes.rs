//! Recording while another thread scrapes.

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::harness::Case;
use crate::peers::{census, prometheus_client};
use crate::series::{Kind, Labels, Series, fill};

/// How many series there are.
const SERIES: usize = 10_000;
/// How many of them are recorded to.
const HIT: usize = 1_000;

/// The case in which another thread scrapes.
pub(crate) const SCRAPING: &str = "census, beside scrapes";
/// The control: another thread is as busy, with something else.
pub(crate) const FORMATTING: &str = "census, beside formatting";

/// A thread that does one of several things over and over, or nothing.
struct Background {
    /// Which of the jobs is wanted; 0 is none.
    wanted: AtomicUsize,
    /// Which is being done.
    done: AtomicUsize,
    jobs: [Box<dyn Fn() + Send + Sync>; 2],
}

const NOTHING: usize = 0;
const FORMATS: usize = 1;
const SCRAPES: usize = 2;

impl Background {
    fn start(series: Arc<dyn Series>) -> Arc<Self> {
        let jobs: [Box<dyn Fn() + Send + Sync>; 2] = [
            Box::new(format),
            Box::new(move || {
                series.scrape();
            }),
        ];
        let background = Arc::new(Self {
            wanted: AtomicUsize::new(NOTHING),
            done: AtomicUsize::new(NOTHING),
            jobs,
        });
        let weak = Arc::downgrade(&background);
        // Ends when the cases are gone.
        std::thread::spawn(move || {
            while let Some(background) = weak.upgrade() {
                background.work();
            }
        });
        background
    }

    fn work(&self) {
        let wanted = self.wanted.load(Ordering::Relaxed);
        self.done.store(wanted, Ordering::Relaxed);
        match wanted.checked_sub(1) {
            Some(job) => (self.jobs[job])(),
            None => std::thread::sleep(std::time::Duration::from_micros(200)),
        }
    }

    /// Returns when the thread does what is wanted, and nothing else any more.
    fn switch(&self, wanted: usize) {
        self.wanted.store(wanted, Ordering::Relaxed);
        while self.done.load(Ordering::Relaxed) != wanted {
            std::thread::yield_now();
        }
    }
}

/// About what a scrape does, with memory of its own.
fn format() {
    let mut body = String::new();
    for number in 0..SERIES {
        writeln!(body, "many_total{{number=\"{number}\"}} {}", number * 7)
            .expect("a string takes all");
    }
    black_box(body);
}

fn cases_of(names: [&'static str; 3], series: &Arc<dyn Series>) -> Vec<Case> {
    fill(&**series, SERIES);
    let labels: Arc<[Labels]> = (0..HIT)
        .map(|number| {
            let mut labels = Labels::default();
            labels.set(number);
            labels
        })
        .collect();
    let background = Background::start(Arc::clone(series));
    let case = |(job, name): (usize, &'static str)| {
        let (series, labels) = (Arc::clone(series), Arc::clone(&labels));
        let background = Arc::clone(&background);
        let case = Case::new(name, move |batch| {
            batch.each(|pick| {
                let labels = &labels[pick % HIT];
                series.record(&labels.tenant, &labels.route, 1.0);
            });
        });
        case.prepared(move || background.switch(job))
    };
    [NOTHING, FORMATS, SCRAPES]
        .into_iter()
        .zip(names)
        .map(case)
        .collect()
}

pub(crate) fn cases() -> Vec<Case> {
    let ours = [census::NAME, FORMATTING, SCRAPING];
    let theirs = [
        "prometheus-client",
        "prometheus-client, beside formatting",
        "prometheus-client, beside scrapes",
    ];
    let mut cases = cases_of(ours, &census::series(Kind::Counters).into());
    cases.extend(cases_of(
        theirs,
        &prometheus_client::series(Kind::Counters).into(),
    ));
    cases
}
