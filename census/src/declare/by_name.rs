//! An index by name of objects that come and go: measures and tag keys.

use std::collections::HashMap;

use super::{Handle, WeakHandle};

/// Objects by name, several of one name in the order in which they were added.
///
/// The index keeps no object alive. An object that was made at run time leaves the index with its last handle.
pub(crate) struct ByName<T: 'static> {
    /// In the order in which they were added. Some may be dead.
    by_name: HashMap<String, Vec<WeakHandle<T>>>,
    /// The number of names at which [`add`](Self::add) next removes the names without a living object. It is at least
    /// twice the number of names that the last removal left, so the removals cost each `add` a constant time on
    /// average.
    sweep_at: usize,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self {
            by_name: HashMap::new(),
            sweep_at: 0,
        }
    }
}

impl<T> ByName<T> {
    /// The living objects of this name, the first added first.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = Handle<T>> {
        let handles = self.by_name.get(name).into_iter().flatten();
        handles.filter_map(WeakHandle::upgrade)
    }

    /// The first of [`named`](Self::named): its definition holds for all objects of the name.
    pub(crate) fn first(&self, name: &str) -> Option<Handle<T>> {
        self.named(name).next()
    }

    /// All objects, in no order of their names; those of one name in the order in which they were added.
    pub(crate) fn all(&self) -> impl Iterator<Item = Handle<T>> {
        let handles = self.by_name.values().flatten();
        handles.filter_map(WeakHandle::upgrade)
    }

    /// All names, in no order. Some may have no living object.
    pub(crate) fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    /// Adds an object, unless it is there already.
    pub(crate) fn add(&mut self, name: &str, handle: &Handle<T>) {
        let is_alive = |handle: &WeakHandle<T>| handle.upgrade().is_some();
        if self.by_name.len() >= self.sweep_at {
            self.by_name
                .retain(|_, handles| handles.iter().any(is_alive));
            self.sweep_at = 2 * self.by_name.len().max(32);
        }
        let handles = self.by_name.entry(name.to_owned()).or_default();
        handles.retain(is_alive);
        let mut living = handles.iter().filter_map(WeakHandle::upgrade);
        if !living.any(|other| other.ptr_eq(handle)) {
            handles.push(handle.downgrade());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_object_is_there_once_while_it_lives() {
        let mut objects = ByName::default();
        let [first, second] = [1, 2].map(|object| Handle::Shared(Arc::new(object)));
        for handle in [&first, &second, &first] {
            objects.add("name", handle);
        }
        assert!(objects.named("name").map(|object| *object).eq([1, 2]));
        drop(first);
        assert!(objects.named("name").map(|object| *object).eq([2]));
    }
}
