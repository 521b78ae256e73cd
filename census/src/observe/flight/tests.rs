//! What a flight does that a program cannot be made to do from outside.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::declare::Observed;
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
    flight.observe(Arc::new([measure.cell().clone()]), Box::new(closure))
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
        let failures = flight.failures.all();
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
    let reasons: Vec<Reason> = flight.failures.all().iter().map(|it| it.1).collect();
    assert_eq!(reasons, [Reason::Deadline, Reason::NoThread]);
    drop(guard);
    // The only reader comes back, and goes on.
    let taken = flight.read(&keys(&[&rest]), LONG);
    let run = taken.of(&key(&rest)).expect("a run");
    assert_eq!(run.readings.len(), 1);
}

#[test]
fn a_collection_does_not_wait_for_the_deadline_of_another_one() {
    let flight = flight(|run| {
        thread::spawn(run);
        Ok(())
    });
    let (hanging, other) = (measure("flight/patient"), measure("flight/hasty"));
    let lock = Arc::new(Mutex::new(()));
    let guard = lock.lock();
    let read = Arc::clone(&lock);
    let _hanging = observe(&flight, &hanging, move || {
        drop(read.lock());
        5
    });
    let _other = observe(&flight, &other, || 6);
    thread::scope(|scope| {
        let patient = scope.spawn(|| flight.read(&keys(&[&hanging]), LONG));
        while flight.state.lock().begun == 0 {
            thread::yield_now();
        }
        let taken = flight.read(&keys(&[&other]), Duration::from_millis(20));
        assert!(taken.of(&key(&other)).is_none());
        assert!(flight.state.lock().next.is_none());
        let failed = (other.name().to_owned(), Reason::Deadline, 1);
        assert_eq!(flight.failures.all(), [failed]);
        drop(guard);
        let taken = patient.join().expect("no panic");
        assert!(taken.of(&key(&hanging)).is_some());
    });
    assert!(
        flight
            .read(&keys(&[&other]), LONG)
            .of(&key(&other))
            .is_some()
    );
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
    let state = flight.state.lock();
    assert!(state.run.is_none() && state.next.is_none() && state.stuck == 0);
}
