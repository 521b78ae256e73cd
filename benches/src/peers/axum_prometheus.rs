//! `axum-prometheus`, which records into `metrics-exporter-prometheus`.

use axum::Router;
use axum_prometheus::PrometheusMetricLayer;
use tokio::runtime::Builder;

/// The layer installs its recorder for the whole program, whose upkeep runs on a thread of its own.
pub(crate) fn router() -> Router {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build();
    let runtime = runtime.expect("a thread can be started");
    let (layer, handle) = {
        let _entered = runtime.enter();
        PrometheusMetricLayer::pair()
    };
    // They live as long as the program.
    std::mem::forget((runtime, handle));
    crate::http::router().layer(layer)
}
