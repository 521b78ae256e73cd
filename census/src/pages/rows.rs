//! The rows of a view that a page shows. All rows are read, in one pass; only those are kept that may be shown.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::convert::Infallible;

use super::number::Unit;
use super::query::Query;
use super::sort_key::{SortBy, SortKey, sort_key};
use crate::aggregate::Data;
use crate::collect::CollectedView;
use crate::declare::Column;
use crate::tags::row_key;

/// Of a sorted list, how many rows can be reached by turning pages: so many are kept while the rows are read.
pub(super) const MAX_SORTED: usize = 10_000;

/// An order of rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) by: SortBy,
    pub(super) descending: bool,
}

/// A row that is shown.
#[derive(Debug)]
pub(super) struct ShownRow {
    /// The values of the columns, as a row's key.
    key: String,
    pub(super) data: Data,
    /// Whether the view has the row from the start.
    pub(super) is_initial: bool,
}

impl ShownRow {
    /// The values of the columns.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        row_key::values(&self.key)
    }
}

/// What a page shows of a view's rows.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) rows: Vec<ShownRow>,
    /// How many rows the filters let through.
    pub(super) matches: usize,
    /// How many rows there are.
    pub(super) total: usize,
}

/// Reads the rows of a view, and keeps those of the query's page. Without an order, they are in the order in which they
/// were added.
pub(super) fn select(view: CollectedView<'_>, query: &Query, order: Option<Order>) -> Selection {
    let spec = view.spec();
    let unit = Unit {
        ucum: crate::aggregate::unit(spec),
    };
    let mut filters = Filters::new(query, &spec.columns);
    let mut page = Page::new(query, order.is_some_and(|order| order.descending));
    let (mut total, mut matches) = (0, 0);
    let Ok(()) = view.for_each_row(|row| {
        // Of a row that never had a value, there is nothing to show.
        if row.sample().is_none() {
            return Ok::<_, Infallible>(());
        }
        total += 1;
        if !filters.let_through(row.key.values()) {
            return Ok(());
        }
        matches += 1;
        let make = |data| ShownRow {
            key: row.key.to_joined(),
            data,
            is_initial: row.is_initial(),
        };
        match order {
            None if page.wants(matches - 1) => page.rows.extend(row.data().map(make)),
            None => {}
            Some(order) => {
                if let Some(data) = row.data() {
                    let key = sort_key(order.by, row.key.values(), &data, unit);
                    page.offer(key, matches, || make(data));
                }
            }
        }
        Ok(())
    });
    Selection {
        rows: page.into_rows(),
        matches,
        total,
    }
}

/// The texts that rows are filtered by. Upper and lower case of ASCII are the same.
struct Filters {
    any: String,
    /// With the indices of their columns.
    columns: Vec<(usize, String)>,
    /// The value that is compared, in lower case.
    lower: String,
}

impl Filters {
    fn new(query: &Query, columns: &[Column]) -> Self {
        let of_column = |(label, text): &(String, String)| {
            let index = columns.iter().position(|it| it.label() == label)?;
            Some((index, text.to_ascii_lowercase()))
        };
        Self {
            any: query.filter.to_ascii_lowercase(),
            columns: query.column_filters.iter().filter_map(of_column).collect(),
            lower: String::new(),
        }
    }

    fn let_through<'v>(&mut self, values: impl Iterator<Item = &'v str>) -> bool {
        if self.any.is_empty() && self.columns.is_empty() {
            return true;
        }
        let mut has_any = self.any.is_empty();
        for (index, value) in values.enumerate() {
            self.lower.clear();
            self.lower.push_str(value);
            self.lower.make_ascii_lowercase();
            has_any = has_any || self.lower.contains(&self.any);
            let mut of_column = self.columns.iter().filter(|(column, _)| *column == index);
            if !of_column.all(|(_, text)| self.lower.contains(text)) {
                return false;
            }
        }
        has_any
    }
}

/// The rows of a page, while rows are read.
struct Page {
    /// How many rows stand before it.
    start: usize,
    /// How many rows stand before its end.
    end: usize,
    /// The rows of a list that is not sorted.
    rows: Vec<ShownRow>,
    /// Of a sorted list, the first rows so far, up to the end of the page. The last one is on top.
    first: BinaryHeap<Entry>,
    descending: bool,
}

struct Entry {
    key: SortKey,
    descending: bool,
    /// Rows of one key stay in their order.
    number: usize,
    row: ShownRow,
}

impl Page {
    fn new(query: &Query, descending: bool) -> Self {
        let start = query.list.offset();
        Self {
            start,
            end: start.saturating_add(query.list.per_page),
            rows: Vec::new(),
            first: BinaryHeap::new(),
            descending,
        }
    }

    fn wants(&self, index: usize) -> bool {
        (self.start..self.end).contains(&index)
    }

    fn offer(&mut self, key: SortKey, number: usize, row: impl FnOnce() -> ShownRow) {
        let is_full = self.first.len() >= self.end.min(MAX_SORTED);
        // A row of the same key that comes later stands behind.
        let is_behind = |last: &Entry| last.compare_key(&key) != Ordering::Greater;
        if is_full && self.first.peek().is_none_or(is_behind) {
            return;
        }
        self.first.push(Entry {
            key,
            descending: self.descending,
            number,
            row: row(),
        });
        if is_full {
            self.first.pop();
        }
    }

    fn into_rows(self) -> Vec<ShownRow> {
        if self.first.is_empty() {
            return self.rows;
        }
        let sorted = self.first.into_sorted_vec().into_iter();
        sorted.skip(self.start).map(|entry| entry.row).collect()
    }
}

impl Entry {
    fn compare_key(&self, other: &SortKey) -> Ordering {
        let order = self.key.cmp(other);
        if self.descending {
            order.reverse()
        } else {
            order
        }
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.compare_key(&other.key);
        order.then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}
