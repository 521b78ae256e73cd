//! What `record!` evaluates, how often, and in which order.

use std::sync::Mutex;

use census::{AsTagValue, Measure, TagKey, TagValueRef, measure, record, tag, tags, view};

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
