//! Calls begin on one thread and end on another, while threads end and while views of the calls in flight come and go:
//! at no moment is a row below zero, after each wave each row has the calls in flight, and in the end each is zero.
//!
//! A program of its own: its views come and go all the time, which makes every thread of the process clear its cache.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use census::calls::{FUNCTION, MODULE};
use census::{Measure, Sum, TagKey, View, measure, tag, tags, view};
use census_tests::differences::Differences;
use census_tests::ledger::{FirstFault, Ledger, Ledgers, Recorded};
use census_tests::polling::{BoxedFuture, begun};
use census_tests::rows::{below_zero, integer, not_zero, only_row, values};
use census_tests::threads::{Progress, Stop, with_background};
use fastrand::Rng;

#[tag]
static TENANT: TagKey;
/// The tags of a function are enough to find the rows of this measure's views.
#[measure]
static ACTIVE: Measure<i64>;
/// The rows of this measure's views depend on the scope.
#[measure]
static SCOPED: Measure<i64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static ALL: Sum<ACTIVE>;
    static BY_FUNCTION: Sum<ACTIVE> by (FUNCTION);
    /// Most calls are in the overflow row.
    static BY_TENANT: Sum<SCOPED> by (TENANT, FUNCTION) { max_series: 3 }
    static BY_MODULE: Sum<SCOPED> by (FUNCTION, MODULE);
    static ENDED: Count<LATENCY>;
}

const WAVES: u64 = 40;
const THREADS: u64 = 4;
const STEPS: u64 = 1_000;

/// What decides in which rows a call is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Called {
    function: &'static str,
    measure: &'static str,
    /// The tag of the scope. The views of `ACTIVE` may have it, too.
    tenant: Option<u8>,
}

/// Begins a call.
struct Function {
    name: &'static str,
    measure: &'static str,
    begin: fn() -> BoxedFuture,
}

macro_rules! functions {
    ($($function:ident: $measure:ident),*) => {
        $(
            #[measure(LATENCY, in_flight = $measure)]
            async fn $function() {
                std::future::pending::<()>().await;
            }
        )*
        const FUNCTIONS: &[Function] = &[$(Function {
            name: stringify!($function),
            measure: stringify!($measure),
            begin: || begun($function()),
        }),*];
    };
}

functions!(first: ACTIVE, second: ACTIVE, third: ACTIVE, fourth: SCOPED, fifth: SCOPED);

/// A call in flight.
struct Call {
    called: Called,
    future: BoxedFuture,
}

impl Call {
    fn end(self, ledger: &mut Ledger<Called>) {
        drop(self.future);
        ledger.note(self.called, -1);
    }
}

/// Calls that any thread may end.
static SHARED_CALLS: Mutex<Vec<Call>> = Mutex::new(Vec::new());

fn shared_calls() -> MutexGuard<'static, Vec<Call>> {
    SHARED_CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The life of a thread: it begins a call in each step, and ends about as many, its own or shared ones.
fn live(seed: u64, ledger: &mut Ledger<Called>) {
    let mut rng = Rng::with_seed(seed);
    let mut own: Vec<Call> = Vec::new();
    for step in 0..STEPS {
        ledger.step = step;
        let tenant = rng.bool().then(|| rng.u8(0..5));
        let _scope = tenant.map(|tenant| tags!(TENANT = tenant).enter());
        let function = rng.choice(FUNCTIONS).expect("there are functions");
        let called = Called {
            function: function.name,
            measure: function.measure,
            tenant,
        };
        let future = (function.begin)();
        ledger.note(called.clone(), 1);
        let call = Call { called, future };
        if rng.bool() {
            own.push(call);
        } else {
            shared_calls().push(call);
        }
        let ended = if rng.bool() {
            own.pop()
        } else {
            shared_calls().pop()
        };
        if let Some(ended) = ended {
            ended.end(ledger);
        }
    }
    shared_calls().extend(own);
}

/// A view of the calls in flight.
#[derive(Clone)]
struct InFlight {
    view: View<Sum>,
    measure: &'static str,
    columns: Vec<&'static TagKey>,
}

impl InFlight {
    fn new(view: &View<Sum>, measure: &'static str, columns: &[&'static TagKey]) -> Self {
        Self {
            view: view.clone(),
            measure,
            columns: columns.to_vec(),
        }
    }

    /// The tag values of a call's row.
    fn row_of(&self, called: &Called) -> Option<Vec<String>> {
        let value = |column: &&'static TagKey| match column.name() {
            name if name == TENANT.name() => called
                .tenant
                .map_or(String::new(), |tenant| tenant.to_string()),
            name if name == FUNCTION.name() => called.function.to_owned(),
            _ => module_path!().to_owned(),
        };
        (called.measure == self.measure).then(|| self.columns.iter().map(value).collect())
    }

    /// Reports rows that are not as they must be.
    fn report(&self, at: &dyn Display, rows: Differences, fault: &FirstFault<Called>) {
        let view = self.clone();
        let row_of = move |_: &str, called: &Called| view.row_of(called);
        fault.report(at, rows, row_of);
    }
}

/// The views that are there all the time.
fn permanent_views() -> [InFlight; 4] {
    [
        InFlight::new(&ALL, "ACTIVE", &[]),
        InFlight::new(&BY_FUNCTION, "ACTIVE", &[&FUNCTION]),
        InFlight::new(&BY_TENANT, "SCOPED", &[&TENANT, &FUNCTION]),
        InFlight::new(&BY_MODULE, "SCOPED", &[&FUNCTION, &MODULE]),
    ]
}

/// Registers a view with random columns.
fn register(number: u64, rng: &mut Rng) -> InFlight {
    let (measure, name) = if rng.bool() {
        (&ACTIVE, "ACTIVE")
    } else {
        (&SCOPED, "SCOPED")
    };
    let mut view = View::sum(format!("guest{number}"), measure);
    let mut columns: Vec<&TagKey> = Vec::new();
    if rng.bool() {
        view = view.column(&FUNCTION);
        columns.push(&FUNCTION);
    }
    // Seldom, because meanwhile the rows of `ACTIVE` depend on the scope, too.
    if rng.u8(0..8) == 0 {
        view = view.column(&TENANT).max_series(3);
        columns.push(&TENANT);
    }
    InFlight::new(&view.register().expect("a free name"), name, &columns)
}

/// Registers and unregisters views in random order. The views that are left in the end were registered after some calls
/// had begun, and before others.
fn register_and_unregister(
    stop: &Stop,
    wave: &Progress,
    fault: &FirstFault<Called>,
) -> Vec<InFlight> {
    let mut rng = Rng::with_seed(99);
    let mut views: Vec<InFlight> = Vec::new();
    let mut number = 0;
    stop.repeat_until_set("registration", wave, |round| {
        number += 1;
        views.push(register(number, &mut rng));
        if views.len() > 5 {
            let gone = views.swap_remove(rng.usize(..views.len()));
            assert!(gone.view.unregister(), "{} was there", gone.view.name());
        }
        for view in &views {
            view.report(round, below_zero(&view.view), fault);
        }
        thread::yield_now();
    });
    views
}

#[test]
fn views_count_the_calls_that_begin_after_registration() {
    let views = permanent_views();
    let (guests, fault) = (Mutex::new(Vec::new()), FirstFault::default());
    let (mut ledgers, progress) = (Ledgers::default(), Progress::new("wave"));
    with_background(
        &[
            &|stop| {
                let left = register_and_unregister(stop, &progress, &fault);
                guests.lock().expect("only this thread").extend(left);
            },
            &|stop| {
                stop.repeat_until_set("reading", &progress, |round| {
                    for view in &views {
                        view.report(round, below_zero(&view.view), &fault);
                    }
                });
            },
        ],
        || {
            for wave in 0..WAVES {
                progress.set(wave);
                run_wave(wave, &mut ledgers);
                fault.assert_none(&ledgers);
                let mut differences = Differences::default();
                for view in &views {
                    let actual = values(&view.view, integer);
                    let row_of = |called: &Called| view.row_of(called);
                    differences.extend(ledgers.compare(&actual, row_of, Recorded::sum));
                }
                differences.assert_none(&format_args!("after wave {wave}"));
            }
            end_shared_calls(&mut ledgers);
        },
    );
    let guests = guests.into_inner().expect("the thread has not panicked");
    for view in views.iter().chain(&guests) {
        let rows = not_zero(&view.view);
        view.report(&"when all calls have ended", rows, &fault);
    }
    fault.assert_none(&ledgers);
    assert_eq!(only_row(&ENDED), Some(WAVES * THREADS * STEPS), "ended");
}

fn run_wave(wave: u64, ledgers: &mut Ledgers<Called>) {
    let seeds = wave * THREADS..(wave + 1) * THREADS;
    let name = |seed| format!("thread {} of wave {wave} (seed {seed})", seed % THREADS);
    ledgers.run(seeds, name, live);
}

fn end_shared_calls(ledgers: &mut Ledgers<Called>) {
    let mut ledger = Ledger::default();
    // Ended after the lock is released.
    let left = std::mem::take(&mut *shared_calls());
    for call in left {
        call.end(&mut ledger);
    }
    ledgers.add("the main thread in the end".to_owned(), ledger);
}
