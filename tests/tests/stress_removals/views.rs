//! Views of any aggregation whose rows go, and what their rows may show at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use census::{Aggregation, Data, Number, TagMap, View, ViewBuilder};
use census_tests::differences::Differences;
use census_tests::rows::integer;

use super::keys::{KEY, KEYS, Measures, is_mark_of, number_of, quarter, value_of};

/// Which measure a view is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    Work,
    Part,
    Mark,
    Held,
}

/// A view of a storm.
pub(super) struct Going {
    pub(super) of: Of,
    /// Whether the rows show how much is held now.
    pub(super) is_level: bool,
    pub(super) view: &'static dyn AnyGoing,
}

/// Registers views of all aggregations. Their names begin with `storm`.
pub(super) fn register_all(storm: &str, measures: &Measures, idle: Option<Duration>) -> Vec<Going> {
    let Measures {
        work,
        part,
        mark,
        held,
    } = measures;
    let bounds: [u64; KEYS.len() - 1] = std::array::from_fn(|key| KEYS[key].1 + 1);
    let name = |name: &str| format!("{storm}_{name}");
    let register = Register { idle };
    let mut views = vec![
        register.one(View::count(name("count"), *work), Of::Work, Data::Count),
        register.one(View::sum(name("sum"), *work), Of::Work, Data::Sum),
        register.one(
            View::distribution(name("sizes"), *work, bounds),
            Of::Work,
            |data| Data::Distribution(Box::new(data)),
        ),
        register.one(View::sum(name("parts"), *part), Of::Part, Data::Sum),
        register.one(
            View::distribution(name("part_sizes"), *part, bounds.map(quarter)),
            Of::Part,
            |data| Data::Distribution(Box::new(data)),
        ),
        register.one(
            View::last_value(name("last"), *mark),
            Of::Mark,
            Data::LastValue,
        ),
        register.one(View::count(name("holds"), *held), Of::Held, Data::Count),
    ];
    views.push(Going {
        is_level: true,
        ..register.one(View::sum(name("level"), *held), Of::Held, Data::Sum)
    });
    views
}

struct Register {
    idle: Option<Duration>,
}

impl Register {
    fn one<A: Aggregation>(
        &self,
        view: ViewBuilder<A>,
        of: Of,
        data: fn(A::Data) -> Data,
    ) -> Going {
        let mut view = view.column(&KEY);
        if let Some(idle) = self.idle {
            view = view.idle(idle);
        }
        let view = OfData(view.register().expect("a free name"), data);
        Going {
            of,
            is_level: false,
            view: Box::leak(Box::new(view)),
        }
    }
}

/// A view of any aggregation.
pub(super) trait AnyGoing: Sync {
    fn name(&self) -> &str;
    fn remove(&self, tags: &TagMap) -> bool;
    fn clear(&self) -> usize;
    /// Reads the rows, by their keys.
    fn rows(&self) -> Vec<(String, Data)>;
}

/// A view, and the variant of its data.
struct OfData<A: Aggregation>(View<A>, fn(A::Data) -> Data);

impl<A: Aggregation> AnyGoing for OfData<A> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn remove(&self, tags: &TagMap) -> bool {
        self.0.remove(tags)
    }

    fn clear(&self) -> usize {
        self.0.clear()
    }

    fn rows(&self) -> Vec<(String, Data)> {
        let rows = self.0.data().rows.into_iter();
        let row = |row: census::Row<A::Data>| {
            let key = row.tag(&KEY).expect("the view has the column").to_owned();
            (key, self.1(row.data))
        };
        rows.map(row).collect()
    }
}

/// Finds what is wrong with the rows of one reading, whenever it was made.
pub(super) fn faults(view: &str, rows: &[(String, Data)]) -> Differences {
    let mut faults = Differences::default();
    let mut seen = BTreeSet::new();
    for (name, data) in rows {
        let mut add = |expected: &str, actual: &str| {
            faults.add(view, std::slice::from_ref(name), expected, actual);
        };
        if !seen.insert(name) {
            add("one row", "two rows of this key in one reading");
        } else if let Some(key) = number_of(name)
            && let Some(expected) = fault_of(key, data)
        {
            add(&expected, &format!("{data:?}"));
        }
    }
    faults
}

/// What the data of a row should be, if they cannot be of measurements of its key only.
fn fault_of(key: usize, data: &Data) -> Option<String> {
    let value = value_of(key);
    let is_right = match data {
        Data::Count(_) => true,
        Data::Sum(sum) => {
            let sum = units(sum);
            if sum < 0 {
                return Some("0 or more".to_owned());
            }
            sum % value == 0
        }
        Data::LastValue(mark) => is_mark_of(key, integer(mark).cast_unsigned()),
        Data::Distribution(data) => {
            let is_value = |number: &Option<Number>| number.is_none_or(|it| units(&it) == value);
            let others = data.bucket_counts.iter().enumerate();
            let mut others = others.filter(|(bucket, _)| *bucket != key);
            is_value(&data.min) && is_value(&data.max) && others.all(|(_, count)| *count == 0)
        }
        other => unreachable!("say what may be in {other:?}"),
    };
    (!is_right).then(|| format!("values of this key only, each {value} (or a mark of it)"))
}

/// An integer, or how many quarters a float has.
fn units(number: &Number) -> i64 {
    match number {
        #[expect(clippy::cast_possible_truncation, reason = "far below 2^53")]
        Number::F64(number) => (number * 4.0) as i64,
        other => integer(other),
    }
}

/// How many measurements of its key are in a row; of a level, how many guards are held. A mark is returned as it is.
pub(super) fn amount_of(key: usize, data: &Data) -> i64 {
    match data {
        Data::Count(count) => count.cast_signed(),
        // A multiple: see `fault_of`.
        Data::Sum(sum) => units(sum) / value_of(key),
        Data::LastValue(mark) => integer(mark),
        Data::Distribution(data) => data.count.cast_signed(),
        other => unreachable!("say what the amount of {other:?} is"),
    }
}

/// Reads a view while no thread records, and returns the rows of the keys. The second result is what is wrong with them.
pub(super) fn quiet_rows(view: &Going) -> (BTreeMap<usize, Data>, Differences) {
    let name = view.view.name();
    let rows = view.view.rows();
    let mut faults = faults(name, &rows);
    let keyed = rows.into_iter().filter_map(|(row, data)| {
        let key = number_of(&row)?;
        if let Data::Distribution(data) = &data {
            // While threads record, the two may differ.
            let sum = value_of(key) * data.count.cast_signed();
            if units(&data.sum) != sum {
                faults.add(
                    name,
                    &[row],
                    &format!("a sum of {sum}"),
                    &format!("{data:?}"),
                );
            }
        }
        Some((key, data))
    });
    let rows = keyed.collect();
    (rows, faults)
}
