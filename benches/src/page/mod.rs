//! `docs/performance.md`: the command writes its figures, and people write the rest.
//!
//! The figures are in blocks, between the lines `<!-- begin: NAME -->` and `<!-- end: NAME -->`. All figures of the page are
//! of one run, except for the instructions, which are the bounds of the guard.

mod blocks;
mod bounds;
mod machine;
mod markdown;
mod tables;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::effort::Effort;
use crate::report::Report;
use blocks::Figures;
use bounds::Bounds;
use markdown::{begin, end, replace_block};
use tables::blocks;

/// The page before it is written.
pub(crate) struct Page {
    path: PathBuf,
    text: String,
    bounds: Bounds,
}

/// The figures of a run, for the page.
struct Run<'a> {
    report: &'a Report,
    bounds: &'a Bounds,
    effort: Effort,
}

impl Figures for Run<'_> {
    fn median(&self, group: &str, case: &str, threads: usize) -> Option<f64> {
        self.report.median(group, case, threads)
    }

    fn instructions(&self, path: &str) -> Option<f64> {
        self.bounds.of(path)
    }

    fn circumstances(&self) -> Vec<String> {
        machine::circumstances(self.report, self.effort)
    }
}

impl Page {
    /// Reads the page, and the bounds of the guard.
    ///
    /// # Errors
    /// Says which file cannot be read, or which block the page does not have.
    pub(crate) fn read() -> Result<Self, String> {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = benches.join("../docs/performance.md");
        let read = |path: &Path| {
            std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let text = read(&path)?;
        for block in blocks() {
            for marker in [begin(block.name), end(block.name)] {
                if text.lines().filter(|line| *line == marker).count() != 1 {
                    return Err(format!("{}: not one line `{marker}`", path.display()));
                }
            }
        }
        let bounds = Bounds::parse(&read(&benches.join("guard/bounds.toml"))?);
        Ok(Self { path, text, bounds })
    }

    /// Looks for the programs without which a run would lack figures.
    ///
    /// # Errors
    /// Names the program that is missing.
    pub(crate) fn look_for_programs(self) -> Result<Self, String> {
        for program in ["valgrind", "size"] {
            let mut command = Command::new(program);
            let command = command.arg("--version").stdout(Stdio::null());
            if !command.status().is_ok_and(|status| status.success()) {
                return Err(format!("there is no program `{program}`"));
            }
        }
        Ok(self)
    }

    /// Writes the run's figures into the page; returns the page's path.
    ///
    /// # Errors
    /// Says which figures the run does not have, or that the file cannot be written.
    pub(crate) fn write(self, report: &Report, effort: Effort) -> Result<PathBuf, String> {
        let run = Run {
            report,
            bounds: &self.bounds,
            effort,
        };
        let mut text = self.text;
        let mut missing = Vec::new();
        for block in blocks() {
            match block.lines(&run) {
                Ok(lines) => text = replace_block(&text, block.name, &lines),
                Err(figures) => missing.extend(figures),
            }
        }
        if !missing.is_empty() {
            return Err(format!(
                "the run has no figures for: {}",
                missing.join("; ")
            ));
        }
        std::fs::write(&self.path, text).map_err(|error| error.to_string())?;
        Ok(self.path)
    }
}

#[cfg(test)]
mod tests;
