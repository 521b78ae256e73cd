//! A real Prometheus sees that a row is gone.

use census::prometheus::Exporter;
use census::{Observed, TagKey, measure, tag, tags, view};
use census_tests::eventually;
use census_tests::prometheus::Prometheus;

#[tag]
static POOL: TagKey;
#[measure]
static OPEN: Observed<u64>;
view! { static OPEN_CONNECTIONS: Sum<OPEN> by (POOL); }

#[test]
fn the_series_of_a_pool_that_is_gone_ends() {
    let _alone = super::alone();
    let pool = |name: &'static str| OPEN.observe(move |seen| seen.record(4, tags!(POOL = name)));
    let _stays = pool("stays");
    let goes = pool("goes");
    let exporter = Exporter::builder().build_lenient();
    let server = exporter.spawn("127.0.0.1:0").expect("a server");
    let prometheus = Prometheus::scraping(server.local_addr());
    let current = || -> Vec<String> {
        let series = prometheus.series();
        let of_view = series.keys().filter(|(name, _)| name == "open_connections");
        of_view
            .filter_map(|(_, labels)| labels.get("pool").cloned())
            .collect()
    };
    let both = ["goes", "stays"];
    assert!(
        eventually(|| (current() == both).then_some(())).is_some(),
        "{:?}",
        current()
    );
    drop(goes);
    let is_gone = || (current() == ["stays"]).then_some(());
    assert!(eventually(is_gone).is_some(), "{:?}", current());
}
