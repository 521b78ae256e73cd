//! The families of the last scrape, kept for the next one.

use std::sync::Arc;

use super::config::ExporterConfig;
use super::escaping::Escaping;
use super::families::Families;
use super::written::WrittenFamily;
use crate::collect::{CollectedView, Collection};
use crate::id::ViewId;
use crate::sync::Mutex;

/// Keeps the families of the last scrape of each escaping: the next scrape has the same, unless a view came or went. Each
/// exporter has a cache of its own, so all calls have the same settings.
#[derive(Debug, Default)]
pub(super) struct FamilyCache(Mutex<[Option<Arc<Cached>>; Escaping::ALL.len()]>);

#[derive(Debug)]
struct Cached {
    /// The views' identifiers, and not the views, so that an unregistered view's rows are freed at once.
    views: Vec<ViewId>,
    written: Vec<WrittenFamily>,
    families: Arc<Families>,
}

impl FamilyCache {
    /// [`Families::new`], which runs only if the views or the families of the other registry have changed.
    pub(super) fn get(
        &self,
        collection: &Collection,
        config: &ExporterConfig,
        written: &[WrittenFamily],
        escaping: Escaping,
    ) -> Arc<Families> {
        let ids = || collection.views().map(CollectedView::id);
        let cached = self.0.lock().get(escaping.index()).cloned().flatten();
        if let Some(cached) = cached
            && cached.views.iter().copied().eq(ids())
            && cached.written == written
        {
            return Arc::clone(&cached.families);
        }
        let families = Arc::new(Families::new(collection, config, written, escaping));
        let cached = Cached {
            views: ids().collect(),
            written: written.to_vec(),
            families: Arc::clone(&families),
        };
        if let Some(slot) = self.0.lock().get_mut(escaping.index()) {
            *slot = Some(Arc::new(cached));
        }
        families
    }
}
