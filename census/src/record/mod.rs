//! Step 3, **record**: from a measurement to the rows of the measure's views.
//!
//! Recording to a measure without views costs one load. Otherwise the thread's [cache] has the rows of the measurement
//! in all views, found in one look-up. Only a measurement that is not cached is looked up in the views' own tables.

mod bound_measure;
mod cache;
mod call;
mod clock;
mod exemplar_source;
mod hold;
mod in_flight;
mod local_measure;
mod measure_map;
mod measurement;
mod remove;
mod timer;
mod unregister;

pub use bound_measure::BoundMeasure;
pub use call::{
    Call, CallExemplar, CallPlan, InfallibleCall, Measured, OptionalValue, call, call_exemplar,
    call_label, wants_exemplar,
};
pub use exemplar_source::{ExemplarsFromTwice, exemplars_from};
pub use hold::{Held, hold};
pub use local_measure::LocalMeasure;
pub use measure_map::MeasureMap;
pub use measurement::{
    exemplar_label, measurement, record, record_if_viewed, record_literals, record_one, version,
    viewed,
};
pub use timer::Timer;
