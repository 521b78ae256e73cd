//! The bucket of a value, nearly without a search: a table that tells from a value's magnitude which bounds can matter.

use super::{ValueKind, order};

/// How many bits of a float tell nothing: what is left are the exponent and three bits of the mantissa, so there are
/// eight cells from one power of two to the next.
const DROPPED_BITS: u32 = f64::MANTISSA_DIGITS - 1 - 3;

/// How many cells there are: 64 powers of two. All integers fit; so do durations from a nanosecond to 584 years.
const CELLS: usize = 512;

/// How many bounds may lie in one cell. With more, a search among all is as quick.
const MAX_STEPS: usize = 8;

/// Tells the buckets of *ordinary* values: those that are not negative and, as bits, less than 2^63. Then the bits of all
/// kinds compare as the values do.
///
/// Each value belongs to a cell, and greater values to the same cell or a later one. So the bounds in the cells before a
/// value's own are below it, those in later cells are not, and only those in its own cell have to be compared with it.
/// That is done exactly, on the bits: where rounding to a float changes a cell, it changes that of the bounds, too.
#[derive(Debug)]
// In this order, so that the small fields lie in one line of the cache.
#[repr(C)]
pub(super) struct BucketLookup {
    /// The bounds' bits, and behind them some that no value exceeds.
    bounds: Box<[u64]>,
    /// How many bounds the fullest cell has.
    steps: usize,
    /// The magnitude that belongs to the first cell. So do all lesser ones.
    base: u64,
    /// For each cell how many bounds are in those before it. Negative ones come before all.
    before: [u8; CELLS],
}

impl BucketLookup {
    /// Of bounds given by their keys. `None` if a search is as good, or there are too many.
    pub(super) fn new(kind: ValueKind, keys: &[u64]) -> Option<Self> {
        u8::try_from(keys.len()).ok().filter(|len| *len > 0)?;
        let negative = keys.partition_point(|key| *key < order::to_sort_key(kind, 0));
        let bits = || keys.iter().map(|key| order::from_sort_key(kind, *key));
        let magnitudes = || {
            bits()
                .skip(negative)
                .map(|bits| magnitude(kind.to_f64(bits)))
        };
        // Zero has a cell of its own, if it is a bound: the next may be far away.
        let base = magnitudes().find(|it| *it > 0);
        let base = base.unwrap_or(magnitude(1.0)) - 1;
        let mut before = [0; CELLS];
        let mut steps = 1;
        let mut bounds = magnitudes().map(|it| cell(base, it)).peekable();
        let mut passed = u8::try_from(negative).ok()?;
        for (number, before) in before.iter_mut().enumerate() {
            *before = passed;
            while bounds.next_if_eq(&number).is_some() {
                passed += 1;
            }
            steps = steps.max(usize::from(passed - *before));
        }
        let padding = std::iter::repeat_n(u64::MAX, steps);
        (steps <= MAX_STEPS).then(|| Self {
            base,
            before,
            steps,
            bounds: bits().chain(padding).collect(),
        })
    }

    /// The bucket of an ordinary value, given as bits and as a float. `None` if it is too great for the table.
    #[inline]
    pub(super) fn bucket(&self, bits: u64, value: f64) -> Option<usize> {
        let before = self.before.get(cell(self.base, magnitude(value)))?;
        let mut bucket = self.step(usize::from(*before), bits);
        // How many there are is the same each time, and mostly one.
        for _ in 1..self.steps {
            bucket = self.step(bucket, bits);
        }
        Some(bucket)
    }

    /// The next bucket, if the value is above the bound of this one.
    #[inline]
    fn step(&self, bucket: usize, bits: u64) -> usize {
        match self.bounds.get(bucket) {
            Some(bound) => bucket + usize::from(*bound < bits),
            None => bucket,
        }
    }
}

/// Exponent and first bits of a float that is not negative.
#[inline]
fn magnitude(value: f64) -> u64 {
    value.to_bits() >> DROPPED_BITS
}

#[inline]
fn cell(base: u64, magnitude: u64) -> usize {
    usize::try_from(magnitude.saturating_sub(base)).unwrap_or(CELLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern, the same each time.
    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 29)
    }

    /// Bits of a value of any magnitude.
    fn any_value(kind: ValueKind, state: &mut u64) -> u64 {
        let bits = random(state);
        let bits = match random(state) % 4 {
            // Of floats: zero and the subnormal ones.
            0 => bits >> (random(state) % 64),
            // Next to powers of two, also to 2^63 and to 2^64.
            1 => (1_u64 << (bits % 64))
                .wrapping_add(random(state) % 3)
                .wrapping_sub(1),
            2 if kind == ValueKind::F64 => {
                (ValueKind::U64.to_f64(bits % 4096) / 16.0 - 50.0).to_bits()
            }
            2 => (bits % 4096).wrapping_sub(1000),
            _ => bits,
        };
        match kind {
            ValueKind::F64 if f64::from_bits(bits).is_finite() => {
                (f64::from_bits(bits) + 0.0).to_bits()
            }
            ValueKind::F64 => 0,
            ValueKind::U64 | ValueKind::I64 | ValueKind::Duration => bits,
        }
    }

    /// Compares the buckets of many values with those that a search finds. Whether there was a table.
    fn agrees(kind: ValueKind, mut keys: Vec<u64>, state: &mut u64) -> bool {
        keys.sort_unstable();
        keys.dedup();
        let Some(cells) = BucketLookup::new(kind, &keys) else {
            return false;
        };
        let near = |bits: &u64| [bits.wrapping_sub(1), *bits, bits.saturating_add(1)];
        let bounds: Vec<u64> = keys
            .iter()
            .map(|key| order::from_sort_key(kind, *key))
            .collect();
        let random = (0..200).map(|_| any_value(kind, state));
        let (least, most) = (0, i64::MAX.cast_unsigned());
        let values = bounds
            .iter()
            .flat_map(near)
            .chain(random)
            .chain([least, most]);
        for bits in values.filter(|bits| *bits <= most && kind.to_f64(*bits).is_finite()) {
            let key = order::to_sort_key(kind, bits);
            let found = cells.bucket(bits, kind.to_f64_below_2_63(bits));
            let searched = keys.partition_point(|bound| *bound < key);
            assert!(
                found.is_none_or(|found| found == searched),
                "{kind:?} {bounds:x?}: {bits:x} in {found:?}, not {searched}"
            );
            // Integers always fit.
            assert!(
                found.is_some() || kind == ValueKind::F64,
                "{bounds:x?}: {bits:x}"
            );
        }
        true
    }

    const KINDS: [ValueKind; 4] = [
        ValueKind::U64,
        ValueKind::I64,
        ValueKind::F64,
        ValueKind::Duration,
    ];

    #[test]
    fn a_value_is_where_a_search_finds_it() {
        let mut state = 1;
        for kind in KINDS {
            let mut tables = 0;
            for round in 0..3000 {
                let len = 1 + random(&mut state) % [4, 16, 64, 300][round % 4];
                let mut keys: Vec<u64> = (0..len)
                    .map(|_| order::to_sort_key(kind, any_value(kind, &mut state)))
                    .collect();
                if round % 3 == 0 {
                    // Some bounds next to each other.
                    let first = keys.first().map_or(0, |key| *key);
                    keys.extend((0..random(&mut state) % 8).map(|by| first.saturating_sub(by)));
                }
                tables += usize::from(agrees(kind, keys, &mut state));
            }
            assert!(tables > 1000, "{kind:?}: {tables}");
        }
    }

    #[test]
    fn usual_bounds_have_a_table() {
        let mut state = 2;
        let keys = |kind, bits: &[u64]| {
            bits.iter()
                .map(|bits| order::to_sort_key(kind, *bits))
                .collect()
        };
        let floats = |floats: &[f64]| {
            keys(
                ValueKind::F64,
                &floats.iter().map(|it| it.to_bits()).collect::<Vec<_>>(),
            )
        };
        let linear: Vec<u64> = (0..=100).collect();
        let powers: Vec<u64> = (0..64).map(|power| 1 << power).collect();
        let sizes = [0, 16 << 20, 256 << 20];
        for bounds in [linear.as_slice(), &powers, &sizes, &[0], &[u64::MAX]] {
            assert!(
                agrees(ValueKind::U64, keys(ValueKind::U64, bounds), &mut state),
                "{bounds:?}"
            );
        }
        for bounds in [
            [-10.0, -5.0, 0.0, 5.0, 10.0].as_slice(),
            &[-2.0, -1.0],
            &[
                0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
            ],
            &[5e-324, 1e-323],
            &[1e-6, 1e6],
        ] {
            assert!(
                agrees(ValueKind::F64, floats(bounds), &mut state),
                "{bounds:?}"
            );
        }
    }

    #[test]
    fn where_a_search_is_as_good_there_is_none() {
        let many: Vec<u64> = (0..65_000).collect();
        let crowded: Vec<u64> = (1 << 40..(1 << 40) + 9).collect();
        for bounds in [many.as_slice(), &crowded, &[]] {
            assert!(BucketLookup::new(ValueKind::U64, bounds).is_none());
        }
    }
}
