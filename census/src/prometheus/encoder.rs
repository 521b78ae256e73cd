//! The trait of the formats, through which the rest of the exporter writes.

use std::fmt;
use std::sync::Arc;

use super::body::Body;
use super::chunks::ChunkWriter;
use super::config::ConstLabel;
use super::families::Families;
use super::family::Family;
use super::name_filter::NameFilter;
use super::negotiate::Format;
use super::self_metrics::SelfFamily;
use super::written::WrittenRegistry;
use crate::collect::CollectedView;

/// Writes one exposition in one format. The methods are called in the order in which they stand here.
pub(super) trait Encoder {
    /// Writes the families of another registry that have these names. Returns the names of all families, so that no view repeats them, and
    /// those of its families that are left out.
    fn write_registry(
        &mut self,
        registry: &dyn ForeignRegistry,
        names: &NameFilter,
    ) -> Result<WrittenRegistry, fmt::Error>;

    /// Prepares for the families of the views.
    fn begin_views(&mut self, families: &Arc<Families>, const_labels: &[ConstLabel]);

    /// Writes the family of a view, which has this index among the valid families; nothing, if it has no samples.
    fn write_view(&mut self, index: usize, family: &Family, view: CollectedView<'_>);

    /// Writes a family in which the library reports on itself.
    fn write_self_family(&mut self, family: &SelfFamily<'_>);

    /// The whole exposition.
    fn finish(self: Box<Self>) -> Body;
}

/// A registry whose families are part of each exposition, and precede the views.
pub(super) trait ForeignRegistry: fmt::Debug + Send + Sync {
    /// Writes the families of these names as text in one of the text formats, without those that are invalid.
    fn write_text(
        &self,
        out: &mut ChunkWriter,
        format: Format,
        names: &NameFilter,
    ) -> Result<WrittenRegistry, fmt::Error>;
}
