//! The methods that a gRPC layer knows.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

/// How many methods a layer learns. It learns only those that have answered OK, which no client decides; a service that
/// answers OK to everything is the reason for a bound.
const MAX_LEARNED: usize = 1_000;

/// The methods that were named, and those that have answered OK.
#[derive(Debug, Default)]
pub(crate) struct Methods {
    known: RwLock<HashSet<Arc<str>>>,
    named: usize,
}

impl Methods {
    pub(crate) fn with(&self, names: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let mut known = self.read(HashSet::clone);
        known.extend(
            names
                .into_iter()
                .map(|name| name.as_ref().trim_start_matches('/').into()),
        );
        Self {
            named: known.len(),
            known: RwLock::new(known),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<str>> {
        self.read(|known| known.get(name).cloned())
    }

    /// Knows the name from now on, unless there are too many. Returns it, if it is known.
    pub(crate) fn learn(&self, name: &str) -> Option<Arc<str>> {
        let known = self.get(name);
        if known.is_some() {
            return known;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() - self.named >= MAX_LEARNED {
            return known.get(name).cloned();
        }
        let name: Arc<str> = name.into();
        known.insert(Arc::clone(&name));
        Some(name)
    }

    fn read<R>(&self, f: impl FnOnce(&HashSet<Arc<str>>) -> R) -> R {
        f(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}
