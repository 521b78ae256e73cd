//! What the catalogue knows by name: measures and tag keys.

use std::collections::HashMap;

use crate::declare::{Handle, WeakHandle};

/// Several of one name are one: they have one definition. What was made at run time is not kept alive here.
pub(super) struct ByName<T: 'static> {
    /// The first registered first.
    by_name: HashMap<String, Vec<WeakHandle<T>>>,
    /// How many names there may be before the dead ones are cleared away.
    clear_at: usize,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self {
            by_name: HashMap::new(),
            clear_at: 0,
        }
    }
}

impl<T> ByName<T> {
    /// Those alive of this name.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = Handle<T>> {
        let all = self.by_name.get(name).into_iter().flatten();
        all.filter_map(WeakHandle::upgrade)
    }

    /// The first of them, which says how it is defined.
    pub(super) fn first(&self, name: &str) -> Option<Handle<T>> {
        self.named(name).next()
    }

    /// The names.
    pub(super) fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    /// Adds one more of this name.
    pub(super) fn add(&mut self, name: &str, handle: &Handle<T>) {
        let is_alive = |handle: &WeakHandle<T>| handle.upgrade().is_some();
        if self.by_name.len() >= self.clear_at {
            self.by_name.retain(|_, all| all.iter().any(is_alive));
            self.clear_at = 2 * self.by_name.len().max(32);
        }
        let all = self.by_name.entry(name.to_owned()).or_default();
        all.retain(is_alive);
        all.push(handle.downgrade());
    }
}
