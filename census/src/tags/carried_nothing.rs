//! In the place of `carried.rs` without the feature `testing`: there are no isolations, and nothing is left of this in a
//! program.

use super::TagMap;

/// Calls `f` with what the program has.
#[inline]
pub(crate) fn with_part<T: 'static, R>(
    of_program: impl FnOnce() -> &'static T,
    _: impl FnOnce() -> T,
    f: impl FnOnce(&T) -> R,
) -> R {
    f(of_program())
}

/// Where something was made: outside of all isolations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carried;

impl Carried {
    pub(crate) const NONE: Self = Self;

    #[inline]
    pub(crate) const fn current() -> Self {
        Self
    }

    #[inline]
    pub(crate) const fn current_or_of(_: &TagMap) -> Self {
        Self
    }

    #[expect(
        clippy::inline_always,
        reason = "the instructions of a measured function depend on it"
    )]
    #[inline(always)]
    #[expect(clippy::unused_self, reason = "with the feature `testing`, it is used")]
    pub(crate) fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }

    #[expect(clippy::unused_self, reason = "with the feature `testing`, it is used")]
    pub(crate) const fn downgrade(&self) -> Self {
        Self
    }
}

pub(crate) type WeaklyCarried = Carried;
