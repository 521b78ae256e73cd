//! Step 5, **collect**: reading rows, and plain copies of them.
//!
//! [`Collection`] is the only reader of rows. Everything else that shows data is built on it.

mod collection;
mod report;
mod snapshot;
mod view_data;

#[cfg(any(feature = "prometheus", feature = "testing"))]
pub(crate) use collection::{CollectedView, Collection};
pub use report::{Reporter, ReporterHandle, report_every};
pub use snapshot::{Snapshot, SnapshotView, snapshot};
pub use view_data::{Row, ViewData};
