//! `census` beside its peers: the same work, in one run. See `README.md` beside `src`.
//!
//! The files form layers, from the bottom to the top. A file uses files of lower layers and of its own layer. The
//! files form no cycles.
//!
//! 1. Numbers and names: `effort` (how many rounds), `summary` (median and quartiles), `processor` (waits for a
//!    processor), `names` (names of cases).
//! 2. The work: `work` (labels, values, picks), `series` (metrics with many series), `observed`
//!    (values that are read), `http` (requests to a service).
//! 3. The harness: `case` (one peer's work in a group), `workers` (the threads that run a case), `timing` (times the
//!    cases of a group in turn).
//! 4. The peers: `peers/*` (the work as each peer does it), `series_peers` (the peers' metrics with many series),
//!    `observed_peers` (the peers that read values), `http_peers` (the layers).
//! 5. The report: `report` (tables and JSON).
//! 6. Groups with a setup of their own: `beside_scrapes`, `children/*` (one process for each case), and `builds/*` (one
//!    package for each case).
//! 7. All groups and all targets: `groups`, `targets`.
//! 8. The page of figures: `page/*` (the parts of `docs/performance.md` that the command writes).
//! 9. The command line: `run`.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a panic in a bench is noticed, and no figure needs 53 bits"
)]

mod beside_scrapes;
mod builds;
mod case;
mod children;
mod effort;
mod groups;
mod http;
mod http_peers;
mod names;
mod observed;
mod observed_peers;
mod page;
mod peers;
mod processor;
mod report;
mod run;
mod series;
mod series_peers;
mod summary;
mod targets;
mod timing;
mod work;
mod workers;

pub use children::http::run_allocations_task;
pub use children::memory::run_task as run_memory_task;
pub use run::run;
