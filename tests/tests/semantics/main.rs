//! The semantics of the library from outside: one program with a module for each subject.
//!
//! Tests are within isolations, so each sees only its own rows, and may unregister views and look at all views. What is
//! declared in statics is there for all of them: it must fit together, and a view that others must not see is optional.
//! Outside of isolations are tests that measure nothing, and those whose threads must begin without tags.

mod bound_rows;
mod closed_tags;
mod context;
mod descriptions;
mod evaluation;
mod exemplars;
mod exporter_settings;
mod exposition;
mod hold;
mod local_handles;
mod namespace;
mod native_buckets;
mod reporters;
mod row_starts;
mod rows;
mod rows_that_go;
mod run_time_registration;
mod tag_lookup;
mod values;
mod video_size;
mod view_sets;

use census::testing::isolate;

#[test]
fn declarations_of_all_modules_fit_together() {
    let _isolated = isolate();
    assert_eq!(census::check(), Ok(()));
}
