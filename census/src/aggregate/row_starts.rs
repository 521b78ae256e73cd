//! When the rows of a view began: at zero, unless they show values that were read.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time at which rows began, in whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowStart {
    /// Since 1970.
    millis: u64,
}

impl RowStart {
    /// Reads the clock.
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since.unwrap_or_default().as_millis();
        Self {
            millis: u64::try_from(millis).unwrap_or(u64::MAX),
        }
    }

    pub(crate) fn time(self) -> SystemTime {
        let time = UNIX_EPOCH.checked_add(Duration::from_millis(self.millis));
        time.unwrap_or(UNIX_EPOCH)
    }
}

/// When the rows of a chunk began. They are added one after the other, and most rows of a large view are added within
/// the same millisecond as the row before, so most chunks need no more than one time.
#[derive(Debug, Default)]
pub(super) struct RowStarts {
    /// That of the first row.
    first: RowStart,
    /// That of each row, if they began at different times.
    each: Option<Box<[RowStart]>>,
}

impl RowStarts {
    /// Sets when the row with this index began, one of `rows` of the chunk. All rows with a lesser index were set before.
    pub(super) fn set(&mut self, index: usize, rows: usize, start: RowStart) {
        if index == 0 {
            *self = Self {
                first: start,
                each: None,
            };
        } else if self.get(index) != start {
            let first = self.first;
            let each = self.each.get_or_insert_with(|| vec![first; rows].into());
            // Those after it, too: rows that begin at the same time need not be set.
            each.iter_mut().skip(index).for_each(|it| *it = start);
        }
    }

    /// Writes into `starts` when each of the chunk's rows began. It has as many elements as the chunk has rows.
    #[inline]
    pub(super) fn copy_to(&self, starts: &mut [RowStart]) {
        starts.fill(self.first);
        if let Some(each) = &self.each {
            for (start, own) in starts.iter_mut().zip(each) {
                *start = *own;
            }
        }
    }

    /// When the row with this index began, if it was set.
    pub(super) fn get(&self, index: usize) -> RowStart {
        let each = self.each.as_ref();
        let start = each.and_then(|each| each.get(index));
        start.copied().unwrap_or(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> RowStart {
        RowStart { millis }
    }

    #[test]
    fn each_row_has_its_start() {
        // The clock may be set back.
        let cases = [
            [5, 5, 5, 5],
            [5, 6, 6, 9],
            [5, 5, 3, 5],
            [5, u64::MAX, 0, 0],
        ];
        let mut starts = RowStarts::default();
        for millis in cases {
            for (index, start) in millis.iter().enumerate() {
                starts.set(index, millis.len(), at(*start));
            }
            let mut read = [at(1); 4];
            starts.copy_to(&mut read);
            assert_eq!(read.map(|start| start.millis), millis);
        }
    }

    #[test]
    fn rows_that_begin_together_need_no_memory_of_their_own() {
        let mut starts = RowStarts::default();
        (0..32).for_each(|index| starts.set(index, 32, at(7)));
        assert_eq!(starts.each, None);
    }

    #[test]
    fn times_are_whole_milliseconds() {
        let before = SystemTime::now();
        let start = RowStart::now().time();
        assert!(start <= SystemTime::now());
        assert!(before < start + Duration::from_millis(1));
        assert_eq!(at(1_500).time(), UNIX_EPOCH + Duration::from_millis(1_500));
    }
}
