//! Rows of views, as tests compare them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use census::{Aggregation, Data, Number, Row, Snapshot, Sum, TagKey, TagMap, View};

use crate::differences::Differences;

/// The tag value of a row for measurements beyond the view's limit of rows.
pub const OVERFLOW: &str = "_overflow";

/// The data of the row that has these tags.
#[must_use]
pub fn row<A: Aggregation>(view: &View<A>, tags: &TagMap) -> Option<A::Data> {
    view.data().get(tags).cloned()
}

/// The data of a view's row without tags: the only row of a view without columns.
#[must_use]
pub fn only_row<A: Aggregation>(view: &View<A>) -> Option<A::Data> {
    row(view, &TagMap::new())
}

/// The value of an integer measure.
#[must_use]
pub fn integer(number: &Number) -> i64 {
    match number {
        Number::U64(number) => i64::try_from(*number).expect("below 2^63"),
        Number::I64(number) => *number,
        other => panic!("{other:?} is not an integer"),
    }
}

/// A row's tag values, in the order of the view's columns.
pub fn tag_values<D>(row: &Row<D>) -> Vec<String> {
    row.tags().map(|(_, value)| value.to_owned()).collect()
}

/// The tag values of all rows of a view.
pub fn keys_of_rows<A: Aggregation>(view: &View<A>) -> BTreeSet<Vec<String>> {
    view.data().rows.iter().map(tag_values).collect()
}

/// The tag values of rows, as [`keys_of_rows`] has them.
#[must_use]
pub fn keys<const N: usize>(rows: &[[&str; N]]) -> BTreeSet<Vec<String>> {
    let rows = rows.iter().map(|row| row.map(str::to_owned));
    rows.map(Vec::from).collect()
}

/// A row's value of a tag key, which must be a number.
pub fn tag_number<D>(row: &Row<D>, key: &TagKey) -> u64 {
    let value = row.tag(key).expect("the view has this column");
    value.parse().expect("the tag value is a number")
}

/// The rows of a view: by their tag values, a value for each.
#[derive(Clone, Debug)]
pub struct Values<V> {
    /// The view's name.
    pub view: String,
    /// The values.
    pub rows: BTreeMap<Vec<String>, V>,
}

/// Reads the rows of a view now. `value` makes the value of a row of the row's data.
pub fn values<A: Aggregation, V>(view: &View<A>, value: impl Fn(&A::Data) -> V) -> Values<V> {
    let rows = view.data().rows;
    Values {
        view: view.name().to_owned(),
        rows: rows
            .iter()
            .map(|row| (tag_values(row), value(&row.data)))
            .collect(),
    }
}

/// The rows of a view that are now below zero.
#[must_use]
pub fn below_zero(view: &View<Sum>) -> Differences {
    rows_unless(view, "0 or more", |sum| sum >= 0)
}

/// The rows of a view that are now not zero.
#[must_use]
pub fn not_zero(view: &View<Sum>) -> Differences {
    rows_unless(view, "0", |sum| sum == 0)
}

fn rows_unless(view: &View<Sum>, expected: &str, is_expected: fn(i64) -> bool) -> Differences {
    let mut differences = Differences::default();
    for (tags, sum) in values(view, integer).rows {
        if !is_expected(sum) {
            differences.add(view.name(), &tags, expected, &sum.to_string());
        }
    }
    differences
}

/// Fails when the count or the sum of a row falls from one snapshot to the next.
#[derive(Debug, Default)]
pub struct RisingRows {
    /// The newest values, by the view's name and the row's tag values.
    newest: HashMap<(String, Vec<String>), Vec<f64>>,
}

impl RisingRows {
    /// Fails if a row of the snapshot is [fallen](Self::fallen).
    #[track_caller]
    pub fn check(&mut self, snapshot: &Snapshot, may_fall: &[&str]) {
        let fallen = self.fallen(snapshot, may_fall);
        fallen.assert_none(&"values that never fall");
    }

    /// Compares a snapshot with the one before, and returns the rows whose values have fallen. `may_fall` has the names
    /// of views whose values may fall. Last values are not compared. The sums of all other views must be of values that
    /// are not negative.
    #[must_use]
    pub fn fallen(&mut self, snapshot: &Snapshot, may_fall: &[&str]) -> Differences {
        let mut fallen = Differences::default();
        for view in snapshot.views() {
            if may_fall.contains(&view.name()) {
                continue;
            }
            for row in &view.data.rows {
                let key = (view.name().to_owned(), tag_values(row));
                let now = rising_values(&row.data);
                let before = self.newest.get(&key).into_iter().flatten();
                if before.clone().zip(&now).any(|(before, now)| before > now) {
                    let least = format!("at least {:?}", before.collect::<Vec<_>>());
                    fallen.add(view.name(), &key.1, &least, &format!("{now:?}"));
                }
                self.newest.insert(key, now);
            }
        }
        fallen
    }
}

/// The values of a row that never fall, if those that are recorded are not negative.
#[must_use]
pub fn rising_values(data: &Data) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    match data {
        Data::Count(count) => vec![*count as f64],
        Data::Sum(sum) => vec![sum.as_f64()],
        Data::Distribution(data) => {
            let counts = data.bucket_counts.iter().map(|count| *count as f64);
            counts.chain([data.sum.as_f64()]).collect()
        }
        Data::LastValue(_) => Vec::new(),
        other => unreachable!("say whether {other:?} may fall"),
    }
}
