//! `autometrics`, recording into `prometheus-client` 0.22, which it depends on.

use autometrics::autometrics;

use crate::case::Case;
use crate::names::AUTOMETRICS;

#[autometrics]
fn measured() {}

pub(crate) fn function() -> Case {
    Case::new(AUTOMETRICS, |batch| batch.each(|_| measured()))
}
