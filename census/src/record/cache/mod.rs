//! What each thread caches: the targets of the measurements that it has recorded.
//!
//! A measurement is looked up by the addresses of its tags, or by the identifier of a
//! [`BoundMeasure`](crate::record::BoundMeasure): in the small [hot] table, and then in a [larger](by_address) one. If it has no
//! entry there, it is looked up by the [texts](by_text) of its own tags or of all [columns](layout). If it has no entry there
//! either, its rows are looked up in the views' own [tables](row_resolver). All these tables may be cleared at any time. A thread's
//! counts are not in them but in its [shards].
//!
//! | files | purpose |
//! |---|---|
//! | `fast_path`, `resolve`, `bound`, `local`, `begin_end` | the entry points |
//! | `hot` | a table in a thread-local, which needs no cache |
//! | `slot` | takes and restores a thread's cache |
//! | `uncached` | for threads whose cache is in use or gone |
//! | `thread_cache` | one thread's caches and shards; its methods are the only way to them |
//! | all others | plain parts, none of which knows the thread's cache |

mod address;
mod begin_end;
mod bound;
mod by_address;
mod by_text;
mod cache_key;
mod counted_rows;
mod entry_targets;
mod fast_path;
mod fingerprint;
mod hot;
mod hot_table;
mod layout;
mod layouts;
mod local;
#[cfg(all(test, census_model))]
mod models;
mod resolve;
mod row_resolver;
mod shards;
mod slot;
mod tag_text;
#[cfg(test)]
mod testing;
mod text_entry;
mod thread_cache;
mod uncached;

pub(super) use self::address::TagAddresses;
pub(super) use self::begin_end::{begin, end, end_elsewhere, end_in_each, take_pooled_list};
pub(super) use self::bound::{for_each_bound_target, make_rows, record_bound};
pub(super) use self::counted_rows::Beginning;
pub(super) use self::fast_path::{insert_alias, record};
pub(super) use self::local::Local;
pub(super) use self::resolve::{for_each_target, record_slow};
pub(super) use self::slot::invalidate_current;
