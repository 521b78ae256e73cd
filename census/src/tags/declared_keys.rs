//! The directory of the tag keys that this program declares.
//!
//! Code that receives tags from other processes looks their names up here. A look-up registers nothing and does not
//! take the catalogue's lock, so a sender can neither fill the catalogue nor slow its users down.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::declare::{ByName, Handle, TAG_KEYS, TagKey, TagKeyCell, elements};
use crate::sync::RwLock;

/// The keys that statics declare. Of several keys of one name, a local one is in the map if there is one: a tag must
/// not leave the process because a second declaration of its name forgot `local`.
static STATIC_KEYS: LazyLock<HashMap<&'static str, &'static TagKeyCell>> = LazyLock::new(|| {
    let mut keys = HashMap::new();
    for cell in elements(&TAG_KEYS).iter().copied() {
        let key = keys.entry(cell.name()).or_insert(cell);
        if cell.is_local() {
            *key = cell;
        }
    }
    keys
});

/// The local keys that were made at run time. They are in the catalogue, too, but this module may not use the
/// catalogue. Keys made at run time that are not local need no entry: [`TagKey::undeclared`] makes an equal key.
static LOCAL_RUN_TIME_KEYS: LazyLock<RwLock<ByName<TagKeyCell>>> = LazyLock::new(RwLock::default);

/// Whether a key was ever added to [`LOCAL_RUN_TIME_KEYS`]. Most programs add none, and their look-ups skip the lock.
static HAS_LOCAL_RUN_TIME_KEYS: AtomicBool = AtomicBool::new(false);

/// The key of this name, if a static declares it or it was made at run time as a local key that still has a handle.
pub(super) fn find(name: &str) -> Option<TagKey> {
    let run_time_key = || {
        // Relaxed: the flag guards no data, because the lock orders the accesses to the index. A thread that was told
        // of a key was told after `add_local` returned, and so it reads `true`.
        if !HAS_LOCAL_RUN_TIME_KEYS.load(Ordering::Relaxed) {
            return None;
        }
        let keys = LOCAL_RUN_TIME_KEYS.read();
        keys.first(name).map(TagKey::from_handle)
    };
    let static_key = STATIC_KEYS
        .get(name)
        .copied()
        .map(Handle::Static)
        .map(TagKey::from_handle);
    static_key.or_else(run_time_key)
}

/// Adds a local key that was made at run time. It leaves the directory with its last handle.
pub(crate) fn add_local(cell: &Handle<TagKeyCell>) {
    let mut keys = LOCAL_RUN_TIME_KEYS.write();
    keys.add(cell.name(), cell);
    HAS_LOCAL_RUN_TIME_KEYS.store(true, Ordering::Relaxed);
}
