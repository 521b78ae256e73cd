//! The tags that are current in a scope of this thread.

use std::cell::RefCell;
use std::marker::PhantomData;

use super::TagMap;

thread_local! {
    static SCOPES: RefCell<Scopes> = const { RefCell::new(Scopes { next: 0, open: Vec::new() }) };
}

/// The open scopes of a thread, the newest last. Each has a number, so that guards may be dropped in any order.
struct Scopes {
    next: u64,
    open: Vec<(u64, TagMap)>,
}

/// Keeps its tags current on this thread until it is dropped. Made by [`TagMap::enter`].
#[must_use = "the tags are current only while this guard lives: bind it, `let _scope = tags.enter();`"]
#[derive(Debug)]
pub struct Scope {
    number: Option<u64>,
    /// It belongs to its thread.
    not_send: PhantomData<*const ()>,
}

impl TagMap {
    /// The tags that are current here: those of the innermost scope; none outside of all.
    #[must_use]
    pub fn current() -> Self {
        with_current(|tags| tags.cloned().unwrap_or_default())
    }

    /// Makes these tags current on this thread until the guard is dropped, whereupon the former are again; also when a
    /// panic drops it, and when guards are dropped out of order.
    ///
    /// Don't hold the guard across an `.await`: the compiler refuses it where the future must be `Send`.
    ///
    /// ```
    /// # use census::{TagKey, TagMap, tag, tags};
    /// # #[tag]
    /// # static TENANT: TagKey;
    /// {
    ///     let _scope = tags!(TENANT = "acme").enter();
    ///     assert_eq!(TagMap::current(), tags!(TENANT = "acme"));
    /// }
    /// assert!(TagMap::current().is_empty());
    /// ```
    pub fn enter(self) -> Scope {
        let number = SCOPES.try_with(|scopes| {
            let mut scopes = scopes.try_borrow_mut().ok()?;
            let number = scopes.next;
            scopes.next += 1;
            scopes.open.push((number, self));
            Some(number)
        });
        // A thread that is ending has no scopes any more, and what it records has no context.
        Scope {
            number: number.ok().flatten(),
            not_send: PhantomData,
        }
    }

    /// Calls `f` with these tags current.
    ///
    /// ```
    /// # use census::{TagKey, TagMap, tag, tags};
    /// # #[tag]
    /// # static TENANT: TagKey;
    /// let len = tags!(TENANT = "acme").scope(|| TagMap::current().len());
    /// assert_eq!(len, 1);
    /// ```
    pub fn scope<R>(self, f: impl FnOnce() -> R) -> R {
        let _scope = self.enter();
        f()
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let closed = SCOPES.try_with(|scopes| {
            let mut scopes = scopes.try_borrow_mut().ok()?;
            let index = scopes.open.iter().rposition(|(open, _)| *open == number)?;
            Some(scopes.open.remove(index))
        });
        // Dropped only now: a tag key's destructor may look at the context.
        drop(closed);
    }
}

/// Calls `f` with the tags of the innermost scope, if there is one.
pub(crate) fn with_current<R>(mut f: impl FnMut(Option<&TagMap>) -> R) -> R {
    let called = SCOPES.try_with(|scopes| {
        let scopes = scopes.try_borrow().ok()?;
        Some(f(scopes.open.last().map(|(_, tags)| tags)))
    });
    match called {
        Ok(Some(result)) => result,
        // The thread is ending.
        _ => f(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Origin, TagKey};
    use crate::tags::TagValue;

    fn map(value: &str) -> TagMap {
        const CELL: &crate::declare::TagKeyCell = &TagKey::__cell(
            "k",
            "",
            false,
            Origin::new(module_path!(), file!(), line!(), column!()),
        );
        let mut tags = TagMap::empty();
        tags.insert(
            &TagKey::__from_cell(CELL),
            TagValue::new(value).unwrap_or_else(|e| panic!("{e}")),
        );
        tags
    }

    #[test]
    fn guards_dropped_out_of_order_leave_the_innermost_open_scope_current() {
        let outer = map("outer").enter();
        let inner = map("inner").enter();
        drop(outer);
        assert_eq!(TagMap::current(), map("inner"));
        drop(inner);
        assert_eq!(TagMap::current(), TagMap::empty());
    }

    #[test]
    fn a_panic_restores_what_was_current() {
        let _outer = map("outer").enter();
        let caught = std::panic::catch_unwind(|| map("inner").scope(|| panic!("on purpose")));
        assert!(caught.is_err());
        assert_eq!(TagMap::current(), map("outer"));
    }
}
