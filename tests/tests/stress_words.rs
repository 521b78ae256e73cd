//! Threads that begin and end all the time write words that other threads had before, in every way that has references to
//! them: by the hot table, by local handles, and by guards. Each measurement is in its row, and in no other.
//!
//! A program of its own: its views come and go all the time, and so do rows, whose words other threads get.

#![expect(clippy::indexing_slicing, reason = "the indices are below the lengths")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex, PoisonError};

use census::testing::isolate;
use census::{
    AsTagValue, BoundMeasure, Count, Distribution, Held, LocalMeasure, Measure, Sum, TagKey,
    TagMap, TagValue, TagValueRef, View, WithTags as _, hold, measure, record, snapshot, tag, tags,
    view,
};
use census_tests::threads::{Stop, map_threads, with_background};
use fastrand::Rng;
use futures_util::FutureExt as _;

#[tag]
static LANE: TagKey;
#[tag]
static COLOR: TagKey;

/// Has one view, which counts.
#[measure]
static TICK: Measure<u64>;
/// Has three views.
#[measure]
static HIT: Measure<u64>;
/// Has more views than an entry of the hot table has targets.
#[measure]
static WAIT: Measure<u64>;
/// Has values below zero.
#[measure]
static WEIGHT: Measure<f64>;
/// Is held.
#[measure]
static LEVEL: Measure<i64>;
/// Is held, too. Rows of its views go when they are idle, which none is for so long.
#[measure]
static DEPTH: Measure<i64>;
/// Is held without tags, so that a thread has guards of it in its hot table.
#[measure]
static OPEN: Measure<i64>;
/// As `OPEN`, but its only view comes and goes, and so the words do that its guards refer to.
#[measure]
static GOING: Measure<i64>;

view! {
    static TICKS: Count<TICK> by (LANE, COLOR);
    static HITS: Count<HIT> by (LANE);
    static HITS_ADDED: Sum<HIT> by (LANE, COLOR);
    static HIT_SIZES: Distribution<HIT> by (COLOR) { buckets: [1, 1000] }
    static WAITS: Count<WAIT> by (COLOR);
    static WAITS_ADDED: Sum<WAIT>;
    static WAIT_SIZES: Distribution<WAIT> by (LANE) { buckets: [1, 2, 3, 4, 5] }
    static WAITS_BY_LANE: Count<WAIT> by (LANE);
    static WEIGHTS: Count<WEIGHT> by (LANE);
    static WEIGHTS_ADDED: Sum<WEIGHT> by (LANE, COLOR);
    static WEIGHT_SIZES: Distribution<WEIGHT> by (LANE) { buckets: [-1.0, 0.0, 1.0] }
    static LEVELS: Sum<LEVEL> by (LANE);
    static OPENED: Sum<OPEN>;
    static DEPTHS: Sum<DEPTH> by (LANE) { idle: std::time::Duration::from_hours(1) }
    static DEPTH_CHANGES: Count<DEPTH> by (LANE, COLOR) { idle: std::time::Duration::from_hours(1) }
}

const WAVES: u64 = 6;
const THREADS: u64 = 32;
const STEPS: u64 = 250;
/// More than the hot table has entries.
const LANES: usize = 160;

/// A number with a text that lives until the program ends, as the values of an enum have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Lane(usize);

static LANE_NAMES: LazyLock<&'static [&'static str]> = LazyLock::new(|| {
    let names = (0..LANES).map(|lane| &*format!("lane {lane}").leak());
    names.collect::<Vec<&'static str>>().leak()
});

impl AsTagValue for Lane {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::one_of(*LANE_NAMES, self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, TagValue)]
enum Color {
    Red,
    Green,
    Blue,
}

/// The names of the same colors, elsewhere.
#[derive(Clone, Copy, Debug, TagValue)]
enum Paint {
    Red,
    Green,
    Blue,
}

impl Color {
    const ALL: [Self; 3] = [Self::Red, Self::Green, Self::Blue];

    fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Blue => "blue",
        }
    }

    fn paint(self) -> Paint {
        match self {
            Self::Red => Paint::Red,
            Self::Green => Paint::Green,
            Self::Blue => Paint::Blue,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum What {
    Tick,
    Hit,
    Wait,
    Weight,
    Level,
    Depth,
    Open,
}

impl What {
    const ALL: [Self; 7] = [
        Self::Tick,
        Self::Hit,
        Self::Wait,
        Self::Weight,
        Self::Level,
        Self::Depth,
        Self::Open,
    ];
}

/// The tags do not matter.
const OPEN_KEY: Key = (What::Open, Lane(0), Color::Red);

/// What was recorded with some tags.
type Key = (What, Lane, Color);

/// How many measurements there were, and twice the sum of their values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Total {
    count: u64,
    halves: i64,
}

/// All that was recorded.
#[derive(Default)]
struct Ledger(HashMap<Key, Total>);

impl Ledger {
    fn note(&mut self, key: Key, halves: i64) {
        let total = self.0.entry(key).or_default();
        total.count += 1;
        total.halves += halves;
    }

    fn extend(&mut self, other: &Self) {
        for (key, more) in &other.0 {
            let total = self.0.entry(*key).or_default();
            total.count += more.count;
            total.halves += more.halves;
        }
    }

    /// The rows of a view of a measure that has these columns.
    fn rows(&self, of: What, columns: &[&str]) -> BTreeMap<Vec<String>, Total> {
        let mut rows: BTreeMap<Vec<String>, Total> = BTreeMap::new();
        for ((what, lane, color), more) in &self.0 {
            if *what == of {
                let value = |column: &&str| match *column {
                    "lane" => LANE_NAMES[lane.0].to_owned(),
                    _ => color.name().to_owned(),
                };
                let total = rows.entry(columns.iter().map(value).collect()).or_default();
                total.count += more.count;
                total.halves += more.halves;
            }
        }
        rows
    }

    /// Compares all rows of the views that stay.
    fn check(&self, at: &str) {
        self.check_view(&TICKS, What::Tick, &["lane", "color"], at);
        self.check_view(&HITS, What::Hit, &["lane"], at);
        self.check_view(&HITS_ADDED, What::Hit, &["lane", "color"], at);
        self.check_view(&HIT_SIZES, What::Hit, &["color"], at);
        self.check_view(&WAITS, What::Wait, &["color"], at);
        self.check_view(&WAITS_ADDED, What::Wait, &[], at);
        self.check_view(&WAIT_SIZES, What::Wait, &["lane"], at);
        self.check_view(&WAITS_BY_LANE, What::Wait, &["lane"], at);
        self.check_view(&WEIGHTS, What::Weight, &["lane"], at);
        self.check_view(&WEIGHTS_ADDED, What::Weight, &["lane", "color"], at);
        self.check_view(&WEIGHT_SIZES, What::Weight, &["lane"], at);
        self.check_view(&OPENED, What::Open, &[], at);
        self.check_view(&LEVELS, What::Level, &["lane"], at);
        self.check_view(&DEPTHS, What::Depth, &["lane"], at);
        self.check_view(&DEPTH_CHANGES, What::Depth, &["lane", "color"], at);
    }

    fn check_view<A: Rows>(&self, view: &View<A>, of: What, columns: &[&str], at: &str) {
        let expected = self.rows(of, columns);
        let mut found = BTreeSet::new();
        for (tags, total) in A::rows(view) {
            let is_zero =
                total.count.is_none_or(|it| it == 0) && total.halves.is_none_or(|it| it == 0);
            match expected.get(&tags) {
                Some(expected) => {
                    let count = total.count.unwrap_or(expected.count);
                    let halves = total.halves.unwrap_or(expected.halves);
                    let total = Total { count, halves };
                    assert_eq!(total, *expected, "{at}: {} {tags:?}", view.name());
                }
                // Handles make rows.
                None => assert!(is_zero, "{at}: {} {tags:?} has {total:?}", view.name()),
            }
            let is_new = found.insert(tags);
            assert!(is_new, "{at}: two rows of {}", view.name());
        }
        let missing: Vec<_> = expected
            .keys()
            .filter(|row| !found.contains(*row))
            .collect();
        assert!(
            missing.is_empty(),
            "{at}: {} lacks {missing:?}",
            view.name()
        );
    }
}

/// What a row shows of its total.
#[derive(Debug)]
struct Shown {
    count: Option<u64>,
    halves: Option<i64>,
}

trait Rows: census::Aggregation {
    fn shown(data: &Self::Data) -> Shown;

    fn rows(view: &View<Self>) -> Vec<(Vec<String>, Shown)>
    where
        Self: Sized,
    {
        let rows = view.data().rows;
        let row = |row: &census::Row<Self::Data>| {
            let tags = row.tags().map(|(_, value)| value.to_owned());
            (tags.collect(), Self::shown(&row.data))
        };
        rows.iter().map(row).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the sums are small")]
fn halves(sum: census::Number) -> i64 {
    (sum.as_f64() * 2.0) as i64
}

impl Rows for Count {
    fn shown(count: &u64) -> Shown {
        Shown {
            count: Some(*count),
            halves: None,
        }
    }
}

impl Rows for Sum {
    fn shown(sum: &census::Number) -> Shown {
        Shown {
            count: None,
            halves: Some(halves(*sum)),
        }
    }
}

impl Rows for Distribution {
    fn shown(data: &census::DistributionData) -> Shown {
        assert_eq!(data.count, data.bucket_counts.iter().sum::<u64>());
        Shown {
            count: Some(data.count),
            halves: Some(halves(data.sum)),
        }
    }
}

/// The handles of one measure that all threads share.
struct Handles<T: census::Value> {
    bound: LazyLock<Vec<BoundMeasure<T>>>,
}

impl<T: census::Value> Handles<T> {
    fn bound(&self, lane: Lane, color: Color) -> &BoundMeasure<T> {
        &self.bound[lane.0 * Color::ALL.len() + color as usize]
    }
}

/// All combinations of tags, in the order of [`Handles::bound`].
fn all_tags() -> impl Iterator<Item = TagMap> {
    let lanes = (0..LANES).map(Lane);
    lanes.flat_map(|lane| Color::ALL.map(|color| tags!(LANE = lane, COLOR = color)))
}

/// As statics, because the measures are.
macro_rules! recorders {
    ($($name:ident: $measure:ident, $type:ty, $what:ident;)*) => {$(
        fn $name(way: u8, lane: Lane, color: Color, value: $type) {
            static HANDLES: Handles<$type> = Handles {
                bound: LazyLock::new(|| {
                    isolation_free(|| all_tags().map(|tags| $measure.bind(tags)).collect())
                }),
            };
            thread_local! {
                /// Dropped before or after the thread's cache is.
                static LOCAL: RefCell<HashMap<(Lane, Color), LocalMeasure<$type>>> = RefCell::default();
            }
            match way {
                TOUCH => LOCAL.with(|_| ()),
                0 | 1 => record!($measure = value, tags(LANE = lane, COLOR = color)),
                2 => record!($measure = value, tags(COLOR = color.paint(), LANE = lane)),
                3 => record!($measure = value, tags(LANE = LANE_NAMES[lane.0], COLOR = color.name())),
                4 => {
                    let _scope = tags!(COLOR = color).enter();
                    record!($measure = value, tags(LANE = lane));
                }
                5 => {
                    // The inner scope is left first, and the outer one stays for the measurement.
                    let outer = tags!(LANE = lane, COLOR = color).enter();
                    let left = tags!(COLOR = "left").enter();
                    let inner = tags!(COLOR = color).enter();
                    drop(left);
                    drop(outer);
                    $measure.record(value);
                    drop(inner);
                }
                6 => {
                    let recorded = async { $measure.record(value) };
                    let recorded = recorded.with_tags(tags!(LANE = lane, COLOR = color));
                    assert!(recorded.now_or_never().is_some());
                }
                7 | 8 => HANDLES.bound(lane, color).record(value),
                _ => {
                    let bind = || $measure.bind_local(tags!(LANE = lane, COLOR = color));
                    let recorded = LOCAL.try_with(|local| {
                        let mut local = local.borrow_mut();
                        local.entry((lane, color)).or_insert_with(bind).record(value);
                    });
                    if recorded.is_err() {
                        bind().record(value);
                    }
                }
            }
        }
    )*};
}

const WAYS: u8 = 12;
/// Only makes the thread's list of local handles.
const TOUCH: u8 = u8::MAX;

recorders! {
    tick: TICK, u64, Tick;
    hit: HIT, u64, Hit;
    wait: WAIT, u64, Wait;
    weight: WEIGHT, f64, Weight;
    level: LEVEL, i64, Level;
    depth: DEPTH, i64, Depth;
}

/// Handles that all threads share are made outside of all isolations, whichever thread needs them first.
fn isolation_free<T: Send>(make: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|threads| threads.spawn(make).join()).expect("it does not panic")
}

/// One measurement.
#[derive(Clone, Copy, Debug)]
struct Measured {
    key: Key,
    way: u8,
    halves: i64,
}

impl Measured {
    fn any(rng: &mut Rng) -> Self {
        let what = What::ALL[rng.usize(..What::ALL.len())];
        // Some lanes are used most.
        let lanes = if rng.bool() { 8 } else { LANES };
        let halves = match what {
            What::Tick | What::Hit | What::Wait => 2 * rng.i64(0..8),
            What::Weight => rng.i64(-3..20),
            What::Level | What::Depth | What::Open => 2 * rng.i64(-5..10),
        };
        let mut key = (what, Lane(rng.usize(..lanes)), Color::ALL[rng.usize(..3)]);
        if what == What::Open {
            key = OPEN_KEY;
        }
        Self {
            key,
            way: rng.u8(..WAYS),
            halves,
        }
    }

    fn record(self) {
        let Self { key, way, halves } = self;
        let (what, lane, color) = key;
        let positive = || (halves / 2).unsigned_abs();
        #[expect(clippy::cast_precision_loss, reason = "the values are small")]
        match what {
            What::Tick => tick(way, lane, color, positive()),
            What::Hit => hit(way, lane, color, positive()),
            What::Wait => wait(way, lane, color, positive()),
            What::Weight => weight(way, lane, color, halves as f64 / 2.0),
            What::Level => level(way, lane, color, halves / 2),
            What::Open => OPEN.record(halves / 2),
            What::Depth => depth(way, lane, color, halves / 2),
        }
    }
}

/// A guard, and what its end subtracts, and from where. A guard of `GOING` is in no row that is compared.
struct Guard {
    held: Held,
    key: Option<Key>,
}

impl Guard {
    fn begin(rng: &mut Rng) -> Self {
        let lane = Lane(rng.usize(..8));
        let color = Color::ALL[rng.usize(..3)];
        let value = rng.i64(1..9);
        let (held, key) = match rng.u8(..8) {
            0 => (
                hold!(LEVEL = value, tags(LANE = lane, COLOR = color)),
                Some((What::Level, lane, color)),
            ),
            1 => (
                DEPTH.bind(tags!(LANE = lane, COLOR = color)).hold(value),
                Some((What::Depth, lane, color)),
            ),
            2 => (
                tags!(LANE = lane, COLOR = color).scope(|| DEPTH.hold(value)),
                Some((What::Depth, lane, color)),
            ),
            3..6 => (OPEN.hold(value), Some(OPEN_KEY)),
            _ => (GOING.hold(value), None),
        };
        Self { held, key }
    }

    fn halves(&self) -> i64 {
        2 * self.held.value()
    }
}

/// Guards that any thread may end.
static HELD: Mutex<Vec<Guard>> = Mutex::new(Vec::new());

/// What a thread does while its thread-locals are dropped.
#[derive(Default)]
struct AtEnd {
    measured: Vec<Measured>,
    guards: Vec<Guard>,
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.measured.drain(..).for_each(Measured::record);
        self.guards.clear();
    }
}

thread_local! {
    static AT_END: RefCell<AtEnd> = RefCell::default();
}

/// The life of a thread. Returns what it recorded, and records at its end.
fn live(seed: u64) -> Ledger {
    let mut rng = Rng::with_seed(seed);
    let mut ledger = Ledger::default();
    if rng.bool() {
        // Before the thread's cache is made, which so is dropped earlier.
        for what in What::ALL {
            let key = (what, Lane(0), Color::Red);
            let (way, halves) = (TOUCH, 0);
            if what != What::Open {
                Measured { key, way, halves }.record();
            }
        }
        AT_END.with(|_| ());
    }
    let mut own = Vec::new();
    for _ in 0..STEPS {
        let measured = Measured::any(&mut rng);
        // Again and again, so that it is hot.
        for _ in 0..if rng.bool() { 10 } else { 1 } {
            measured.record();
            ledger.note(measured.key, measured.halves);
        }
        if rng.u8(..8) == 0 {
            AT_END.with_borrow_mut(|it| it.measured.push(measured));
            ledger.note(measured.key, measured.halves);
        }
        for _ in 0..rng.u8(..4) {
            let guard = Guard::begin(&mut rng);
            if let Some(key) = guard.key {
                ledger.note(key, guard.halves());
            }
            own.push(guard);
        }
        while own.len() > 20 {
            let guard = own.swap_remove(rng.usize(..own.len()));
            if let Some(guard) = pass_on(&mut rng, guard) {
                if let Some(key) = guard.key {
                    ledger.note(key, -guard.halves());
                }
                if rng.u8(..8) == 0 {
                    AT_END.with_borrow_mut(|it| it.guards.push(guard));
                }
            }
        }
    }
    HELD.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .append(&mut own);
    ledger
}

/// Sometimes, another thread is to end the guard. Then this one gets another guard to end, or none.
fn pass_on(rng: &mut Rng, guard: Guard) -> Option<Guard> {
    if rng.u8(..3) > 0 {
        return Some(guard);
    }
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.push(guard);
    let index = rng.usize(..2 * held.len());
    (index < held.len()).then(|| held.swap_remove(index))
}

/// A thread within an isolation, with handles that were made outside of it: what it records is there and nowhere else.
fn live_isolated(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let _outer = isolate();
    let outer: Vec<Measured> = (0..STEPS / 8).map(|_| Measured::any(&mut rng)).collect();
    let mut ledger = Ledger::default();
    for (index, measured) in outer.iter().enumerate() {
        measured.record();
        ledger.note(measured.key, measured.halves);
        if index % 8 == 0 {
            let mut ledger = Ledger::default();
            let _inner = isolate();
            measured.record();
            ledger.note(measured.key, measured.halves);
            ledger.check("within the inner isolation");
        }
    }
    ledger.check("within the outer isolation");
}

/// Views of the same measures come and go, and their rows are removed. The words of their rows are as many as those of the rows
/// that stay.
fn come_and_go(number: u64, stop: &Stop) {
    let mut rng = Rng::with_seed(number);
    let name = |kind: &str| format!("{kind}_{number}");
    let ticks = View::count(name("ticks"), &TICK).column(&LANE).build();
    let hits = View::sum(name("hits"), &HIT).column(&LANE).build();
    let weights = View::distribution(name("weights"), &WEIGHT, [-1.0, 0.0, 1.0]);
    let weights = weights.column(&LANE).build();
    let levels = View::sum(name("levels"), &LEVEL).column(&LANE).build();
    let going = View::sum(name("going"), &GOING).build();
    let (Ok(ticks), Ok(hits), Ok(weights), Ok(levels), Ok(going)) =
        (ticks, hits, weights, levels, going)
    else {
        unreachable!("the names are free");
    };
    while !stop.is_set() {
        // Most measures have no such view most of the time: with several, most of their measurements would not be hot.
        match rng.u8(..16) {
            0 => come_and_remove(&ticks, &mut rng),
            1 => come_and_remove(&hits, &mut rng),
            2 => come_and_remove(&weights, &mut rng),
            3 => come_and_remove(&levels, &mut rng),
            4..12 if number == 0 => come_and_remove(&going, &mut rng),
            4..12 => drop(snapshot()),
            _ => std::thread::yield_now(),
        }
    }
}

fn come_and_remove<A: Rows>(view: &View<A>, rng: &mut Rng) {
    assert!(view.register().is_ok());
    for _ in 0..rng.u8(..8) {
        std::thread::yield_now();
        match rng.u8(..4) {
            0 => drop(view.clear()),
            1 => drop(view.data()),
            _ => drop(view.remove(&tags!(LANE = Lane(rng.usize(..8))))),
        }
    }
    assert!(view.unregister());
}

#[test]
fn words_that_are_used_again_have_no_measurements_of_others() {
    let mut ledger = Ledger::default();
    with_background(
        &[&|stop| come_and_go(0, stop), &|stop| come_and_go(1, stop)],
        || {
            for wave in 0..WAVES {
                let ledgers = map_threads(0..THREADS, |thread| {
                    let seed = wave * THREADS + thread;
                    if thread % 8 == 7 {
                        live_isolated(seed);
                        return Ledger::default();
                    }
                    live(seed)
                });
                for it in &ledgers {
                    ledger.extend(it);
                }
                ledger.check(&format!("after wave {wave}"));
            }
        },
    );
    HELD.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
