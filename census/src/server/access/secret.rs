//! Texts that are not printed.

use std::fmt;

/// A text that is not printed.
#[derive(Clone)]
pub(in crate::server) struct Secret(pub(in crate::server) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
