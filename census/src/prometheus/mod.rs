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
//! assert!(scrape.text().ends_with("# EOF\n"));
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
//! Of an [`Observed`](crate::Observed), `Count`, `Sum` and `LastValue` are gauges, and the `Sum` of a total is a
//! counter.
//!
//! `x` is the namespace, a `_` and the view's name (without `namespace: false`, which omits the first two), in which every character outside `[A-Za-z0-9_]` becomes `_`; a
//! leading digit gets a `_` before it. ([`utf8_names`](ExporterBuilder::utf8_names) keeps the characters.) No unit is appended: the name you write is the name you query. The family of a
//! counter is named without `_total`, which its samples always have, also if the view's name ends in it.
//!
//! OpenMetrics 1.0.0 forbids a `_sum` of a histogram with a negative bound, and a `_sum` that is negative. The exporter
//! writes both all the same, because they are true and Prometheus reads them. A parser that is stricter than Prometheus
//! rejects such a scrape. Prometheus text 0.0.4 has no such rule.
//!
//! The library reports on itself, outside of the namespace:
//!
//! | family | tells |
//! |---|---|
//! | `census_view_rows{view}`, `census_view_max_series{view}` | rows that count towards the view's `max_series`, and this bound: the quotient of the two is the share that is used. Views with columns have them, from their first row |
//! | `census_overflowed_measurements_total{view}` | measurements that went to overflow rows |
//! | `census_removed_rows_total{view, reason}` | rows that were removed: `idle` (nothing was recorded to them, and the view says `idle`), `removed` (by [`View::remove`](crate::View::remove)), `cleared` (by [`View::clear`](crate::View::clear)). Views with `idle` have a sample of the reason `idle` from the start; others appear with the first such row |
//! | `census_refused_measurements_total{measure}` | measurements that were NaN or infinite, and totals that were negative (measures of `f64` that are viewed) |
//! | `census_dropped_exemplars_total{reason}` | exemplars dropped: `too_long`; `invalid` (a label without a name or beginning with `__`, a NUL); `busy` (another thread was using the bucket's exemplar); `panicked` (the closure of `exemplars_from` did) |
//! | `census_catalogue_problems` | declarations that the catalogue or the exporter rejected |
//! | `census_left_out_families{family}` | 1 for each family that is left out of this scrape, because the registry given to the exporter has samples of its names, or has it with an invalid name of a sample or a label |
//! | `census_scrapes_total{format, outcome}` | scrapes of this exporter, of which the `outcome` is `ok` or `failed` |
//! | `census_failed_scrapes_total{reason}` | scrapes of this exporter that were answered without an exposition: `collector` (it returned an error), `panic` (it panicked), `deadline`, `nested` (a collector scraped its own exporter, or a reading scraped), `no_thread` (the system could not start one), `busy` (too many scrapes waited) |
//! | `census_renderings_total{format}`, `census_render_seconds_total{format}` | expositions that were made, and the time that it took. Scrapes that wait at the same time share one |
//! | `census_exposition_bytes_total{format, encoding}` | bytes of these expositions: `identity` before compression, and `gzip` after it, of those that were compressed |
//! | `census_closed_connections_total{reason}` | connections that the exporter's servers have closed before they were served: `address` (it is not [allowed](ServerBuilder::allow)), `tls` (the handshake failed), `displaced` (it gave way to another one: see the limits of [`Exporter::server`]) |
//! | `census_refused_requests_total{reason}` | requests that the exporter's servers have refused: `unauthorized` (401), `forbidden` (403), `panic` (of a function of [`authorize`](ServerBuilder::authorize), 403), `busy` (503: too many passwords wait to be checked) |
//! | `census_refused_certificates_total` | new certificates that could not be used, so that the server keeps the old ones (with the feature `tls`) |
//! | `census_failed_observations_total{measure, reason}` | readings of an [observed measure](crate::Observed) that failed, so that a scrape lacked its families: `deadline` (late, or not returned since an earlier scrape), `panic`, `nested` (a reading collected), `no_thread`. With `not_named`, a value of the measure was refused, because the observation that said it does not name the measure |
//!
//! # Formats
//!
//! The `Accept` header of a scrape chooses the format: OpenMetrics 1.0.0, Prometheus text 0.0.4 (without a header, too) or 1.0.0,
//! or, with the feature `protobuf`, Prometheus protobuf: messages `io.prometheus.client.MetricFamily`, each after its length, for
//! which Prometheus asks where native histograms are enabled. All have the same families. Protobuf has in addition the time when a
//! row of a counter or a histogram [began](crate::Row::start) (`created_timestamp`), which OpenMetrics text has
//! [on request](ExporterBuilder::created_samples). Prometheus 2 writes the bounds of buckets that it reads from protobuf itself:
//! `le="1e+06"` for `le="1000000.0"` of the text formats. Prometheus 3 writes them like that whatever the format.
//!
//! A distribution with native buckets is a native histogram in protobuf, with classic buckets beside them only where the view
//! gives some. Prometheus takes one of the two: where it reads native histograms, the series `x_bucket`, `x_sum` and `x_count` of
//! these views are not there any more, unless its configuration says `scrape_classic_histograms` (in Prometheus 3
//! `always_scrape_classic_histograms`). Prometheus 2.42 shows the exemplars of a native histogram only if there are classic buckets,
//! too; Prometheus 3 shows all.
//!
//! # Features
//!
//! [`ExporterBuilder`]'s `registry` and [`Exporter`]'s `register_into` need the feature `prometheus-client`, which is
//! named for the crate whose types they take. `serve`, and the exporter's `server`, `bind` and `spawn`, need `server`.
//! With `gzip`, a server compresses expositions for scrapers that ask for it. The exporter's `service` needs `tower`, and
//! `warp_filter` needs `warp`.
//! `warp_filter` needs `warp`. Of `ServerBuilder`'s settings, `bearer_token` and `basic_auth`
//! need `auth`, `tls` needs `tls`, `ServerTls::from_config` needs `rustls`, and `allow` needs `ipnet`.

mod body;
mod bounds;
mod chunk;
mod chunks;
mod config;
mod counts;
mod encoder;
mod escaping;
mod exporter;
mod failure;
mod fairness;
mod families;
mod family;
mod family_cache;
#[cfg(feature = "testing")]
mod for_tests;
#[cfg(feature = "gzip")]
mod gzip;
mod held;
mod job_queue;
mod name_filter;
mod negotiate;
#[cfg(feature = "pages")]
mod pages;
#[cfg(feature = "protobuf")]
mod protobuf;
#[cfg(feature = "prometheus-client")]
mod registry;
mod render;
mod render_thread;
mod rendering;
#[cfg(feature = "server")]
mod request;
mod scrape;
mod self_metrics;
mod single_flight;
mod text;
mod text_buffer;
mod value;
mod written;

// The only name here that belongs to a later step: users look for `serve` beside `Exporter`, and no other file of this
// step knows the server.
#[cfg(feature = "pages")]
pub use crate::pages::Page;
#[cfg(all(feature = "pages", feature = "server"))]
pub use crate::server::Pages;
#[cfg(feature = "tls")]
pub use crate::server::ServerTls;
#[cfg(feature = "tower")]
pub use crate::server::{MetricsService, ResponseBody};
#[cfg(feature = "server")]
pub use crate::server::{
    OpenListener, RequestHead, ServeError, Server, ServerBuilder, ServerThread, serve,
};
pub use body::Body;
#[cfg(all(feature = "server", test))]
pub(crate) use chunk::CHUNK;
#[cfg(feature = "server")]
pub(crate) use chunk::Chunk;
pub use exporter::{Exporter, ExporterBuilder};
#[cfg(feature = "server")]
pub(crate) use fairness::gives_way;
#[cfg(feature = "testing")]
pub(crate) use for_tests::{ExportedFamily, exported_families};
/// The version of `prometheus-client` whose types are in this interface. With the feature `prometheus-client`.
///
/// A registry of another version does not fit into [`ExporterBuilder::registry`]: the compiler says that the types are
/// different, although they have the same name. Declare the metrics of your registry with this one,
/// `census::prometheus::client::registry::Registry`, or depend on the same version.
#[cfg(feature = "prometheus-client")]
pub use prometheus_client as client;
pub use scrape::Scrape;
#[cfg(feature = "server")]
pub(crate) use {name_filter::NameFilter, request::ScrapeRequest};
