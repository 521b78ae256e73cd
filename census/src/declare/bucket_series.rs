//! Series of bucket bounds: linear and exponential ones.

use std::time::Duration;

use super::decimal::Decimal;
use super::native::DEFAULT_GROWTH;
use super::number::{float_bits, nanoseconds};
use super::{Value, ValueBits, ValueKind};

/// How many bounds a series has at most. A row has a counter, and Prometheus a series, for each.
const MAX_BOUNDS: usize = 1_000;

const COUNT: &str =
    "a series of buckets has 1 to 1000 bounds: write such a number as the last argument";
const LINEAR_START: &str =
    "linear buckets start at a finite number (of a duration, at most 584 years)";
const WIDTH: &str = "the width of linear buckets is a finite number (of a duration, at most 584 years) greater than 0";
const EXPONENTIAL_START: &str = "exponential buckets start at a finite number (of a duration, at most 584 years) \
                                 greater than 0";
const FACTOR: &str = "the factor of exponential buckets is a finite number greater than 1";
const TOO_GREAT: &str = "the last bucket bound is too great for the type of the measure's values: write fewer bounds, \
                         or lesser ones";
const EQUAL: &str = "two bucket bounds would be equal in the type of the measure's values: write bounds that are \
                     further apart";

/// The bounds of a distribution's buckets as a series, [linear](Self::linear) or [exponential](Self::exponential), or as a
/// [list](Self::list) that several views share; or [native](Self::native) buckets. For `buckets` in [`view!`](macro@crate::view), and for [`View::distribution`](crate::View::distribution).
///
/// ```standalone_crate
/// use std::time::Duration;
/// use census::{Buckets, Measure, Number, View, measure, view};
///
/// #[measure]
/// static LATENCY: Measure<Duration>;
/// #[measure(unit = "By")]
/// static SIZE: Measure<u64>;
/// /// In a constant, several views can have it.
/// const SIZES: Buckets<u64> = Buckets::exponential(1 << 10, 4.0, 6);
/// const COUNTS: &[u64] = &[1, 2, 5];
///
/// view! {
///     // 0.01, 0.02, … 0.2
///     static LATENCIES: Distribution<LATENCY> {
///         buckets: Buckets::linear(Duration::from_millis(10), Duration::from_millis(10), 20),
///     }
///     // 1024, 4096, … 1048576
///     static SIZES_OF_ALL: Distribution<SIZE> { buckets: SIZES }
///     static COUNTS_OF_ALL: Distribution<SIZE> { buckets: Buckets::list(COUNTS) }
/// }
///
/// let load = Measure::<f64>::builder("load").register()?;
/// let loads = View::distribution("loads", &load, Buckets::linear(0.1, 0.1, 10)).register()?;
/// load.record(0.25);
/// let data = loads.data();
/// let bounds = &data.rows[0].data.bounds;
/// assert_eq!(bounds[..3], [0.1, 0.2, 0.3].map(Number::from));
/// # Ok::<(), census::CatalogueError>(())
/// ```
///
/// # Native buckets
///
/// Native buckets are those of Prometheus's native histograms: bucket `i` has the values above `base^(i-1)`, up to `base^i`,
/// for all whole numbers `i`. So they need no bounds, whatever the values are. The base is 2 to the power of `2^-schema`, and
/// the schema, from 8 down to -4, is the one with the greatest base that is not above the growth factor: for a factor of 1.1
/// there are 8 buckets from one power of two to the next. Negative values have buckets of their own, and values up to 2^-128
/// from zero are in the zero bucket. The buckets are those of exported values: of durations in seconds, or in the measure's
/// unit.
///
/// A row has at most 160 such buckets with values. When there are more, the schema is lowered by 1, for as long as the row
/// exists: each two neighboring buckets become one. Values that are spread very widely may have that effect earlier, because a
/// thread keeps the counts of a row in 32 groups of 8 neighboring buckets each. Every value stays counted.
///
/// For each thread that records to it, a row needs 2.4 kilobytes, and 8 bytes more for each bound of classic buckets. (With
/// classic buckets alone it needs 72 bytes, and 8 bytes for each bound.) A thread has such memory of its own for some 200 rows
/// of a view. It counts in further rows under a lock, which all threads share that record to the view.
///
/// Text formats have no native buckets. There the view has classic ones, too: those that are given beside the native ones (in
/// [`view!`](macro@crate::view) by the option `classic`, at run time by [`ViewBuilder::native`](crate::ViewBuilder::native)),
/// and otherwise powers of four: of integers 1 to 4^20, of floats 2^-20 to 2^40, and of durations 2^-20 to 2^10 seconds.
///
/// # Which bounds
///
/// The arguments count as the decimals that a user writes, and so do the bounds: the third bound above is 0.3, although
/// `0.1 + 0.1 + 0.1` is another float. This holds while a bound has at most 15 digits. A longer bound is computed in
/// floats, and its last digits may be off. Bounds of integers and of durations are the nearest integer or nanosecond.
///
/// # Mistakes
///
/// A series without bounds or with more than 1000 of them, a width that is not above 0, a factor that is not above 1,
/// exponential buckets that do not start above 0, numbers that are not finite, and bounds that do not fit the type or
/// become equal in it, and a growth factor that is not a finite number above 1: in `view!` each is a compile error, and at run time an error of
/// [`register`](crate::ViewBuilder::register). Nothing panics.
#[must_use = "a view has buckets: `View::distribution`, or `buckets` in `view!`"]
#[derive(Clone, Copy, Debug)]
pub struct Buckets<T: 'static>(Given<T>);

/// A series, a list, or native buckets.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given<T: 'static> {
    Series(Series<T>),
    List(&'static [T]),
    Native { growth: f64 },
}

/// A series of bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series<T> {
    start: T,
    step: Step<T>,
    count: usize,
}

#[derive(Clone, Copy, Debug)]
enum Step<T> {
    Width(T),
    Factor(f64),
}

impl<T: Value> Buckets<T> {
    /// `count` bounds, of which the first is `start`, and each other is the one before it plus `width`.
    pub const fn linear(start: T, width: T, count: usize) -> Self {
        Self(Given::Series(Series {
            start,
            step: Step::Width(width),
            count,
        }))
    }

    /// `count` bounds, of which the first is `start`, and each other is the one before it times `factor`, without
    /// rounding in between.
    pub const fn exponential(start: T, factor: f64, count: usize) -> Self {
        Self(Given::Series(Series {
            start,
            step: Step::Factor(factor),
            count,
        }))
    }

    /// The bounds of a list, which are finite and increase strictly: a constant, such as
    /// [`DEFAULT_LATENCY_BUCKETS`](crate::DEFAULT_LATENCY_BUCKETS).
    pub const fn list(bounds: &'static [T]) -> Self {
        Self(Given::List(bounds))
    }

    /// [Native buckets](Self#native-buckets), of which each is at most 1.1 times as great as the one before it.
    pub const fn native() -> Self {
        Self::native_with_growth(DEFAULT_GROWTH)
    }

    /// [Native buckets](Self#native-buckets), of which each is at most `growth` times as great as the one before it. That is a
    /// finite number greater than 1.
    pub const fn native_with_growth(growth: f64) -> Self {
        Self(Given::Native { growth })
    }

    pub(super) const fn given(self) -> Given<T> {
        self.0
    }
}

impl<T: Value> Series<T> {
    /// The series of any type, made at run time. (A `const fn` cannot call a trait's method.)
    pub(super) fn of_any_type(self) -> BoundSeries {
        BoundSeries {
            kind: T::KIND,
            start: self.start.to_bits(),
            step: match self.step {
                Step::Width(width) => Step::Width(width.to_bits()),
                Step::Factor(factor) => Step::Factor(factor),
            },
            count: self.count,
        }
    }
}

/// The series of any type, made at compile time.
macro_rules! static_series {
    ($($type:ty => $variant:ident, $bits:expr;)*) => {$(
        impl Series<$type> {
            pub(super) const fn of_any_type_at_compile_time(self) -> BoundSeries {
                BoundSeries {
                    kind: ValueKind::$variant,
                    start: Some($bits(self.start)),
                    step: match self.step {
                        Step::Width(width) => Step::Width(Some($bits(width))),
                        Step::Factor(factor) => Step::Factor(factor),
                    },
                    count: self.count,
                }
            }
        }
    )*};
}

static_series! {
    u64 => U64, ValueBits;
    i64 => I64, i64_bits;
    f64 => F64, float_bits;
    Duration => Duration, nanoseconds;
}

const fn i64_bits(value: i64) -> ValueBits {
    ValueBits(value.cast_unsigned())
}

/// A series of bounds of any type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoundSeries {
    kind: ValueKind,
    /// `None`: a float that is not finite.
    start: Option<ValueBits>,
    step: Step<Option<ValueBits>>,
    count: usize,
}

impl BoundSeries {
    pub(super) const fn kind(&self) -> ValueKind {
        self.kind
    }

    /// The bound of this index, if there are so many and it can be computed.
    pub(super) const fn get(&self, index: usize) -> Option<ValueBits> {
        if index >= self.count || index >= MAX_BOUNDS {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "just compared")]
        self.bound(index as u32)
    }

    /// Why these bounds cannot be used.
    pub(super) const fn problem(&self) -> Option<&'static str> {
        if let Some(problem) = self.problem_of_arguments() {
            return Some(problem);
        }
        let mut previous = None;
        let mut index = 0;
        while index < self.count {
            let Some(bits) = self.get(index) else {
                return Some(TOO_GREAT);
            };
            let key = bits.sort_key(self.kind).0;
            if let Some(previous) = previous
                && previous >= key
            {
                return Some(EQUAL);
            }
            previous = Some(key);
            index += 1;
        }
        None
    }

    const fn problem_of_arguments(&self) -> Option<&'static str> {
        if self.count == 0 || self.count > MAX_BOUNDS {
            return Some(COUNT);
        }
        let start = self.operand(self.start);
        match self.step {
            Step::Width(width) => match (start, self.operand(width)) {
                (None, _) => Some(LINEAR_START),
                (_, Some(width)) if width.float > 0.0 => None,
                _ => Some(WIDTH),
            },
            Step::Factor(factor) => match start {
                Some(start) if start.float > 0.0 => {
                    if factor.is_finite() && factor > 1.0 {
                        None
                    } else {
                        Some(FACTOR)
                    }
                }
                _ => Some(EXPONENTIAL_START),
            },
        }
    }

    const fn bound(&self, index: u32) -> Option<ValueBits> {
        let Some(start) = self.operand(self.start) else {
            return None;
        };
        let bound = match self.step {
            Step::Width(width) => match self.operand(width) {
                Some(width) => start.plus(width.times(Operand::of_index(index))),
                None => return None,
            },
            Step::Factor(factor) => start.times(Operand::of_float(factor).to_the(index)),
        };
        bound.to_bits(self.kind)
    }

    /// An argument; `None` if it is not finite.
    const fn operand(&self, bits: Option<ValueBits>) -> Option<Operand> {
        match bits {
            Some(bits) if bits.is_finite(self.kind) => Some(match self.kind {
                ValueKind::F64 => Operand::of_float(f64::from_bits(bits.0)),
                ValueKind::I64 => Operand::of_integer(bits.0.cast_signed() as i128),
                ValueKind::U64 | ValueKind::Duration => Operand::of_integer(bits.0 as i128),
            }),
            _ => None,
        }
    }
}

/// A number that is computed as a decimal while that has room for all of its digits, and as a float for the rest.
#[derive(Clone, Copy)]
struct Operand {
    decimal: Option<Decimal>,
    float: f64,
}

impl Operand {
    const fn of_float(float: f64) -> Self {
        Self {
            decimal: Decimal::of_float(float),
            float,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "the decimal is exact")]
    const fn of_integer(integer: i128) -> Self {
        Self {
            decimal: Some(Decimal::of_integer(integer)),
            float: integer as f64,
        }
    }

    const fn of_index(index: u32) -> Self {
        Self::of_integer(index as i128)
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            decimal: match (self.decimal, other.decimal) {
                (Some(a), Some(b)) => a.plus(b),
                _ => None,
            },
            float: self.float + other.float,
        }
    }

    const fn times(self, other: Self) -> Self {
        Self {
            decimal: match (self.decimal, other.decimal) {
                (Some(a), Some(b)) => a.times(b),
                _ => None,
            },
            float: self.float * other.float,
        }
    }

    const fn to_the(self, exponent: u32) -> Self {
        // `powi` is not `const`.
        let mut float = 1.0;
        let mut square = self.float;
        let mut rest = exponent;
        while rest > 0 {
            if rest % 2 == 1 {
                float *= square;
            }
            square *= square;
            rest /= 2;
        }
        Self {
            decimal: match self.decimal {
                Some(decimal) => decimal.to_the(exponent),
                None => None,
            },
            float,
        }
    }

    /// The nearest value of this kind; `None` if there is none.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "floats saturate, and integers were compared"
    )]
    const fn to_bits(self, kind: ValueKind) -> Option<ValueBits> {
        let bits = if let ValueKind::F64 = kind {
            let exact = match self.decimal {
                Some(decimal) => decimal.to_float(),
                None => None,
            };
            float_bits(match exact {
                Some(exact) => exact,
                None => self.float,
            })
        } else {
            let exact = match self.decimal {
                Some(decimal) => decimal.to_integer(),
                None => None,
            };
            let integer = match exact {
                Some(exact) => exact,
                None => self.float.round() as i128,
            };
            let (least, greatest) = match kind {
                ValueKind::I64 => (i64::MIN as i128, i64::MAX as i128),
                _ => (0, u64::MAX as i128),
            };
            if integer < least || integer > greatest {
                return None;
            }
            match kind {
                ValueKind::I64 => i64_bits(integer as i64),
                _ => ValueBits(integer as u64),
            }
        };
        if bits.is_finite(kind) {
            Some(bits)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl<T: Value> Buckets<T> {
        fn as_given(self) -> Series<T> {
            match self.0 {
                Given::Series(series) => series,
                Given::List(_) | Given::Native { .. } => unreachable!("no test gives others"),
            }
        }

        fn series(self) -> BoundSeries {
            self.as_given().of_any_type()
        }
    }
    use crate::declare::{Bounds, Number};

    /// The bounds as Prometheus sees them: as the shortest decimals that parse back.
    fn texts<T: Value>(buckets: Buckets<T>) -> Vec<String> {
        let bounds = Bounds::of_series(buckets.series()).expect("they are valid");
        let numbers = bounds.numbers().iter();
        numbers.map(|number| number.as_f64().to_string()).collect()
    }

    fn problem<T: Value>(buckets: Buckets<T>) -> Option<&'static str> {
        let series = buckets.series();
        assert_eq!(Bounds::of_series(series).err(), series.problem());
        series.problem()
    }

    #[test]
    fn bounds_are_the_decimals_that_a_user_writes() {
        assert_eq!(
            texts(Buckets::linear(0.1, 0.1, 10)),
            [
                "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"
            ]
        );
        assert_eq!(
            texts(Buckets::exponential(0.001, 10.0, 5)),
            ["0.001", "0.01", "0.1", "1", "10"]
        );
        assert_eq!(
            texts(Buckets::linear(-1.0, 0.35, 4)),
            ["-1", "-0.65", "-0.3", "0.05"]
        );
        assert_eq!(
            texts(Buckets::exponential(0.1, 1.1, 4)),
            ["0.1", "0.11", "0.121", "0.1331"]
        );
        assert_eq!(texts(Buckets::linear(-5_i64, 5, 3)), ["-5", "0", "5"]);
    }

    #[test]
    fn integers_are_rounded_once() {
        // 10, 15, 22.5, 33.75, 50.625
        assert_eq!(
            texts(Buckets::exponential(10_u64, 1.5, 5)),
            ["10", "15", "23", "34", "51"]
        );
        let millis = Duration::from_millis(1);
        assert_eq!(
            texts(Buckets::exponential(millis, 2.5, 4)),
            ["0.001", "0.0025", "0.00625", "0.015625"]
        );
        assert_eq!(
            texts(Buckets::linear(millis, millis, 3)),
            ["0.001", "0.002", "0.003"]
        );
    }

    /// Sums and products of decimals of few digits, compared with those that are computed in integers and parsed.
    #[test]
    fn short_decimals_are_exact() {
        for scale in 0..7_u32 {
            let parse = |mantissa: u128| -> f64 {
                let text = format!("{mantissa}e-{scale}");
                text.parse().expect("it is a number")
            };
            for start in [0, 1, 3, 7, 999] {
                for width in [1_u128, 3, 7, 25, 1_001] {
                    let series = Buckets::linear(parse(start), parse(width), 1_000).series();
                    for index in 0..1_000 {
                        let bound = series.get(index).map(|bits| f64::from_bits(bits.0));
                        let index = u128::try_from(index).expect("it fits");
                        assert_eq!(bound, Some(parse(start + width * index)));
                    }
                }
            }
        }
        for factor in [1.1, 1.5, 2.0, 2.5, 4.0, 10.0] {
            let start = 0.001;
            let series = Buckets::exponential(start, factor, 8).series();
            let tenths = u128::from(f64_as_u64(factor * 10.0));
            for index in 0..8 {
                let bound = series.get(index).map(|bits| f64::from_bits(bits.0));
                let mantissa = tenths.pow(u32::try_from(index).expect("it fits"));
                let text = format!("{mantissa}e-{}", index + 3);
                assert_eq!(bound, text.parse().ok(), "{factor} {index}");
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small positive number"
    )]
    fn f64_as_u64(float: f64) -> u64 {
        float.round() as u64
    }

    #[test]
    fn long_bounds_are_near() {
        for (start, factor) in [(1e-9, 1.37), (std::f64::consts::PI, 1.001), (1e200, 3.7)] {
            let series = Buckets::exponential(start, factor, 100).series();
            assert_eq!(series.problem(), None);
            for index in 0..100_i32 {
                let bound = series.get(usize::try_from(index).expect("it fits"));
                let bound = f64::from_bits(bound.expect("it is in range").0);
                let expected = start * factor.powi(index);
                assert!((bound / expected - 1.0).abs() < 1e-13, "{index}");
            }
        }
        assert_eq!(problem(Buckets::exponential(1_u64, 2.0, 64)), None);
        assert_eq!(problem(Buckets::exponential(1_000_u64, 1.1, 300)), None);
        let last = Buckets::exponential(1_u64, 2.0, 64).series().get(63);
        assert_eq!(last, Some(ValueBits(1 << 63)));
    }

    #[test]
    fn both_ways_to_a_series_agree() {
        let check = |a: BoundSeries, b: BoundSeries| {
            assert_eq!(a.kind(), b.kind());
            assert_eq!(a.problem(), b.problem());
            assert!((0..20).all(|index| a.get(index) == b.get(index)));
        };
        let unsigned = Buckets::linear(3_u64, 5, 12);
        let signed = Buckets::linear(-3_i64, 5, 12);
        let floats = Buckets::linear(0.3, f64::NAN, 12);
        let durations = Buckets::exponential(Duration::from_secs(1), 1.5, 12);
        check(
            unsigned.series(),
            unsigned.as_given().of_any_type_at_compile_time(),
        );
        check(
            signed.series(),
            signed.as_given().of_any_type_at_compile_time(),
        );
        check(
            floats.series(),
            floats.as_given().of_any_type_at_compile_time(),
        );
        check(
            durations.series(),
            durations.as_given().of_any_type_at_compile_time(),
        );
    }

    #[test]
    fn mistakes_are_told() {
        let inf = f64::INFINITY;
        for count in [0, 1_001, usize::MAX] {
            assert_eq!(problem(Buckets::linear(0_u64, 1, count)), Some(COUNT));
            assert_eq!(problem(Buckets::exponential(1.0, 2.0, count)), Some(COUNT));
        }
        assert_eq!(
            problem(Buckets::linear(f64::NAN, 1.0, 2)),
            Some(LINEAR_START)
        );
        assert_eq!(
            problem(Buckets::linear(Duration::MAX, Duration::MAX, 2)),
            Some(LINEAR_START)
        );
        assert_eq!(problem(Buckets::linear(0_u64, 0, 2)), Some(WIDTH));
        assert_eq!(problem(Buckets::linear(0_i64, -1, 2)), Some(WIDTH));
        for width in [0.0, -0.0, -1.0, f64::NAN, inf] {
            assert_eq!(problem(Buckets::linear(0.0, width, 2)), Some(WIDTH));
        }
        for start in [0.0, -1.0, f64::NAN, inf] {
            let buckets = Buckets::exponential(start, 2.0, 2);
            assert_eq!(problem(buckets), Some(EXPONENTIAL_START));
        }
        assert_eq!(
            problem(Buckets::exponential(0_u64, 2.0, 2)),
            Some(EXPONENTIAL_START)
        );
        for factor in [1.0, 0.5, -2.0, f64::NAN, inf] {
            assert_eq!(
                problem(Buckets::exponential(1_u64, factor, 2)),
                Some(FACTOR)
            );
        }
        assert_eq!(problem(Buckets::linear(u64::MAX, 1, 2)), Some(TOO_GREAT));
        assert_eq!(problem(Buckets::linear(i64::MAX, 1, 2)), Some(TOO_GREAT));
        assert_eq!(
            problem(Buckets::linear(f64::MAX, f64::MAX, 2)),
            Some(TOO_GREAT)
        );
        assert_eq!(
            problem(Buckets::exponential(1_u64, 2.0, 65)),
            Some(TOO_GREAT)
        );
        assert_eq!(problem(Buckets::exponential(1.0, 2.0, 1_000)), None);
        assert_eq!(
            problem(Buckets::exponential(10.0, 2.1, 1_000)),
            Some(TOO_GREAT)
        );
        let second = Duration::from_secs(1);
        assert_eq!(
            problem(Buckets::exponential(second, 1e300, 1_000)),
            Some(TOO_GREAT)
        );
        assert_eq!(problem(Buckets::exponential(1_u64, 1.1, 3)), Some(EQUAL));
        assert_eq!(problem(Buckets::linear(1e18, 1.0, 3)), Some(EQUAL));
        let number = Number::from(1_u64);
        let one = Bounds::of_series(Buckets::linear(1_u64, 1, 1).series());
        assert!(one.is_ok_and(|bounds| bounds.numbers().first() == Some(&number)));
    }
}
