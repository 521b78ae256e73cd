//! What comes and goes leaves nothing behind.

use std::sync::{Mutex, PoisonError};

use census::{CatalogueError, Measure, TagKey, View, record};

/// The tests look at the memory of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// The memory of this process, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux has it");
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("a number of pages");
    pages * 4096
}

/// Makes a measure and a view, fills a hundred rows on two threads, and drops all.
fn come_and_go(number: usize) -> Result<(), CatalogueError> {
    let key = TagKey::new(format!("key_{number}"))?;
    let measure = Measure::<u64>::builder(format!("measure/{number}")).register()?;
    let view = View::distribution(format!("view_{number}"), &measure, [1, 10, 100])
        .column(&key)
        .register()?;
    let fill = || {
        for row in 0..100 {
            record!(measure = row, tags(key = row));
        }
    };
    fill();
    std::thread::scope(|scope| drop(scope.spawn(fill)));
    assert_eq!(view.data().rows.len(), 100);
    assert!(view.unregister());
    Ok(())
}

#[test]
fn measures_and_views_that_were_dropped_are_gone() -> Result<(), CatalogueError> {
    const TIMES: usize = 3_000;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for number in 0..200 {
        come_and_go(number)?;
    }
    let before = resident();
    for number in 200..TIMES {
        come_and_go(number)?;
    }
    let grown = resident().saturating_sub(before);
    // A row of a distribution has more than 100 bytes: kept, they would be 28 MB and more.
    assert!(grown < 6 << 20, "{grown} bytes more");
    Ok(())
}

/// Nobody reads the view meanwhile: what threads leave is cleared away by those that end.
#[test]
fn threads_that_have_ended_leave_nothing_but_what_they_counted() -> Result<(), CatalogueError> {
    const THREADS: u64 = 4_000;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let key = TagKey::new("of_threads")?;
    let measure = Measure::<u64>::builder("threads/measure").register()?;
    let view = View::distribution("of_threads", &measure, [1, 10, 100])
        .column(&key)
        .register()?;
    let (recorded, tag) = (measure.clone(), key.clone());
    let live = move || {
        for row in 0..100 {
            record!(recorded = row, tags(tag = row));
        }
    };
    let run = |threads| {
        for _ in 0..threads {
            std::thread::spawn(live.clone())
                .join()
                .expect("it does not panic");
        }
    };
    run(200);
    let before = resident();
    run(THREADS);
    let grown = resident().saturating_sub(before);
    // A thread has ten words for each row: kept, they would be 32 MB.
    assert!(grown < 6 << 20, "{grown} bytes more");
    let data = view.data();
    assert!(data.rows.iter().all(|row| row.data.count == 200 + THREADS));
    Ok(())
}
