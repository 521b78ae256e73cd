//! Any measurements, on any of some threads that end and begin, with tags from anywhere, give what a list of them gives.
//!
//! One thing is done after the other, so what the newest value is, and which row was one too many, is known.

#![expect(
    clippy::indexing_slicing,
    reason = "a test: what is not there is its failure"
)]

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use census::{
    AsTagValue, Count, Distribution, DistributionData, LastValue, Measure, Number, Sum, TagKey,
    TagValueRef, Value, View, record, tag, tags,
};
use proptest::prelude::*;

#[tag(name = "model_a")]
static A: TagKey;
/// The same key, declared a second time.
#[tag(name = "model_a")]
static SECOND_A: TagKey;
#[tag(name = "model_b")]
static B: TagKey;
/// No view's column.
#[tag(name = "model_c")]
static C: TagKey;

/// Longer than a tag value may be.
static LONG: &str = match str::from_utf8(&[b'l'; 300]) {
    Ok(text) => text,
    Err(_) => "",
};
const TEXTS: [&str; 5] = [
    "x",
    "y",
    "",
    "a longer text than fits where short ones do",
    "_overflow",
];

/// A literal, the very same wherever it is used: one of the texts.
struct Same(usize);

static SAME: [&str; 5] = TEXTS;

impl AsTagValue for Same {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::one_of(&SAME, self.0 % 5)
    }
}

/// A literal that is too long.
struct Long;

impl AsTagValue for Long {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::one_of(std::slice::from_ref(&LONG), 0)
    }
}

/// Does something with one of the texts as a literal.
macro_rules! with_literal {
    ($number:expr, $record:ident) => {
        match $number % 5 {
            0 => $record!("x"),
            1 => $record!("y"),
            2 => $record!(""),
            3 => $record!("a longer text than fits where short ones do"),
            _ => $record!("_overflow"),
        }
    };
}

#[derive(Clone, Debug)]
struct Step {
    thread: usize,
    what: u8,
    value: usize,
    way: u8,
    a: usize,
    b: usize,
    scope: Option<(usize, usize)>,
}

/// The tags that count: those of `a` and `b`.
type Key = (String, String);

impl Step {
    fn a(&self) -> &'static str {
        TEXTS[self.a % 5]
    }

    fn b(&self) -> &'static str {
        TEXTS[self.b % 5]
    }

    /// Records, and says by which tags it is to be found.
    fn record<T: Value>(&self, measure: &Measure<T>, also: &Measure<u64>, value: T) -> Key {
        let Some((a, b)) = self.scope else {
            return self.record_in_scope(measure, also, value, ("", ""));
        };
        let (a, b) = (TEXTS[a % 5], TEXTS[b % 5]);
        tags!(A = a, B = b).scope(|| self.record_in_scope(measure, also, value, (a, b)))
    }

    fn record_in_scope<T: Value>(
        &self,
        measure: &Measure<T>,
        also: &Measure<u64>,
        value: T,
        scope: (&str, &str),
    ) -> Key {
        let (a, b) = (self.a(), self.b());
        let (counts_a, counts_b) = match self.way {
            0 => {
                measure.record(value);
                scope
            }
            1 => {
                macro_rules! record_a {
                    ($a:tt) => {
                        record!(measure = value, tags(A = $a))
                    };
                }
                with_literal!(self.a, record_a);
                (a, scope.1)
            }
            2 => {
                macro_rules! record_ab {
                    ($a:tt) => {
                        record!(measure = value, tags(B = "y", A = $a))
                    };
                }
                with_literal!(self.a, record_ab);
                (a, "y")
            }
            3 => {
                record!(measure = value, tags(A = a.to_owned(), B = b));
                (a, b)
            }
            4 => {
                record!(measure = value, tags(A = a, B = "x", C = "c"));
                (a, "x")
            }
            5 => {
                record!(measure = value, tags(A = "x", SECOND_A = a, B = b));
                (a, b)
            }
            6 => {
                let unset = None::<&str>;
                record!(measure = value, tags(A = "x", SECOND_A = unset, B = unset));
                ("x", scope.1)
            }
            7 => {
                record!(measure = value, also = 1, tags(A = "x", B = "y"));
                ("x", "y")
            }
            8 => {
                measure.bind(tags!(A = a)).record(value);
                // `tags!` has the scope's, too.
                (a, scope.1)
            }
            9 => {
                let key = TagKey::new("model_a").expect("a name");
                record!(measure = value, tags(key = a, B = "x"));
                (a, "x")
            }
            10 => {
                record!(measure = value, tags(A = Long, B = "x"));
                (&LONG[..255], "x")
            }
            11 => {
                record!(measure = value, tags(B = b, A = a));
                (a, b)
            }
            12 => {
                record!(measure = value, tags(A = Same(self.a), B = Same(self.b)));
                (a, b)
            }
            13 => {
                record!(measure = value, tags(B = Same(self.b), A = Same(self.a)));
                (a, b)
            }
            _ => {
                record!(
                    measure = value,
                    tags(A = a, B = "x"),
                    exemplar(trace_id = "7")
                );
                (a, "x")
            }
        };
        (counts_a.to_owned(), counts_b.to_owned())
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let scope = proptest::option::weighted(0.3, (0..5_usize, 0..5_usize));
    let step = (
        0..3_usize,
        0..40_u8,
        0..20_usize,
        0..15_u8,
        0..5_usize,
        0..5_usize,
        scope,
    );
    let step = step.prop_map(|(thread, what, value, way, a, b, scope)| Step {
        thread,
        what,
        value,
        way,
        a,
        b,
        scope,
    });
    proptest::collection::vec(step, 1..200)
}

/// Threads that do one thing at a time.
struct Worker {
    jobs: Sender<Box<dyn FnOnce() + Send>>,
    thread: JoinHandle<()>,
}

impl Worker {
    fn new() -> Self {
        let (jobs, queue): (_, Receiver<Box<dyn FnOnce() + Send>>) = channel();
        let thread = std::thread::spawn(move || queue.into_iter().for_each(|job| job()));
        Self { jobs, thread }
    }

    fn call<R: Send + 'static>(&self, f: impl FnOnce() -> R + Send + 'static) -> R {
        let (answer, answered) = channel();
        let job = Box::new(move || answer.send(f()).expect("somebody waits"));
        self.jobs.send(job).expect("it runs");
        answered.recv().expect("it does not panic")
    }

    fn end(self) {
        drop(self.jobs);
        self.thread.join().expect("it does not panic");
    }
}

/// A type of values in the model.
trait Modelled: Value + PartialOrd + Into<Number> {
    const VALUES: &'static [Self];
    const BOUNDS: &'static [Self];
    fn sum(values: &[Self]) -> Number;
    /// As mean and deviations see it.
    fn float(self) -> f64;
}

impl Modelled for u64 {
    const VALUES: &'static [Self] = &[0, 1, 10, 11, u64::MAX, (1 << 53) + 1, 7];
    const BOUNDS: &'static [Self] = &[0, 10, 1 << 53, u64::MAX];
    fn sum(values: &[Self]) -> Number {
        values
            .iter()
            .fold(0, |sum: u64, value| sum.wrapping_add(*value))
            .into()
    }
    fn float(self) -> f64 {
        Number::from(self).as_f64()
    }
}

impl Modelled for i64 {
    const VALUES: &'static [Self] = &[0, -1, i64::MIN, i64::MAX, 5, -10, 6];
    const BOUNDS: &'static [Self] = &[-10, 0, 5];
    fn sum(values: &[Self]) -> Number {
        values
            .iter()
            .fold(0, |sum: i64, value| sum.wrapping_add(*value))
            .into()
    }
    fn float(self) -> f64 {
        Number::from(self).as_f64()
    }
}

impl Modelled for f64 {
    const VALUES: &'static [Self] = &[0.0, -0.0, 0.1, -1.5, 1e9, 1e9 + 1.0, 5e-324, f64::NAN, 2.5];
    const BOUNDS: &'static [Self] = &[-1.0, 0.0, 0.1, 1e9];
    fn sum(values: &[Self]) -> Number {
        values.iter().sum::<f64>().into()
    }
    fn float(self) -> f64 {
        self
    }
}

impl Modelled for Duration {
    const VALUES: &'static [Self] = &[
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_millis(5),
        Duration::from_secs(10),
        Duration::from_nanos(u64::MAX),
        Duration::from_secs(11),
    ];
    const BOUNDS: &'static [Self] = &[
        Duration::ZERO,
        Duration::from_millis(5),
        Duration::from_secs(10),
    ];
    fn sum(values: &[Self]) -> Number {
        let longest = Duration::from_nanos(u64::MAX);
        let sum: Duration = values.iter().sum();
        sum.min(longest).into()
    }
    fn float(self) -> f64 {
        Number::from(self).as_f64()
    }
}

/// What was recorded into a measure since a view came, in order.
type Log<T> = Vec<(Key, T)>;

/// The values of each row, given the columns' values; one row for all that is too much.
fn rows<T: Copy>(
    log: &Log<T>,
    max: usize,
    columns: impl Fn(&Key) -> Vec<String>,
) -> (BTreeMap<Vec<String>, Vec<T>>, u64) {
    let (mut rows, mut overflowed) = (BTreeMap::<Vec<String>, Vec<T>>::new(), 0);
    let mut counted = 0;
    for (key, value) in log {
        let key = columns(key);
        if let Some(values) = rows.get_mut(&key) {
            values.push(*value);
        } else if counted < max {
            counted += 1;
            rows.insert(key, vec![*value]);
        } else {
            overflowed += 1;
            let overflow = key.iter().map(|_| "_overflow".to_owned()).collect();
            rows.entry(overflow).or_default().push(*value);
        }
    }
    (rows, overflowed)
}

fn both(key: &Key) -> Vec<String> {
    vec![key.0.clone(), key.1.clone()]
}

fn only_a(key: &Key) -> Vec<String> {
    vec![key.0.clone()]
}

fn only_b(key: &Key) -> Vec<String> {
    vec![key.1.clone()]
}

/// A measure with views of all sorts, and what was recorded.
struct Lane<T: Modelled> {
    measure: Measure<T>,
    log: Log<T>,
    counts: View<Count>,
    total: View<Sum>,
    sums: View<Sum>,
    last: View<LastValue>,
    distribution: View<Distribution>,
    bounded: View<Distribution>,
    /// A view that comes and goes, and how much had been recorded when it came.
    guest: View<Count>,
    guest_since: Option<usize>,
}

fn is_near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance + f64::MIN_POSITIVE
}

impl<T: Modelled> Lane<T> {
    fn new(name: &str) -> Self {
        let measure = Measure::<T>::builder(format!("model/{name}"))
            .register()
            .expect("free");
        let named = |view: &str| format!("model_{name}_{view}");
        let bounds = || T::BOUNDS.iter().copied();
        let guest = View::count(named("guest"), &measure)
            .column(&B)
            .register()
            .expect("free");
        assert!(guest.unregister());
        Self {
            counts: View::count(named("counts"), &measure)
                .column(&A)
                .column(&B)
                .register()
                .expect("free"),
            total: View::sum(named("total"), &measure)
                .register()
                .expect("free"),
            sums: View::sum(named("sums"), &measure)
                .column(&B)
                .register()
                .expect("free"),
            last: View::last_value(named("last"), &measure)
                .column(&A)
                .register()
                .expect("free"),
            distribution: View::distribution(named("distribution"), &measure, bounds())
                .column(&B)
                .column(&A)
                .register()
                .expect("free"),
            bounded: View::distribution(named("bounded"), &measure, bounds())
                .column(&A)
                .max_series(2)
                .register()
                .expect("free"),
            guest,
            guest_since: None,
            log: Vec::new(),
            measure,
        }
    }

    fn record(&mut self, worker: &Worker, also: &Measure<u64>, step: &Step) {
        let value = T::VALUES[step.value % T::VALUES.len()];
        let (measure, also, step) = (self.measure.clone(), also.clone(), step.clone());
        let key = worker.call(move || step.record(&measure, &also, value));
        if value.float().is_finite() {
            self.log.push((key, value));
        }
    }

    fn guest_comes_or_goes(&mut self) {
        self.guest_since = if self.guest_since.is_some() {
            assert!(self.guest.unregister());
            None
        } else {
            self.guest.register().expect("free");
            Some(self.log.len())
        };
    }

    fn check(&self) {
        self.check_counts(&self.counts, 0, both);
        if let Some(since) = self.guest_since {
            self.check_counts(&self.guest, since, only_b);
        }
        let (expected, _) = rows(&self.log, usize::MAX, only_b);
        let data = self.sums.data();
        assert_eq!(data.rows.len(), expected.len());
        for row in data.rows {
            let key: Vec<_> = row.tags().map(|(_, value)| value.to_owned()).collect();
            check_sum(row.data, &expected[&key]);
        }
        let all: Vec<T> = self.log.iter().map(|(_, value)| *value).collect();
        let total = self.total.data();
        assert_eq!(total.rows.len(), 1);
        check_sum(total.rows[0].data, &all);
        let (expected, _) = rows(&self.log, usize::MAX, only_a);
        let data = self.last.data();
        assert_eq!(data.rows.len(), expected.len());
        for row in data.rows {
            let key: Vec<_> = row.tags().map(|(_, value)| value.to_owned()).collect();
            assert_eq!(
                Some(row.data),
                expected[&key].last().map(|last| (*last).into())
            );
        }
        let reversed = |key: &Key| vec![key.1.clone(), key.0.clone()];
        self.check_distributions(&self.distribution, usize::MAX, reversed);
        self.check_distributions(&self.bounded, 2, only_a);
    }

    fn check_counts(&self, view: &View<Count>, since: usize, columns: fn(&Key) -> Vec<String>) {
        let (expected, _) = rows(&self.log[since..].to_vec(), usize::MAX, columns);
        let data = view.data();
        let found: BTreeMap<Vec<String>, usize> = data
            .rows
            .iter()
            .map(|row| {
                let key = row.tags().map(|(_, value)| value.to_owned()).collect();
                (key, usize::try_from(row.data).expect("few"))
            })
            .collect();
        let expected = expected
            .into_iter()
            .map(|(key, values)| (key, values.len()));
        assert_eq!(found, expected.collect());
    }

    fn check_distributions(
        &self,
        view: &View<Distribution>,
        max: usize,
        columns: impl Fn(&Key) -> Vec<String>,
    ) {
        let (expected, overflowed) = rows(&self.log, max, columns);
        let data = view.data();
        assert_eq!(
            (data.rows.len(), data.overflowed),
            (expected.len(), overflowed)
        );
        for row in &data.rows {
            let key: Vec<_> = row.tags().map(|(_, value)| value.to_owned()).collect();
            check_distribution(&row.data, &expected[&key]);
        }
    }
}

/// Also if a check fails, so that what follows begins anew.
impl<T: Modelled> Drop for Lane<T> {
    fn drop(&mut self) {
        for count in [&self.counts, &self.guest] {
            count.unregister();
        }
        for sum in [&self.total, &self.sums] {
            sum.unregister();
        }
        for distribution in [&self.distribution, &self.bounded] {
            distribution.unregister();
        }
        self.last.unregister();
    }
}

fn check_sum<T: Modelled>(found: Number, values: &[T]) {
    match (found, T::sum(values)) {
        (Number::F64(found), Number::F64(expected)) => {
            let size: f64 = values.iter().map(|value| value.float().abs()).sum();
            assert!(is_near(found, expected, size * 1e-12), "{found} {expected}");
        }
        (found, expected) => assert_eq!(found, expected),
    }
}

#[expect(clippy::cast_precision_loss, reason = "few")]
fn check_distribution<T: Modelled>(found: &DistributionData, values: &[T]) {
    check_sum(found.sum, values);
    let mut buckets = vec![0; T::BOUNDS.len() + 1];
    for value in values {
        let above = T::BOUNDS.iter().filter(|bound| *bound < value).count();
        buckets[above] += 1;
    }
    assert_eq!(found.bucket_counts, buckets);
    assert_eq!(found.count, buckets.iter().sum::<u64>());
    let order = |a: &&T, b: &&T| a.partial_cmp(b).expect("no NaN");
    let (min, max) = (values.iter().min_by(order), values.iter().max_by(order));
    assert_eq!(found.min, min.map(|min| (*min).into()));
    assert_eq!(found.max, max.map(|max| (*max).into()));
    let floats: Vec<f64> = values.iter().map(|value| value.float()).collect();
    let n = floats.len() as f64;
    let mean = floats.iter().map(|value| value / n).sum::<f64>();
    let size = floats
        .iter()
        .fold(0.0, |size: f64, value| size.max(value.abs()));
    assert!(
        is_near(found.mean, mean, size * 1e-12),
        "{} {mean}",
        found.mean
    );
    let deviations: f64 = floats.iter().map(|value| (value - mean).powi(2)).sum();
    let tolerance = n * size * size * 1e-12;
    assert!(
        is_near(found.sum_of_squared_deviations, deviations, tolerance),
        "{} {deviations}",
        found.sum_of_squared_deviations
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_hold_what_a_list_of_the_measurements_gives(steps in steps()) {
        let also = Measure::<u64>::builder("model/also").register().expect("free");
        let _ = View::sum("model_also", &also).column(&A).register().expect("free").unregister();
        let alsos = View::sum("model_also", &also).column(&A).register().expect("free");
        let (mut unsigned, mut signed) = (Lane::<u64>::new("u64"), Lane::<i64>::new("i64"));
        let (mut float, mut time) = (Lane::<f64>::new("f64"), Lane::<Duration>::new("duration"));
        let mut workers: Vec<Worker> = (0..3).map(|_| Worker::new()).collect();
        let mut also_recorded = 0;
        for step in &steps {
            let worker = &workers[step.thread];
            match step.what {
                0 => std::mem::replace(&mut workers[step.thread], Worker::new()).end(),
                1 => unsigned.guest_comes_or_goes(),
                2 => float.guest_comes_or_goes(),
                3 => {
                    unsigned.check();
                    signed.check();
                    float.check();
                    time.check();
                }
                what => {
                    match what % 4 {
                        0 => unsigned.record(worker, &also, step),
                        1 => signed.record(worker, &also, step),
                        2 => float.record(worker, &also, step),
                        _ => time.record(worker, &also, step),
                    }
                    also_recorded += u64::from(step.way == 7);
                }
            }
        }
        workers.into_iter().for_each(Worker::end);
        unsigned.check();
        signed.check();
        float.check();
        time.check();
        let found = alsos.data().get(&tags!(A = "x")).map(|sum| sum.as_f64());
        prop_assert_eq!(found, (also_recorded > 0).then(|| Number::from(also_recorded).as_f64()));
        assert!(alsos.unregister());
    }
}
