//! A whole exposition: another registry's families, the views, and what the library reports on itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::config::ExporterConfig;
use super::failure::FailedScrapes;
use super::families::WrittenFamily;
use super::family_cache::FamilyCache;
use super::negotiate::Format;
use super::text::{TemplateCache, write_family, write_self_family};
use crate::collect::Collection;

/// Renders the expositions of an exporter.
#[derive(Debug)]
pub(super) struct Renderer {
    pub(super) config: Arc<ExporterConfig>,
    registry: Option<Arc<dyn ForeignRegistry>>,
    families: FamilyCache,
    templates: TemplateCache,
    /// The length of the last body. The next one gets that capacity at once: growing would copy it, and would need
    /// twice the memory for a moment.
    last_length: AtomicUsize,
}

/// A registry whose families are part of each exposition, and precede the views.
pub(super) trait ForeignRegistry: fmt::Debug + Send + Sync {
    /// Writes the families. Returns their names, so that no view repeats them.
    fn write(&self, out: &mut String, format: Format) -> Result<Vec<WrittenFamily>, fmt::Error>;
}

impl Renderer {
    pub(super) fn new(config: ExporterConfig, registry: Option<Arc<dyn ForeignRegistry>>) -> Self {
        Self {
            config: Arc::new(config),
            registry,
            families: FamilyCache::default(),
            templates: TemplateCache::default(),
            last_length: AtomicUsize::new(0),
        }
    }

    /// A whole exposition. `other_problems` is how many problems the exporter has beside those of its families.
    // Not inlined: `benches/guard` finds it by its name.
    #[inline(never)]
    pub(super) fn render(
        &self,
        format: Format,
        other_problems: usize,
        failed: &FailedScrapes,
    ) -> Result<String, fmt::Error> {
        // Relaxed: a guess of the length, which orders no other memory.
        let length = self.last_length.load(Ordering::Relaxed);
        // A sixteenth more, for new rows and longer numbers.
        let mut out = String::with_capacity(length + length / 16);
        // First, because a registry cannot tell its families before it writes them.
        let written = match &self.registry {
            Some(registry) => registry.write(&mut out, format)?,
            None => Vec::new(),
        };
        let collection = Collection::of_all();
        let families = self.families.get(&collection, &self.config, &written);
        let templates = self.templates.get(&families, &self.config.const_labels);
        for (family, templates) in families.valid.iter().zip(&*templates) {
            if let Some(view) = collection.view(family.view_index) {
                write_family(&mut out, format, family, templates, view);
            }
        }
        for family in families.self_families(&collection, &self.config, other_problems, failed) {
            write_self_family(&mut out, format, &family);
        }
        if format == Format::OpenMetrics {
            out.push_str("# EOF\n");
        }
        self.last_length.store(out.len(), Ordering::Relaxed);
        if out.len() < out.capacity() / 2 {
            // Many rows are gone since the last exposition, and a slow client may keep this one for long.
            out.shrink_to_fit();
        }
        Ok(out)
    }
}
