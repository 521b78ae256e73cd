//! The native bucket of a value, without logarithms: from the exponent of the float and a table for its mantissa.
//!
//! The buckets are those of Prometheus's native histograms: with `base = 2^(2^-schema)`, the bucket of index `i` has the values
//! above `base^(i-1)`, up to `base^i`. A negative value is in the negative bucket that its absolute value would be in. Values
//! next to zero are in the zero bucket.

use super::unit::TimeUnit;
use super::{SortKey, ValueBits, ValueKind};

/// The greatest absolute value in the zero bucket, 2^-128: the default of Prometheus's client for Go.
pub(crate) const ZERO_THRESHOLD: f64 = f64::from_bits((1023 - 128) << MANTISSA_BITS);

/// The finest resolution and the coarsest one, as Prometheus's native histograms have them.
pub(super) const MAX_SCHEMA: i32 = 8;
pub(super) const MIN_SCHEMA: i32 = -4;

const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
const MANTISSA: u64 = (1 << MANTISSA_BITS) - 1;

/// How many bits of a root lie after the point.
const ROOT_BITS: u32 = 63;

/// A native bucket. Buckets compare as their values do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NativePlace(u32);

impl NativePlace {
    /// The zero bucket.
    ///
    /// These numbers differ in the bits by which a row finds the counts of a bucket: so values next to 1 do not meet zeros
    /// there, nor negative values those of about the same size that are positive.
    pub(crate) const ZERO: Self = Self((2 << 20) + 128);
    /// The bucket of positive values that has the index 0, and that of negative ones.
    const POSITIVE: i32 = 3 << 20;
    const NEGATIVE: i32 = (1 << 20) + 64;

    /// The bucket of values above zero that has this index.
    #[inline]
    const fn positive(index: i32) -> Self {
        Self((Self::POSITIVE + index).cast_unsigned())
    }

    /// The bucket of values below zero that has this index.
    const fn negative(index: i32) -> Self {
        Self((Self::NEGATIVE - index).cast_unsigned())
    }

    pub(crate) const fn is_zero(self) -> bool {
        self.0 == Self::ZERO.0
    }

    /// The index of a bucket that is not the zero bucket, and whether its values are below zero.
    pub(crate) const fn index(self) -> (i32, bool) {
        let number = self.0.cast_signed();
        if self.0 < Self::ZERO.0 {
            (Self::NEGATIVE - number, true)
        } else {
            (number - Self::POSITIVE, false)
        }
    }

    /// The bucket that has this bucket's values when the resolution was halved so many times.
    pub(crate) const fn halved(self, times: u32) -> Self {
        if times == 0 || self.is_zero() {
            return self;
        }
        let (index, is_negative) = self.index();
        let index = halve(index, times);
        if is_negative {
            Self::negative(index)
        } else {
            Self::positive(index)
        }
    }

    /// The number of the bucket among all, never 0.
    #[inline]
    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    /// The bucket with this number.
    pub(crate) const fn numbered(number: u32) -> Self {
        Self(number)
    }
}

/// The index, rounded up, of a bucket when the resolution was halved so many times.
#[inline]
const fn halve(index: i32, times: u32) -> i32 {
    -(-index).wrapping_shr(times)
}

/// Finds the native buckets of values, at the resolution that rows begin with and at any that is half as fine, and so on.
#[derive(Debug)]
pub(crate) struct NativeIndex {
    /// From a mantissa to the number of bounds below it.
    table: Table,
    schema: i32,
    /// How many nanoseconds have the exported value 1, if values are durations.
    unit: u32,
    /// The buckets of the bounds of classic buckets.
    bounds: Box<[BoundPlace]>,
}

/// Where the bound of a classic bucket lies.
#[derive(Debug)]
struct BoundPlace {
    bound: NativePlace,
    /// The bucket of the next greater value. Where it is the same, the bound splits the bucket.
    next: NativePlace,
}

impl PartialEq for NativeIndex {
    /// Whether both find the same buckets, for views of the same bounds.
    fn eq(&self, other: &Self) -> bool {
        (self.schema, self.unit) == (other.schema, other.unit)
    }
}

impl NativeIndex {
    /// For rows that begin with this schema, from 8 down to -4, values of this kind, in this unit, and the bounds of classic buckets.
    pub(crate) fn new(schema: i32, kind: ValueKind, unit: TimeUnit, bounds: &[SortKey]) -> Self {
        let schema = schema.clamp(MIN_SCHEMA, MAX_SCHEMA);
        let mut index = Self {
            table: Table::new(schema),
            schema,
            unit: if kind == ValueKind::Duration {
                unit.nanoseconds()
            } else {
                1
            },
            bounds: Box::default(),
        };
        let places = bounds.iter().map(|key| {
            let bits = key.value_bits(kind);
            let bound = index.place(kind, bits);
            // Of the greatest value there is no next one, and nothing is above it.
            let next = SortKey(key.0.saturating_add(1)).value_bits(kind);
            let next = match kind {
                ValueKind::F64 if !f64::from_bits(next.0).is_finite() => NativePlace::numbered(0),
                _ if next == bits => NativePlace::numbered(0),
                _ => index.place(kind, next),
            };
            BoundPlace { bound, next }
        });
        index.bounds = places.collect();
        index
    }

    /// The resolution that rows begin with.
    pub(crate) const fn schema(&self) -> i32 {
        self.schema
    }

    /// How often the resolution can be halved.
    pub(crate) const fn max_halvings(&self) -> u32 {
        (self.schema - MIN_SCHEMA).unsigned_abs()
    }

    /// The bucket of a value, at the resolution that rows begin with.
    pub(crate) fn place(&self, kind: ValueKind, bits: ValueBits) -> NativePlace {
        let value = kind.to_f64(bits);
        let place = self.place_of(kind, value.abs(), 0);
        if value < 0.0 && !place.is_zero() {
            NativePlace::negative(place.index().0)
        } else {
            place
        }
    }

    /// The bucket of a value that is not negative, when the resolution was halved so many times. Of a duration, the value is
    /// given in nanoseconds.
    #[inline]
    pub(crate) fn place_of(&self, kind: ValueKind, value: f64, halvings: u32) -> NativePlace {
        let value = match kind {
            // The exported value.
            ValueKind::Duration => value / f64::from(self.unit),
            ValueKind::U64 | ValueKind::I64 | ValueKind::F64 => value,
        };
        if value <= ZERO_THRESHOLD {
            return NativePlace::ZERO;
        }
        NativePlace::positive(self.table.index(value.to_bits(), halvings))
    }

    /// The bucket of the bound of a classic bucket, when the resolution was halved so many times.
    pub(crate) fn place_of_bound(&self, bound: usize, halvings: u32) -> Option<NativePlace> {
        let place = self.bounds.get(bound)?;
        Some(place.bound.halved(halvings))
    }

    /// How many bounds are in lesser buckets.
    pub(crate) fn bounds_before(&self, place: NativePlace, halvings: u32) -> usize {
        self.bounds
            .partition_point(|it| it.bound.halved(halvings) < place)
    }

    /// Whether values of this bucket may belong to different classic buckets.
    pub(crate) fn is_split(&self, place: NativePlace, halvings: u32) -> bool {
        let first = self.bounds_before(place, halvings);
        let bounds = self.bounds.iter().skip(first);
        bounds
            .take_while(|it| it.bound.halved(halvings) == place)
            .any(|it| it.next.number() != 0 && it.next.halved(halvings) == place)
    }
}

/// How many beginnings of mantissas there are at most: two for each bucket of the finest resolution.
const MAX_CELLS: usize = 2 << MAX_SCHEMA;

/// A table for the mantissas of floats, of which there is one entry for each beginning, twice as many as there are buckets from
/// one power of two to the next.
///
/// Among the mantissas with one beginning lies one bound at most: two bounds are at least ln(2) * 2^-schema apart, and these
/// mantissas span 2^-(schema + 1).
#[derive(Debug)]
struct Table {
    /// How many low bits follow a beginning.
    shift: u32,
    /// The bits of the beginnings.
    mask: usize,
    /// The number of the buckets up to 1, as they would be counted from the least exponent.
    first: i32,
    /// How often the resolution of the table has to be halved for the one that rows begin with: it is never coarser than one
    /// bucket from one power of two to the next.
    halvings: u32,
    /// Above the bits of a mantissa, by how much the number of bounds below such mantissas exceeds the half of the beginning as
    /// a number. Below, what has to be added to a mantissa so that the sum carries into that number, if the mantissa is
    /// above the bound that lies here.
    entries: [u64; MAX_CELLS],
}

impl Table {
    fn new(schema: i32) -> Self {
        let table_schema = schema.max(0).unsigned_abs();
        let bounds: Vec<u64> = (0..1 << table_schema)
            .map(|index| root(index, table_schema).to_bits() & MANTISSA)
            .collect();
        let shift = MANTISSA_BITS - (table_schema + 1);
        let entry = |cell: u64| {
            let less = bounds.partition_point(|bound| *bound < cell << shift);
            let bound = bounds.get(less).filter(|it| **it < (cell + 1) << shift);
            // The logarithm to the base 2 of a mantissa is never less than what follows its point.
            let excess = less as u64 - cell / 2;
            (excess << MANTISSA_BITS) + (MANTISSA - bound.unwrap_or(&MANTISSA))
        };
        let cells = 2_usize << table_schema;
        let mut entries = [0; MAX_CELLS];
        for (cell, of_cell) in (0..).zip(entries.iter_mut().take(cells)) {
            *of_cell = entry(cell);
        }
        Self {
            shift,
            mask: cells - 1,
            first: 1023 << table_schema,
            halvings: schema.min(0).unsigned_abs(),
            entries,
        }
    }

    /// The index of the bucket of a float above zero, given by its bits.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float has 20 bits up to the end of the longest beginning"
    )]
    fn index(&self, bits: u64, halvings: u32) -> i32 {
        let beginning = bits >> self.shift;
        // The remainder is the same number: it spares a comparison.
        let cell = (beginning as usize & self.mask) % MAX_CELLS;
        let entry = self.entries.get(cell).copied().unwrap_or_default();
        let excess = ((bits & MANTISSA) + entry) >> MANTISSA_BITS;
        let number = (beginning >> 1) as i32 + excess as i32;
        // Rounded up: see `halve`.
        -(self.first - number).wrapping_shr(self.halvings + halvings)
    }
}

/// The float that is nearest to 2 to the power of `index / 2^schema`, for an index below `2^schema`, and schemas up to 8.
pub(super) const fn root(index: u32, schema: u32) -> f64 {
    /// How many bits are rounded off.
    const ROUNDED: u32 = ROOT_BITS - MANTISSA_BITS;
    let rounded = (fixed_root(index, schema) + (1 << (ROUNDED - 1))) >> ROUNDED;
    f64::from_bits((1023 << MANTISSA_BITS) + (rounded & MANTISSA))
}

/// The same with [`ROOT_BITS`] after the point, by square roots of integers. Each of them halves the relative error of what is
/// below the root, so the result is less than two units too small.
const fn fixed_root(index: u32, schema: u32) -> u64 {
    if schema == 0 {
        return 1 << ROOT_BITS;
    }
    let half = 1 << (schema - 1);
    let square = if index < half {
        fixed_root(index, schema - 1) as u128
    } else {
        2 * fixed_root(index - half, schema - 1) as u128
    };
    #[expect(clippy::cast_possible_truncation, reason = "it is below 2")]
    let root = (square << ROOT_BITS).isqrt() as u64;
    root
}

#[cfg(test)]
mod tests;
