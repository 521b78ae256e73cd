//! Names of cases that more than one file needs.

/// The main cases of `census`. Tables and targets compare the other cases with them.
pub(crate) const CENSUS: &str = "census";
/// A handle that stays in its thread.
pub(crate) const CENSUS_LOCAL: &str = "census, local handle";
/// A histogram with native buckets.
pub(crate) const CENSUS_NATIVE: &str = "census, native buckets";
pub(crate) const AUTOMETRICS: &str = "autometrics";
pub(crate) const FASTMETRICS: &str = "fastmetrics";
pub(crate) const FOUNDATIONS_METRICS: &str = "foundations-metrics";
pub(crate) const MEASURED: &str = "measured";
pub(crate) const METRICS: &str = "metrics";
pub(crate) const NM: &str = "nm";
pub(crate) const OPENTELEMETRY: &str = "opentelemetry";
pub(crate) const PROMETHEUS: &str = "prometheus";
pub(crate) const PROMETHEUS_CLIENT: &str = "prometheus-client";
pub(crate) const TRACING: &str = "tracing";
pub(crate) const VISE: &str = "vise";
/// A pair of reads of the standard library's clock.
pub(crate) const STANDARD_CLOCK: &str = "clock pair, std";
/// A pair of reads of the clock that `census` uses.
pub(crate) const QUANTA_CLOCK: &str = "clock pair, quanta";

/// The case that records nothing. Its time is shown, and not subtracted from other cases.
pub(crate) const FLOOR: &str = "(floor)";
/// The case whose threads share nothing.
pub(crate) const NOTHING_SHARED: &str = "(nothing shared)";

/// Whether a case records, so that other cases can be compared with it. The names of the others are in parentheses.
pub(crate) fn is_comparable(case: &str) -> bool {
    !case.starts_with('(')
}
