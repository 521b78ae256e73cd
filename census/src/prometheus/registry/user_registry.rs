//! The user's registry as a part of an exposition.

use std::fmt;
use std::sync::Arc;

use prometheus_client::encoding::text::encode_registry;
use prometheus_client::registry::Registry;

use super::line_rewriter::LineRewriter;
use crate::prometheus::chunks::ChunkWriter;
use crate::prometheus::encoder::ForeignRegistry;
use crate::prometheus::name_filter::NameFilter;
use crate::prometheus::negotiate::Format;
use crate::prometheus::written::WrittenRegistry;

/// A registry that the user gave to an exporter.
#[derive(Debug)]
pub(super) struct UserRegistry(pub(super) Arc<Registry>);

impl ForeignRegistry for UserRegistry {
    fn write_text(
        &self,
        out: &mut ChunkWriter,
        format: Format,
        names: &NameFilter,
    ) -> Result<WrittenRegistry, fmt::Error> {
        let mut rewriter = LineRewriter::new(out, format, names);
        encode_registry(&mut rewriter, &self.0)?;
        Ok(rewriter.into_written())
    }
}
