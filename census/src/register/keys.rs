//! Tag keys by name, for tags that come from outside: which must not make this program register anything, nor wait.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::by_name::ByName;
use super::slices::CENSUS_0_1_TAG_KEYS;
use crate::declare::{Handle, TagKey, TagKeyCell};
use crate::sync::RwLock;

/// The keys of statics. Where two of one name disagree, the local one: what is said to stay, stays.
static DECLARED: LazyLock<HashMap<&'static str, &'static TagKeyCell>> = LazyLock::new(|| {
    let mut keys: Vec<_> = CENSUS_0_1_TAG_KEYS.iter().copied().collect();
    keys.sort_by_key(|cell| cell.is_local());
    keys.into_iter().map(|cell| (cell.name(), cell)).collect()
});

/// The local keys that were made at run time; no other key of that time says anything but its name.
static MADE_LOCAL: LazyLock<RwLock<ByName<TagKeyCell>>> = LazyLock::new(RwLock::default);

/// Whether there ever was one: most programs make none, and need not ask for the lock. Relaxed, because a thread that
/// could know of the key learned of it from the one that made it.
static ANY_MADE_LOCAL: AtomicBool = AtomicBool::new(false);

/// The key of this name, if this program has declared it, or has made it as a local one.
pub(crate) fn known_key(name: &str) -> Option<TagKey> {
    let made_local = || {
        if !ANY_MADE_LOCAL.load(Ordering::Relaxed) {
            return None;
        }
        let keys = MADE_LOCAL.read();
        keys.first(name).map(TagKey::from_handle)
    };
    let declared = DECLARED.get(name).map(|cell| TagKey::__from_cell(cell));
    declared.or_else(made_local)
}

/// Remembers a local key, as long as someone has it.
pub(super) fn add_local(cell: &Handle<TagKeyCell>) {
    let mut keys = MADE_LOCAL.write();
    keys.add(cell.name(), cell);
    ANY_MADE_LOCAL.store(true, Ordering::Relaxed);
}
