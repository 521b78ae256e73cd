//! A shop's metrics: what pages show in these tests.

use std::time::Duration;

use census::{Measure, Observed, TagKey, TagValue, measure, record, tag, tags, view};

/// The method of a request.
#[derive(Clone, Copy, TagValue)]
pub(crate) enum Method {
    #[tag_value("GET")]
    Get,
    #[tag_value("POST")]
    Post,
    #[tag_value("DELETE")]
    #[expect(dead_code, reason = "its rows are there from the start")]
    Delete,
}

#[tag]
pub(crate) static METHOD: TagKey<Method>;
#[tag]
pub(crate) static ROUTE: TagKey;
#[tag]
pub(crate) static TENANT: TagKey;
#[tag]
pub(crate) static POOL: TagKey;
#[tag]
pub(crate) static AGENT: TagKey;
#[tag]
pub(crate) static REFERRER: TagKey;

/// How long requests take, from their first byte to the last byte of the response.
#[measure(name = "shop/latency")]
pub(crate) static LATENCY: Measure<Duration>;
/// How long requests take, from their first byte to the last byte of the response.
#[measure(name = "shop/latency")]
// An equal definition, which is the same measure.
static LATENCY_AGAIN: Measure<Duration>;
/// Size of responses.
#[measure(name = "shop/response_size", unit = "By")]
pub(crate) static RESPONSE_SIZE: Measure<u64>;
/// What customers pay and get back.
#[measure(name = "shop/payment", unit = "{cent}")]
pub(crate) static PAYMENT: Measure<i64>;
/// Share of the cache that is used.
#[measure(name = "shop/cache_used", unit = "%")]
pub(crate) static CACHE_USED: Measure<f64>;
/// Visits, by what the client says about itself.
#[measure(name = "shop/visit")]
pub(crate) static VISIT: Measure<u64>;
/// Rows that the database has looked at. No view uses it.
#[measure(name = "shop/rows_scanned")]
pub(crate) static ROWS_SCANNED: Measure<u64>;
/// Time in the garbage collector of the embedded engine. No view uses it.
#[measure(name = "shop/collector_pause", unit = "ms")]
pub(crate) static COLLECTOR_PAUSE: Measure<Duration>;
/// Connections, by pool.
#[measure(name = "shop/pool_size")]
pub(crate) static POOL_SIZE: Observed<u64> = |seen| {
    for (pool, size) in [("main", 12), ("replica", 30), ("reports", 2)] {
        seen.record(size, tags!(POOL = pool));
    }
};
/// Processor time used.
#[measure(name = "shop/cpu", total)]
pub(crate) static CPU: Observed<Duration> = || Duration::from_millis(93_250);

view! {
    /// How long requests take, by route.
    pub(crate) static REQUEST_SECONDS: Distribution<LATENCY> by (METHOD, ROUTE) { name: "http_server_request_duration_seconds" }
    /// Requests, by method.
    pub(crate) static REQUESTS: Count<LATENCY> by (METHOD);
    /// Size of responses, by route.
    pub(crate) static RESPONSE_BYTES: Distribution<RESPONSE_SIZE> by (ROUTE) {
        buckets: [256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20],
    }
    /// Bytes sent, by tenant.
    pub(crate) static TENANT_BYTES: Sum<RESPONSE_SIZE> by (TENANT) { max_series: 25 }
    /// What customers have paid, less what they got back.
    pub(crate) static REVENUE: Sum<PAYMENT> by (TENANT) { idle: Duration::from_mins(30) }
    /// Share of the cache that is used.
    pub(crate) static CACHE: LastValue<CACHE_USED>;
    /// Visits.
    pub(crate) static VISITS: Count<VISIT> by (AGENT, REFERRER);
    /// Size of pools.
    pub(crate) static POOL_CONNECTIONS: Sum<POOL_SIZE> by (POOL);
    /// Processor time used.
    pub(crate) static CPU_SECONDS: Sum<CPU>;
    /// Slow requests. A program may ask for it.
    #[optional]
    pub(crate) static SLOW_REQUESTS: Distribution<LATENCY> { buckets: [Duration::from_secs(1), Duration::from_secs(10)] }
}

/// Places an order.
#[measure]
pub(crate) fn place_order(is_valid: bool) -> Result<(), ()> {
    if is_valid { Ok(()) } else { Err(()) }
}

/// Texts that a client may send to break a page, each with how the page shows it.
pub(crate) fn hostile() -> Vec<(String, String)> {
    let as_they_are = [
        "<script>document.title = 'owned'</script>",
        "\"><img src=x onerror=\"document.title = 'owned'\">",
        "'--></title></style><svg onload=document.title='owned'>",
        "javascript:document.title='owned'",
        "&lt;b&gt; &amp; &#60;i&#62;",
        "</bdi></td></tr></table><h1>gone</h1>",
        "שלום עולם",
        "Grüße, 世界, 🦀",
    ];
    let mut all: Vec<(String, String)> = as_they_are
        .iter()
        .map(|text| ((*text).to_owned(), (*text).to_owned()))
        .collect();
    let changed = [
        ("abc\u{202e}fdp.exe", "abc\\u{202e}fdp.exe"),
        (
            "zero\0width\u{200b}and\u{feff}bell\u{7}",
            "zero\\0width\\u{200b}and\\u{feff}bell\\u{7}",
        ),
        ("two\r\nlines\tand a tab", "two\\r\\nlines\\tand a tab"),
    ];
    all.extend(changed.map(|(text, shown)| (text.to_owned(), shown.to_owned())));
    all.push(("M".repeat(255), "M".repeat(255)));
    let bells = "\u{1}".repeat(255);
    all.push((bells, "\\u{1}".repeat(255)));
    all
}

/// Records a day of the shop, always the same one.
pub(crate) fn record_a_day() {
    let mut random = fastrand::Rng::with_seed(7);
    let routes = ["/", "/cart", "/checkout", "/items/{id}", "/search"];
    for request in 0..4_000_u32 {
        let route = random.choice(routes).expect("a route");
        let method = match random.usize(..10) {
            0..7 => Method::Get,
            _ => Method::Post,
        };
        let slowness = if route == "/search" { 40.0 } else { 8.0 };
        let milliseconds = slowness * (random.f64() * 2.0 + 0.2).powi(3);
        record!(
            LATENCY = Duration::from_secs_f64(milliseconds / 1e3),
            tags(METHOD = method, ROUTE = route)
        );
        let bytes = 1_u64 << random.u64(6..19);
        let tenant = format!("tenant-{:02}", random.usize(..32));
        record!(
            RESPONSE_SIZE = bytes + u64::from(request % 97),
            tags(ROUTE = route, TENANT = tenant.as_str())
        );
        if route == "/checkout" {
            record!(
                PAYMENT = random.i64(-2_000..9_000),
                tags(TENANT = tenant.as_str())
            );
        }
        CACHE_USED.record(random.f64() * 100.0);
        let _ = place_order(request % 5 > 0);
    }
    CACHE_USED.record(61.25);
    for agent in ["Firefox", "Chrome", "Safari", "curl"] {
        for _ in 0..random.u32(20..400) {
            record!(
                VISIT = 1,
                tags(AGENT = agent, REFERRER = "https://example.com/")
            );
        }
    }
}

/// Records a visit with each hostile text in either tag.
pub(crate) fn record_hostile_visits() {
    for (text, _) in hostile() {
        record!(VISIT = 1, tags(AGENT = text.as_str()));
        record!(VISIT = 1, tags(REFERRER = text.as_str()));
    }
}
