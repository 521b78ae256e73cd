//! The names, texts and types of the families.

use super::family::Head;
use crate::aggregate::MetricType;

const fn counter(name: &'static str, help: &'static str) -> Head {
    Head {
        name,
        help,
        metric_type: MetricType::Counter,
    }
}

const fn gauge(name: &'static str, help: &'static str) -> Head {
    Head {
        name,
        help,
        metric_type: MetricType::Gauge,
    }
}

/// Autometrics's name for the family of the program's version, commit and branch. It exists only on request.
pub(super) const BUILD_INFO: Head = gauge("build_info", "What the program was built from.");
pub(super) const ROWS: Head = gauge(
    "census_view_rows",
    "Rows of the view that count towards its `max_series`.",
);
pub(super) const MAX_SERIES: Head = gauge(
    "census_view_max_series",
    "Rows that the view may have: its `max_series`, or the default.",
);
pub(super) const OVERFLOWED: Head = counter(
    "census_overflowed_measurements",
    "Measurements that went to overflow rows, because their view had as many rows as it may have.",
);
pub(super) const REMOVED: Head = counter(
    "census_removed_rows",
    "Rows that were removed, because they were idle, or by the program.",
);
pub(super) const REJECTED: Head = counter(
    "census_refused_measurements",
    "Measurements and readings that were NaN or infinite, and totals that were negative.",
);
pub(super) const DROPPED: Head =
    counter("census_dropped_exemplars", "Exemplars that were dropped.");
pub(super) const PROBLEMS: Head = gauge(
    "census_catalogue_problems",
    "Declarations that the catalogue or the exporter rejected.",
);
pub(super) const LEFT_OUT: Head = gauge(
    "census_left_out_families",
    "Families left out of this scrape, because of invalid names, or because another registry has samples of their names.",
);
pub(super) const FAILED_OBSERVATIONS: Head = counter(
    "census_failed_observations",
    "Readings of observed measures that failed, so that a scrape lacked families of the measure.",
);
pub(super) const SCRAPES: Head = counter("census_scrapes", "Scrapes, by format and outcome.");
pub(super) const FAILED: Head = counter(
    "census_failed_scrapes",
    "Scrapes that were answered without an exposition.",
);
pub(super) const RENDERINGS: Head = counter(
    "census_renderings",
    "Expositions that were made. Scrapes that wait at the same time share one.",
);
pub(super) const RENDER_SECONDS: Head = counter(
    "census_render_seconds",
    "Time that it took to make expositions, with their compression.",
);
pub(super) const EXPOSITION_BYTES: Head = counter(
    "census_exposition_bytes",
    "Bytes of the expositions that were made, before compression and after it.",
);

pub(super) const CLOSED_CONNECTIONS: Head = counter(
    "census_closed_connections",
    "Connections that the exporter's servers have closed before a whole request had arrived.",
);
pub(super) const REFUSED_REQUESTS: Head = counter(
    "census_refused_requests",
    "Requests that the exporter's servers have refused, because of who made them.",
);

pub(super) const REFUSED_CERTIFICATES: Head = counter(
    "census_refused_certificates",
    "New certificates that the exporter's servers could not use, so that they keep the old ones.",
);

/// All families, in the order in which they are exported.
pub(super) const HEADS: &[Head] = &[
    BUILD_INFO,
    ROWS,
    MAX_SERIES,
    OVERFLOWED,
    REMOVED,
    REJECTED,
    DROPPED,
    FAILED_OBSERVATIONS,
    PROBLEMS,
    LEFT_OUT,
    SCRAPES,
    FAILED,
    RENDERINGS,
    RENDER_SECONDS,
    EXPOSITION_BYTES,
    CLOSED_CONNECTIONS,
    REFUSED_REQUESTS,
    REFUSED_CERTIFICATES,
];
