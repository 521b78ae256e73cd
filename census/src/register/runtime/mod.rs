//! Measures, tag keys and views of programs that learn of them while they run.

mod measure;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

pub use measure::MeasureBuilder;
pub use view::ViewBuilder;

use super::catalogue::register_key;
use super::{CatalogueError, Problem, ProblemKind};
use crate::declare::{Handle, Origin, TagKey, TagKeyCell, name};
use crate::tags::declared_keys;

impl TagKey {
    /// A tag key made at run time. Keys of one name are one key.
    ///
    /// # Errors
    /// If `name` is not 1 to 255 bytes of printable ASCII, or if there is a local key of this name.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Result<Self, CatalogueError> {
        Self::register(name.into(), false, Origin::caller())
    }

    /// The same, and its tags are never propagated: what `#[tag(local)]` declares.
    ///
    /// # Errors
    /// If `name` is not 1 to 255 bytes of printable ASCII, or if there is a key of this name that is not local.
    #[track_caller]
    pub fn new_local(name: impl Into<String>) -> Result<Self, CatalogueError> {
        Self::register(name.into(), true, Origin::caller())
    }

    fn register(name: String, local: bool, origin: Origin) -> Result<Self, CatalogueError> {
        check_name("tag key", &name, origin)?;
        let cell = TagKeyCell::owned(name, local, origin);
        match register_key(Handle::Shared(Arc::new(cell))) {
            Ok(cell) => {
                if local {
                    declared_keys::add_local(&cell);
                }
                Ok(Self::from_handle(cell))
            }
            Err(problem) => Err(CatalogueError {
                problems: vec![problem],
            }),
        }
    }
}

fn check_name(what: &str, name: &str, origin: Origin) -> Result<(), CatalogueError> {
    if name::is_valid(name) {
        return Ok(());
    }
    let message = format!(
        "the name of a {what} is 1 to 255 bytes of printable ASCII, `{}` is not",
        name.escape_debug()
    );
    Err(rejected(ProblemKind::InvalidName, message, origin))
}

fn rejected(kind: ProblemKind, message: String, rejected_at: Origin) -> CatalogueError {
    CatalogueError {
        problems: vec![Problem {
            kind,
            message,
            rejected_at,
            kept_at: None,
        }],
    }
}
