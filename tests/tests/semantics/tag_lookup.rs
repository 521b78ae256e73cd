//! Rows are found by all tag values: of any length, wherever two values differ, and from a measurement or from a scope.

use std::collections::BTreeMap;

use census::testing::isolate;
use census::{Count, Measure, TagKey, TagMap, TagValue, View, measure, record, tag, tags, view};
use census_tests::threads::on_new_thread;

#[tag]
static A: TagKey;
#[tag]
static B: TagKey;
#[tag]
static C: TagKey;
#[tag]
static D: TagKey;
#[tag]
static E: TagKey;

const KEYS: usize = 5;

#[measure]
static CALLS: Measure<u64>;
#[measure]
static LEN: Measure<u64>;
#[measure]
static BY_KEY: Measure<u64>;

view! {
    static LENS: Count<LEN> by (A);
    static GIVEN_KEYS: Count<BY_KEY> by (A, B);
    static BY_ALL: Count<CALLS> by (A, B, C, D, E) { max_series: 10_000 }
}

/// A tag value for each key; an empty one is the same as an unset tag.
type Values = [String; KEYS];

/// Values of many lengths, and values that differ from them in one byte.
fn similar_values() -> Vec<String> {
    let mut values = Vec::new();
    for len in [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 33, 254, 255] {
        let same = vec![b'a'; len];
        let changed = [0, len / 3, len / 2, len.saturating_sub(1)].map(|at| {
            let mut changed = same.clone();
            changed
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte = b'b');
            changed
        });
        let all = changed.into_iter().chain([same]);
        values.extend(all.map(|value| String::from_utf8(value).expect("ASCII")));
    }
    values.sort();
    values.dedup();
    values
}

/// Sets of one to five tags, each with its number of tags. In each set, one tag has one of the similar values.
fn sets() -> Vec<(usize, Values)> {
    let mut sets = Vec::new();
    for value in similar_values() {
        for count in 1..=KEYS {
            for one in 0..count {
                let value_of = |key| match key {
                    key if key == one => value.clone(),
                    key if key < count => "x".to_owned(),
                    _ => String::new(),
                };
                sets.push((count, std::array::from_fn(value_of)));
            }
        }
    }
    sets
}

/// A map of some of the tags.
fn map(values: &Values, indices: std::ops::Range<usize>) -> TagMap {
    let mut map = TagMap::new();
    for (index, (key, value)) in [&A, &B, &C, &D, &E].into_iter().zip(values).enumerate() {
        if indices.contains(&index) {
            map.insert(key, TagValue::new(value).expect("at most 255 bytes"));
        }
    }
    map
}

fn assert_counts(view: &View<Count>, expected: &BTreeMap<Values, u64>) {
    let data = view.data();
    for (values, count) in expected {
        let actual = data.get(&map(values, 0..KEYS));
        assert_eq!(actual, Some(count), "{values:?}");
    }
    assert_eq!(data.rows.len(), expected.len());
}

#[test]
fn own_tags_in_every_number_and_position() {
    let _isolated = isolate();
    let mut expected = BTreeMap::new();
    // A first measurement misses the cache, later ones hit it.
    for _ in 0..3 {
        for (count, values) in sets() {
            let t = &values;
            match count {
                1 => record!(CALLS = 1, tags(A = t[0])),
                2 => record!(CALLS = 1, tags(B = t[1], A = t[0])),
                3 => record!(CALLS = 1, tags(A = t[0], B = t[1], C = t[2])),
                4 => record!(CALLS = 1, tags(D = t[3], B = t[1], C = t[2], A = t[0])),
                _ => record!(
                    CALLS = 1,
                    tags(A = t[0], B = t[1], C = t[2], D = t[3], E = t[4])
                ),
            }
            *expected.entry(values).or_default() += 1;
        }
    }
    assert_counts(&BY_ALL, &expected);
}

/// Each thread has a small hash table of its own, in which the sets of tags collide in another way.
const THREADS: u64 = 100;

#[test]
fn values_that_differ_only_in_length() {
    let _isolated = isolate();
    let values: Vec<String> = (8..=16).map(|len| "a".repeat(len)).collect();
    let current = TagMap::current();
    for _ in 0..THREADS {
        on_new_thread(|| {
            current.clone().scope(|| {
                for value in &values {
                    record!(LEN = 1, tags(A = value.as_str()));
                }
            });
        });
    }
    let data = LENS.data();
    assert_eq!(data.rows.len(), values.len());
    for row in &data.rows {
        assert_eq!(row.data, THREADS, "{row:?}");
    }
}

#[test]
fn tags_of_scopes() {
    let _isolated = isolate();
    let mut expected = BTreeMap::new();
    for _ in 0..3 {
        for (_, values) in sets() {
            let [a, b, c, ..] = values.each_ref().map(String::as_str);
            map(&values, 0..KEYS).scope(|| CALLS.record(1));
            map(&values, 1..KEYS).scope(|| record!(CALLS = 1, tags(A = a)));
            map(&values, 3..KEYS).scope(|| record!(CALLS = 1, tags(C = c, A = a, B = b)));
            // An own tag replaces the scope's, also with an empty value; `None` leaves the scope's.
            let other = map(&values.each_ref().map(|_| "other".to_owned()), 0..2);
            other.scope(|| {
                tags!(C = c, D = values[3], E = values[4]).scope(|| {
                    record!(CALLS = 1, tags(A = a, B = b));
                });
                map(&values, 0..KEYS).scope(|| {
                    record!(CALLS = 1, tags(A = a, B = None::<&str>));
                });
            });
            *expected.entry(values).or_default() += 5;
        }
    }
    assert_counts(&BY_ALL, &expected);
}

#[test]
fn run_time_keys_in_a_scope() {
    let _isolated = isolate();
    let measure = Measure::<u64>::builder("run_time")
        .register()
        .expect("a new name");
    let [one, two] = ["one", "two"].map(|name| TagKey::new(name).expect("valid"));
    let view = View::count("run_time_count", &measure)
        .column(&one)
        .column(&two)
        .column(&A)
        .register()
        .expect("a new name");
    for _ in 0..3 {
        for scope in ["s", "t"] {
            tags!(A = scope).scope(|| {
                record!(measure = 1, tags(one = "x"));
                record!(measure = 1, tags(two = "x"));
                record!(measure = 1, tags(one = "x", two = "y"));
                record!(measure = 1, tags(two = "x", one = "y"));
            });
        }
    }
    let data = view.data();
    assert_eq!(data.rows.len(), 8);
    for row in &data.rows {
        assert_eq!(row.data, 3, "{row:?}");
    }
}

/// One place in the program, with one literal, and whichever key it is given.
fn record_with(key: &TagKey) {
    record!(BY_KEY = 1, tags(key = "x"));
}

#[test]
fn one_place_that_is_given_several_keys_counts_each_by_itself() {
    let _isolated = isolate();
    for key in [&A, &B, &A, &A, &B] {
        record_with(key);
    }
    let rows = GIVEN_KEYS.data();
    assert_eq!(rows.get(&tags!(A = "x")), Some(&3));
    assert_eq!(rows.get(&tags!(B = "x")), Some(&2));
    assert_eq!(rows.rows.len(), 2);
}
