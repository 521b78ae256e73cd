//! Steps 6 and 7, **encode** and **serve**: the views as Prometheus sees them.
//!
//! ```standalone_crate
//! use census::prometheus::Exporter;
//!
//! # fn main() -> Result<(), census::CatalogueError> {
//! let exporter = Exporter::builder()
//!     .namespace("myapp")
//!     .const_label("region", "eu")
//!     .build()?;
//! let scrape = exporter.scrape(Some("application/openmetrics-text; version=1.0.0"));
//! assert_eq!(scrape.status, 200);
//! assert!(scrape.body.ends_with("# EOF\n"));
//! # Ok(())
//! # }
//! ```
//!
//! # What Prometheus sees
//!
//! | view | family | samples |
//! |---|---|---|
//! | `Count` | counter | `x_total` |
//! | `Sum` of `u64` or `Duration` | counter | `x_total` |
//! | `Sum` of `i64` or `f64` | gauge | `x` |
//! | `LastValue` | gauge | `x` |
//! | `Distribution` | histogram | `x_bucket`, `x_sum`, `x_count` |
//!
//! `x` is the namespace, a `_` and the view's name, with every character outside `[A-Za-z0-9_]` turned into `_` and a
//! `_` before a leading digit. No unit is appended: the name you write is the name you query. A counter's family is
//! without the `_total` that its samples have, also if you wrote it.
//!
//! OpenMetrics 1.0.0 allows a histogram with a negative bound no `_sum`, and none whose sum is negative. Both are written
//! all the same, because they are true and Prometheus reads them; a parser that is stricter than Prometheus refuses such
//! a scrape. Prometheus text 0.0.4 has no such rule.
//!
//! The library tells about itself, whatever the namespace:
//!
//! | family | what it counts |
//! |---|---|
//! | `census_overflowed_measurements_total{view}` | measurements that went to the overflow row |
//! | `census_refused_measurements_total{measure}` | measurements that were NaN or infinite (measures of `f64` that are viewed) |
//! | `census_dropped_exemplars_total{reason}` | exemplars dropped: `too_long`; `invalid` (a label without a name or beginning with `__`, a NUL); `busy` (another thread had the bucket's) |
//! | `census_catalogue_problems` | declarations that the catalogue or the exporter refused |
//! | `census_left_out_families` | families left out of this scrape, because the registry given to the exporter has samples of their names |

mod body;
mod bounds;
mod collector;
mod exemplars;
mod exporter;
mod exposition;
mod families;
mod flight;
mod help;
mod lines;
mod negotiate;
mod own;
mod render;
mod unit;
mod value;

#[cfg(feature = "server")]
pub use crate::server::{ServeError, Server, ServerBuilder, ServerThread, serve};
pub use body::Body;
pub use exporter::{Exporter, ExporterBuilder, Scrape};
