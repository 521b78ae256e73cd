//! The templates of the last scrape, kept for the next one.

use std::sync::Arc;

use super::line_templates::LineTemplates;
use crate::prometheus::config::ConstLabel;
use crate::prometheus::escaping::Escaping;
use crate::prometheus::families::Families;
use crate::sync::Mutex;

/// Keeps the templates for the families of the last scrape of each escaping, which are the same families at most scrapes.
/// Each exporter has a cache of its own, so all calls of an escaping have the same const labels.
#[derive(Debug, Default)]
pub(crate) struct TemplateCache([Mutex<Option<Cached>>; Escaping::ALL.len()]);

#[derive(Debug)]
struct Cached {
    families: Arc<Families>,
    templates: Arc<[LineTemplates]>,
}

impl TemplateCache {
    /// The templates of each valid family, in the order of these.
    pub(crate) fn get(
        &self,
        escaping: Escaping,
        families: &Arc<Families>,
        const_labels: &[ConstLabel],
    ) -> Arc<[LineTemplates]> {
        let new = || -> Arc<[_]> {
            let templates = families.valid.iter();
            let templates = templates.map(|family| LineTemplates::new(family, const_labels));
            templates.collect()
        };
        // Unreachable: every escaping has one.
        let Some(cached) = self.0.get(escaping.index()) else {
            return new();
        };
        let mut cached = cached.lock();
        if let Some(cached) = &*cached
            && Arc::ptr_eq(&cached.families, families)
        {
            return Arc::clone(&cached.templates);
        }
        let templates = new();
        *cached = Some(Cached {
            families: Arc::clone(families),
            templates: Arc::clone(&templates),
        });
        templates
    }
}
