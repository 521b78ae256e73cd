//! Views that come and go while a guard is held.

use census::testing::isolate;
use census::{Held, Measure, Sum, TagMap, View, tags};
use census_tests::threads::on_new_thread;

use super::{LISTENER, OPEN, OPEN_SUM, level};

/// A measure with one view, by listener or without columns.
fn viewed(name: &str, by_listener: bool) -> (Measure<i64>, View<Sum>) {
    let measure = Measure::builder(format!("hold/{name}")).register();
    let measure = measure.expect("a free name");
    let view = view(name, &measure, by_listener);
    (measure, view)
}

fn view(name: &str, measure: &Measure<i64>, by_listener: bool) -> View<Sum> {
    let builder = View::sum(format!("hold_{name}"), measure);
    let builder = if by_listener {
        builder.column(&LISTENER)
    } else {
        builder
    };
    builder.register().expect("a free name")
}

/// The tags of the only row.
fn tags_of(by_listener: bool) -> TagMap {
    if by_listener {
        tags!(LISTENER = "x")
    } else {
        TagMap::new()
    }
}

/// A measure whose rows are in this thread's cache: where a guard finds them there without the scope, it keeps less than
/// one that had to look for them.
fn cached(measure: &Measure<i64>) -> &Measure<i64> {
    drop(measure.hold(0));
    measure
}

/// The level of a row that nothing was added to: a view without columns has its row from the start.
fn untouched(by_listener: bool) -> Option<i64> {
    (!by_listener).then_some(0)
}

fn drop_elsewhere(held: Held) {
    on_new_thread(|| drop(held));
}

const ENDS: [fn(Held); 2] = [drop, drop_elsewhere];

#[test]
fn view_that_is_registered_later_does_not_see_the_end() {
    let _isolated = isolate();
    for (index, end) in ENDS.into_iter().enumerate() {
        for by_listener in [false, true] {
            let tags = tags_of(by_listener);
            let _scope = tags.clone().enter();
            let (measure, first) = viewed(&format!("later_{index}_{by_listener}"), by_listener);
            let before = cached(&measure).hold(1);
            let later = view(
                &format!("late_{index}_{by_listener}"),
                &measure,
                by_listener,
            );
            assert_eq!(level(&later, &tags), untouched(by_listener));
            let after = measure.hold(2);
            assert_eq!(
                (level(&first, &tags), level(&later, &tags)),
                (Some(3), Some(2))
            );
            end(before);
            assert_eq!(
                (level(&first, &tags), level(&later, &tags)),
                (Some(2), Some(2))
            );
            end(after);
            assert_eq!(
                (level(&first, &tags), level(&later, &tags)),
                (Some(0), Some(0))
            );
        }
    }
}

#[test]
fn view_that_is_registered_again_does_not_see_the_end() {
    let _isolated = isolate();
    for (index, end) in ENDS.into_iter().enumerate() {
        for by_listener in [false, true] {
            let tags = tags_of(by_listener);
            let _scope = tags.clone().enter();
            let (measure, view) = viewed(&format!("again_{index}_{by_listener}"), by_listener);
            let bound = measure.bind(tags.clone());
            let before = [cached(&measure).hold(1), bound.hold(2)];
            assert!(view.unregister());
            let unviewed = measure.hold(4);
            view.register().expect("the name is free again");
            for guard in before.into_iter().chain([unviewed]) {
                end(guard);
            }
            assert_eq!(level(&view, &tags), untouched(by_listener));
            let held = bound.hold(8);
            assert_eq!(level(&view, &tags), Some(8));
            end(held);
            assert_eq!(level(&view, &tags), Some(0));
        }
    }
}

/// The views of the measure are others at each end, so each thread's cache is cleared meanwhile.
#[test]
fn other_views_do_not_matter() {
    let _isolated = isolate();
    let none = TagMap::new();
    let before = cached(&OPEN).hold(1);
    let guest = view("guest", &OPEN, true);
    let with_guest = OPEN.hold(2);
    assert!(guest.unregister());
    let after = OPEN.hold(4);
    for (guard, left) in [(with_guest, 5), (before, 4), (after, 0)] {
        drop(guard);
        assert_eq!(level(&OPEN_SUM, &none), Some(left));
    }
}

#[test]
fn guard_keeps_a_measure_of_run_time() {
    let _isolated = isolate();
    let (measure, view) = viewed("dropped", true);
    let tags = tags_of(true);
    let held = tags.clone().scope(|| measure.hold(3));
    drop(measure);
    assert_eq!(level(&view, &tags), Some(3));
    drop(held);
    assert_eq!(level(&view, &tags), Some(0));
}
