//! What a flight does that a program cannot be made to do from outside.

use std::sync::atomic::{AtomicUsize, Ordering};

use std::io;
use std::thread;

use super::*;
use crate::declare::Observed;
use crate::sync::Mutex;
use crate::tags::TagMap;

const LONG: Duration = Duration::from_mins(1);

fn flight(start: Start) -> Arc<Flight> {
    Arc::new(Flight::with_threads(Arc::default(), start))
}

fn measure(name: &str) -> Observed<u64> {
    Observed::builder(name).register().expect("a measure")
}

fn observe(
    flight: &Flight,
    measure: &Observed<u64>,
    mut read: impl FnMut() -> u64 + Send + 'static,
) -> Observation {
    let closure = move |said: &mut super::super::readings::Said| {
        let value = read();
        super::super::readings::Readings::<u64>::new(said).record(value, TagMap::new());
    };
    flight.observe(&[measure.cell().clone()], Box::new(closure))
}

fn key(measure: &Observed<u64>) -> MeasureKey {
    MeasureKey::new(measure.cell())
}

fn keys(measures: &[&Observed<u64>]) -> BTreeSet<MeasureKey> {
    measures.iter().map(|it| key(it)).collect()
}

#[test]
fn without_a_thread_readings_fail_at_once() {
    let flight = flight(|_| Err(io::Error::other("on purpose")));
    let measure = measure("flight/no_thread");
    let _observation = observe(&flight, &measure, || 5);
    for count in 1..3 {
        let taken = flight.read(&keys(&[&measure]), LONG);
        assert!(taken.of(&key(&measure)).is_none());
        let failures = flight.failures().all();
        let expected = (measure.name().to_owned(), Reason::NoThread, count);
        assert_eq!(failures, [expected]);
    }
}

#[test]
fn without_a_further_thread_the_rest_fails_at_the_deadline() {
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    let flight = flight(|run| {
        if STARTED.fetch_add(1, Ordering::SeqCst) > 0 {
            return Err(io::Error::other("on purpose"));
        }
        thread::spawn(run);
        Ok(())
    });
    let (hanging, rest) = (measure("flight/hanging"), measure("flight/rest"));
    let lock = Arc::new(Mutex::new(()));
    let guard = lock.lock();
    let read = Arc::clone(&lock);
    let _hanging = observe(&flight, &hanging, move || {
        drop(read.lock());
        5
    });
    let _rest = observe(&flight, &rest, || 6);
    let both = keys(&[&hanging, &rest]);
    let taken = flight.read(&both, Duration::from_millis(100));
    assert!(taken.of(&key(&hanging)).is_none() && taken.of(&key(&rest)).is_none());
    let reasons: Vec<Reason> = flight.failures().all().iter().map(|it| it.1).collect();
    assert_eq!(reasons, [Reason::Deadline, Reason::NoThread]);
    drop(guard);
    // The only reader comes back, and goes on.
    let taken = flight.read(&keys(&[&rest]), LONG);
    let run = taken.of(&key(&rest)).expect("a run");
    assert_eq!(run.readings.len(), 1);
}

/// A lock that a reading waits for, and the observation with the reading.
fn hanging(flight: &Flight, measure: &Observed<u64>, lock: &Arc<Mutex<()>>) -> Observation {
    let lock = Arc::clone(lock);
    observe(flight, measure, move || {
        drop(lock.lock());
        5
    })
}

fn with_threads() -> Arc<Flight> {
    flight(|run| {
        thread::spawn(run);
        Ok(())
    })
}

#[test]
fn what_is_late_for_one_collection_costs_another_nothing_else() {
    let flight = with_threads();
    let (late, other) = (measure("flight/patient"), measure("flight/hasty"));
    let lock = Arc::new(Mutex::new(()));
    let guard = lock.lock();
    let _late = hanging(&flight, &late, &lock);
    let _other = observe(&flight, &other, || 6);
    let both = keys(&[&late, &other]);
    thread::scope(|scope| {
        let patient = [&late, &other].map(|measure| {
            let measures = keys(&[&late, measure]);
            let flight = Arc::clone(&flight);
            scope.spawn(move || flight.read(&measures, LONG))
        });
        while flight.readers.state.lock().next.is_none() {
            thread::yield_now();
        }
        for round in 0..3 {
            let begun = Instant::now();
            let taken = flight.read(&both, Duration::from_secs(1));
            assert!(taken.of(&key(&late)).is_none());
            assert!(taken.of(&key(&other)).is_some());
            // From the second round on the reading is late for it from the beginning.
            assert!(round == 0 || begun.elapsed() < Duration::from_millis(800));
        }
        drop(guard);
        for patient in patient {
            assert!(patient.join().expect("no panic").of(&key(&late)).is_some());
        }
    });
    let state = flight.readers.state.lock();
    assert!(!state.has_run() && state.next.is_none());
}

#[test]
fn a_hanging_measure_does_not_keep_others_from_being_read() {
    let flight = with_threads();
    let lock = Arc::new(Mutex::new(()));
    let guard = lock.lock();
    let late = measure("flight/many_late");
    let others: Vec<_> = (0..20)
        .map(|number| measure(&format!("flight/behind_{number}")))
        .collect();
    let _late: Vec<_> = (0..50).map(|_| hanging(&flight, &late, &lock)).collect();
    let _others: Vec<_> = others.iter().map(|it| observe(&flight, it, || 6)).collect();
    let all = keys(&others.iter().chain([&late]).collect::<Vec<_>>());
    for round in 0..3 {
        let begun = Instant::now();
        let taken = flight.read(&all, Duration::from_millis(800));
        assert!(others.iter().all(|it| taken.of(&key(it)).is_some()));
        assert!(taken.of(&key(&late)).is_none());
        // What it says would be thrown away, so no further one is tried.
        assert!(round == 0 || begun.elapsed() < Duration::from_millis(400));
    }
    assert!(flight.readers.state.lock().readers <= 10);
    drop(guard);
    let is_back = || {
        flight
            .read(&all, LONG)
            .of(&key(&late))
            .map(|run| run.readings.len())
    };
    while is_back() != Some(50) {
        thread::yield_now();
    }
}

#[test]
fn readings_behind_a_crowd_have_their_turn() {
    let flight = with_threads();
    flight.readers.state.lock().hold_back_for = Duration::from_millis(20);
    let lock = Arc::new(Mutex::new(()));
    let guard = lock.lock();
    let measures = |name: &str| -> Vec<_> {
        let names = (0..30).map(|number| format!("flight/{name}_{number}"));
        names.map(|name| measure(&name)).collect()
    };
    let (late, behind) = (measures("crowd"), measures("behind_crowd"));
    let _late: Vec<_> = late.iter().map(|it| hanging(&flight, it, &lock)).collect();
    let _behind: Vec<_> = behind.iter().map(|it| observe(&flight, it, || 6)).collect();
    let all = keys(&late.iter().chain(&behind).collect::<Vec<_>>());
    let mut rounds = 0;
    loop {
        let taken = flight.read(&all, Duration::from_millis(80));
        assert!(late.iter().all(|it| taken.of(&key(it)).is_none()));
        rounds += 1;
        if behind.iter().all(|it| taken.of(&key(it)).is_some()) {
            break;
        }
        assert!(rounds < 100, "{:?}", flight.readers.state.lock());
        thread::sleep(Duration::from_millis(20));
    }
    drop(guard);
}

#[test]
fn a_process_that_was_forked_forgets_the_threads_of_the_other() {
    // No thread reads, as after a fork.
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    let flight = flight(|run| {
        if STARTED.fetch_add(1, Ordering::SeqCst) > 0 {
            thread::spawn(run);
        }
        Ok(())
    });
    let measure = measure("flight/forked");
    let _observation = observe(&flight, &measure, || 5);
    let measures = keys(&[&measure]);
    thread::scope(|scope| {
        let other = scope.spawn(|| flight.read(&measures, Duration::from_millis(300)));
        while !flight.readers.state.lock().has_run() {
            thread::yield_now();
        }
        flight.readers.state.lock().process += 1;
        let begun = Instant::now();
        let taken = flight.read(&measures, LONG);
        assert!(taken.of(&key(&measure)).is_some());
        assert!(begun.elapsed() < LONG);
        // Only here: a forked process does not have this thread.
        let _ = other.join();
    });
}

#[test]
fn ten_thousand_readings_are_quick() {
    let flight = flight(|run| {
        thread::spawn(run);
        Ok(())
    });
    let measure = measure("flight/many");
    let observations: Vec<_> = (0..10_000)
        .map(|_| observe(&flight, &measure, || 5))
        .collect();
    let begun = Instant::now();
    let taken = flight.read(&keys(&[&measure]), LONG);
    assert_eq!(
        taken.of(&key(&measure)).expect("a run").readings.len(),
        10_000
    );
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    drop(observations);
}

#[test]
fn a_reader_without_work_is_used_again() {
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    let flight = flight(|run| {
        STARTED.fetch_add(1, Ordering::SeqCst);
        thread::spawn(run);
        Ok(())
    });
    let measure = measure("flight/again");
    let _observation = observe(&flight, &measure, || 5);
    for number in 1..10 {
        let taken = flight.read(&keys(&[&measure]), LONG);
        assert_eq!(taken.of(&key(&measure)).expect("a run").number, number);
    }
    assert_eq!(STARTED.load(Ordering::SeqCst), 1);
}

#[test]
fn a_run_reads_what_its_collections_want() {
    let flight = flight(|run| {
        thread::spawn(run);
        Ok(())
    });
    let (wanted, other) = (measure("flight/wanted"), measure("flight/other"));
    let readings = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&readings);
    let _wanted = observe(&flight, &wanted, || 5);
    let _other = observe(&flight, &other, move || {
        counted.fetch_add(1, Ordering::SeqCst);
        6
    });
    let taken = flight.read(&keys(&[&wanted]), LONG);
    assert_eq!(taken.of(&key(&wanted)).expect("a run").readings.len(), 1);
    assert_eq!(readings.load(Ordering::SeqCst), 0);
    let state = flight.readers.state.lock();
    assert!(state.run.is_none() && state.next.is_none() && state.stuck == 0);
}
