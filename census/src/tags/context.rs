//! The tags that are current in a scope of this thread.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::mem;

use super::TagMap;

thread_local! {
    static SCOPES: RefCell<Scopes> = const { RefCell::new(Scopes { next: 0, open: Vec::new() }) };
}

/// The open scopes of a thread, the newest last. Each has a number, so that guards may be dropped in any order.
struct Scopes {
    next: u64,
    open: Vec<(u64, TagMap)>,
}

/// Takes the tags and makes them current; the number of the scope. Where a thread has no scopes any more, because it is
/// ending, the tags stay where they are, and what is recorded has no context.
#[inline]
fn open(tags: &mut TagMap) -> Option<u64> {
    let number = SCOPES.try_with(|scopes| {
        let mut scopes = scopes.try_borrow_mut().ok()?;
        let number = scopes.next;
        scopes.next += 1;
        scopes.open.push((number, mem::take(tags)));
        Some(number)
    });
    number.ok().flatten()
}

/// Closes a scope of this thread, and gives its tags back.
#[inline]
fn close(number: u64) -> Option<TagMap> {
    let tags = SCOPES.try_with(|scopes| {
        let mut scopes = scopes.try_borrow_mut().ok()?;
        // Mostly it is the innermost.
        if let Some((_, tags)) = scopes.open.pop_if(|(open, _)| *open == number) {
            return Some(tags);
        }
        let index = scopes.open.iter().rposition(|(open, _)| *open == number)?;
        Some(scopes.open.remove(index).1)
    });
    tags.ok().flatten()
}

/// Closes a scope of this thread and all that were opened since; gives its tags back, and the others.
fn close_with_newer(number: u64) -> Option<(TagMap, Vec<(u64, TagMap)>)> {
    let closed = SCOPES.try_with(|scopes| {
        let mut scopes = scopes.try_borrow_mut().ok()?;
        let index = scopes.open.iter().rposition(|(open, _)| *open == number)?;
        let newer = scopes.open.split_off(index + 1);
        let (_, tags) = scopes.open.pop()?;
        Some((tags, newer))
    });
    closed.ok().flatten()
}

/// Keeps its tags current on this thread until it is dropped. Made by [`TagMap::enter`].
///
/// It belongs to its thread, so it is not `Send`:
///
/// ```compile_fail,E0277
/// # use census::TagMap;
/// let scope = TagMap::current().enter();
/// std::thread::spawn(move || drop(scope));
/// ```
///
/// A future that holds it across an `.await` is not, either, and cannot be spawned on a runtime that moves it from thread
/// to thread,
///
/// ```compile_fail
/// # use census::TagMap;
/// # async fn work() {}
/// tokio::spawn(async {
///     let _scope = TagMap::current().enter();
///     work().await;
/// });
/// ```
///
/// but [`with_tags`](crate::WithTags::with_tags) can do what was meant:
///
/// ```no_run
/// # use census::{TagMap, WithTags as _};
/// # async fn work() {}
/// tokio::spawn(async {
///     work().await;
/// }.with_tags(TagMap::current()));
/// ```
#[must_use = "the tags are current only while this guard lives: bind it, `let _scope = tags.enter();`"]
#[derive(Debug)]
pub struct Scope {
    number: Option<u64>,
    /// It belongs to its thread.
    not_send: PhantomData<*const ()>,
}

impl TagMap {
    /// The tags that are current here: those of the innermost scope; none outside of all.
    ///
    /// A new thread or task has none. What is current where it is made can be handed over to it: see [`scope`](Self::scope)
    /// and [`with_tags`](crate::WithTags::with_tags).
    #[must_use]
    pub fn current() -> Self {
        with_current(|tags| tags.cloned().unwrap_or_default())
    }

    /// Makes these tags current on this thread until the guard is dropped, whereupon the former are again; also when a
    /// panic drops it, and when guards are dropped out of order.
    ///
    /// Don't hold the guard across an `.await`: what else the thread runs meanwhile would have the tags, too. The compiler
    /// refuses it where the future must be `Send`, and clippy elsewhere, with `await-holding-invalid-types =
    /// ["census::Scope"]` in `clippy.toml`. Use [`with_tags`](crate::WithTags::with_tags) instead.
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
    pub fn enter(mut self) -> Scope {
        Scope {
            number: open(&mut self),
            not_send: PhantomData,
        }
    }

    /// Calls `f` with these tags current.
    ///
    /// A future that `f` only makes runs later, and without them: that is what
    /// [`with_tags`](crate::WithTags::with_tags) is for. And whatever else this thread runs meanwhile has them, which may be
    /// other tasks if `f` blocks on a runtime: `runtime.block_on(future.with_tags(tags))` gives them to that future alone.
    ///
    /// ```
    /// # use census::{TagKey, TagMap, tag, tags};
    /// # #[tag]
    /// # static TENANT: TagKey;
    /// let len = tags!(TENANT = "acme").scope(|| TagMap::current().len());
    /// assert_eq!(len, 1);
    ///
    /// // Into a thread.
    /// let tags = tags!(TENANT = "acme");
    /// let thread = std::thread::spawn(|| tags.scope(TagMap::current));
    /// assert_eq!(thread.join().expect("it does not panic"), tags!(TENANT = "acme"));
    /// ```
    pub fn scope<R>(self, f: impl FnOnce() -> R) -> R {
        let _scope = self.enter();
        f()
    }

    /// Makes these tags current until the guard is dropped, which puts them back here: for those who enter them again and
    /// again, because it neither clones nor counts a reference.
    pub(crate) fn lend(&mut self) -> Lent<'_> {
        Lent {
            number: open(self),
            tags: self,
        }
    }
}

/// Keeps tags current that it only has on loan. Made by [`TagMap::lend`].
///
/// What was opened since and is still open ends with it: a guard that a future holds across an `.await`, or has forgotten,
/// is nothing to whatever the thread runs next.
pub(crate) struct Lent<'a> {
    number: Option<u64>,
    tags: &'a mut TagMap,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        // The newer ones are dropped only after the scopes were let go of.
        if let Some((tags, _newer)) = self.number.and_then(close_with_newer) {
            *self.tags = tags;
        }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        // The tags are dropped only after the scopes were let go of.
        drop(self.number.and_then(close));
    }
}

/// Calls `f` with the tags of the innermost scope, if there is one.
#[inline]
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
    use crate::declare::{Origin, TagKeyCell, static_tag_key, tag_key_cell};
    use crate::tags::TagValue;

    fn map(value: &str) -> TagMap {
        const CELL: &TagKeyCell = &tag_key_cell(
            "k",
            "",
            false,
            Origin::new(module_path!(), file!(), line!(), column!()),
        );
        let mut tags = TagMap::new();
        tags.insert(
            &static_tag_key(CELL),
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
        assert_eq!(TagMap::current(), TagMap::new());
    }

    #[test]
    fn what_is_lent_comes_back() {
        let mut tags = map("lent");
        let _outer = map("outer").enter();
        let lent = tags.lend();
        let newer = map("newer").enter();
        mem::forget(map("newest").enter());
        assert_eq!(TagMap::current(), map("newest"));
        drop(lent);
        assert_eq!(TagMap::current(), map("outer"), "and what came after it");
        drop(newer);
        assert_eq!(TagMap::current(), map("outer"));
        assert_eq!(tags, map("lent"));
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _lent = tags.lend();
            panic!("on purpose");
        }));
        assert!(caught.is_err());
        assert_eq!(tags, map("lent"), "also in a panic");
    }

    #[test]
    fn a_panic_restores_what_was_current() {
        let _outer = map("outer").enter();
        let caught = std::panic::catch_unwind(|| map("inner").scope(|| panic!("on purpose")));
        assert!(caught.is_err());
        assert_eq!(TagMap::current(), map("outer"));
    }
}
