//! The encoder of both text formats.

use std::fmt;
use std::sync::Arc;

use super::encode::{write_family, write_self_family};
use super::line_templates::LineTemplates;
use super::template_cache::TemplateCache;
use crate::collect::CollectedView;
use crate::prometheus::body::Body;
use crate::prometheus::chunk::SpareChunks;
use crate::prometheus::chunks::ChunkWriter;
use crate::prometheus::config::ConstLabel;
use crate::prometheus::encoder::{Encoder, ForeignRegistry};
use crate::prometheus::escaping::Escaping;
use crate::prometheus::families::Families;
use crate::prometheus::family::Family;
use crate::prometheus::name_filter::NameFilter;
use crate::prometheus::negotiate::Format;
use crate::prometheus::self_metrics::SelfFamily;
use crate::prometheus::written::WrittenRegistry;

/// What the text formats keep from one scrape to the next.
#[derive(Debug, Default)]
pub(crate) struct TextFormats {
    templates: TemplateCache,
    spare: Arc<SpareChunks>,
}

impl TextFormats {
    /// `created_samples` says that OpenMetrics has samples that say when rows began.
    pub(crate) fn encoder(
        &self,
        format: Format,
        escaping: Escaping,
        created_samples: bool,
    ) -> TextEncoder<'_> {
        TextEncoder {
            formats: self,
            format,
            escaping,
            created_samples: created_samples && format == Format::OpenMetrics,
            templates: Arc::default(),
            out: ChunkWriter::new(Arc::clone(&self.spare)),
        }
    }
}

/// Writes one exposition as text.
pub(crate) struct TextEncoder<'a> {
    formats: &'a TextFormats,
    format: Format,
    /// That of the names of views.
    escaping: Escaping,
    created_samples: bool,
    /// The templates of each valid family.
    templates: Arc<[LineTemplates]>,
    out: ChunkWriter,
}

impl Encoder for TextEncoder<'_> {
    fn write_registry(
        &mut self,
        registry: &dyn ForeignRegistry,
        names: &NameFilter,
    ) -> Result<WrittenRegistry, fmt::Error> {
        registry.write_text(&mut self.out, self.format, names)
    }

    fn begin_views(&mut self, families: &Arc<Families>, const_labels: &[ConstLabel]) {
        self.templates = self
            .formats
            .templates
            .get(self.escaping, families, const_labels);
    }

    fn write_view(&mut self, index: usize, family: &Family, view: CollectedView<'_>) {
        if let Some(templates) = self.templates.get(index) {
            write_family(
                &mut self.out,
                self.format,
                self.created_samples,
                family,
                templates,
                view,
            );
        }
    }

    fn write_self_family(&mut self, family: &SelfFamily<'_>) {
        write_self_family(self.out.text(), self.format, family);
        self.out.end_line();
    }

    fn finish(mut self: Box<Self>) -> Body {
        if self.format == Format::OpenMetrics {
            self.out.text().push_str("# EOF\n");
            self.out.end_line();
        }
        Body::from_chunks(self.out.finish())
    }
}
