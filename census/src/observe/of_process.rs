//! The observation of the process: one reading says all values of `process`.

use super::observation::Closure;
use super::readings::AnyReadings;
use crate::declare::{AnyObserved, Handle, MeasureCell, Observed, Value};
use crate::process::{
    self, CPU_TIME, MAX_FDS, OPEN_FDS, RESIDENT_MEMORY, START_TIME, THREADS, VIRTUAL_MEMORY,
    VIRTUAL_MEMORY_MAX,
};
use crate::tags::TagMap;

/// The measures that the reading names.
pub(super) fn measures() -> [Handle<MeasureCell>; 8] {
    let measures: [&dyn AnyObserved; 8] = [
        &CPU_TIME,
        &OPEN_FDS,
        &MAX_FDS,
        &VIRTUAL_MEMORY,
        &VIRTUAL_MEMORY_MAX,
        &RESIDENT_MEMORY,
        &THREADS,
        &START_TIME,
    ];
    measures.map(|measure| measure.measure_handle().clone())
}

/// The reading.
pub(super) fn closure() -> Closure {
    Box::new(|said| {
        let seen = &mut AnyReadings::new(said);
        let values = process::read();
        say(seen, &CPU_TIME, values.cpu_time);
        say(seen, &OPEN_FDS, values.open_fds);
        say(seen, &MAX_FDS, values.max_fds);
        say(seen, &VIRTUAL_MEMORY, values.virtual_memory);
        say(seen, &VIRTUAL_MEMORY_MAX, values.virtual_memory_max);
        say(seen, &RESIDENT_MEMORY, values.resident_memory);
        say(seen, &THREADS, values.threads);
        say(seen, &START_TIME, values.start_time);
    })
}

/// Says a value. One that could not be read has no row, instead of a 0.
fn say<T: Value>(seen: &mut AnyReadings<'_>, measure: &Observed<T>, value: Option<T>) {
    if let Some(value) = value {
        seen.record(measure, value, TagMap::new());
    }
}
