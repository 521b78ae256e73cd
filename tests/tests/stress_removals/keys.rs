//! The keys of the storms, each with a value of its own, and the ways to record it.

use census::{BoundMeasure, Held, Measure, TagKey, TagMap, hold, record, tag, tags};
use fastrand::Rng;

#[tag]
pub(super) static KEY: TagKey;

/// The measures of a storm.
pub(super) struct Measures {
    /// The value is that of the key.
    pub(super) work: &'static Measure<u64>,
    /// The value is a quarter of that of the key, so floats are added without rounding.
    pub(super) part: &'static Measure<f64>,
    /// The value is different in each measurement: see [`mark`].
    pub(super) mark: &'static Measure<u64>,
    /// The value is that of the key.
    pub(super) held: &'static Measure<i64>,
}

macro_rules! keys {
    ($($name:literal: $value:literal,)*) => {
        /// The tag value of each key, and its value, which is a prime: where a measurement of another key is added, the
        /// sum is not a multiple of it any more.
        pub(super) const KEYS: [(&str, u64); [$($value),*].len()] = [$(($name, $value)),*];

        fn record_literal(measures: &Measures, name: &str, (value, part, number): (u64, f64, u64)) {
            let Measures { work, part: parts, mark, .. } = measures;
            match name {
                $($name => record!(work = value, parts = part, mark = number, tags(KEY = $name)),)*
                _ => unreachable!("{name} is a key"),
            }
        }

        fn hold_literal(measures: &Measures, name: &str, value: i64) -> Held {
            let Measures { held, .. } = measures;
            match name {
                $($name => hold!(held = value, tags(KEY = $name)),)*
                _ => unreachable!("{name} is a key"),
            }
        }
    };
}

keys! {
    "k00": 1009, "k01": 1013, "k02": 1019, "k03": 1021, "k04": 1031, "k05": 1033,
    "k06": 1039, "k07": 1049, "k08": 1051, "k09": 1061, "k10": 1063, "k11": 1069,
}

/// The number of a key.
pub(super) fn number_of(name: &str) -> Option<usize> {
    KEYS.iter().position(|(key, _)| *key == name)
}

/// The value of the key with this number.
pub(super) fn value_of(key: usize) -> i64 {
    KEYS[key].1.cast_signed()
}

/// The tags of the key with this number.
pub(super) fn tags_of(key: usize) -> TagMap {
    tags!(KEY = KEYS[key].0)
}

/// A value that names its key and its measurement.
pub(super) fn mark(key: usize, serial: u64) -> u64 {
    serial * KEYS.len() as u64 + key as u64
}

/// Whether a mark is of the key with this number.
pub(super) fn is_mark_of(key: usize, mark: u64) -> bool {
    mark % KEYS.len() as u64 == key as u64
}

/// The measures, and handles of each key.
pub(super) struct Ways {
    measures: Measures,
    bound: Vec<Bound>,
}

struct Bound {
    work: BoundMeasure<u64>,
    part: BoundMeasure<f64>,
    mark: BoundMeasure<u64>,
    held: BoundMeasure<i64>,
}

impl Ways {
    pub(super) fn new(measures: Measures) -> Self {
        let bind = |key| Bound {
            work: measures.work.bind(tags_of(key)),
            part: measures.part.bind(tags_of(key)),
            mark: measures.mark.bind(tags_of(key)),
            held: measures.held.bind(tags_of(key)),
        };
        Self {
            bound: (0..KEYS.len()).map(bind).collect(),
            measures,
        }
    }

    /// Records once to `work`, `part` and `mark`.
    pub(super) fn record(&self, rng: &mut Rng, key: usize, number: u64) {
        let (name, value) = KEYS[key];
        let part = quarter(value);
        let Measures {
            work,
            part: parts,
            mark,
            ..
        } = &self.measures;
        match rng.u8(0..4) {
            0 => record_literal(&self.measures, name, (value, part, number)),
            1 => {
                let name = name.to_owned();
                let name = name.as_str();
                record!(work = value, parts = part, mark = number, tags(KEY = name));
            }
            2 => tags_of(key).scope(|| {
                work.record(value);
                parts.record(part);
                mark.record(number);
            }),
            _ => {
                let bound = &self.bound[key];
                bound.work.record(value);
                bound.part.record(part);
                bound.mark.record(number);
            }
        }
    }

    /// Begins a guard of `held`.
    pub(super) fn hold(&self, rng: &mut Rng, key: usize) -> Held {
        let (name, value) = (KEYS[key].0, value_of(key));
        let held = self.measures.held;
        match rng.u8(0..4) {
            0 => hold_literal(&self.measures, name, value),
            1 => {
                let name = name.to_owned();
                let name = name.as_str();
                hold!(held = value, tags(KEY = name))
            }
            2 => tags_of(key).scope(|| held.hold(value)),
            _ => self.bound[key].held.hold(value),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(super) fn quarter(value: u64) -> f64 {
    value as f64 / 4.0
}
