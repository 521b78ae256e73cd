//! The catalogue of a program whose declarations do not all fit together. Strict exporters of other tests would reject it.
//!
//! Each test is within an isolation, so it may register and unregister views.

mod listing;
mod mistakes;
mod observed_twice;

use census::{CatalogueError, Problem};

/// The problems that are in this file.
fn problems_in<'a>(error: &'a CatalogueError, file: &str) -> Vec<&'a Problem> {
    let problems = error.problems().iter();
    problems
        .filter(|problem| problem.rejected_at().file() == file)
        .collect()
}
