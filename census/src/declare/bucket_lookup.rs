//! The bucket of a value, in most cases without a search: a table gives the bounds that are near a value's magnitude.

use super::{SortKey, ValueBits, ValueKind};

/// How many low bits of a float are dropped for its magnitude. The exponent and three bits of the mantissa stay, so
/// there are eight cells from one power of two to the next.
const DROPPED_BITS: u32 = f64::MANTISSA_DIGITS - 1 - 3;

/// How many cells there are: 64 powers of two. All integers fit; so do durations from a nanosecond to 584 years.
const CELLS: usize = 512;

/// How many bounds may lie in one cell. With more, a search among all bounds is as quick.
const MAX_PER_CELL: usize = 8;

/// Finds the buckets of values that are not negative and whose bits are below 2^63. The bits of such values compare as
/// the values do, for all kinds.
///
/// Each value belongs to a cell, and a greater value belongs to the same cell or a later one. So all bounds in the
/// cells before a value's cell are below the value, no bound in a later cell is, and only the bounds in the value's own
/// cell have to be compared with it. The comparison is exact, on the bits. Where rounding to a float moves a value to
/// another cell, it moves equal bounds to the same cell.
#[derive(Debug)]
// In this order, so that the small fields lie in one cache line.
#[repr(C)]
pub(super) struct BucketLookup {
    /// The bounds' bits, followed by `max_per_cell` numbers that no value exceeds.
    bounds: Box<[u64]>,
    /// How many bounds the fullest cell has.
    max_per_cell: usize,
    /// The magnitude that belongs to the first cell. All lesser magnitudes belong there, too.
    base: u64,
    /// For each cell, how many bounds are in the cells before it. Negative bounds count as before all cells.
    preceding: [u8; CELLS],
}

impl BucketLookup {
    /// The table for bounds that are given by their sort keys. `None` if there are too many of them, or if a search is
    /// as quick.
    pub(super) fn new(kind: ValueKind, sort_keys: &[SortKey]) -> Option<Self> {
        u8::try_from(sort_keys.len()).ok().filter(|len| *len > 0)?;
        let negative = sort_keys.partition_point(|key| *key < ValueBits(0).sort_key(kind));
        let bits = || sort_keys.iter().map(|key| key.value_bits(kind));
        let magnitudes = || {
            bits()
                .skip(negative)
                .map(|bits| magnitude(kind.to_f64(bits)))
        };
        // A bound of zero has a cell of its own: the next bound may be far away.
        let base = magnitudes().find(|magnitude| *magnitude > 0);
        let base = base.unwrap_or(magnitude(1.0)) - 1;
        let mut preceding = [0; CELLS];
        let mut max_per_cell = 1;
        let mut cells = magnitudes()
            .map(|magnitude| cell(base, magnitude))
            .peekable();
        let mut passed = u8::try_from(negative).ok()?;
        for (index, preceding) in preceding.iter_mut().enumerate() {
            *preceding = passed;
            while cells.next_if_eq(&index).is_some() {
                passed += 1;
            }
            max_per_cell = max_per_cell.max(usize::from(passed - *preceding));
        }
        let padding = std::iter::repeat_n(u64::MAX, max_per_cell);
        (max_per_cell <= MAX_PER_CELL).then(|| Self {
            base,
            preceding,
            max_per_cell,
            bounds: bits().map(|bits| bits.0).chain(padding).collect(),
        })
    }

    /// How many bounds the fullest cell has.
    pub(super) fn max_per_cell(&self) -> usize {
        self.max_per_cell
    }

    /// The bucket of a value, given as bits below 2^63 and as a float. `None` if the value is too great for the table.
    /// `FAR_APART` may be true if no cell has two bounds.
    #[inline]
    pub(super) fn bucket<const FAR_APART: bool>(
        &self,
        bits: ValueBits,
        value: f64,
    ) -> Option<usize> {
        let preceding = self.preceding.get(cell(self.base, magnitude(value)))?;
        let mut bucket = self.step(usize::from(*preceding), bits);
        if !FAR_APART {
            // The number of rounds is the same for all values, and usually 0, so the branch is well predicted.
            for _ in 1..self.max_per_cell {
                bucket = self.step(bucket, bits);
            }
        }
        Some(bucket)
    }

    /// The next bucket if the value is above this bucket's bound, else this bucket.
    #[inline]
    fn step(&self, bucket: usize, bits: ValueBits) -> usize {
        match self.bounds.get(bucket) {
            Some(bound) => bucket + usize::from(*bound < bits.0),
            None => bucket,
        }
    }
}

/// The exponent and the first bits of the mantissa of a float that is not negative.
#[inline]
fn magnitude(value: f64) -> u64 {
    value.to_bits() >> DROPPED_BITS
}

/// The cell of a magnitude; [`CELLS`] or more if the table has none for it.
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
                (ValueKind::U64.to_f64(ValueBits(bits % 4096)) / 16.0 - 50.0).to_bits()
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

    /// Compares the buckets of many values with those that a search finds. Returns whether there is a table.
    fn agrees(kind: ValueKind, mut keys: Vec<SortKey>, state: &mut u64) -> bool {
        keys.sort_unstable();
        keys.dedup();
        let Some(lookup) = BucketLookup::new(kind, &keys) else {
            return false;
        };
        let near = |bits: &u64| [bits.wrapping_sub(1), *bits, bits.saturating_add(1)];
        let bounds: Vec<u64> = keys.iter().map(|key| key.value_bits(kind).0).collect();
        let random = (0..200).map(|_| any_value(kind, state));
        let (least, most) = (0, i64::MAX.cast_unsigned());
        let values = bounds
            .iter()
            .flat_map(near)
            .chain(random)
            .chain([least, most]);
        for bits in values.filter(|bits| *bits <= most && kind.to_f64(ValueBits(*bits)).is_finite())
        {
            let key = ValueBits(bits).sort_key(kind);
            let bits = ValueBits(bits);
            let bucket = lookup.bucket::<false>(bits, kind.to_f64_below_2_63(bits));
            let expected = keys.partition_point(|bound| *bound < key);
            assert!(
                bucket.is_none_or(|bucket| bucket == expected),
                "{kind:?} {bounds:x?}: {:x} in {bucket:?}, not {expected}",
                bits.0
            );
            // Integers always fit.
            assert!(
                bucket.is_some() || kind == ValueKind::F64,
                "{bounds:x?}: {:x}",
                bits.0
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
    fn the_table_agrees_with_a_search() {
        let mut state = 1;
        for kind in KINDS {
            let mut tables = 0;
            for round in 0..3000 {
                let len = 1 + random(&mut state) % [4, 16, 64, 300][round % 4];
                let mut keys: Vec<SortKey> = (0..len)
                    .map(|_| ValueBits(any_value(kind, &mut state)).sort_key(kind))
                    .collect();
                if round % 3 == 0 {
                    // Some bounds next to each other.
                    let first = keys.first().map_or(0, |key| key.0);
                    let near = (0..random(&mut state) % 8).map(|by| first.saturating_sub(by));
                    keys.extend(near.map(SortKey));
                }
                tables += usize::from(agrees(kind, keys, &mut state));
            }
            assert!(tables > 1000, "{kind:?}: {tables}");
        }
    }

    #[test]
    fn common_bounds_have_a_table() {
        let mut state = 2;
        let keys = |kind, bits: &[u64]| {
            let sort_key = |bits: &u64| ValueBits(*bits).sort_key(kind);
            bits.iter().map(sort_key).collect()
        };
        let floats = |floats: &[f64]| {
            keys(
                ValueKind::F64,
                &floats
                    .iter()
                    .map(|float| float.to_bits())
                    .collect::<Vec<_>>(),
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
    fn crowded_bounds_have_no_table() {
        let many: Vec<u64> = (0..65_000).collect();
        let crowded: Vec<u64> = (1 << 40..(1 << 40) + 9).collect();
        for bounds in [many.as_slice(), &crowded, &[]] {
            let keys: Vec<SortKey> = bounds.iter().copied().map(SortKey).collect();
            assert!(BucketLookup::new(ValueKind::U64, &keys).is_none());
        }
    }
}
