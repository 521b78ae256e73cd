//! What a change of a measure's views drops.

use super::*;
use crate::calls::FUNCTION;
use crate::declare::{Count, Measure, View};
use crate::record::cache::{fast_path, slot};
use crate::register::{CatalogueError, current_version, find};
use crate::tags::literal_tag;

fn viewed(name: &str) -> Result<(Measure<u64>, View<Count>), CatalogueError> {
    let measure = Measure::<u64>::builder(name).register()?;
    let view = View::count(name, &measure).column(&FUNCTION).register()?;
    Ok((measure, view))
}

/// Whether this thread has the tags of a measurement in both caches.
fn is_cached(version: ViewsVersion, function: &'static &'static str) -> bool {
    let tags = [literal_tag(&FUNCTION, function)];
    let addresses = tags.each_ref().map(TagAddresses::of);
    let cached = slot::with_attached(|cache| {
        cache.invalidate_if_stale();
        let by_text = cache.find_by_tags(version, &tags).is_some();
        assert_eq!(
            by_text,
            cache
                .find_by_address(CacheKey::addresses(version, 1), &addresses)
                .is_some()
        );
        by_text
    });
    cached.expect("the thread has a cache")
}

fn record(measure: &Measure<u64>, function: &'static &'static str) {
    if let Some(version) = current_version(measure.cell()) {
        let tags = || [literal_tag(&FUNCTION, function)];
        fast_path::record(measure.cell(), version, tags, ValueBits(1));
    }
}

#[test]
fn a_change_of_a_measures_views_drops_what_is_cached_for_this_measure_only()
-> Result<(), CatalogueError> {
    static NAME: &str = "function";
    let (changed, view) = viewed("thread_cache/changed")?;
    let (other, _other_view) = viewed("thread_cache/other")?;
    let bound = changed.bind(crate::tags!(FUNCTION = NAME));
    record(&changed, &NAME);
    record(&other, &NAME);
    bound.record(1);
    let version = |measure: &Measure<u64>| current_version(measure.cell());
    let (Some(changed_version), Some(other_version)) = (version(&changed), version(&other)) else {
        panic!("both are viewed");
    };
    assert!(is_cached(changed_version, &NAME) && is_cached(other_version, &NAME));

    let second = View::sum("thread_cache/second", &changed).register()?;
    assert!(!is_cached(changed_version, &NAME));
    assert!(is_cached(other_version, &NAME));

    // Nothing of this thread keeps the rows of a view that is gone.
    record(&changed, &NAME);
    bound.record(1);
    assert_eq!(shards(), Some(3));
    assert!(view.unregister());
    assert_eq!(shards(), Some(2));
    assert!(is_cached(other_version, &NAME));
    drop(second);
    Ok(())
}

#[test]
fn more_changes_than_are_kept_drop_everything() -> Result<(), CatalogueError> {
    static NAME: &str = "function";
    let (measure, _view) = viewed("thread_cache/kept")?;
    record(&measure, &NAME);
    let version = current_version(measure.cell()).expect("it is viewed");
    let changing = Measure::<u64>::builder("thread_cache/changing").register()?;
    let views: Vec<_> = (0..10_usize)
        .map(|index| View::sum(format!("thread_cache/changing_{index}"), &changing).build())
        .collect::<Result<_, _>>()?;
    for _ in 0..200 {
        for view in &views {
            view.register()?;
        }
        for view in &views {
            view.unregister();
        }
    }
    // This thread has unregistered the views itself, so it has followed the changes.
    assert!(is_cached(version, &NAME));
    let (gone, gone_view) = viewed("thread_cache/gone")?;
    record(&gone, &NAME);
    assert_eq!(shards(), Some(2));
    let changes = std::thread::spawn(move || {
        assert!(gone_view.unregister());
        for _ in 0..100 {
            for view in &views {
                view.register()?;
            }
            for view in &views {
                view.unregister();
            }
        }
        Ok::<_, CatalogueError>(())
    });
    changes.join().expect("it does not panic")?;
    assert!(!is_cached(version, &NAME));
    assert_eq!(shards(), Some(1));
    record(&measure, &NAME);
    assert!(is_cached(version, &NAME));
    Ok(())
}

fn shards() -> Option<usize> {
    slot::with_attached(|cache| cache.shards.len())
}

/// Another thread registers or unregisters views. Then this thread looks up a measurement by text.
fn elsewhere(
    change: impl FnOnce() -> Result<(), CatalogueError> + Send,
) -> Result<(), CatalogueError> {
    std::thread::scope(|threads| threads.spawn(change).join()).expect("it does not panic")?;
    slot::with_attached(ThreadCache::invalidate_if_stale);
    Ok(())
}

#[test]
fn words_of_a_view_are_dropped_though_its_measure_has_changed_since_they_were_made()
-> Result<(), CatalogueError> {
    static NAME: &str = "function";
    let (measure, view) = viewed("thread_cache/changed_twice")?;
    record(&measure, &NAME);
    assert_eq!(shards(), Some(1));
    // This thread does not record to the measure any more.
    let second = View::sum("thread_cache/changed_twice_second", &measure).build()?;
    elsewhere(|| second.register())?;
    assert_eq!(shards(), Some(1));
    elsewhere(|| {
        view.unregister();
        Ok(())
    })?;
    assert_eq!(shards(), Some(0));
    Ok(())
}

#[test]
fn words_of_a_view_are_dropped_though_it_is_being_read() -> Result<(), CatalogueError> {
    static NAME: &str = "function";
    let (measure, view) = viewed("thread_cache/read")?;
    record(&measure, &NAME);
    let reader = find(&view.spec()).expect("it is registered");
    elsewhere(|| {
        view.unregister();
        Ok(())
    })?;
    assert_eq!(shards(), Some(0));
    drop(reader);
    Ok(())
}

/// A row leaves the table before its measure gets a new version. Until then, a local handle and the hot table refer to its words,
/// which must not become those of another row.
#[test]
fn words_of_a_removed_row_are_kept_while_its_measure_has_the_old_version()
-> Result<(), CatalogueError> {
    let (measure, view) = viewed("thread_cache/replaced")?;
    let (other, other_view) = viewed("thread_cache/replacing")?;
    let local = measure.bind_local(crate::tags!(FUNCTION = "removed"));
    local.record(1);
    local.record(1);
    // As other entries may displace them. Nothing but the shard keeps the words now.
    slot::with_attached(|cache| {
        cache.by_address = ByAddress::default();
        cache.by_text = ByText::default();
    });
    let live = find(&view.spec()).expect("it is registered");
    let mut key = String::new();
    live.push_row_key(&mut key, |_| "removed");
    live.remove_row(&key, || {
        // Another thread removes the row, and does not get further for some time.
        measure
            .bind(crate::tags!(FUNCTION = "at the same place"))
            .record(1);
        assert_eq!(view.data().rows.len(), 1);
        other.bind(crate::tags!(FUNCTION = "other")).record(1);
        local.record(1);
    });
    let rows = other_view.data().rows;
    assert_eq!(rows.first().map(|row| row.data), Some(1));
    Ok(())
}

/// As above, and the thread drops the words meanwhile, because other rows have gone. It still finds the removed row in its cache,
/// which keeps the words, and must not make it hot.
#[test]
fn words_that_only_a_cache_has_are_not_made_hot() -> Result<(), CatalogueError> {
    static REMOVED: &str = "removed";
    let (measure, view) = viewed("thread_cache/only_cached")?;
    let (other, other_view) = viewed("thread_cache/other_words")?;
    record(&measure, &REMOVED);
    let live = find(&view.spec()).expect("it is registered");
    let mut key = String::new();
    live.push_row_key(&mut key, |_| REMOVED);
    live.remove_row(&key, || {
        measure
            .bind(crate::tags!(FUNCTION = "at the same place"))
            .record(1);
        // A scrape drops what it knows of the removed row.
        assert_eq!(view.data().rows.len(), 1);
        slot::with_attached(|cache| {
            cache.clear_hot();
            cache.shards.drop_gone(|_| true);
        });
        for _ in 0..3 {
            record(&measure, &REMOVED);
        }
        slot::with_attached(|cache| {
            cache.by_address = ByAddress::default();
            cache.by_text = ByText::default();
        });
        other.bind(crate::tags!(FUNCTION = "other")).record(1);
        record(&measure, &REMOVED);
    });
    let rows = other_view.data().rows;
    assert_eq!(rows.first().map(|row| row.data), Some(1));
    Ok(())
}
