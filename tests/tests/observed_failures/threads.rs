//! On which threads readings run.

use std::sync::Mutex;
use std::thread;

use census::{Observed, measure, tags, view};

#[measure]
static READER: Observed<u64>;
view! { static READER_VALUE: Sum<READER>; }

#[test]
fn a_thread_of_the_library_reads() {
    static NAMES: Mutex<Vec<Option<String>>> = Mutex::new(Vec::new());
    let _alone = super::alone();
    let observation = READER.observe(|seen| {
        let name = thread::current().name().map(str::to_owned);
        NAMES.lock().expect("no panic").push(name);
        seen.record(1, tags!());
    });
    for _ in 0..3 {
        assert_eq!(READER_VALUE.data().rows.len(), 1);
    }
    let names = NAMES.lock().expect("no panic");
    assert_eq!(*names, vec![Some("census-observe".to_owned()); 3]);
    drop(observation);
}
