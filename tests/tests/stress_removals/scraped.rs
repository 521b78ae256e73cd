//! What is checked in each scrape, while threads record and rows go.

use std::collections::{BTreeMap, BTreeSet};

use census::prometheus::Exporter;
use census::{Data, Snapshot, snapshot};
use census_tests::differences::Differences;
use census_tests::rows::rising_values;
use census_tests::scrape;

use super::keys::{KEY, KEYS, number_of};
use super::removals::Removals;
use super::views::{Going, faults};

/// Reads all views, and returns what is wrong.
pub(super) fn in_snapshot(views: &[Going]) -> (Snapshot, Differences) {
    let snapshot = snapshot();
    let mut found = Differences::default();
    for view in views {
        let name = view.view.name();
        let rows = &snapshot.view(name).expect("it is registered").data.rows;
        let key = |row: &census::Row| row.tag(&KEY).expect("a column").to_owned();
        let rows: Vec<(String, Data)> = rows.iter().map(|it| (key(it), it.data.clone())).collect();
        found.extend(faults(name, &rows));
    }
    (snapshot, found)
}

/// Reads each view alone, and returns what is wrong.
pub(super) fn in_views(views: &[Going]) -> Differences {
    let mut found = Differences::default();
    for view in views {
        found.extend(faults(view.view.name(), &view.view.rows()));
    }
    found
}

/// Scrapes as text, and returns what is wrong: series that are there twice, or are below zero.
pub(super) fn in_text(exporter: &Exporter) -> Differences {
    let text = scrape::text(exporter);
    let mut found = Differences::default();
    let mut seen = BTreeSet::new();
    for line in scrape::sample_lines(&text) {
        let (series, value) = line.rsplit_once(' ').expect("a series and its value");
        let row = [series.to_owned()];
        if !seen.insert(series) {
            found.add("the exposition", &row, "one line", "two lines");
        }
        if value.starts_with('-') {
            found.add("the exposition", &row, "0 or more", value);
        }
    }
    found
}

/// Compares the snapshots of one thread: as long as a row lives, it is there, and its values do not fall.
pub(super) struct Lives<'r> {
    views: &'r [Going],
    removals: &'r Removals,
    /// By view and key.
    newest: BTreeMap<(usize, usize), Seen>,
}

/// A row in a snapshot.
struct Seen {
    /// How many removals had ended before the snapshot.
    removed: u64,
    values: Vec<f64>,
}

impl<'r> Lives<'r> {
    pub(super) fn new(views: &'r [Going], removals: &'r Removals) -> Self {
        Self {
            views,
            removals,
            newest: BTreeMap::new(),
        }
    }

    /// Takes a snapshot, and returns what is wrong with it.
    pub(super) fn check(&mut self) -> Differences {
        let removed = self.removals.ended();
        let (snapshot, mut found) = in_snapshot(self.views);
        let begun = self.removals.begun();
        for (number, view) in self.views.iter().enumerate() {
            let data = &snapshot.view(view.view.name()).expect("registered").data;
            let mut rows = BTreeMap::new();
            for row in &data.rows {
                if let Some(key) = row.tag(&KEY).and_then(number_of) {
                    rows.insert(key, rising_values(&row.data));
                }
            }
            for (key, (name, _)) in KEYS.iter().enumerate() {
                let (now, at) = (rows.remove(&key), (number, key));
                if let Some(before) = self.newest.get(&at)
                    // No removal has begun since the snapshot before.
                    && before.removed == begun[number][key]
                    && let Some(expected) = fault(view, &before.values, now.as_deref())
                {
                    let actual = now
                        .as_ref()
                        .map_or("no row".to_owned(), |it| format!("{it:?}"));
                    found.add(view.view.name(), &[(*name).to_owned()], &expected, &actual);
                }
                let seen = |values| Seen {
                    removed: removed[number][key],
                    values,
                };
                match now {
                    Some(now) => self.newest.insert(at, seen(now)),
                    None => self.newest.remove(&at),
                };
            }
        }
        found
    }
}

/// What the values of a living row should be.
fn fault(view: &Going, before: &[f64], now: Option<&[f64]>) -> Option<String> {
    let may_fall = view.is_level;
    let is_right =
        |now: &[f64]| may_fall || before.iter().zip(now).all(|(before, now)| before <= now);
    (!now.is_some_and(is_right)).then(|| format!("the same row, with at least {before:?}"))
}
