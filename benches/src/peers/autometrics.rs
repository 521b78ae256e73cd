//! `autometrics`, recording into `prometheus-client` (0.22, which is the one it brings).

use autometrics::autometrics;

use crate::harness::Case;

#[autometrics]
fn measured() {}

pub(crate) fn function() -> Case {
    Case::new("autometrics", |batch| batch.each(|_| measured()))
}
