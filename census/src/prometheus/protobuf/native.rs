//! Native buckets as spans and deltas.

use super::messages::{BucketSpan, Histogram};
use crate::aggregate::NativeBuckets;

/// So many empty buckets at most are written in a span, as `client_golang` does: a span of its own would take more bytes.
const MAX_GAP: i64 = 2;

/// Gives native buckets to a histogram.
pub(super) fn set_native(histogram: &mut Histogram, native: &NativeBuckets) {
    let (positive_span, positive_delta) = spans(&native.positive);
    let (negative_span, negative_delta) = spans(&native.negative);
    histogram.schema = Some(native.schema);
    histogram.zero_threshold = Some(native.zero_threshold);
    histogram.zero_count = Some(native.zero_count);
    histogram.positive_span = positive_span;
    histogram.positive_delta = positive_delta;
    histogram.negative_span = negative_span;
    histogram.negative_delta = negative_delta;
    if histogram.positive_span.is_empty()
        && histogram.negative_span.is_empty()
        && native.zero_count == 0
    {
        // A histogram without values has nothing else that tells a reader that it is a native one.
        histogram.positive_span = vec![BucketSpan {
            offset: 0,
            length: 0,
        }];
    }
}

/// Successive buckets as spans, and the difference of each bucket's count to the one before. `buckets` have increasing indices.
fn spans(buckets: &[(i32, u64)]) -> (Vec<BucketSpan>, Vec<i64>) {
    let mut spans: Vec<BucketSpan> = Vec::new();
    let mut deltas = Vec::with_capacity(buckets.len());
    // The index after the last bucket.
    let mut next = 0_i64;
    let mut last_count = 0_u64;
    for (index, count) in buckets {
        let index = i64::from(*index);
        let gap = index - next;
        match spans.last_mut() {
            Some(span) if gap <= MAX_GAP => {
                for _ in 0..gap {
                    deltas.push(difference(last_count, 0));
                    last_count = 0;
                    span.length += 1;
                }
                span.length += 1;
            }
            _ => spans.push(BucketSpan {
                // Indices are those of floats, and at most some hundred thousands.
                offset: i32::try_from(gap).unwrap_or(i32::MAX),
                length: 1,
            }),
        }
        deltas.push(difference(last_count, *count));
        (next, last_count) = (index + 1, *count);
    }
    (spans, deltas)
}

fn difference(before: u64, after: u64) -> i64 {
    after.wrapping_sub(before).cast_signed()
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    /// The buckets that are not empty, as a reader finds them.
    fn read(spans: &[BucketSpan], deltas: &[i64]) -> Vec<(i32, u64)> {
        let mut buckets = Vec::new();
        let mut deltas = deltas.iter();
        let (mut index, mut count) = (0_i32, 0_u64);
        for span in spans {
            index += span.offset;
            for _ in 0..span.length {
                let delta = deltas.next().expect("a delta for each bucket");
                count = count.wrapping_add_signed(*delta);
                if count > 0 {
                    buckets.push((index, count));
                }
                index += 1;
            }
        }
        assert_eq!(deltas.next(), None);
        buckets
    }

    fn native(positive: &[(i32, u64)], negative: &[(i32, u64)], zero_count: u64) -> NativeBuckets {
        NativeBuckets {
            schema: 3,
            zero_threshold: 2_f64.powi(-128),
            zero_count,
            positive: positive.to_vec(),
            negative: negative.to_vec(),
        }
    }

    fn encoded(native: &NativeBuckets) -> Histogram {
        let mut histogram = Histogram::default();
        set_native(&mut histogram, native);
        let bytes = histogram.encode_to_vec();
        assert_eq!(Histogram::decode(&*bytes), Ok(histogram.clone()));
        histogram
    }

    const fn span(offset: i32, length: u32) -> BucketSpan {
        BucketSpan { offset, length }
    }

    #[test]
    fn small_gaps_are_in_a_span_and_larger_ones_between_spans() {
        type Case<'a> = (&'a [(i32, u64)], &'a [BucketSpan], &'a [i64]);
        let cases: [Case<'_>; 7] = [
            (&[], &[], &[]),
            (&[(0, 5)], &[span(0, 1)], &[5]),
            (&[(-3, 1), (-2, 4)], &[span(-3, 2)], &[1, 3]),
            (&[(7, 2), (9, 3)], &[span(7, 3)], &[2, -2, 3]),
            (&[(7, 2), (10, 3)], &[span(7, 4)], &[2, -2, 0, 3]),
            (&[(7, 2), (11, 3)], &[span(7, 1), span(3, 1)], &[2, 1]),
            (
                &[(-1, u64::MAX), (0, 1), (100, u64::MAX)],
                &[span(-1, 2), span(99, 1)],
                &[-1, 2, -2],
            ),
        ];
        for (buckets, expected_spans, expected_deltas) in cases {
            let (spans, deltas) = spans(buckets);
            assert_eq!((&*spans, &*deltas), (expected_spans, expected_deltas));
            assert_eq!(read(&spans, &deltas), buckets);
        }
    }

    #[test]
    fn spans_of_any_buckets_are_read_as_those_buckets() {
        // A linear congruential generator: the same buckets each time.
        let mut state = 1_u64;
        let mut next = |bound: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        for _ in 0..2_000 {
            let mut index = i32::try_from(next(2_000)).expect("small") - 1_000;
            let mut buckets = Vec::new();
            for _ in 0..next(40) {
                let shift = next(63);
                buckets.push((index, 1 + (next(1 << 31) << shift)));
                let step = 1 + next(6) * next(3);
                index += i32::try_from(step).expect("small");
            }
            let (spans, deltas) = spans(&buckets);
            assert_eq!(read(&spans, &deltas), buckets);
            // A gap that needs a span of its own is larger than two.
            assert!(spans.iter().skip(1).all(|span| span.offset > 2));
            assert!(spans.iter().all(|span| span.length > 0));
        }
    }

    #[test]
    fn both_signs_and_the_zero_bucket_are_written() {
        let histogram = encoded(&native(&[(1, 2)], &[(-4, 3)], 7));
        assert_eq!(histogram.schema, Some(3));
        assert_eq!(histogram.zero_count, Some(7));
        assert_eq!(histogram.zero_threshold, Some(2_f64.powi(-128)));
        assert_eq!(histogram.positive_span, [span(1, 1)]);
        assert_eq!(histogram.positive_delta, [2]);
        assert_eq!(histogram.negative_span, [span(-4, 1)]);
        assert_eq!(histogram.negative_delta, [3]);
    }

    #[test]
    fn a_histogram_without_values_is_native_all_the_same() {
        let histogram = encoded(&native(&[], &[], 0));
        assert_eq!(histogram.positive_span, [span(0, 0)]);
        assert!(histogram.positive_delta.is_empty() && histogram.negative_span.is_empty());
        assert_eq!(histogram.zero_threshold, Some(2_f64.powi(-128)));
        // Values in the zero bucket alone need no span.
        assert_eq!(encoded(&native(&[], &[], 1)).positive_span, []);
    }
}
