//! The families in which the library tells about itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

use super::collector::{Labels, write_descriptor, write_sample};
use super::families::{Decoration, Families};
use super::value::SampleValue;
use crate::aggregate::{DROPPED_BUSY, DROPPED_INVALID, DROPPED_TOO_LONG, LiveView, MetricType};
use crate::register;

const OVERFLOWED: &str = "census_overflowed_measurements";
const REFUSED: &str = "census_refused_measurements";
const DROPPED: &str = "census_dropped_exemplars";
const PROBLEMS: &str = "census_catalogue_problems";
const LEFT_OUT: &str = "census_left_out_families";

/// Their names, which nobody else may have.
pub(super) const NAMES: [(&str, MetricType); 5] = [
    (OVERFLOWED, MetricType::Counter),
    (REFUSED, MetricType::Counter),
    (DROPPED, MetricType::Counter),
    (PROBLEMS, MetricType::Gauge),
    (LEFT_OUT, MetricType::Gauge),
];

/// What Autometrics calls the program's version, commit and so on: on request.
pub(super) const BUILD_INFO: (&str, MetricType) = ("build_info", MetricType::Gauge);

/// Them, at one scrape.
#[derive(Debug)]
pub(super) struct OwnFamilies {
    pub(super) decoration: Arc<Decoration>,
    pub(super) families: Arc<Families>,
    /// Those that the families were made from.
    pub(super) views: Vec<Arc<LiveView>>,
    /// How many problems the exporter knows beside those of its families.
    pub(super) problems: usize,
}

impl Collector for OwnFamilies {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        self.write(&mut encoder)
    }
}

/// Writes it, if there is something to say.
fn write_build_info(
    encoder: &mut DescriptorEncoder<'_>,
    families: &Families,
    labels: &[(String, String)],
) -> fmt::Result {
    let (name, metric_type) = BUILD_INFO;
    if !families.own.contains(&name) {
        return Ok(());
    }
    let help = "What the program was built from.";
    let mut metric = write_descriptor(encoder, name, help, None, metric_type)?;
    write_sample(
        &mut metric.encode_family(&Labels::pairs(labels))?,
        metric_type,
        SampleValue::Unsigned(1),
    )
}

impl OwnFamilies {
    /// Writes them.
    pub(super) fn write(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let Self {
            decoration,
            families,
            views,
            problems,
        } = self;
        write_build_info(encoder, families, &decoration.build_info)?;
        let problems = problems + families.problems.len();
        let mut out = Writer {
            encoder,
            own: &families.own,
        };
        out.family(
        OVERFLOWED,
        "Measurements that went to the overflow row, because their view had as many rows as it may have.",
        MetricType::Counter,
        "view",
        // A view without columns has one row, and cannot overflow; nor has one without rows.
        families
            .with(views)
            .map(|(_, live)| live)
            .filter(|live| !live.spec.columns.is_empty() && live.rows.len() > 0)
            .map(|live| (&*live.spec.name, live.rows.overflowed())),
    )?;
        let refused = register::rejected_values();
        out.family(
            REFUSED,
            "Measurements that were NaN or infinite.",
            MetricType::Counter,
            "measure",
            refused
                .iter()
                .map(|(measure, count)| (measure.as_str(), *count)),
        )?;
        let dropped = [
            ("busy", &DROPPED_BUSY),
            ("invalid", &DROPPED_INVALID),
            ("too_long", &DROPPED_TOO_LONG),
        ];
        out.family(
            DROPPED,
            "Exemplars that were dropped.",
            MetricType::Counter,
            "reason",
            dropped
                .into_iter()
                .map(|(reason, count)| (reason, count.load(Ordering::Relaxed))),
        )?;
        out.gauge(
            PROBLEMS,
            "Declarations that the catalogue or the exporter refused.",
            u64::try_from(problems).unwrap_or(u64::MAX),
        )?;
        out.gauge(
        LEFT_OUT,
        "Families left out of this scrape, because another registry has samples of their names.",
        families.left_out,
    )
    }
}

struct Writer<'a, 'b> {
    encoder: &'a mut DescriptorEncoder<'b>,
    /// The families that nobody else has written.
    own: &'a [&'static str],
}

impl Writer<'_, '_> {
    /// A family with one label; none without rows.
    fn family<'a>(
        &mut self,
        name: &str,
        help: &str,
        metric_type: MetricType,
        label: &str,
        rows: impl Iterator<Item = (&'a str, u64)>,
    ) -> fmt::Result {
        let mut rows = rows.peekable();
        if rows.peek().is_none() || !self.own.contains(&name) {
            return Ok(());
        }
        let mut metric = write_descriptor(self.encoder, name, help, None, metric_type)?;
        for (value, count) in rows {
            let labels = Labels::own(label, value);
            write_sample(
                &mut metric.encode_family(&labels)?,
                metric_type,
                SampleValue::Unsigned(count),
            )?;
        }
        Ok(())
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        if !self.own.contains(&name) {
            return Ok(());
        }
        let mut metric = write_descriptor(self.encoder, name, help, None, MetricType::Gauge)?;
        write_sample(&mut metric, MetricType::Gauge, SampleValue::Unsigned(value))
    }
}
