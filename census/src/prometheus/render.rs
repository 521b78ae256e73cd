//! A whole exposition: another registry's families, the views, and what the library reports on itself.

use std::fmt;
use std::sync::Arc;

use super::body::Body;
use super::config::ExporterConfig;
use super::counts::Counts;
use super::encoder::{Encoder, ForeignRegistry};
use super::escaping::Escaping;
use super::family_cache::FamilyCache;
use super::name_filter::NameFilter;
use super::negotiate::Format;
#[cfg(feature = "protobuf")]
use super::protobuf::ProtobufFormat;
use super::self_metrics;
use super::text::TextFormats;
use super::written::WrittenRegistry;
use crate::collect::Collection;
use crate::register::suffixes;

/// Renders the expositions of an exporter.
#[derive(Debug)]
pub(super) struct Renderer {
    pub(super) config: Arc<ExporterConfig>,
    registry: Option<Arc<dyn ForeignRegistry>>,
    families: FamilyCache,
    text_formats: TextFormats,
    #[cfg(feature = "protobuf")]
    protobuf: ProtobufFormat,
}

impl Renderer {
    pub(super) fn new(config: ExporterConfig, registry: Option<Arc<dyn ForeignRegistry>>) -> Self {
        Self {
            config: Arc::new(config),
            registry,
            families: FamilyCache::default(),
            text_formats: TextFormats::default(),
            #[cfg(feature = "protobuf")]
            protobuf: ProtobufFormat::default(),
        }
    }

    /// The encoder of a format. A further format has an arm here.
    fn encoder(&self, format: Format, escaping: Escaping) -> Box<dyn Encoder + '_> {
        match format {
            Format::OpenMetrics | Format::Text | Format::Text1 => {
                let created_samples = self.config.created_samples;
                Box::new(self.text_formats.encoder(format, escaping, created_samples))
            }
            #[cfg(feature = "protobuf")]
            Format::Protobuf => Box::new(self.protobuf.encoder()),
        }
    }

    /// An exposition of the families of these names, which are escaped. `other_problems` is how many problems the exporter has beside those of its
    /// families.
    // Not inlined: `benches/guard` finds it by its name.
    #[inline(never)]
    pub(super) fn render(
        &self,
        format: Format,
        escaping: Escaping,
        names: &NameFilter,
        other_problems: usize,
        counts: &Counts,
    ) -> Result<Body, fmt::Error> {
        let mut encoder = self.encoder(format, escaping);
        // First, because a registry cannot tell its families before it writes them.
        let written = match &self.registry {
            Some(registry) => encoder.write_registry(&**registry, names)?,
            None => WrittenRegistry::default(),
        };
        let collection = Collection::of_all(self.config.observe_within);
        let families = self
            .families
            .get(&collection, &self.config, &written.families, escaping);
        encoder.begin_views(&families, &self.config.const_labels(escaping));
        for (index, family) in families.valid.iter().enumerate() {
            if names.includes(&family.name, suffixes(family.metric_type))
                && let Some(view) = collection.view(family.view_index)
            {
                encoder.write_view(index, family, view);
            }
        }
        let mut self_families =
            families.self_families(&collection, &self.config, other_problems, counts);
        self_metrics::add_left_out(&mut self_families, &written);
        for family in &self_families {
            if names.includes(family.name, suffixes(family.metric_type)) {
                encoder.write_self_family(family);
            }
        }
        Ok(encoder.finish())
    }
}
