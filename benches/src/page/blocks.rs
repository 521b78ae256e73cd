//! What a block of the page is, and how its figures become text.

use crate::page::markdown::{figure, table};

/// Where the figures come from.
pub(super) trait Figures {
    /// The median of a case.
    fn median(&self, group: &str, case: &str, threads: usize) -> Option<f64>;
    /// The instructions of a path, by the guard.
    fn instructions(&self, path: &str) -> Option<f64>;
    /// When and on what kind of machine the figures were measured.
    fn circumstances(&self) -> Vec<String>;
}

/// A part of the page that the command writes.
pub(super) struct Block {
    pub(super) name: &'static str,
    content: Content,
}

/// What a block shows.
enum Content {
    Circumstances,
    Table(Table),
}

/// A table. The first column has the labels of the rows.
pub(super) struct Table {
    /// The heading of the first column.
    pub(super) corner: &'static str,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<(&'static str, Vec<Cell>)>,
}

/// A figure, and where it comes from.
pub(super) enum Cell {
    /// The path of the guard.
    Instructions(&'static str),
    /// The group, the case, and the number of threads. The page is not written without the figure.
    Median(&'static str, &'static str, usize),
    /// As `Median`, or nothing: not all groups have all cases.
    IfAny(&'static str, &'static str, usize),
    Empty,
}

/// What follows a peer's name in a group that has the peer's only case under a longer name.
const VARIANTS: [&str; 3] = ["", " (experimental)", ", three views"];

impl Block {
    /// The block that says when and on what kind of machine the figures were measured.
    pub(super) fn circumstances() -> Self {
        Self {
            name: "circumstances",
            content: Content::Circumstances,
        }
    }

    pub(super) fn table(name: &'static str, table: Table) -> Self {
        Self {
            name,
            content: Content::Table(table),
        }
    }

    /// The lines of the block.
    ///
    /// # Errors
    /// Names the figures that there are not.
    pub(super) fn lines(&self, figures: &dyn Figures) -> Result<Vec<String>, Vec<String>> {
        match &self.content {
            Content::Circumstances => Ok(figures.circumstances()),
            Content::Table(table) => table.lines(figures),
        }
    }
}

impl Table {
    fn lines(&self, figures: &dyn Figures) -> Result<Vec<String>, Vec<String>> {
        let mut missing = Vec::new();
        let mut rows = Vec::new();
        for (label, cells) in &self.rows {
            let mut row = vec![(*label).to_owned()];
            for cell in cells {
                match cell.text(figures) {
                    Ok(text) => row.push(text),
                    Err(figure) => missing.push(figure),
                }
            }
            rows.push(row);
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let header: Vec<_> = std::iter::once(self.corner)
            .chain(self.columns.iter().copied())
            .map(str::to_owned)
            .collect();
        Ok(table(&header, &rows))
    }
}

impl Cell {
    /// The cell's text, or the name of the missing figure.
    fn text(&self, figures: &dyn Figures) -> Result<String, String> {
        let median = |group, peer: &str, threads| {
            VARIANTS
                .iter()
                .find_map(|variant| figures.median(group, &format!("{peer}{variant}"), threads))
                .map(figure)
        };
        match *self {
            Self::Instructions(path) => figures
                .instructions(path)
                .map(|instructions| format!("{instructions:.0}"))
                .ok_or_else(|| format!("the instructions of {path}")),
            Self::Median(group, case, threads) => {
                median(group, case, threads).ok_or_else(|| format!("{group}, {case}, {threads}"))
            }
            Self::IfAny(group, case, threads) => {
                Ok(median(group, case, threads).unwrap_or_default())
            }
            Self::Empty => Ok(String::new()),
        }
    }
}
