//! The tags that are current in a scope of this thread.
//!
//! The open scopes of a thread are a stack. *Invariants:* the ids of the scopes on the stack increase from the bottom
//! to the top, and an id is never given twice on one thread, so a guard can only ever close its own scope. The topmost
//! scope is open. No code of a user runs while the stack is borrowed: maps that are popped are dropped after the borrow
//! ends, and the functions that are given to [`with_current`] are the library's own.
//!
//! The stack has no destructor. While a thread ends, its thread-locals are dropped in an unspecified order, and their
//! destructors may open scopes. [`FreesTheStack`] frees the stack's memory at that time.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};

use super::TagMap;
#[cfg(feature = "testing")]
use super::isolation::{Isolation, Place};
use crate::not_a_future::{Closure, NotAFuture};

thread_local! {
    static SCOPES: ManuallyDrop<RefCell<ScopeStack>> = const {
        ManuallyDrop::new(RefCell::new(ScopeStack {
            next_id: ScopeId(0),
            scopes: Vec::new(),
            closed: 0,
            thread: ThreadState::New,
        }))
    };
    static FREES_THE_STACK: FreesTheStack = const { FreesTheStack };
}

/// The scopes of a thread, the innermost last.
struct ScopeStack {
    next_id: ScopeId,
    /// Scopes that were closed before those above them have no tags. They go with the scopes above them or, when there are
    /// many, all at once. So closing costs the same in any order, on average.
    scopes: Vec<StackEntry>,
    /// How many of the scopes are closed.
    closed: usize,
    thread: ThreadState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ThreadState {
    /// No scope was opened yet.
    New,
    Running,
    /// [`FreesTheStack`] was dropped.
    Ending,
}

/// Identifies a scope among all scopes that its thread ever opened. Guards hold an id and not an index, because they
/// may be dropped in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ScopeId(u64);

/// A thread-local whose destructor frees the memory of the thread's stack. If another thread-local still holds a guard, the
/// memory is freed with the last guard.
struct FreesTheStack;

impl Drop for FreesTheStack {
    fn drop(&mut self) {
        SCOPES.with(|stack| {
            if let Ok(mut stack) = stack.try_borrow_mut() {
                stack.thread = ThreadState::Ending;
                stack.remove_closed();
            }
        });
    }
}

/// So many closed scopes may stay below open ones, however few open ones there are.
const MAX_CLOSED: usize = 16;

impl ScopeStack {
    fn index_of(&self, id: ScopeId) -> Option<usize> {
        self.scopes.binary_search_by_key(&id, |entry| entry.id).ok()
    }

    /// The place of the innermost scope.
    #[cfg(feature = "testing")]
    fn place(&self) -> Option<&Place> {
        self.scopes.last()?.place.as_ref()
    }

    /// Removes the closed scopes above the topmost open one.
    #[inline]
    fn remove_closed(&mut self) {
        while self.scopes.pop_if(|entry| entry.tags.is_none()).is_some() {
            self.closed -= 1;
        }
        if self.thread == ThreadState::Ending && self.scopes.is_empty() {
            // Nothing frees the memory after this.
            self.scopes = Vec::new();
        }
    }

    /// Removes all closed scopes if there are more of them than open ones. The topmost scope may stay open for ever, as in
    /// `scope = tags.enter();` in a loop, where each scope is closed after the next one was opened.
    fn remove_many_closed(&mut self) {
        if self.closed > MAX_CLOSED && self.closed > self.scopes.len() / 2 {
            self.scopes.retain(|entry| entry.tags.is_some());
            self.closed = 0;
        }
    }
}

/// Opens a scope with these tags, which are moved out of `tags`. Returns `None`, and leaves `tags` as they are, if the
/// stack is in use, which does not happen.
#[inline]
fn push(tags: &mut TagMap) -> Option<ScopeId> {
    SCOPES.with(|stack| {
        let mut stack = stack.try_borrow_mut().ok()?;
        if stack.thread == ThreadState::New {
            stack.thread = ThreadState::Running;
            // An error means that the thread ends. The memory is freed with the last scope then.
            if FREES_THE_STACK.try_with(|_| ()).is_err() {
                stack.thread = ThreadState::Ending;
            }
        }
        let id = stack.next_id;
        stack.next_id = ScopeId(id.0 + 1);
        let entry = StackEntry {
            id,
            #[cfg(feature = "testing")]
            place: tags.place().or(stack.place()).cloned(),
            tags: Some(mem::take(tags)),
        };
        stack.scopes.push(entry);
        Some(id)
    })
}

/// Closes a scope of this thread and returns what it had. The scopes above it stay open.
#[inline]
fn pop(id: ScopeId) -> Option<Closed> {
    SCOPES.with(|stack| {
        let mut stack = stack.try_borrow_mut().ok()?;
        // Usually the scope is the innermost one.
        if let Some(entry) = stack.scopes.pop_if(|last| last.id == id) {
            stack.remove_closed();
            return Some(entry.into_closed());
        }
        let index = stack.index_of(id)?;
        let closed = stack.scopes.get_mut(index)?.close();
        stack.closed += 1;
        stack.remove_many_closed();
        Some(closed)
    })
}

/// A scope of a stack.
struct StackEntry {
    id: ScopeId,
    /// `None` if the scope is closed.
    tags: Option<TagMap>,
    /// That of the tags or, if they carry none, the one that was current when the scope was opened.
    #[cfg(feature = "testing")]
    place: Option<Place>,
}

/// What a scope had that is closed now. It is dropped after the borrow of the stack has ended.
struct Closed {
    tags: Option<TagMap>,
    #[cfg(feature = "testing")]
    _place: Option<Place>,
}

impl StackEntry {
    #[inline]
    fn close(&mut self) -> Closed {
        Closed {
            tags: self.tags.take(),
            #[cfg(feature = "testing")]
            _place: self.place.take(),
        }
    }

    #[inline]
    fn into_closed(mut self) -> Closed {
        self.close()
    }
}

/// Closes a scope of this thread and all scopes above it. Returns the scope and those that were above.
fn pop_through(id: ScopeId) -> Option<(Closed, Vec<StackEntry>)> {
    SCOPES.with(|stack| {
        let mut stack = stack.try_borrow_mut().ok()?;
        let index = stack.index_of(id)?;
        let above = stack.scopes.split_off(index + 1);
        stack.closed -= above.iter().filter(|entry| entry.tags.is_none()).count();
        let entry = stack.scopes.pop()?;
        stack.remove_closed();
        Some((entry.into_closed(), above))
    })
}

/// A guard that keeps tags current on this thread until it is dropped. Made by [`TagMap::enter`].
///
/// The guard belongs to its thread, so it is not `Send`:
///
/// ```compile_fail,E0277
/// # use census::TagMap;
/// let scope = TagMap::current().enter();
/// std::thread::spawn(move || drop(scope));
/// ```
///
/// A future that holds the guard across an `.await` is not `Send` either, so a runtime that moves tasks between threads
/// does not accept it:
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
/// [`with_tags`](super::WithTags::with_tags) gives tags to a future instead:
///
/// ```no_run
/// # use census::{TagMap, WithTags as _};
/// # async fn work() {}
/// tokio::spawn(async {
///     work().await;
/// }.with_tags(TagMap::current()));
/// ```
#[must_use = "the tags are current only while this guard lives: bind it, `let _scope = tags.enter();`, or give the tags to \
              a future, `future.with_tags(tags)`"]
#[derive(Debug)]
pub struct Scope {
    /// `None` if the scope was not opened: see [`push`].
    id: Option<ScopeId>,
    /// The id means nothing on another thread.
    not_send: PhantomData<*const ()>,
}

impl TagMap {
    /// The tags that are current on this thread: those of the innermost scope, or none if no scope is open.
    ///
    /// A new thread or task begins without tags. [`scope`](Self::scope) and [`with_tags`](super::WithTags::with_tags)
    /// show how the current tags are passed to it.
    pub fn current() -> Self {
        let tags = with_current(|tags| tags.cloned().unwrap_or_default());
        #[cfg(feature = "testing")]
        if let Some(isolation) = current_isolation() {
            return tags.carrying(Place::Within(isolation));
        }
        tags
    }

    /// Makes these tags current on this thread until the guard is dropped. A panic that drops the guard ends the scope,
    /// too. Guards may be dropped in any order: the innermost scope that is still open is current.
    ///
    /// Bind the guard to a name: `let _ = tags.enter();` drops it, and the scope ends at once.
    ///
    /// Do not hold the guard across an `.await`: other tasks that the thread polls meanwhile would have the tags, too.
    /// The compiler rejects such a future where it must be `Send`. Use [`with_tags`](super::WithTags::with_tags) instead.
    ///
    /// For both mistakes [there are lints](crate#lints-that-find-lost-tags).
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
            id: push(&mut self),
            not_send: PhantomData,
        }
    }

    /// Calls `f` with these tags current.
    ///
    /// This is for code that is not `async`. A future that `f` returns would run after the scope, and therefore without the
    /// tags, so the compiler rejects it ([`NotAFuture`] explains the error). It does not see a future inside of another
    /// value, such as an `Option`, nor a task that `f` spawns: they do not have the tags. `async { … }.with_tags(tags)` gives
    /// tags to a future: see [`with_tags`](super::WithTags::with_tags).
    ///
    /// All code that this thread runs within `f` has the tags. If `f` blocks
    /// on a runtime, this may include other tasks; `runtime.block_on(future.with_tags(tags))` gives the tags to one
    /// future only.
    ///
    /// ```
    /// # use census::{TagKey, TagMap, tag, tags};
    /// # #[tag]
    /// # static TENANT: TagKey;
    /// let len = tags!(TENANT = "acme").scope(|| TagMap::current().len());
    /// assert_eq!(len, 1);
    ///
    /// // In another thread.
    /// let tags = tags!(TENANT = "acme");
    /// let thread = std::thread::spawn(|| tags.scope(TagMap::current));
    /// assert_eq!(thread.join().expect("it does not panic"), tags!(TENANT = "acme"));
    /// ```
    pub fn scope<R, UseWithTagsForAFuture>(self, f: impl Closure<R>) -> R
    where
        R: NotAFuture<UseWithTagsForAFuture>,
    {
        let _scope = self.enter();
        f()
    }

    /// Makes these tags current until the guard is dropped, which moves them back into this map.
    ///
    /// A future enters its tags at every poll. Moving them there and back neither clones the map nor counts a
    /// reference.
    pub(crate) fn enter_borrowed(&mut self) -> BorrowedScope<'_> {
        BorrowedScope {
            id: push(self),
            tags: self,
        }
    }
}

/// A guard that keeps the tags of a borrowed map current. Made by [`TagMap::enter_borrowed`].
///
/// Dropping it also closes the scopes above it. Such a scope is open if a future holds a [`Scope`] across an `.await`
/// or has forgotten one; it must not stay current for the next task of the thread.
pub(crate) struct BorrowedScope<'a> {
    /// `None` if the scope was not opened: see [`push`].
    id: Option<ScopeId>,
    tags: &'a mut TagMap,
}

impl Drop for BorrowedScope<'_> {
    fn drop(&mut self) {
        // `_above` is dropped here, after the borrow of the stack has ended.
        if let Some((scope, _above)) = self.id.and_then(pop_through) {
            *self.tags = scope.tags.unwrap_or_default();
        }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        // The map is dropped here, after the borrow of the stack has ended.
        drop(self.id.and_then(pop));
    }
}

/// Calls `f` with the tags of the innermost scope, or with `None` if no scope is open.
///
/// The stack is borrowed during the call: a scope that `f` opened would not become current.
#[inline]
pub(crate) fn with_current<R>(mut f: impl FnMut(Option<&TagMap>) -> R) -> R {
    SCOPES.with(|stack| match stack.try_borrow() {
        Ok(stack) => f(stack.scopes.last().and_then(|entry| entry.tags.as_ref())),
        Err(_) => f(None),
    })
}

/// A number for the innermost open scope of this thread: another one for each scope that the thread ever opened, and one for no
/// scope. The tags of a scope do not change. `None` if the stack is in use, which does not happen.
#[inline]
pub(crate) fn current_scope() -> Option<u64> {
    SCOPES.with(|stack| {
        let stack = stack.try_borrow().ok()?;
        Some(stack.scopes.last().map_or(0, |entry| entry.id.0 + 1))
    })
}

/// The isolation that this thread is within.
#[cfg(feature = "testing")]
pub(super) fn current_isolation() -> Option<Isolation> {
    SCOPES.with(|stack| {
        let stack = stack.try_borrow().ok()?;
        stack.place()?.isolation().cloned()
    })
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::super::TagValue;
    use super::*;
    use crate::declare::TagKey;

    fn map(value: &str) -> TagMap {
        let mut tags = TagMap::new();
        tags.insert(&TagKey::undeclared("k"), TagValue::truncated(value));
        tags
    }

    #[test]
    fn guards_may_be_dropped_out_of_order() {
        let outer = map("outer").enter();
        let inner = map("inner").enter();
        drop(outer);
        assert_eq!(TagMap::current(), map("inner"));
        drop(inner);
        assert_eq!(TagMap::current(), TagMap::new());
    }

    #[test]
    fn guards_that_are_replaced_leave_nothing_behind() {
        let _outer = map("outer").enter();
        let mut scope = map("0").enter();
        for number in 1..10_000 {
            scope = map(&number.to_string()).enter();
        }
        let capacity = SCOPES.with(|stack| stack.borrow().scopes.capacity());
        assert!(capacity < 100, "{capacity}");
        assert_eq!(TagMap::current(), map("9999"));
        drop(scope);
        assert_eq!(TagMap::current(), map("outer"));
        let sizes = SCOPES.with(|stack| (stack.borrow().scopes.len(), stack.borrow().closed));
        assert_eq!(sizes, (1, 0));
    }

    #[test]
    fn a_borrowed_scope_closes_the_scopes_above_it() {
        let mut tags = map("borrowed");
        let _outer = map("outer").enter();
        let borrowed = tags.enter_borrowed();
        let above = map("above").enter();
        mem::forget(map("forgotten").enter());
        assert_eq!(TagMap::current(), map("forgotten"));
        drop(borrowed);
        assert_eq!(TagMap::current(), map("outer"));
        drop(above);
        assert_eq!(TagMap::current(), map("outer"));
        assert_eq!(tags, map("borrowed"));
    }

    #[test]
    fn a_panic_returns_borrowed_tags() {
        let mut tags = map("borrowed");
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _scope = tags.enter_borrowed();
            panic!("on purpose");
        }));
        assert!(caught.is_err());
        assert_eq!(tags, map("borrowed"));
        assert_eq!(TagMap::current(), TagMap::new());
    }

    #[test]
    fn a_panic_closes_the_scope() {
        let _outer = map("outer").enter();
        let caught = catch_unwind(|| map("inner").scope(|| panic!("on purpose")));
        assert!(caught.is_err());
        assert_eq!(TagMap::current(), map("outer"));
    }
}
