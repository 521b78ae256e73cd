//! Functions of the program that admit clients.

use std::fmt;
use std::sync::Arc;

use super::request::RequestHead;
use crate::panics::{self, Panicked};

/// A function of the program that says whether a client may make a request.
#[derive(Clone)]
pub(in crate::server) struct Authorize(Arc<dyn Fn(&RequestHead<'_>) -> bool + Send + Sync>);

impl fmt::Debug for Authorize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorize")
    }
}

impl Authorize {
    pub(in crate::server) fn new(
        admits: impl Fn(&RequestHead<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(admits))
    }

    pub(super) fn admits(&self, request: &RequestHead<'_>) -> Result<bool, Panicked> {
        panics::catch(|| (self.0)(request))
    }
}
