//! Native buckets: each value is counted once, whichever way it is recorded, and whatever was halved.

use std::collections::BTreeMap;

use super::*;
use crate::aggregate::data::NativeBuckets;
use crate::aggregate::distribution::native::MAX_POPULATED;

/// Numbers without a pattern.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 29)
}

fn total(format: &RowFormat, words: &[&[AtomicU64]]) -> (Vec<u64>, NativeBuckets) {
    let mut total = Distribution::new_total(format);
    for words in words {
        Distribution::add(format, &mut total, words);
    }
    Distribution::finish(format, &mut total);
    let native = total.native.expect("the format has native buckets");
    (total.buckets, native.buckets)
}

/// What values should be counted as at this schema.
fn expected<T: Value>(
    format: &RowFormat,
    values: &[ValueBits],
    schema: i32,
) -> (Vec<u64>, NativeBuckets) {
    let index = format.bounds.native().expect("it has native buckets");
    let halvings = (index.schema() - schema).unsigned_abs();
    let mut classic = vec![0; format.bounds.buckets()];
    let mut counts = BTreeMap::new();
    for bits in values {
        classic[format.bounds.bucket(*bits)] += 1;
        let place = index.place(T::KIND, *bits).halved(halvings);
        *counts.entry(place).or_insert(0) += 1;
    }
    let of_sign = |sign: bool| {
        let places = counts.iter().filter(|(place, _)| !place.is_zero());
        let places = places.map(|(place, count)| (place.index(), *count));
        let of_sign = places.filter(|((_, is_negative), _)| *is_negative == sign);
        let mut of_sign: Vec<(i32, u64)> = of_sign.map(|((index, _), n)| (index, n)).collect();
        of_sign.sort_unstable();
        of_sign
    };
    let zero = counts.iter().find(|(place, _)| place.is_zero());
    let native = NativeBuckets {
        schema,
        zero_threshold: 2_f64.powi(-128),
        zero_count: zero.map_or(0, |(_, count)| *count),
        positive: of_sign(false),
        negative: of_sign(true),
    };
    (classic, native)
}

/// Records values to words of a thread, to shared ones, and to those of three threads, of which one has ended.
fn every_value_is_counted_once<T: Value>(bounds: &[T], growth: f64, values: &[T]) -> i32 {
    let format = format_with(bounds, Some(growth));
    let [own, shared, first, second, third] = [(); 5].map(|()| new_words(&format));
    let all: Vec<ValueBits> = values.iter().map(|value| bits(*value)).collect();
    let mut last_schema = i32::MAX;
    for (number, bits) in all.iter().enumerate() {
        assert!(record_native::<T>(&format.bounds, &own, *bits));
        record_shared_native::<T>(&format, &shared, *bits);
        let thread = [&first, &second, &third][number % 3];
        record_native::<T>(&format.bounds, thread, *bits);
        if number % 100 == 0 || number + 1 == all.len() {
            let read = total(&format, &[&own]);
            let schema = read.1.schema;
            assert!(schema <= last_schema);
            last_schema = schema;
            let recorded = &all[..=number];
            assert_eq!(read, expected::<T>(&format, recorded, schema));
            assert_eq!(total(&format, &[&shared]), read);
            let (classic, native) = total(&format, &[&first, &second, &third]);
            assert_eq!(
                (classic, native.clone()),
                expected::<T>(&format, recorded, native.schema)
            );
            assert!(native.positive.len() + native.negative.len() <= MAX_POPULATED);
        }
    }
    let (_, before) = total(&format, &[&first, &second, &third]);
    Distribution::fold(&format, &first, &second);
    let (classic, after) = total(&format, &[&third, &second]);
    assert!(after.schema <= before.schema);
    assert_eq!(
        (classic, after.clone()),
        expected::<T>(&format, &all, after.schema)
    );
    let writes = [&own, &second, &third].map(|words| Distribution::writes(&format, words));
    assert_eq!(writes[0], all.len() as u64);
    assert_eq!(writes[1] + writes[2], all.len() as u64);
    last_schema
}

#[test]
fn values_of_all_types_are_counted_once() {
    let mut state = 1;
    for growth in [1.001, 1.1, 1.5, 2.0, 5.0, 1e6] {
        let numbers: Vec<u64> = (0..2_000)
            .map(|_| {
                let bits = random(&mut state);
                bits >> (random(&mut state) % 64)
            })
            .chain([0, 1, u64::MAX, 1 << 63, 1 << 53, (1 << 53) + 1])
            .collect();
        every_value_is_counted_once(&[0, 7, 8, 1000, 1 << 60, u64::MAX], growth, &numbers);
        every_value_is_counted_once::<u64>(&[], growth, &numbers);
        let signed: Vec<i64> = numbers.iter().map(|it| it.cast_signed()).collect();
        let bounds = [i64::MIN, -100, -64, -1, 0, 5, 64, 1 << 40, (1 << 60) + 1];
        every_value_is_counted_once(&bounds, growth, &signed);
        let durations: Vec<Duration> = numbers.iter().copied().map(Duration::from_nanos).collect();
        let bounds = [954, 3_815, 10_000, 1_000_000_000, 4_000_000_000, 1 << 60];
        let bounds = bounds.map(Duration::from_nanos);
        every_value_is_counted_once(&bounds, growth, &durations);
    }
}

#[test]
fn floats_of_all_magnitudes_are_counted_once() {
    let mut state = 2;
    let near_one: Vec<f64> = (0..2_000)
        .map(|_| 1.0 + 1e-6 * f64::from((random(&mut state) % 1_000_000) as u32))
        .collect();
    let any: Vec<f64> = (0..3_000)
        .map(|_| f64::from_bits(random(&mut state)))
        .filter(|value| value.is_finite())
        .chain([0.0, f64::MAX, -f64::MAX, 5e-324, 1e-38, 3e-39, -3e-39])
        .collect();
    let bounds = [
        -1e100,
        -4.0,
        0.0,
        1e-39,
        1.1,
        1.2,
        1.25,
        1.7,
        4.0,
        1e200,
        f64::MAX,
    ];
    let schema_of = |growth, values: &[f64]| every_value_is_counted_once(&bounds, growth, values);
    // One power of two has 256 buckets at the finest resolution.
    assert_eq!(schema_of(1.001, &near_one), 7);
    assert_eq!(schema_of(1.1, &near_one), 3);
    for growth in [1.001, 1.1, 2.0, 16.0, 1e6] {
        assert!(schema_of(growth, &any) <= -3);
        every_value_is_counted_once::<f64>(&[], growth, &any);
    }
}

/// The least resolution suffices for values whose buckets are as far apart as they can be.
#[test]
fn there_are_pages_for_all_floats() {
    let powers = (-1074..1024).map(|power| 2_f64.powi(power / 2) * 2_f64.powi(power - power / 2));
    let values: Vec<f64> = powers.flat_map(|power| [power, -power, 0.0]).collect();
    for growth in [1.001, 1.1, 1e6] {
        let schema = every_value_is_counted_once::<f64>(&[], growth, &values);
        assert_eq!(schema, -4);
    }
}

#[test]
fn most_values_are_recorded_fast() {
    let format = format_with(&[10_u64, 100, 1_000], Some(1.1));
    let words = new_words(&format);
    let record = |value: u64| record_native::<u64>(&format.bounds, &words, bits(value));
    (1..5_000).for_each(|value| assert!(record(value)));
    let named = Words::new(&words).expect("enough words");
    let native = NativeWords::new(named.buckets).expect("enough words");
    let index = format.bounds.native().expect("it has native buckets");
    let is_fast = |value: &u64| {
        let place = index.place(ValueKind::U64, bits(*value));
        native
            .populated_cell(place.halved(native.halvings()))
            .is_some()
    };
    assert!((1..5_000).filter(is_fast).count() > 4_800);
}
