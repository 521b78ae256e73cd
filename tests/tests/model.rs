//! Rows are compared with a model: a list of the measurements. The measurements are arbitrary, on threads that begin
//! and end, and their tags come from everywhere.
//!
//! Steps do not overlap, so the newest value, and the rows over the limit, follow from the list.

#![expect(
    clippy::indexing_slicing,
    reason = "the test fails if an element is missing"
)]

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use census::{
    AsTagValue, Count, Distribution, DistributionData, LastValue, Measure, Number, Sum, TagKey,
    TagValueRef, Value, View, record, tag, tags,
};
use census_tests::rows::{row, tag_values};
use proptest::prelude::*;

#[tag(name = "model_a")]
static A: TagKey;
/// The same key, declared a second time.
#[tag(name = "model_a")]
static SECOND_A: TagKey;
#[tag(name = "model_b")]
static B: TagKey;
/// A key that is not a column of any view.
#[tag(name = "model_c")]
static C: TagKey;

/// Longer than a tag value may be.
static LONG: &str = match str::from_utf8(&[b'l'; 300]) {
    Ok(text) => text,
    Err(_) => "",
};
const VALUES: [&str; 5] = [
    "x",
    "y",
    "",
    "a value that is too long to be stored inline",
    "_overflow",
];

/// One of the values, as a literal with the same address wherever it is used.
struct Shared(usize);

static SHARED: [&str; 5] = VALUES;

impl AsTagValue for Shared {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::one_of(&SHARED, self.0 % 5)
    }
}

/// A literal that is longer than a tag value may be.
struct Long;

impl AsTagValue for Long {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::one_of(std::slice::from_ref(&LONG), 0)
    }
}

/// Passes one of the values, as a literal, to a macro.
macro_rules! with_literal {
    ($index:expr, $record:ident) => {
        match $index % 5 {
            0 => $record!("x"),
            1 => $record!("y"),
            2 => $record!(""),
            3 => $record!("a value that is too long to be stored inline"),
            _ => $record!("_overflow"),
        }
    };
}

#[derive(Clone, Debug)]
struct Step {
    /// The thread that records.
    thread: usize,
    /// 0 to 3: an action other than a measurement. Above, the measure.
    action: u8,
    /// The index of the recorded value.
    value: usize,
    /// The way in which the measurement is recorded, and its tags are given.
    way: u8,
    /// The index of the value of the tag `a`.
    a: usize,
    /// The index of the value of the tag `b`.
    b: usize,
    /// The values of both tags in a scope around the measurement.
    scope: Option<(usize, usize)>,
}

/// The values of `a` and `b` that a measurement has.
type Key = (String, String);

impl Step {
    fn a(&self) -> &'static str {
        VALUES[self.a % 5]
    }

    fn b(&self) -> &'static str {
        VALUES[self.b % 5]
    }

    /// Records a value, and returns the tags that it must be counted with.
    fn record<T: Value + Into<Number>>(
        &self,
        measure: &Measure<T>,
        second: &Measure<u64>,
        value: T,
    ) -> Key {
        let Some((a, b)) = self.scope else {
            return self.record_in_scope(measure, second, value, ("", ""));
        };
        let (a, b) = (VALUES[a % 5], VALUES[b % 5]);
        tags!(A = a, B = b).scope(|| self.record_in_scope(measure, second, value, (a, b)))
    }

    fn record_in_scope<T: Value + Into<Number>>(
        &self,
        measure: &Measure<T>,
        second: &Measure<u64>,
        value: T,
        scope: (&str, &str),
    ) -> Key {
        let (a, b) = (self.a(), self.b());
        let (expected_a, expected_b) = match self.way {
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
                record!(measure = value, second = 1, tags(A = "x", B = "y"));
                ("x", "y")
            }
            8 => {
                // A value that is rejected would leave the row that `bind` makes, of which the log knows nothing.
                // `bind` makes overflow rows, too. A measurement of such a row's own key is then not counted as overflowed.
                if a == "_overflow" {
                    record!(measure = value, tags(A = a));
                } else if is_recorded(value) {
                    measure.bind(tags!(A = a)).record(value);
                }
                // `tags!` includes the tags of the scope.
                (a, scope.1)
            }
            9 => {
                let key = TagKey::new("model_a").expect("a valid name");
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
                record!(
                    measure = value,
                    tags(A = Shared(self.a), B = Shared(self.b))
                );
                (a, b)
            }
            13 => {
                record!(
                    measure = value,
                    tags(B = Shared(self.b), A = Shared(self.a))
                );
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
        (expected_a.to_owned(), expected_b.to_owned())
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
    let step = step.prop_map(|(thread, action, value, way, a, b, scope)| Step {
        thread,
        action,
        value,
        way,
        a,
        b,
        scope,
    });
    proptest::collection::vec(step, 1..200)
}

/// A thread that runs one function at a time.
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
        let (sender, result) = channel();
        let job = Box::new(move || sender.send(f()).expect("the test waits"));
        self.jobs.send(job).expect("the thread runs");
        result.recv().expect("the function does not panic")
    }

    fn end(self) {
        drop(self.jobs);
        self.thread.join().expect("the thread does not panic");
    }
}

/// A type of values in the model.
trait Modeled: Value + PartialOrd + Into<Number> {
    const VALUES: &'static [Self];
    const BOUNDS: &'static [Self];
    fn sum(values: &[Self]) -> Number;
    /// The value as a float, as in the mean and the deviations.
    fn float(self) -> f64;
}

impl Modeled for u64 {
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

impl Modeled for i64 {
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

impl Modeled for f64 {
    const VALUES: &'static [Self] = &[0.0, -0.0, 0.1, -1.5, 1e9, 1e9 + 1.0, 5e-324, f64::NAN, 2.5];
    const BOUNDS: &'static [Self] = &[-1.0, 0.0, 0.1, 1e9];
    fn sum(values: &[Self]) -> Number {
        values.iter().sum::<f64>().into()
    }
    fn float(self) -> f64 {
        self
    }
}

impl Modeled for Duration {
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
        let sum: Duration = values.iter().sum();
        sum.min(Duration::from_nanos(u64::MAX)).into()
    }
    fn float(self) -> f64 {
        Number::from(self).as_f64()
    }
}

/// The measurements of a measure, in order.
type Log<T> = Vec<(Key, T)>;

/// The values of each row, and how many of them are in the overflow row. `columns` selects the values of a view's
/// columns, and `max` is the view's limit of rows.
fn expected_rows<T: Copy>(
    log: &Log<T>,
    max: usize,
    columns: impl Fn(&Key) -> Vec<String>,
) -> (BTreeMap<Vec<String>, Vec<T>>, u64) {
    let (mut rows, mut overflowed) = (BTreeMap::<Vec<String>, Vec<T>>::new(), 0);
    let mut row_count = 0;
    for (key, value) in log {
        let key = columns(key);
        if let Some(values) = rows.get_mut(&key) {
            values.push(*value);
        } else if row_count < max {
            row_count += 1;
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

/// A measure with views of all aggregations, and the log of its measurements.
struct MeasureModel<T: Modeled> {
    measure: Measure<T>,
    log: Log<T>,
    counts: View<Count>,
    total: View<Sum>,
    sums: View<Sum>,
    last: View<LastValue>,
    distribution: View<Distribution>,
    bounded: View<Distribution>,
    /// A view that is registered at times.
    guest: View<Count>,
    /// How many measurements the log had when the view was registered.
    guest_since: Option<usize>,
}

/// Whether a measure takes the value: it is neither NaN nor infinite.
fn is_recorded<T: Into<Number>>(value: T) -> bool {
    value.into().as_f64().is_finite()
}

fn is_near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance + f64::MIN_POSITIVE
}

impl<T: Modeled> MeasureModel<T> {
    fn new(name: &str) -> Self {
        let measure = Measure::<T>::builder(format!("model/{name}"))
            .register()
            .expect("a free name");
        let named = |view: &str| format!("model_{name}_{view}");
        let bounds = || T::BOUNDS.iter().copied();
        let guest = View::count(named("guest"), &measure)
            .column(&B)
            .register()
            .expect("a free name");
        assert!(guest.unregister());
        Self {
            counts: View::count(named("counts"), &measure)
                .column(&A)
                .column(&B)
                .register()
                .expect("a free name"),
            total: View::sum(named("total"), &measure)
                .register()
                .expect("a free name"),
            sums: View::sum(named("sums"), &measure)
                .column(&B)
                .register()
                .expect("a free name"),
            last: View::last_value(named("last"), &measure)
                .column(&A)
                .register()
                .expect("a free name"),
            distribution: View::distribution(named("distribution"), &measure, bounds())
                .column(&B)
                .column(&A)
                .register()
                .expect("a free name"),
            bounded: View::distribution(named("bounded"), &measure, bounds())
                .column(&A)
                .max_series(2)
                .register()
                .expect("a free name"),
            guest,
            guest_since: None,
            log: Vec::new(),
            measure,
        }
    }

    fn record(&mut self, worker: &Worker, second: &Measure<u64>, step: &Step) {
        let value = T::VALUES[step.value % T::VALUES.len()];
        let (measure, second, step) = (self.measure.clone(), second.clone(), step.clone());
        let key = worker.call(move || step.record(&measure, &second, value));
        if value.float().is_finite() {
            self.log.push((key, value));
        }
    }

    fn toggle_guest(&mut self) {
        self.guest_since = if self.guest_since.is_some() {
            assert!(self.guest.unregister());
            None
        } else {
            self.guest.register().expect("a free name");
            Some(self.log.len())
        };
    }

    fn check(&self) {
        self.check_counts(&self.counts, 0, both);
        if let Some(since) = self.guest_since {
            self.check_counts(&self.guest, since, only_b);
        }
        let (expected, _) = expected_rows(&self.log, usize::MAX, only_b);
        let data = self.sums.data();
        assert_eq!(data.rows.len(), expected.len());
        for row in data.rows {
            let key = tag_values(&row);
            check_sum(row.data, &expected[&key]);
        }
        let all: Vec<T> = self.log.iter().map(|(_, value)| *value).collect();
        let total = self.total.data();
        assert_eq!(total.rows.len(), 1);
        check_sum(total.rows[0].data, &all);
        let (expected, _) = expected_rows(&self.log, usize::MAX, only_a);
        let data = self.last.data();
        assert_eq!(data.rows.len(), expected.len());
        for row in data.rows {
            let key = tag_values(&row);
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
        let (expected, _) = expected_rows(&self.log[since..].to_vec(), usize::MAX, columns);
        let data = view.data();
        let rows = data.rows.iter();
        let actual: BTreeMap<Vec<String>, usize> = rows
            .map(|row| (tag_values(row), usize::try_from(row.data).expect("few")))
            .collect();
        let expected = expected
            .into_iter()
            .map(|(key, values)| (key, values.len()));
        assert_eq!(actual, expected.collect());
    }

    fn check_distributions(
        &self,
        view: &View<Distribution>,
        max: usize,
        columns: impl Fn(&Key) -> Vec<String>,
    ) {
        let (expected, overflowed) = expected_rows(&self.log, max, columns);
        let data = view.data();
        assert_eq!(
            (data.rows.len(), data.overflowed),
            (expected.len(), overflowed)
        );
        for row in &data.rows {
            let key = tag_values(row);
            check_distribution(&row.data, &expected[&key]);
        }
    }
}

/// Frees the names of the views, also if a check fails: proptest then runs smaller cases.
impl<T: Modeled> Drop for MeasureModel<T> {
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

fn check_sum<T: Modeled>(actual: Number, values: &[T]) {
    match (actual, T::sum(values)) {
        (Number::F64(actual), Number::F64(expected)) => {
            let size: f64 = values.iter().map(|value| value.float().abs()).sum();
            assert!(
                is_near(actual, expected, size * 1e-12),
                "{actual} {expected}"
            );
        }
        (actual, expected) => assert_eq!(actual, expected),
    }
}

#[expect(clippy::cast_precision_loss, reason = "few")]
fn check_distribution<T: Modeled>(actual: &DistributionData, values: &[T]) {
    check_sum(actual.sum, values);
    let mut buckets = vec![0; T::BOUNDS.len() + 1];
    for value in values {
        let above = T::BOUNDS.iter().filter(|bound| *bound < value).count();
        buckets[above] += 1;
    }
    assert_eq!(actual.bucket_counts, buckets);
    assert_eq!(actual.count, buckets.iter().sum::<u64>());
    let order = |a: &&T, b: &&T| a.partial_cmp(b).expect("no NaN");
    let (min, max) = (values.iter().min_by(order), values.iter().max_by(order));
    assert_eq!(actual.min, min.map(|min| (*min).into()));
    assert_eq!(actual.max, max.map(|max| (*max).into()));
    let floats: Vec<f64> = values.iter().map(|value| value.float()).collect();
    let n = floats.len() as f64;
    let mean = floats.iter().map(|value| value / n).sum::<f64>();
    let size = floats
        .iter()
        .fold(0.0, |size: f64, value| size.max(value.abs()));
    assert!(
        is_near(actual.mean, mean, size * 1e-12),
        "{} {mean}",
        actual.mean
    );
    let deviations: f64 = floats.iter().map(|value| (value - mean).powi(2)).sum();
    let tolerance = n * size * size * 1e-12;
    assert!(
        is_near(actual.sum_of_squared_deviations, deviations, tolerance),
        "{} {deviations}",
        actual.sum_of_squared_deviations
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_those_of_the_model(steps in steps()) {
        let second = Measure::<u64>::builder("model/second").register().expect("a free name");
        let _ = View::sum("model_second", &second).column(&A).register().expect("a free name").unregister();
        let second_sums = View::sum("model_second", &second).column(&A).register().expect("a free name");
        let (mut unsigned, mut signed) = (MeasureModel::<u64>::new("u64"), MeasureModel::<i64>::new("i64"));
        let (mut float, mut time) = (MeasureModel::<f64>::new("f64"), MeasureModel::<Duration>::new("duration"));
        let mut workers: Vec<Worker> = (0..3).map(|_| Worker::new()).collect();
        let mut second_recorded = 0;
        for step in &steps {
            let worker = &workers[step.thread];
            match step.action {
                0 => std::mem::replace(&mut workers[step.thread], Worker::new()).end(),
                1 => unsigned.toggle_guest(),
                2 => float.toggle_guest(),
                3 => {
                    unsigned.check();
                    signed.check();
                    float.check();
                    time.check();
                }
                action => {
                    match action % 4 {
                        0 => unsigned.record(worker, &second, step),
                        1 => signed.record(worker, &second, step),
                        2 => float.record(worker, &second, step),
                        _ => time.record(worker, &second, step),
                    }
                    second_recorded += u64::from(step.way == 7);
                }
            }
        }
        workers.into_iter().for_each(Worker::end);
        unsigned.check();
        signed.check();
        float.check();
        time.check();
        let sum = row(&second_sums, &tags!(A = "x")).map(Number::as_f64);
        prop_assert_eq!(sum, (second_recorded > 0).then(|| Number::from(second_recorded).as_f64()));
        assert!(second_sums.unregister());
    }
}
