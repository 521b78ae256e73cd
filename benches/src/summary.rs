//! The summary of a case's samples.

/// The median and the quartiles.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) p25: f64,
    pub(crate) p75: f64,
}

impl Summary {
    /// Summarizes the samples. Without samples, all three numbers are NaN.
    pub(crate) fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |quarters: usize| {
            let index = samples.len().saturating_sub(1) * quarters / 4;
            samples.get(index).copied().unwrap_or(f64::NAN)
        };
        Self {
            median: at(2),
            p25: at(1),
            p75: at(3),
        }
    }
}
