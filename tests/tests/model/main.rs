//! Rows are compared with a model: a list of the measurements. The measurements are arbitrary, on threads that begin
//! and end, and their tags come from everywhere.
//!
//! Steps do not overlap, so the newest value, and the rows over the limit, follow from the list.

#![expect(
    clippy::indexing_slicing,
    reason = "the test fails if an element is missing"
)]

mod measures;
mod rows;
mod steps;
mod values;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use census::{Measure, Number, View, tags};
use census_tests::rows::row;
use proptest::prelude::*;

use self::measures::MeasureModel;
use self::steps::{A, steps};

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
        for (number, step) in steps.iter().enumerate() {
            let worker = &workers[step.thread];
            match step.action {
                0 => std::mem::replace(&mut workers[step.thread], Worker::new()).end(),
                1 => unsigned.toggle_guest(),
                2 => float.toggle_guest(),
                3 => {
                    let at = format!("after step {number}");
                    unsigned.check(&at);
                    signed.check(&at);
                    float.check(&at);
                    time.check(&at);
                }
                4 | 5 => {
                    let (a, b) = step.tags();
                    let key = (a.to_owned(), b.to_owned());
                    // All rows are removed less often than one.
                    let key = (step.way > 2).then_some(&key);
                    match step.action {
                        4 => unsigned.remove(step.value, key),
                        _ => float.remove(step.value, key),
                    }
                }
                action => {
                    match action % 4 {
                        0 => unsigned.record(worker, &second, (number, step)),
                        1 => signed.record(worker, &second, (number, step)),
                        2 => float.record(worker, &second, (number, step)),
                        _ => time.record(worker, &second, (number, step)),
                    }
                    second_recorded += u64::from(step.way == 7);
                }
            }
        }
        workers.into_iter().for_each(Worker::end);
        unsigned.check(&"after all steps");
        signed.check(&"after all steps");
        float.check(&"after all steps");
        time.check(&"after all steps");
        let sum = row(&second_sums, &tags!(A = "x")).map(Number::as_f64);
        let expected = (second_recorded > 0).then(|| Number::from(second_recorded).as_f64());
        prop_assert_eq!(sum, expected, "after all steps: model_second [\"x\"], to which the steps whose way is 7 record");
        assert!(second_sums.unregister());
    }
}
