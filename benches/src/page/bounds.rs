//! The bounds of the guard: instructions of one operation.

use std::collections::BTreeMap;

/// The instructions of each path.
pub(crate) struct Bounds(BTreeMap<String, f64>);

impl Bounds {
    /// Parses the lines `path = instructions`. Other lines are comments.
    pub(crate) fn parse(text: &str) -> Self {
        let bound = |line: &str| {
            let (path, instructions) = line.split_once('=')?;
            Some((path.trim().to_owned(), instructions.trim().parse().ok()?))
        };
        Self(text.lines().filter_map(bound).collect())
    }

    pub(crate) fn of(&self, path: &str) -> Option<f64> {
        self.0.get(path).copied()
    }
}
