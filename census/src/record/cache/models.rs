//! Models of a thread's cache: versions, and measurements that are subtracted later.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::address::TagAddresses;
use super::begin_end::{begin_cached, end_cached, end_in_own, end_in_shared};
use super::bound::resolve_in;
use super::counted_rows::{Beginning, CountedRow};
use super::resolve::{for_each_in, for_each_uncached};
use super::thread_cache::ThreadCache;
use crate::aggregate::models::{exhaust_words, measure, release_words, sum, sum_of};
use crate::aggregate::{LiveView, Target};
use crate::declare::{Handle, MeasureCell, ValueBits};
use crate::id::{BoundId, RowId};
use crate::register::current_version;
use crate::register::models::{add_view, add_view_of_cells, begin_run, remove_view};
use crate::sync::AtomicBool;
use crate::sync::models::{check, thread};

/// A row in another chunk than the first.
const FAR_ROW: RowId = RowId::first_at(1_000);
const NO_TAGS: [TagAddresses; 0] = [];
const ONE: ValueBits = ValueBits(1);
const MINUS_ONE: ValueBits = ValueBits((-1_i64).cast_unsigned());

/// A measure with views.
fn measure_with(views: usize) -> (Handle<MeasureCell>, Vec<Arc<LiveView>>) {
    begin_run();
    let measure = measure();
    let views: Vec<_> = (0..views).map(|_| sum_of(&measure)).collect();
    for view in &views {
        add_view(&measure, view);
    }
    (measure, views)
}

/// A thread that records, with its cache.
struct Recorder {
    measure: Handle<MeasureCell>,
    cache: ThreadCache,
}

impl Recorder {
    fn new(measure: &Handle<MeasureCell>) -> Self {
        let mut cache = ThreadCache::new();
        cache.attach();
        Self {
            measure: measure.clone(),
            cache,
        }
    }

    /// Records as `record!` does.
    fn record(&mut self, bits: ValueBits) {
        let Some(version) = current_version(&self.measure) else {
            return;
        };
        if let Some(entry) = self.cache.find_by_address(version, &NO_TAGS) {
            return entry.record(bits);
        }
        let f = &mut |target: &Target| target.record(bits);
        if for_each_in(&mut self.cache, &self.measure, version, &[], f).is_none() {
            self.record_uncached(bits);
        }
    }

    /// Records as a handle does.
    fn record_bound(&mut self, id: BoundId) {
        let Some(version) = current_version(&self.measure) else {
            return;
        };
        let tags = [TagAddresses::of_bound(id)];
        if let Some(entry) = self.cache.find_by_address(version, &tags) {
            return entry.record(ONE);
        }
        let f = &mut |target: &Target| target.record(ONE);
        resolve_in(&mut self.cache, &self.measure, version, id, |_| "", f);
    }

    /// Records as a thread does that has no cache.
    fn record_uncached(&self, bits: ValueBits) {
        for_each_uncached(&self.measure, &[], &mut |target| target.record(bits));
    }

    /// Begins a call, whose rows are in the cache.
    fn begin(&mut self) -> Beginning {
        let mut beginning = Beginning::NotCounted;
        let version = current_version(&self.measure).expect("the measure has views");
        let begun = begin_cached(&mut self.cache, &mut beginning, version, &NO_TAGS, ONE);
        assert!(begun.is_some(), "the rows are in the cache");
        beginning
    }

    /// Ends a call, as the thread with this cache does.
    fn end(&mut self, beginning: Beginning) {
        match beginning {
            Beginning::NotCounted => {}
            Beginning::Row(row) => {
                if end_cached(&self.cache, &row, &NO_TAGS, MINUS_ONE).is_none() {
                    self.end_elsewhere(&row);
                }
            }
            Beginning::Rows(mut rows) => {
                for name in rows.drain() {
                    if end_in_own(&self.cache, &name, MINUS_ONE).is_none() {
                        end_in_shared(&name, &self.measure, MINUS_ONE);
                    }
                }
            }
        }
    }

    fn end_elsewhere(&self, row: &CountedRow) {
        if end_in_own(&self.cache, &row.name, MINUS_ONE).is_none() {
            end_in_shared(&row.name, &self.measure, MINUS_ONE);
        }
    }
}

/// Reads a view so often. At no time is it below zero.
fn never_below_zero(view: &LiveView, times: usize) {
    for time in 0..times {
        let sum = sum(view);
        assert!(sum >= 0, "scrape {time} read {sum}");
    }
}

#[test]
fn a_measurement_is_counted_in_the_views_that_are_there_when_it_begins() {
    check(3, || {
        let (measure, views) = measure_with(1);
        let second = sum_of(&measure);
        let is_added = Arc::new(AtomicBool::new(false));
        let recorder = thread::spawn({
            let is_added = Arc::clone(&is_added);
            let mut recorder = Recorder::new(&measure);
            move || {
                recorder.record(ONE);
                // Acquire: pairs with the Release below.
                let is_late = is_added.load(Ordering::Acquire);
                recorder.record(ONE);
                recorder.record(ONE);
                // What is cached for versions that have ended is dropped.
                recorder.cache.invalidate_if_stale();
                (recorder, is_late)
            }
        });
        add_view(&measure, &second);
        is_added.store(true, Ordering::Release);
        let (mut recorder, is_late) = recorder.join().expect("it does not panic");
        recorder.cache.invalidate_if_stale();
        let version = current_version(&measure).map(|version| version.0);
        assert!(
            recorder
                .cache
                .cached_versions()
                .iter()
                .all(|cached| Some(*cached) == version),
            "something stays cached for a version that has ended"
        );
        recorder.cache.detach();
        assert_eq!(sum(&views[0]), 3, "the view that is always there");
        let in_second = sum(&second);
        let at_least = if is_late { 2 } else { 0 };
        assert!(
            (at_least..=3).contains(&in_second),
            "{in_second} of {at_least} are in the new view"
        );
    });
}

/// A thread records twice, while a view of the measure goes.
fn keeps_no_words_of_a_view_that_is_gone(
    record: impl Fn(&mut Recorder) + Copy + Send + Sync + 'static,
) {
    check(3, move || {
        let (measure, views) = measure_with(1);
        let [gone] = views.as_slice() else {
            unreachable!("there is one view");
        };
        let recorder = thread::spawn({
            let mut recorder = Recorder::new(&measure);
            move || {
                record(&mut recorder);
                recorder.cache.invalidate_if_stale();
                record(&mut recorder);
                recorder
            }
        });
        // The first view ends with a version that the thread may never have met.
        add_view(&measure, &sum_of(&measure));
        remove_view(&measure, gone);
        let mut recorder = recorder.join().expect("it does not panic");
        recorder.cache.invalidate_if_stale();
        // It does not matter that something else, here the model, has the view.
        assert!(!recorder.cache.has_words_of(gone));
        let version = current_version(&measure).map(|version| version.0);
        let mut cached = recorder.cache.cached_versions().into_iter();
        assert!(cached.all(|cached| Some(cached) == version));
    });
}

#[test]
fn a_thread_keeps_no_words_of_a_view_that_is_gone() {
    keeps_no_words_of_a_view_that_is_gone(|recorder| recorder.record(ONE));
}

#[test]
fn a_thread_with_a_handle_keeps_no_words_of_a_view_that_is_gone() {
    let id = BoundId::next();
    keeps_no_words_of_a_view_that_is_gone(move |recorder| recorder.record_bound(id));
}

#[test]
fn a_measurement_by_any_cell_of_a_measure_is_counted_in_the_views_that_are_there() {
    check(3, || {
        begin_run();
        // Two declarations of one name.
        let cells = [measure(), measure()];
        let [first, second] = [(); 2].map(|()| sum_of(&cells[0]));
        add_view_of_cells(&cells, &first);
        let is_added = Arc::new(AtomicBool::new(false));
        let recorder = thread::spawn({
            let (cells, is_added) = (cells.clone(), Arc::clone(&is_added));
            let mut recorder = Recorder::new(&cells[1]);
            move || {
                recorder.record(ONE);
                // Acquire: pairs with the Release below.
                let is_late = is_added.load(Ordering::Acquire);
                // First by the cell of the measurement that is cached, which nothing has dropped yet.
                for cell in cells.into_iter().rev() {
                    recorder.measure = cell;
                    recorder.record(ONE);
                }
                recorder.cache.detach();
                is_late
            }
        });
        add_view_of_cells(&cells, &second);
        is_added.store(true, Ordering::Release);
        let is_late = recorder.join().expect("it does not panic");
        assert_eq!(sum(&first), 3, "the view that is always there");
        let in_second = sum(&second);
        let at_least = if is_late { 2 } else { 0 };
        assert!(
            (at_least..=3).contains(&in_second),
            "{in_second} of {at_least} are in the new view"
        );
    });
}

#[test]
fn a_scrape_that_reads_an_end_on_another_thread_reads_the_beginning() {
    check(3, || {
        let (measure, views) = measure_with(1);
        let mut recorder = Recorder::new(&measure);
        // There are shared words already: making them synchronizes threads.
        recorder.record_uncached(ValueBits(0));
        let scraper = thread::spawn({
            let view = Arc::clone(&views[0]);
            move || never_below_zero(&view, 2)
        });
        recorder.record(ValueBits(0));
        let beginning = recorder.begin();
        let other = thread::spawn({
            let mut other = Recorder::new(&measure);
            move || {
                other.end(beginning);
                other.cache.detach();
            }
        });
        // The thread of the beginning ends.
        recorder.cache.detach();
        other.join().expect("it does not panic");
        scraper.join().expect("it does not panic");
        assert_eq!(sum(&views[0]), 0);
    });
}

#[test]
fn an_end_on_a_thread_with_words_of_its_own_is_not_counted_there() {
    check(2, || {
        let (measure, views) = measure_with(1);
        let mut recorder = Recorder::new(&measure);
        let mut other = Recorder::new(&measure);
        // Both threads have words for the row. A scrape reads those of the first one first.
        recorder.record(ValueBits(0));
        other.record(ValueBits(0));
        let scraper = thread::spawn({
            let view = Arc::clone(&views[0]);
            move || never_below_zero(&view, 1)
        });
        let beginning = recorder.begin();
        let other = thread::spawn(move || {
            other.end(beginning);
            other
        });
        let other = other.join().expect("it does not panic");
        scraper.join().expect("it does not panic");
        for mut recorder in [recorder, other] {
            recorder.cache.detach();
        }
        assert_eq!(sum(&views[0]), 0);
    });
}

#[test]
fn an_end_is_counted_in_shared_words_if_its_beginning_was() {
    check(3, || {
        let (measure, views) = measure_with(1);
        let scraper = thread::spawn({
            let view = Arc::clone(&views[0]);
            move || never_below_zero(&view, 2)
        });
        // The view has so many rows that the thread gets no words of its own, and caches a row when it meets it again.
        exhaust_words(&views[0].rows);
        let mut recorder = Recorder::new(&measure);
        recorder.record(ValueBits(0));
        recorder.record(ValueBits(0));
        let beginning = recorder.begin();
        // It gets words for the row later, because its cache was cleared meanwhile, and it has met another row since.
        recorder.cache.meet(&views[0], FAR_ROW);
        release_words(&views[0].rows);
        recorder.cache.forget_cached();
        recorder.record(ValueBits(0));
        recorder.end(beginning);
        recorder.cache.detach();
        scraper.join().expect("it does not panic");
        assert_eq!(sum(&views[0]), 0);
    });
}

#[test]
fn an_end_is_not_counted_in_a_view_that_was_registered_after_its_beginning() {
    check(2, || {
        let (measure, views) = measure_with(2);
        let mut recorder = Recorder::new(&measure);
        recorder.record(ValueBits(0));
        let beginning = recorder.begin();
        let ender = thread::spawn({
            let mut other = Recorder::new(&measure);
            move || {
                other.end(beginning);
                other.cache.detach();
            }
        });
        let scraper = thread::spawn({
            let view = Arc::clone(&views[0]);
            move || never_below_zero(&view, 1)
        });
        // The second view is registered again.
        remove_view(&measure, &views[1]);
        let again = sum_of(&measure);
        add_view(&measure, &again);
        never_below_zero(&again, 1);
        ender.join().expect("it does not panic");
        scraper.join().expect("it does not panic");
        recorder.cache.detach();
        assert_eq!((sum(&views[0]), sum(&again)), (0, 0));
    });
}
