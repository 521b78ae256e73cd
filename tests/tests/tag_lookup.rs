//! Tags are told by all of their texts: whatever the length, wherever a text differs, and wherever it comes from.

use std::collections::BTreeMap;

use census::{Count, Measure, TagKey, TagMap, TagValue, View, measure, record, tag, tags, view};

#[tag(name = "texts_a")]
static A: TagKey;
#[tag(name = "texts_b")]
static B: TagKey;
#[tag(name = "texts_c")]
static C: TagKey;
#[tag(name = "texts_d")]
static D: TagKey;
#[tag(name = "texts_e")]
static E: TagKey;

const KEYS: usize = 5;

#[measure]
static MET: Measure<u64>;
#[measure]
static SCOPED: Measure<u64>;
#[measure]
static LEN: Measure<u64>;

view! {
    static LENS: Count<LEN> by (A);
    static MEETINGS: Count<MET> by (A, B, C, D, E) { max_series: 10_000 }
    static IN_SCOPE: Count<SCOPED> by (A, B, C, D, E) { max_series: 10_000 }
}

type Texts = [String; KEYS];

/// Texts of many lengths, and those that differ from them in one byte.
fn similar() -> Vec<String> {
    let mut texts = Vec::new();
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
        texts.extend(all.map(|text| String::from_utf8(text).expect("ASCII")));
    }
    texts.sort();
    texts.dedup();
    texts
}

/// The first so many tags, one of them of each text.
fn sets() -> Vec<(usize, Texts)> {
    let mut sets = Vec::new();
    for text in similar() {
        for count in 1..=KEYS {
            for one in 0..count {
                let text_of = |key| match key {
                    key if key == one => text.clone(),
                    key if key < count => "x".to_owned(),
                    _ => String::new(),
                };
                sets.push((count, std::array::from_fn(text_of)));
            }
        }
    }
    sets
}

/// The tags of these numbers as a map.
fn map(texts: &Texts, numbers: std::ops::Range<usize>) -> TagMap {
    let mut map = TagMap::new();
    for (number, (key, text)) in [&A, &B, &C, &D, &E].into_iter().zip(texts).enumerate() {
        if numbers.contains(&number) {
            map.insert(key, TagValue::new(text).expect("it is short enough"));
        }
    }
    map
}

fn assert_counts(view: &View<Count>, expected: &BTreeMap<Texts, u64>) {
    let data = view.data();
    for (texts, count) in expected {
        let found = data.get(&map(texts, 0..KEYS));
        assert_eq!(found, Some(count), "{texts:?}");
    }
    assert_eq!(data.rows.len(), expected.len());
}

#[test]
fn own_texts_tell_in_every_place_and_number() {
    let mut expected = BTreeMap::new();
    // First meetings, and then hits.
    for _ in 0..3 {
        for (count, texts) in sets() {
            let t = &texts;
            match count {
                1 => record!(MET = 1, tags(A = t[0])),
                2 => record!(MET = 1, tags(B = t[1], A = t[0])),
                3 => record!(MET = 1, tags(A = t[0], B = t[1], C = t[2])),
                4 => record!(MET = 1, tags(D = t[3], B = t[1], C = t[2], A = t[0])),
                _ => record!(
                    MET = 1,
                    tags(A = t[0], B = t[1], C = t[2], D = t[3], E = t[4])
                ),
            }
            *expected.entry(texts).or_default() += 1;
        }
    }
    assert_counts(&MEETINGS, &expected);
}

/// Each has a small table of its own, in which sets lie side by side in another order.
const THREADS: u64 = 100;

#[test]
fn lengths_tell_where_nothing_else_does() {
    let lens = 8..=16;
    let texts: Vec<String> = lens.map(|len| "a".repeat(len)).collect();
    for _ in 0..THREADS {
        let texts = texts.clone();
        let thread = std::thread::spawn(move || {
            for text in &texts {
                record!(LEN = 1, tags(A = text.as_str()));
            }
        });
        thread.join().expect("it does not panic");
    }
    let data = LENS.data();
    assert_eq!(data.rows.len(), texts.len());
    for row in &data.rows {
        assert_eq!(row.data, THREADS, "{row:?}");
    }
}

#[test]
fn texts_of_the_scope_tell_as_own_ones_do() {
    let mut expected = BTreeMap::new();
    for _ in 0..3 {
        for (_, texts) in sets() {
            let [a, b, c, ..] = texts.each_ref().map(String::as_str);
            map(&texts, 0..KEYS).scope(|| SCOPED.record(1));
            map(&texts, 1..KEYS).scope(|| record!(SCOPED = 1, tags(A = a)));
            map(&texts, 3..KEYS).scope(|| record!(SCOPED = 1, tags(C = c, A = a, B = b)));
            // An own one counts, also if it is empty; one that is not set leaves the scope's.
            let other = map(&texts.each_ref().map(|_| "other".to_owned()), 0..2);
            other.scope(|| {
                tags!(C = c, D = texts[3], E = texts[4]).scope(|| {
                    record!(SCOPED = 1, tags(A = a, B = b));
                });
                map(&texts, 0..KEYS).scope(|| {
                    record!(SCOPED = 1, tags(A = a, B = None::<&str>));
                });
            });
            *expected.entry(texts).or_default() += 5;
        }
    }
    assert_counts(&IN_SCOPE, &expected);
}

#[test]
fn keys_made_at_run_time_are_told_apart_in_a_scope() {
    let measure = Measure::<u64>::builder("texts_run_time")
        .register()
        .expect("a new name");
    let [one, two] = ["texts_one", "texts_two"].map(|name| TagKey::new(name).expect("valid"));
    let view = View::count("texts_run_time_count", &measure);
    let view = view
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
