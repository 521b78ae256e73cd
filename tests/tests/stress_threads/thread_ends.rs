//! What threads record at their end, and what their end changes.

use std::cell::RefCell;
use std::sync::mpsc::channel;
use std::thread;

use census::{Measure, Number, TagKey, View, measure, record, tag, tags};
use census_tests::differences::Differences;
use census_tests::rows::{only_row, row};
use census_tests::threads::on_new_thread;

#[tag]
static END: TagKey;

/// The threads record nothing before they end.
#[test]
fn measurements_of_destructors_are_counted() {
    const ENDED: u64 = 500;
    #[measure]
    static LEFT: Measure<u64>;
    struct RecordLeft;
    impl Drop for RecordLeft {
        fn drop(&mut self) {
            record!(LEFT = 1, tags(END = "left"));
        }
    }
    thread_local! {
        static AT_END: RefCell<Option<RecordLeft>> = const { RefCell::new(None) };
    }
    let left = View::sum("left", &LEFT)
        .column(&END)
        .register()
        .expect("a free name");
    for _ in 0..ENDED {
        on_new_thread(|| AT_END.with(|at_end| *at_end.borrow_mut() = Some(RecordLeft)));
    }
    let sum = row(&left, &tags!(END = "left"));
    assert_eq!(
        sum,
        Some(Number::U64(ENDED)),
        "left [\"left\"], in which each thread recorded 1 at its end"
    );
}

/// The end of a thread changes the order in which floats are added, and so the rounding of their sum.
#[test]
fn sums_of_floats_do_not_fall_when_threads_end() {
    #[measure]
    static WEIGHT: Measure<f64>;
    let sum = View::sum("weight", &WEIGHT)
        .register()
        .expect("a free name");
    let distribution = View::distribution("weights", &WEIGHT, [0.5]).register();
    let distribution = distribution.expect("a free name");
    let mut before = (0.0, 0.0);
    let mut check = |round: u64, event: &str, thread: usize| {
        let now = (
            only_row(&sum).map_or(-1.0, Number::as_f64),
            only_row(&distribution).map_or(-1.0, |data| data.sum.as_f64()),
        );
        let mut fallen = Differences::default();
        fallen.add_if_fallen(sum.name(), &[], before.0, now.0);
        fallen.add_if_fallen(distribution.name(), &[], before.1, now.1);
        fallen.assert_none(&format_args!("thread {thread} of round {round} {event}"));
        before = now;
    };
    let mut rng = fastrand::Rng::with_seed(7);
    for round in 0..100 {
        let mut threads = Vec::new();
        for number in 0..4 {
            let (end, ended) = channel::<()>();
            let (sender, recorded) = channel();
            let values: Vec<f64> = (0..20).map(|_| rng.f64()).collect();
            let thread = thread::spawn(move || {
                for value in values {
                    WEIGHT.record(value);
                }
                sender.send(()).expect("the test waits");
                ended.into_iter().for_each(drop);
            });
            recorded.recv().expect("the thread does not panic");
            threads.push((number, end, thread));
            check(round, "has recorded", number);
        }
        while !threads.is_empty() {
            let (number, end, thread) = threads.swap_remove(rng.usize(..threads.len()));
            drop(end);
            thread.join().expect("the thread does not panic");
            check(round, "has ended", number);
        }
    }
}
