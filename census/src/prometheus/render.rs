//! One exposition of everything: the user's own registry, the views, and what the library tells about itself.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use prometheus_client::encoding::text::encode_registry;
use prometheus_client::registry::Registry;

use super::exposition::Exposition;
use super::families::{Decoration, Family, LastFamilies};
use super::help::write_head;
use super::negotiate::Format;
use super::own::OwnFamilies;
use crate::aggregate::{LiveView, MetricType};
use crate::register;

/// What an exporter renders.
#[derive(Debug)]
pub(super) struct Renderer {
    pub(super) decoration: Arc<Decoration>,
    registry: Option<Arc<Registry>>,
    last: LastFamilies,
    /// How long the last body was: the next one has room for as much, and need not grow, which would take it twice.
    length: AtomicUsize,
}

impl Renderer {
    pub(super) fn new(decoration: Decoration, registry: Option<Arc<Registry>>) -> Self {
        Self {
            decoration: Arc::new(decoration),
            registry,
            last: LastFamilies::default(),
            length: AtomicUsize::new(0),
        }
    }

    /// A whole body. `problems`: how many the exporter knows beside those of its families.
    pub(super) fn render(&self, format: Format, problems: usize) -> Result<String, fmt::Error> {
        let length = self.length.load(Ordering::Relaxed);
        // A sixteenth more, for rows that are new and numbers that are longer.
        let mut out = Exposition::new(format, length + length / 16);
        if let Some(registry) = &self.registry {
            // First, because it cannot be asked which families it has.
            encode_registry(&mut out, registry)?;
        }
        let views = register::views();
        let families = self.last.get(&views, &self.decoration, out.families());
        out.lines(|out| {
            for (family, live) in families.with(&views) {
                write_family(out, format, family, live);
            }
        });
        let mut own = Registry::default();
        own.register_collector(Box::new(OwnFamilies {
            decoration: Arc::clone(&self.decoration),
            families,
            views,
            problems,
        }));
        encode_registry(&mut out, &own)?;
        let mut body = out.finish();
        self.length.store(body.len(), Ordering::Relaxed);
        if body.len() < body.capacity() / 2 {
            // Much is gone since the last one, and a slow client may keep this one for long.
            body.shrink_to_fit();
        }
        Ok(body)
    }
}

fn write_family(out: &mut String, format: Format, family: &Family, live: &Arc<LiveView>) {
    let start = out.len();
    let metric_type = match family.metric_type {
        MetricType::Counter => "counter",
        MetricType::Gauge => "gauge",
        MetricType::Histogram => "histogram",
    };
    write_head(
        out,
        format,
        &family.name,
        &live.spec.description,
        metric_type,
    );
    let open_metrics = matches!(format, Format::OpenMetrics { .. });
    if open_metrics && let Some(unit) = family.unit {
        for piece in ["# UNIT ", &family.name, " ", unit, "\n"] {
            out.push_str(piece);
        }
    }
    let head = out.len();
    let mut labels = String::new();
    let written = live.for_each_row(|row| {
        if let Some(sample) = row.sample() {
            let exemplars = if open_metrics {
                row.exemplars()
            } else {
                Vec::new()
            };
            family
                .lines
                .write(out, &mut labels, row.key, sample, &exemplars);
        }
        Ok::<(), Infallible>(())
    });
    let Ok(()) = written;
    if out.len() == head {
        // A family without samples says nothing, and some parsers refuse it.
        out.truncate(start);
    }
}
