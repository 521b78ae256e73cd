//! A real Prometheus evaluates alerts on a view whose rows have overflowed.

use census::prometheus::Exporter;
use census::{Measure, TagKey, TagValue, measure, record, tag, view};
use census_tests::eventually;
use census_tests::prometheus::Prometheus;

#[derive(Clone, Copy, Debug, TagValue)]
enum Outcome {
    Ok,
    Error,
}

#[tag]
static OUTCOME: TagKey<Outcome>;
#[tag]
static TENANT: TagKey;
/// Requests.
#[measure]
static REQUESTS: Measure<u64>;

view! {
    /// Requests, by tenant.
    static TENANT_REQUESTS: Count<REQUESTS> by (TENANT, OUTCOME) { max_series: 2 }
}

#[test]
fn alert_on_errors_fires_for_tenants_in_the_overflow_row() {
    let request = |tenant: u64, outcome| {
        record!(REQUESTS = 1, tags(TENANT = tenant, OUTCOME = outcome));
    };
    let mut tenant = 0;
    while tenant < 10 {
        request(tenant, Outcome::Ok);
        tenant += 1;
    }
    let server = Exporter::builder().build_lenient().spawn("127.0.0.1:0");
    let server = server.expect("a free port");
    let expression = "sum by (outcome) (rate(tenant_requests_total{outcome=\"error\"}[1m])) > 0";
    let prometheus = Prometheus::with_alert(server.local_addr(), expression);
    let firing = eventually(|| {
        request(tenant, Outcome::Error);
        tenant += 1;
        let firing = prometheus.firing_alerts();
        (!firing.is_empty()).then_some(firing)
    });
    let firing = firing.expect("the alert fires");
    assert_eq!(firing.len(), 1, "{firing:?}");
    assert_eq!(firing[0].get("outcome").map(String::as_str), Some("error"));
    // All errors are of tenants without a row of their own.
    let data = TENANT_REQUESTS.data();
    let rows = data
        .rows
        .iter()
        .filter(|row| row.tag(&OUTCOME) == Some("error"));
    assert!(rows.map(|row| row.tag(&TENANT)).eq([Some("_overflow")]));
}
