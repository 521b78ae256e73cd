//! The encoder of both text formats.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::encode::{write_family, write_self_family};
use super::line_templates::LineTemplates;
use super::template_cache::TemplateCache;
use crate::collect::CollectedView;
use crate::prometheus::config::ConstLabel;
use crate::prometheus::encoder::{Encoder, ForeignRegistry};
use crate::prometheus::families::{Families, WrittenFamily};
use crate::prometheus::family::Family;
use crate::prometheus::negotiate::Format;
use crate::prometheus::self_metrics::SelfFamily;

/// What the text formats keep from one scrape to the next.
#[derive(Debug, Default)]
pub(crate) struct TextFormats {
    templates: TemplateCache,
    /// The length of the last body. The next one gets that capacity at once: growing would copy it, and would need
    /// twice the memory for a moment.
    last_length: AtomicUsize,
}

impl TextFormats {
    pub(crate) fn encoder(&self, format: Format) -> TextEncoder<'_> {
        // Relaxed: a guess of the length, which orders no other memory.
        let length = self.last_length.load(Ordering::Relaxed);
        TextEncoder {
            formats: self,
            format,
            templates: Arc::default(),
            // A sixteenth more, for new rows and longer numbers.
            out: String::with_capacity(length + length / 16),
        }
    }
}

/// Writes one exposition as text.
pub(crate) struct TextEncoder<'a> {
    formats: &'a TextFormats,
    format: Format,
    /// The templates of each valid family.
    templates: Arc<[LineTemplates]>,
    out: String,
}

impl Encoder for TextEncoder<'_> {
    fn write_registry(
        &mut self,
        registry: &dyn ForeignRegistry,
    ) -> Result<Vec<WrittenFamily>, fmt::Error> {
        registry.write_text(&mut self.out, self.format)
    }

    fn begin_views(&mut self, families: &Arc<Families>, const_labels: &[ConstLabel]) {
        self.templates = self.formats.templates.get(families, const_labels);
    }

    fn write_view(&mut self, index: usize, family: &Family, view: CollectedView<'_>) {
        if let Some(templates) = self.templates.get(index) {
            write_family(&mut self.out, self.format, family, templates, view);
        }
    }

    fn write_self_family(&mut self, family: &SelfFamily<'_>) {
        write_self_family(&mut self.out, self.format, family);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        let Self {
            formats,
            format,
            mut out,
            ..
        } = *self;
        if format == Format::OpenMetrics {
            out.push_str("# EOF\n");
        }
        formats.last_length.store(out.len(), Ordering::Relaxed);
        if out.len() < out.capacity() / 2 {
            // Many rows are gone since the last exposition, and a slow client may keep this one for long.
            out.shrink_to_fit();
        }
        out.into_bytes()
    }
}
