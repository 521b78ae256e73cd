//! The families of the views one by one, for tests of a program's metrics.

use std::collections::HashMap;
use std::sync::Arc;

use super::config::ExporterConfig;
use super::encoder::Encoder as _;
use super::escaping::Escaping;
use super::families::Families;
use super::negotiate::Format;
use super::text::TextFormats;
use crate::aggregate::MetricType;
use crate::collect::Collection;
use crate::declare::ValueKind;
use crate::observe::{self, DEFAULT_DEADLINE, Reason};

/// A family as an exporter without settings has it.
pub(crate) struct ExportedFamily {
    /// The name that its samples begin with.
    pub(crate) name: String,
    pub(crate) metric_type: MetricType,
    /// Whether its values are durations, or sums of durations.
    pub(crate) has_durations: bool,
    /// Why the values could not be read, of an observed measure.
    pub(crate) failed: Option<&'static str>,
    /// The lines, in Prometheus text 0.0.4; none, if the view has no rows to show.
    pub(crate) text: String,
}

/// The families of the views that are registered, in the order of the views.
pub(crate) fn exported_families() -> Vec<ExportedFamily> {
    let config = ExporterConfig::default();
    let collection = Collection::of_all(DEFAULT_DEADLINE);
    let escaping = Escaping::Underscores;
    let families = Arc::new(Families::new(&collection, &config, &[], escaping));
    let formats = TextFormats::default();
    let mut encoder = formats.encoder(Format::Text, escaping, false);
    encoder.begin_views(&families, &config.const_labels);
    for (index, family) in families.valid.iter().enumerate() {
        if let Some(view) = collection.view(family.view_index) {
            encoder.write_view(index, family, view);
        }
    }
    let body = Box::new(encoder).finish();
    let text = body.to_text();
    let mut texts: HashMap<&str, &str> = HashMap::new();
    for family in split_families(&text) {
        let name = family
            .strip_prefix(HELP)
            .and_then(|rest| rest.split(' ').next());
        texts.insert(name.unwrap_or_default(), family);
    }
    let failures = observe::failures();
    let failed = |measure: &str| {
        let mut failures = failures.iter();
        let reason = failures.find_map(|(name, reason, _)| (name == measure).then_some(*reason));
        reason.map(|reason| match reason {
            Reason::Deadline => "reading it took longer than a second, now or before",
            Reason::Panic => "reading it panicked",
            Reason::Nested => "it was read within a reading",
            Reason::NoThread => "there was no thread to read it on",
            Reason::NotNamed => "an observation said a value of it without naming it",
        })
    };
    let exported = families.with_views(&collection).map(|(family, view)| {
        let name = match family.metric_type {
            MetricType::Counter => format!("{}_total", family.name),
            MetricType::Gauge | MetricType::Histogram => family.name.clone(),
        };
        ExportedFamily {
            metric_type: family.metric_type,
            failed: failed(&view.spec().measure.descriptor.name),
            has_durations: view.spec().measure.descriptor.kind == ValueKind::Duration
                && crate::aggregate::unit(view.spec()) != "1",
            text: texts.get(&*name).copied().unwrap_or_default().to_owned(),
            name,
        }
    });
    exported.collect()
}

const HELP: &str = "# HELP ";

/// The parts of an exposition, each with its lines.
fn split_families(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices(HELP).map(|(start, _)| start);
    // A label's value has no line break of its own, so what follows a line break begins a line.
    let starts =
        starts.filter(|start| *start == 0 || text.as_bytes().get(start - 1) == Some(&b'\n'));
    let starts: Vec<usize> = starts.collect();
    let ends = starts.clone().into_iter().skip(1).chain([text.len()]);
    starts
        .into_iter()
        .zip(ends)
        .filter_map(|(start, end)| text.get(start..end))
}
