//! What `record!` evaluates, how often, and in which order.

use std::sync::Mutex;

use census::testing::isolate;
use census::{
    AsTagValue, CatalogueError, Count, Measure, TagKey, TagValueRef, View, measure, record, tag,
    tags, view,
};

#[tag]
static KEY: TagKey;
#[tag]
static OTHER: TagKey;
#[measure]
static FIRST: Measure<u64>;
#[measure]
static SECOND: Measure<u64>;

view! {
    static FIRST_BY_KEY: Count<FIRST> by (KEY);
    static FIRST_BY_BOTH: Count<FIRST> by (OTHER, KEY);
    static SECOND_BY_KEY: Count<SECOND> by (KEY);
    static SECOND_SIZES: Distribution<SECOND> by (KEY) { buckets: [5] }
}

/// The evaluations, in their order. One test uses it at a time.
static EVALUATED: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

fn evaluated(what: &'static str) -> &'static str {
    EVALUATED.lock().expect("no panic").push(what);
    what
}

fn value(what: &'static str) -> u64 {
    evaluated(what);
    1
}

/// A tag value that is another one each time.
struct Changes;

impl AsTagValue for Changes {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        let mut evaluated = EVALUATED.lock().expect("no panic");
        evaluated.push("as_tag_value");
        match evaluated.iter().filter(|it| **it == "as_tag_value").count() {
            1 => TagValueRef::borrowed("first"),
            2 => TagValueRef::borrowed("second"),
            _ => TagValueRef::borrowed("later"),
        }
    }
}

#[test]
fn everything_is_evaluated_once_and_in_the_order_of_values_tags_labels() {
    let _isolated = isolate();
    record!(
        FIRST = value("a"),
        tags(KEY = Changes, OTHER = evaluated("tag"))
    );
    assert_eq!(
        EVALUATED.lock().expect("no panic").split_off(0),
        ["a", "as_tag_value", "tag"]
    );

    record!(
        tags(KEY = Changes, OTHER = evaluated("tag")),
        FIRST = value("a"),
        SECOND = value("b"),
    );
    let both = EVALUATED.lock().expect("no panic").split_off(0);
    assert_eq!(both, ["a", "b", "as_tag_value", "tag"]);
    // Both measures have the same tags.
    assert_eq!(SECOND_BY_KEY.data().get(&tags!(KEY = "first")), Some(&1));
    assert_eq!(FIRST_BY_KEY.data().get(&tags!(KEY = "first")), Some(&2));
    assert_eq!(FIRST_BY_KEY.data().rows.len(), 1);
    assert_eq!(FIRST_BY_BOTH.data().rows.len(), 1);

    record!(
        FIRST = value("a"),
        SECOND = value("b"),
        exemplar(id = evaluated("label")),
        tags(KEY = Changes, OTHER = evaluated("tag")),
    );
    let all = EVALUATED.lock().expect("no panic").split_off(0);
    assert_eq!(all, ["a", "b", "as_tag_value", "tag", "label"]);
    assert_eq!(FIRST_BY_KEY.data().get(&tags!(KEY = "first")), Some(&3));
    assert_eq!(SECOND_BY_KEY.data().get(&tags!(KEY = "first")), Some(&2));
}

/// What a value or a tag changes while it is evaluated.
fn change_views(measure: &Measure<u64>, gone: &View<Count>, new: &View<Count>) {
    measure.record(1);
    assert!(gone.unregister());
    new.register().expect("the view is valid");
    // This thread counts in words of the new view now.
    measure.record(1);
}

#[test]
fn a_value_or_a_tag_that_changes_the_views_of_its_measure_is_counted_in_the_views_that_are_there_then()
-> Result<(), CatalogueError> {
    let _isolated = isolate();
    let measure = Measure::<u64>::builder("evaluation/changed").register()?;
    let stays = View::count("evaluation_stays", &measure)
        .column(&KEY)
        .register()?;
    let first = View::count("evaluation_first", &measure)
        .column(&KEY)
        .register()?;
    let second = View::count("evaluation_second", &measure)
        .column(&KEY)
        .register()?;
    assert!(second.unregister());
    let (by_value, by_literal) = (tags!(KEY = "value"), tags!(KEY = "literal"));
    // From now on, both measurements are in the thread's cache.
    record!(measure = 1, tags(KEY = "literal"));
    record!(measure = 1, tags(KEY = String::from("value")));

    record!(
        measure = {
            change_views(&measure, &first, &second);
            1
        },
        tags(KEY = "literal")
    );
    assert_eq!(second.data().get(&by_literal), Some(&1));
    assert_eq!(stays.data().get(&by_literal), Some(&2));

    record!(
        measure = 1,
        tags(
            KEY = {
                change_views(&measure, &second, &first);
                String::from("value")
            }
        )
    );
    assert_eq!(first.data().get(&by_value), Some(&1));
    assert_eq!(stays.data().get(&by_value), Some(&2));

    // Without a view, there is nothing to count in.
    record!(
        measure = {
            assert!(stays.unregister() && first.unregister());
            1
        },
        tags(KEY = "literal")
    );
    assert!(first.data().rows.is_empty() && stays.data().rows.is_empty());
    Ok(())
}
