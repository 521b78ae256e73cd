//! The native buckets of a row's total.

use super::native::{MAX_POPULATED, NativeWords};
use crate::aggregate::data::NativeBuckets;
use crate::declare::{NativeIndex, NativePlace, ZERO_THRESHOLD};

#[derive(Debug)]
pub(super) struct NativeTotal {
    /// How often the resolution was halved.
    halvings: u32,
    /// The buckets with values, in their order.
    counts: Vec<(NativePlace, u64)>,
    /// Memory for the next merge.
    merged: Vec<(NativePlace, u64)>,
    /// What is exported: made by [`finish`](Self::finish).
    pub(super) buckets: NativeBuckets,
}

impl NativeTotal {
    pub(super) fn new(index: &NativeIndex) -> Self {
        Self {
            halvings: 0,
            counts: Vec::new(),
            merged: Vec::new(),
            buckets: NativeBuckets {
                schema: index.schema(),
                zero_threshold: ZERO_THRESHOLD,
                zero_count: 0,
                positive: Vec::new(),
                negative: Vec::new(),
            },
        }
    }

    /// Makes this the total of no words again.
    pub(super) fn reset(&mut self) {
        self.halvings = 0;
        self.counts.clear();
    }

    /// Replaces the counts of native buckets, and those of the classic ones, by those in these words. The number of halvings does
    /// not fall.
    pub(super) fn read(
        &mut self,
        index: &NativeIndex,
        words: &NativeWords<'_>,
        classic: &mut [u64],
    ) {
        let read = words.read(|halvings| {
            self.counts.clear();
            classic.fill(0);
            let mut is_sorted = true;
            words.for_each_cell(index, halvings, |cell, count| {
                if let Some(classic) = classic.get_mut(cell.bucket) {
                    *classic += count;
                }
                is_sorted &= self.counts.last().is_none_or(|last| last.0 < cell.place);
                self.counts.push((cell.place, count));
            });
            if !is_sorted {
                self.counts.sort_unstable();
                add_up(&mut self.counts);
            }
            halvings
        });
        let halvings = self.halvings.max(read);
        self.halve(read, halvings);
    }

    /// Adds the counts of another total.
    pub(super) fn merge(&mut self, other: &mut Self) {
        let halvings = self.halvings.max(other.halvings);
        self.halve(self.halvings, halvings);
        other.halve(other.halvings, halvings);
        self.merged.clear();
        let mut others = other.counts.iter().copied().peekable();
        for (place, mut count) in self.counts.drain(..) {
            while let Some(before) = others.next_if(|it| it.0 < place) {
                self.merged.push(before);
            }
            if let Some((_, more)) = others.next_if(|it| it.0 == place) {
                count += more;
            }
            self.merged.push((place, count));
        }
        self.merged.extend(others);
        std::mem::swap(&mut self.counts, &mut self.merged);
    }

    /// Halves the resolution of the counts until no more than [`MAX_POPULATED`] buckets have values, and makes the exported
    /// buckets of them.
    pub(super) fn finish(&mut self, index: &NativeIndex) {
        while self.populated() > MAX_POPULATED && self.halvings < index.max_halvings() {
            self.halve(self.halvings, self.halvings + 1);
        }
        let buckets = &mut self.buckets;
        buckets.schema = index.schema() - self.halvings.cast_signed();
        buckets.zero_count = 0;
        buckets.positive.clear();
        buckets.negative.clear();
        for (place, count) in &self.counts {
            if place.is_zero() {
                buckets.zero_count = *count;
                continue;
            }
            let (index, is_negative) = place.index();
            if is_negative {
                buckets.negative.push((index, *count));
            } else {
                buckets.positive.push((index, *count));
            }
        }
        buckets.negative.reverse();
    }

    fn populated(&self) -> usize {
        let populated = self.counts.iter().filter(|(place, _)| !place.is_zero());
        populated.count()
    }

    /// Makes of counts with a number of halvings those with another one.
    fn halve(&mut self, from: u32, to: u32) {
        self.halvings = to;
        if from == to {
            return;
        }
        for (place, _) in &mut self.counts {
            *place = place.halved(to - from);
        }
        add_up(&mut self.counts);
    }
}

/// Adds up successive counts of the same bucket.
fn add_up(counts: &mut Vec<(NativePlace, u64)>) {
    counts.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
}
