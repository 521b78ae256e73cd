//! The total of a distribution's row: the words of one chunk, or of several.

use std::sync::atomic::Ordering;

use super::moments::Moments;
use super::native::NativeWords;
use super::native_total::NativeTotal;
use super::words::{Words, load_float};
use crate::aggregate::data::DistributionData;
use crate::aggregate::row_format::RowFormat;
use crate::aggregate::write;
use crate::declare::{Bounds, MeasureDescriptor, SortKey, ValueBits, ValueKind};
use crate::sync::fence;

/// How many times words are read at most, if they change meanwhile.
const READ_ATTEMPTS: usize = 3;

#[derive(Debug)]
pub(in crate::aggregate) struct Total {
    pub(super) sum: ValueBits,
    pub(super) moments: Moments,
    /// The sort key of the greatest value.
    pub(super) greatest: u64,
    /// The complement of the sort key of the least value.
    pub(super) least: u64,
    /// How many values each bucket has.
    pub(super) buckets: Vec<u64>,
    pub(super) native: Option<NativeTotal>,
    /// The total of the words that are being added.
    added: Option<Box<Self>>,
}

impl Total {
    /// The total of no words.
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self {
            sum: ValueBits(0),
            moments: Moments::default(),
            greatest: 0,
            least: 0,
            buckets: vec![0; bounds.buckets()],
            native: bounds.native().map(NativeTotal::new),
            added: None,
        }
    }

    /// Makes this the total of no words again.
    pub(super) fn reset(&mut self) {
        (self.sum, self.greatest, self.least) = (ValueBits(0), 0, 0);
        self.moments = Moments::default();
        self.buckets.fill(0);
        if let Some(native) = &mut self.native {
            native.reset();
        }
    }

    /// Adds the words of a row.
    pub(super) fn add(&mut self, kind: ValueKind, bounds: &Bounds, words: &Words<'_>) {
        if self.moments.count == 0 {
            // The sum and the extremes so far may hold a value whose recorder has not counted it yet. A scrape may have
            // exported them, so they are kept.
            let (sum, greatest, least) = (self.sum, self.greatest, self.least);
            self.read(bounds, words);
            self.sum = write::merge_sums(kind, sum, self.sum);
            self.greatest = self.greatest.max(greatest);
            self.least = self.least.max(least);
            return;
        }
        let mut other = self
            .added
            .take()
            .unwrap_or_else(|| Box::new(Self::new(bounds)));
        other.reset();
        other.read(bounds, words);
        self.sum = write::merge_sums(kind, self.sum, other.sum);
        self.moments = self.moments.merge(other.moments);
        self.greatest = self.greatest.max(other.greatest);
        self.least = self.least.max(other.least);
        for (sum, count) in self.buckets.iter_mut().zip(&other.buckets) {
            *sum += count;
        }
        if let (Some(native), Some(other)) = (&mut self.native, &mut other.native) {
            native.merge(other);
        }
        self.added = Some(other);
    }

    /// Completes the native buckets.
    pub(super) fn finish(&mut self, bounds: &Bounds) {
        if let (Some(native), Some(index)) = (&mut self.native, bounds.native()) {
            native.finish(index);
        }
    }

    /// Replaces the total by that of these words alone.
    ///
    /// Threads may record meanwhile. The words are read again until no value was counted between the first read and the
    /// last, or [`READ_ATTEMPTS`] times: then the moments may lack the last part of some values, or have it too early.
    pub(super) fn read(&mut self, bounds: &Bounds, words: &Words<'_>) {
        for _ in 0..READ_ATTEMPTS {
            self.read_once(bounds, words);
            // Orders the loads of the sums before the second loads of the counts.
            fence(Ordering::Acquire);
            if words.count_all(bounds) == self.moments.count {
                break;
            }
        }
    }

    fn read_once(&mut self, bounds: &Bounds, words: &Words<'_>) {
        // The counts are read first. Acquire: pairs with the Release in `Writer::count` and `NativeWords::add`, so the sums,
        // which are read after it, hold every value that is counted.
        let native = self.native.as_mut().zip(bounds.native());
        if let Some((native, index)) = native
            && let Some(words) = NativeWords::new(words.buckets)
        {
            native.read(index, &words, &mut self.buckets);
        } else {
            for (read, count) in self.buckets.iter_mut().zip(words.buckets) {
                *read = count.load(Ordering::Acquire);
            }
        }
        let counted = self.buckets.iter().sum();
        self.sum = ValueBits(write::load(words.sum));
        self.moments = Moments {
            count: counted,
            shift: load_float(words.shift),
            sum: load_float(words.shifted_sum),
            squares: load_float(words.shifted_squares),
        };
        self.greatest = words.greatest.load(Ordering::Relaxed);
        self.least = words.least.load(Ordering::Relaxed);
    }

    /// The total as plain data, without exemplars.
    pub(super) fn data(&self, format: &RowFormat, measure: &MeasureDescriptor) -> DistributionData {
        let kind = format.value_kind;
        let count = self.moments.count;
        let unit = match kind {
            ValueKind::Duration => f64::from(measure.time_unit().nanoseconds()),
            ValueKind::U64 | ValueKind::I64 | ValueKind::F64 => 1.0,
        };
        let min = SortKey(!self.least).value_bits(kind);
        let max = SortKey(self.greatest).value_bits(kind);
        let (mean, deviations) = self
            .moments
            .mean_and_deviations(kind.to_f64(min), kind.to_f64(max));
        DistributionData {
            count,
            sum: kind.number(self.sum),
            mean: mean / unit,
            sum_of_squared_deviations: deviations / (unit * unit),
            min: (count > 0).then(|| kind.number(min)),
            max: (count > 0).then(|| kind.number(max)),
            bounds: std::sync::Arc::clone(format.bounds.numbers()),
            bucket_counts: self.buckets.clone(),
            exemplars: Vec::new(),
            native: self.native.as_ref().map(|native| native.buckets.clone()),
        }
    }

    /// Whether a value was below zero.
    pub(super) fn has_negative(&self, kind: ValueKind) -> bool {
        self.moments.count > 0 && kind.to_f64(SortKey(!self.least).value_bits(kind)) < 0.0
    }
}
