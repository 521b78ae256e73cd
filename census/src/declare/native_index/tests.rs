//! The index of a value, compared with definitions that need no table.

use std::cmp::Ordering;

use super::*;

/// A natural number of any size, as digits to the base 2^32, the last one first.
#[derive(Clone)]
struct Natural(Vec<u32>);

#[expect(clippy::cast_possible_truncation, reason = "the digit is what is left")]
fn low(value: u64) -> u32 {
    value as u32
}

impl Natural {
    fn new(value: u64) -> Self {
        Self(vec![low(value), low(value >> 32)])
    }

    fn squared(&self) -> Self {
        let mut digits = vec![0_u32; 2 * self.0.len()];
        for (i, a) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (j, b) in self.0.iter().enumerate() {
                let sum = u64::from(*a) * u64::from(*b) + u64::from(digits[i + j]) + carry;
                digits[i + j] = low(sum);
                carry = sum >> 32;
            }
            digits[i + self.0.len()] = low(carry);
        }
        Self(digits)
    }

    /// How it compares with a power of two.
    fn cmp_power_of_two(&self, exponent: u32) -> Ordering {
        let bits: Vec<usize> = (0..self.0.len() * 32)
            .filter(|bit| self.0[bit / 32] >> (bit % 32) & 1 == 1)
            .collect();
        let exponent = exponent as usize;
        match bits.last().map(|last| last.cmp(&exponent)) {
            Some(Ordering::Equal) if bits.len() > 1 => Ordering::Greater,
            Some(order) => order,
            None => Ordering::Less,
        }
    }
}

/// How `twice_mantissa / 2^53` compares with 2 to the power of `index / 2^schema`, exactly.
fn cmp_with_root(twice_mantissa: u64, index: u32, schema: u32) -> Ordering {
    let mut power = Natural::new(twice_mantissa);
    for _ in 0..schema {
        power = power.squared();
    }
    power.cmp_power_of_two(53 * (1 << schema) + index)
}

/// All roots that tables have: those of lesser schemas are among them.
#[test]
fn roots_are_the_nearest_floats() {
    for index in 0..256 {
        let root = root(index, 8);
        let mantissa = (root.to_bits() & MANTISSA) | (MANTISSA + 1);
        // The middle between the float and its neighbors.
        let [below, above] = [2 * mantissa - 1, 2 * mantissa + 1];
        assert_eq!(cmp_with_root(below, index, 8), Ordering::Less, "{index}");
        assert_eq!(cmp_with_root(above, index, 8), Ordering::Greater, "{index}");
        for schema in 1..8 {
            if index % (1 << (8 - schema)) == 0 {
                let coarser = self::root(index >> (8 - schema), schema);
                assert_eq!(coarser.to_bits(), root.to_bits());
            }
        }
    }
}

fn index_of(schema: i32, kind: ValueKind, unit: TimeUnit) -> NativeIndex {
    NativeIndex::new(schema, kind, unit, &[])
}

/// The upper bound of a bucket, as Prometheus computes it from roots; infinite beyond the floats.
fn upper_bound(index: i32, schema: i32) -> f64 {
    let (exponent, fraction) = if schema >= 0 {
        (index >> schema, index & ((1 << schema) - 1))
    } else {
        (index << -schema, 0)
    };
    let root = root(fraction.cast_unsigned(), schema.max(0).unsigned_abs());
    let half = 2_f64.powi(exponent / 2);
    root * half * 2_f64.powi(exponent - exponent / 2)
}

/// Values of all magnitudes, without a pattern.
fn random_values() -> impl Iterator<Item = f64> {
    let mut state = 7_u64;
    (0..20_000).map(move |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        f64::from_bits((state ^ (state >> 29)) & !(1 << 63))
    })
}

fn assert_is_between(schema: i32, value: f64, index: &NativeIndex, halvings: u32) {
    let place = index.place_of(ValueKind::F64, value, halvings);
    let schema = schema - halvings.cast_signed();
    if value <= ZERO_THRESHOLD {
        assert!(place.is_zero(), "{value:e}");
        return;
    }
    let (found, is_negative) = place.index();
    assert!(!is_negative);
    assert!(
        upper_bound(found - 1, schema) < value && value <= upper_bound(found, schema),
        "{value:e} in {found} of schema {schema}"
    );
    let both = [-value, value].map(|value| {
        let bits = ValueBits(value.to_bits());
        index.place(ValueKind::F64, bits).halved(halvings)
    });
    let [negative, positive] = both.map(NativePlace::index);
    assert_eq!((negative, positive), ((found, true), (found, false)));
    assert!(both.is_sorted() && both.iter().all(|it| !it.is_zero()));
}

#[test]
fn a_value_lies_between_the_bounds_of_its_bucket() {
    for schema in MIN_SCHEMA..=MAX_SCHEMA {
        let index = index_of(schema, ValueKind::F64, TimeUnit::Seconds);
        for halvings in 0..=index.max_halvings() {
            let extremes = [
                0.0,
                f64::from_bits(1),
                f64::MIN_POSITIVE,
                ZERO_THRESHOLD,
                ZERO_THRESHOLD.next_up(),
                0.5,
                1.0,
                f64::MAX,
            ];
            let values = random_values().filter(|value| value.is_finite());
            let values = values.step_by(1 + 20 * halvings as usize).chain(extremes);
            for value in values {
                assert_is_between(schema, value, &index, halvings);
            }
        }
    }
}

#[test]
fn a_bound_is_in_its_own_bucket_and_the_next_value_in_the_next() {
    for schema in MIN_SCHEMA..=MAX_SCHEMA {
        let native = index_of(schema, ValueKind::F64, TimeUnit::Seconds);
        let scale = 2_f64.powi(schema);
        #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
        let (least, most) = (
            (-127.0 * scale).ceil() as i32,
            (1023.0 * scale).ceil() as i32,
        );
        for expected in least..=most {
            let bound = upper_bound(expected, schema);
            let index = |value| native.place_of(ValueKind::F64, value, 0).index();
            if bound.is_finite() {
                assert_eq!(index(bound), (expected, false), "{bound:e} {schema}");
                assert_eq!(index(bound.next_up()), (expected + 1, false), "{bound:e}");
                assert_eq!(index(bound.next_down()), (expected, false), "{bound:e}");
            }
        }
    }
}

#[test]
fn buckets_of_durations_are_those_of_the_exported_values() {
    for (unit, nanoseconds) in [
        (TimeUnit::Seconds, 1e9),
        (TimeUnit::Milliseconds, 1e6),
        (TimeUnit::Nanoseconds, 1.0),
    ] {
        let durations = index_of(3, ValueKind::Duration, unit);
        let floats = index_of(3, ValueKind::F64, unit);
        for bits in (0..63).flat_map(|bit| [1_u64 << bit, (1 << bit) + 12_345, 500_000_000]) {
            let exported = ValueKind::Duration.to_f64(ValueBits(bits)) / nanoseconds;
            let place = durations.place(ValueKind::Duration, ValueBits(bits));
            let expected = floats.place(ValueKind::F64, ValueBits(exported.to_bits()));
            assert_eq!(place, expected, "{bits}");
        }
    }
}

#[test]
fn a_bucket_is_split_by_a_bound_within_it() {
    let keys = |kind: ValueKind, bounds: &[u64]| -> Vec<SortKey> {
        let keys = bounds.iter().map(|bits| ValueBits(*bits).sort_key(kind));
        keys.collect()
    };
    let floats = [-3.0, 0.0, 4.0, 5.0, f64::MAX].map(f64::to_bits);
    let kind = ValueKind::F64;
    let index = NativeIndex::new(0, kind, TimeUnit::Seconds, &keys(kind, &floats));
    let is_split = |value: f64, halvings| {
        let place = index
            .place(kind, ValueBits(value.to_bits()))
            .halved(halvings);
        index.is_split(place, halvings)
    };
    assert!(is_split(-3.5, 0) && is_split(0.0, 0) && is_split(6.0, 0));
    // 4 is the greatest value of its bucket, also of the one to the base 4, and not of the one to the base 16.
    assert!(!is_split(3.0, 0) && !is_split(4.0, 1) && is_split(4.0, 2));
    assert!(!is_split(f64::MAX, 0));
    // As floats, the bound and the next integers are the same number.
    let kind = ValueKind::U64;
    let great = 1_u64 << 60;
    let index = NativeIndex::new(0, kind, TimeUnit::Seconds, &keys(kind, &[8, great]));
    let places = [8, great].map(|bits| index.place(kind, ValueBits(bits)));
    assert_eq!(places.map(|place| index.is_split(place, 0)), [false, true]);
}
