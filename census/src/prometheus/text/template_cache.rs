//! The templates of the last scrape, kept for the next one.

use std::sync::Arc;

use super::line_templates::LineTemplates;
use crate::prometheus::config::ConstLabel;
use crate::prometheus::families::Families;
use crate::sync::Mutex;

/// Keeps the templates for the families of the last scrape, which are the same families at most scrapes. Each
/// exporter has a cache of its own, so all calls have the same const labels.
#[derive(Debug, Default)]
pub(crate) struct TemplateCache(Mutex<Option<Cached>>);

#[derive(Debug)]
struct Cached {
    families: Arc<Families>,
    templates: Arc<[LineTemplates]>,
}

impl TemplateCache {
    /// The templates of each valid family, in the order of these.
    pub(crate) fn get(
        &self,
        families: &Arc<Families>,
        const_labels: &[ConstLabel],
    ) -> Arc<[LineTemplates]> {
        let mut cached = self.0.lock();
        if let Some(cached) = &*cached
            && Arc::ptr_eq(&cached.families, families)
        {
            return Arc::clone(&cached.templates);
        }
        let templates = families.valid.iter();
        let templates: Arc<[_]> = templates
            .map(|family| LineTemplates::new(family, const_labels))
            .collect();
        *cached = Some(Cached {
            families: Arc::clone(families),
            templates: Arc::clone(&templates),
        });
        templates
    }
}
