//! The series and the metadata that a Prometheus must have of the program `fixture`, whichever format it read.

use std::collections::BTreeMap;

use crate::hostile;
use crate::prometheus::{Metadata, Series};

/// Upper bounds of buckets, each with its cumulative count.
type Buckets<'a> = &'a [(&'a str, f64)];

/// The series of the views. The metrics of the library itself, named `census_…`, are in [`self_metrics`].
#[must_use]
pub fn series() -> Series {
    let mut out = Expected::default();
    out.bytes();
    out.coins();
    out.ratios();
    out.time();
    out.greetings();
    out.sample("fixture_undescribed_total", &[], 1.0);
    out.sample("fixture_untouched_total", &[], 0.0);
    out.histogram(
        "fixture_untouched_size",
        &[],
        &[("1.0", 0.0), ("+Inf", 0.0)],
        0.0,
    );
    out.series
}

/// The series of the library's metrics of itself that are not 0.
#[must_use]
pub fn self_metrics() -> Series {
    let mut out = Expected::default();
    out.plain(
        "census_overflowed_measurements_total",
        &[("view", "greetings_by_shard")],
        8.0,
    );
    out.plain(
        "census_refused_measurements_total",
        &[("measure", "fixture/ratio")],
        2.0,
    );
    out.plain(
        "census_dropped_exemplars_total",
        &[("reason", "too_long")],
        1.0,
    );
    out.series
}

#[derive(Default)]
struct Expected {
    series: Series,
}

impl Expected {
    fn bytes(&mut self) {
        let rows = [
            // kind, count, sum, last value, up to 0, up to 1 KiB, up to 1 MiB
            ("small", 3.0, 2048.0, 1024.0, 1.0, 3.0, 3.0),
            ("big", 3.0, 1_099_512_677_377.0, 1_048_576.0, 0.0, 0.0, 2.0),
            // Prometheus rounds the 20 digits that are sent to a float.
            (
                "huge",
                1.0,
                18_446_744_073_709_551_614.0,
                18_446_744_073_709_551_614.0,
                0.0,
                0.0,
                0.0,
            ),
        ];
        for (kind, count, sum, last, to_0, to_kib, to_mib) in rows {
            let labels = [("kind", kind)];
            self.sample("fixture_reads_total", &labels, count);
            self.sample("fixture_read_bytes_total", &labels, sum);
            self.sample("fixture_last_read_bytes", &labels, last);
            let buckets = [
                ("0.0", to_0),
                ("1024.0", to_kib),
                ("1048576.0", to_mib),
                ("+Inf", count),
            ];
            self.histogram("fixture_read_size_bytes", &labels, &buckets, sum);
        }
    }

    fn coins(&mut self) {
        self.sample("fixture_changes_total", &[], 5.0);
        self.sample("fixture_balance", &[], -100.0);
        self.sample("fixture_last_change", &[], -151.0);
        let buckets = [("-100.0", 2.0), ("0.0", 4.0), ("100.0", 4.0), ("+Inf", 5.0)];
        self.histogram("fixture_change_size", &[], &buckets, -100.0);
    }

    fn ratios(&mut self) {
        let large = 2_f64.powi(70);
        for (kind, count, sum, to_tenth, to_half, to_1e21) in [
            ("ratio", 5.0, large, 1.0, 3.0, 4.0),
            ("zero", 1.0, 0.0, 1.0, 1.0, 1.0),
        ] {
            let labels = [("kind", kind)];
            self.sample("fixture_ratios_total", &labels, count);
            self.sample("fixture_ratios_added", &labels, sum);
            self.sample("fixture_last_ratio", &labels, sum);
            let buckets = [
                ("0.1", to_tenth),
                ("0.5", to_half),
                ("1e21", to_1e21),
                ("+Inf", count),
            ];
            self.histogram("fixture_ratio_spread", &labels, &buckets, sum);
        }
    }

    fn time(&mut self) {
        self.sample("fixture_calls_total", &[], 4.0);
        self.sample("fixture_busy_seconds_total", &[], 3602.5355);
        self.sample("fixture_last_latency_seconds", &[], 2.5);
        let buckets = [
            ("0.005", 1.0),
            ("0.01", 1.0),
            ("0.025", 1.0),
            ("0.05", 2.0),
            ("0.1", 2.0),
            ("0.25", 2.0),
            ("0.5", 2.0),
            ("1.0", 2.0),
            ("2.5", 3.0),
            ("5.0", 3.0),
            ("10.0", 3.0),
            ("+Inf", 4.0),
        ];
        self.histogram("fixture_latency_seconds", &[], &buckets, 3602.5355);
        self.histogram(
            "fixture_pause_milliseconds",
            &[],
            &[("0.5", 1.0), ("20.0", 1.0), ("+Inf", 2.0)],
            20.501,
        );
    }

    fn greetings(&mut self) {
        let tenant = |out: &mut Self, tenant: &str, greetings: f64| {
            out.sample(
                "fixture_fixture_greeted_tenants_total",
                &[("fixture_tenant_id", tenant)],
                greetings,
            );
        };
        let mut greetings = 0.0;
        for value in hostile::TAG_VALUES {
            greetings += 1.0;
            tenant(self, value, greetings);
        }
        // The greetings with a shard have no tenant: 1 + (0 + 1 + … + 9) + 7.
        tenant(self, "", 53.0);
        tenant(self, &hostile::truncated(), 1100.0);
        // 13 + 2 greetings without a shard are recorded first. Their row leaves room for two more rows.
        for (shard, greetings) in [("", 15.0), ("0", 2.0), ("1", 1.0), ("_overflow", 8.0)] {
            self.sample(
                "fixture_greetings_by_shard_total",
                &[("shard", shard)],
                greetings,
            );
        }
        self.sample("fixture_described", &[], 7.0);
    }

    fn histogram(&mut self, family: &str, labels: &[(&str, &str)], buckets: Buckets<'_>, sum: f64) {
        for (le, count) in buckets {
            let labels: Vec<_> = labels.iter().copied().chain([("le", *le)]).collect();
            self.sample(&format!("{family}_bucket"), &labels, *count);
        }
        self.sample(&format!("{family}_sum"), labels, sum);
        self.sample(
            &format!("{family}_count"),
            labels,
            buckets.last().map_or(0.0, |(_, count)| *count),
        );
    }

    /// A sample of a view, which has the const label.
    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let labels: Vec<_> = labels
            .iter()
            .copied()
            .chain([("region", hostile::CONST_LABEL)])
            .collect();
        self.plain(name, &labels, value);
    }

    fn plain(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        // Prometheus drops empty labels.
        let labels = labels.iter().filter(|(_, value)| !value.is_empty());
        let labels: BTreeMap<_, _> = labels
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self.series.insert((name.to_owned(), labels), value);
    }
}

/// The views' metadata, in the order of their names.
///
/// OpenMetrics has the names of families, and units. Text 0.0.4 has the names of samples, so a counter is `x_total`
/// there.
#[must_use]
pub fn metadata(open_metrics: bool) -> Vec<Metadata> {
    let bytes = "Bytes read.";
    let coins = "Coins put into the purse or taken out.";
    let ratio = "Any number.";
    let latency = "How long a call took.";
    let untouched = "Never recorded.";
    let families = [
        ("reads", "counter", bytes, ""),
        ("read_bytes", "counter", bytes, "bytes"),
        ("last_read_bytes", "gauge", bytes, "bytes"),
        ("read_size_bytes", "histogram", bytes, "bytes"),
        ("changes", "counter", coins, ""),
        ("balance", "gauge", coins, ""),
        ("last_change", "gauge", coins, ""),
        ("change_size", "histogram", coins, ""),
        ("ratios", "counter", ratio, ""),
        ("ratios_added", "gauge", ratio, ""),
        ("last_ratio", "gauge", ratio, ""),
        ("ratio_spread", "histogram", ratio, ""),
        ("calls", "counter", latency, ""),
        ("busy_seconds", "counter", latency, "seconds"),
        ("last_latency_seconds", "gauge", latency, "seconds"),
        ("latency_seconds", "histogram", latency, "seconds"),
        (
            "pause_milliseconds",
            "histogram",
            "How long nothing happened.",
            "milliseconds",
        ),
        (
            "fixture_greeted_tenants",
            "counter",
            "Greetings by tenant.",
            "",
        ),
        ("greetings_by_shard", "counter", "Greetings sent.", ""),
        ("described", "gauge", hostile::DESCRIPTION, ""),
        ("undescribed", "counter", "", ""),
        ("untouched", "counter", untouched, ""),
        ("untouched_size", "histogram", untouched, ""),
    ];
    let metadata = families.map(|(name, kind, help, unit)| Metadata {
        family: format!(
            "fixture_{name}{}",
            if kind == "counter" && !open_metrics {
                "_total"
            } else {
                ""
            }
        ),
        kind: kind.to_owned(),
        help: help.to_owned(),
        unit: if open_metrics {
            unit.to_owned()
        } else {
            String::new()
        },
    });
    let mut metadata = metadata.to_vec();
    metadata.sort();
    metadata
}
