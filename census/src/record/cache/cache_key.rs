//! The part of a cache entry's key beside the tags.

use crate::register::ViewsVersion;

/// The version of a list of views, and the kind of tags by which an entry is found. It is one number, so that one
/// comparison suffices.
///
/// Versions without their flags are multiples of [`ViewsVersion::STEP`], and each constructor adds an offset below the
/// flags. So keys of two versions are never equal. Within one cache, keys of one version are equal only if the constructor and the number of
/// tags are equal:
///
/// | cache | offset |
/// |---|---|
/// | by address | 2, and twice the number of tags |
/// | by address, of a handle | 14 |
/// | by address, and by the scope | 1 |
/// | by text | 2 for the measurement's own tags, 4 for all columns |
///
/// No offset is zero, so no constructor returns [`FREE`](Self::FREE), whichever version it is given: also that of a measure for
/// which no list of views was made. A measure without views has an odd version: one more than an even one. The even offsets make an
/// odd key of it, which is none that was stored, because the only odd offset is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CacheKey(u64);

impl Default for CacheKey {
    fn default() -> Self {
        Self::FREE
    }
}

/// A measurement with more tags is not found by addresses: a longer entry would make all of them larger.
pub(super) const MAX_ADDRESSES: usize = 5;

const _: () = assert!(2 + 2 * MAX_ADDRESSES < OF_BOUND);
const _: () = assert!(OF_BOUND < ViewsVersion::CACHE_KEYS);
const OF_BOUND: usize = 14;

impl CacheKey {
    /// The key of an entry that is free.
    pub(super) const FREE: Self = Self(0);

    /// For the addresses of `tags` tags, at most [`MAX_ADDRESSES`].
    #[inline]
    pub(super) const fn addresses(version: ViewsVersion, tags: usize) -> Self {
        Self(version.0 + 2 + 2 * tags as u64)
    }

    /// For the identifier of a bound measure, in the place of the address of a value.
    #[inline]
    pub(super) const fn bound(version: ViewsVersion) -> Self {
        Self(version.0 + OF_BOUND as u64)
    }

    /// For the addresses of a measurement's own tags, and a number of the scope.
    #[inline]
    pub(super) const fn scoped(version: ViewsVersion) -> Self {
        Self(version.0 + 1)
    }

    /// For the texts of a measurement's own tags, which alone determine its rows.
    #[inline]
    pub(super) const fn own_texts(version: ViewsVersion) -> Self {
        Self(version.0 + 2)
    }

    /// For the texts of all columns.
    #[inline]
    pub(super) const fn column_texts(version: ViewsVersion) -> Self {
        Self(version.0 + 4)
    }

    /// The version that the entry was stored for.
    pub(super) const fn version(self) -> ViewsVersion {
        ViewsVersion(self.0 & !(ViewsVersion::CACHE_KEYS as u64 - 1))
    }

    /// The key as a number that is spread over all 64 bits, because versions are.
    #[inline]
    pub(super) const fn get(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(version: ViewsVersion) -> impl Iterator<Item = CacheKey> {
        let by_address = (0..=MAX_ADDRESSES).map(move |tags| CacheKey::addresses(version, tags));
        let by_text = [
            CacheKey::own_texts(version),
            CacheKey::column_texts(version),
        ];
        by_address.chain(by_text)
    }

    #[test]
    fn a_key_has_the_version_with_its_flag() {
        let version = ViewsVersion(ViewsVersion::STEP as u64);
        let with_exemplars = ViewsVersion(version.0 + ViewsVersion::CACHE_KEYS as u64);
        assert!(with_exemplars.has_exemplars());
        for version in [version, with_exemplars] {
            assert!(keys_of(version).all(|key| key.version() == version));
        }
    }

    #[test]
    fn keys_of_different_versions_are_different() {
        let step = ViewsVersion::STEP as u64;
        for key in keys_of(ViewsVersion(step)) {
            assert!(keys_of(ViewsVersion(2 * step)).all(|other| other != key));
            assert_ne!(key, CacheKey::FREE);
        }
        let version = ViewsVersion(step);
        assert_ne!(
            CacheKey::own_texts(version),
            CacheKey::column_texts(version)
        );
    }
}
