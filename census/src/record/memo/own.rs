//! Each thread's memo, lent to one user at a time.

use std::cell::Cell;

use super::Memo;
use crate::sync::Mutex;

thread_local! {
    /// Nothing while it is lent, before it is first asked for, and after the thread's end. It has no destructor, so that
    /// nobody need ask whether that has run: that is what the `KEEPER` is for.
    static MEMO: Cell<Option<&'static mut Memo>> = const { Cell::new(None) };
    static KEEPER: Keeper = const { Keeper { has_begun: Cell::new(false) } };
}

/// The memos of threads that have ended, empty: there are never more than there were threads at one time.
static SPARE: Mutex<Vec<&'static mut Memo>> = Mutex::new(Vec::new());

/// Takes a thread's memo when the thread ends.
struct Keeper {
    has_begun: Cell<bool>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(memo) = MEMO.take() {
            memo.end();
            let mut spare = SPARE.lock();
            spare.push(memo);
        }
    }
}

/// Lends the memo of a thread that has one. It is to be [given back](give_back).
#[inline]
pub(super) fn lend() -> Option<&'static mut Memo> {
    MEMO.take()
}

#[inline]
pub(super) fn give_back(memo: &'static mut Memo) {
    MEMO.set(Some(memo));
}

/// Calls `f` with this thread's memo, if it has one that is not lent.
#[inline]
pub(super) fn with_known<R>(f: impl FnOnce(&mut Memo) -> R) -> Option<R> {
    Lent(lend()).with(f)
}

/// Calls `f` with this thread's memo. `None` if the thread is ending, or this is within the memo (an allocator that
/// records, say).
#[inline]
pub(super) fn with<R>(f: impl FnOnce(&mut Memo) -> R) -> Option<R> {
    Lent(lend().or_else(first)).with(f)
}

/// Is given back in any case.
struct Lent(Option<&'static mut Memo>);

impl Lent {
    #[inline]
    fn with<R>(mut self, f: impl FnOnce(&mut Memo) -> R) -> Option<R> {
        self.0.as_deref_mut().map(f)
    }
}

impl Drop for Lent {
    #[inline]
    fn drop(&mut self) {
        // Without one, this may be within its use by another.
        if let Some(memo) = self.0.take() {
            give_back(memo);
        }
    }
}

#[cold]
fn first() -> Option<&'static mut Memo> {
    let has_begun = KEEPER.try_with(|keeper| keeper.has_begun.replace(true));
    if has_begun != Ok(false) {
        return None;
    }
    let mut spare = SPARE.lock();
    let memo = spare.pop();
    drop(spare);
    let memo = memo.unwrap_or_else(|| Box::leak(Box::new(Memo::new())));
    memo.begin();
    Some(memo)
}
