//! The hot paths, each in the code that an application would write.

use std::hint::black_box;
use std::sync::LazyLock;

use census::prometheus::Exporter;
use census::{
    BoundMeasure, Distribution, Measure, TagKey, TagMap, TagValue, View, ViewBuilder, measure,
    record, tag, tags, view,
};

/// A path through the library, whose instructions are counted.
pub(crate) struct Path {
    pub(crate) name: &'static str,
    /// Describes one operation.
    pub(crate) operation: &'static str,
    /// The number of operations of one run. It is so large that the seed of the hashes makes no difference.
    pub(crate) operations: usize,
    /// Does this number of operations.
    pub(crate) run: fn(usize),
    /// The function whose instructions are counted, as a pattern of callgrind's.
    pub(crate) counted_function: &'static str,
    /// In how many of the two runs it is called.
    pub(crate) counted_runs: usize,
}

/// All hot paths.
pub(crate) const PATHS: [Path; 19] = [
    path(
        "counter",
        "two labels that the recording code knows",
        counter,
    ),
    path(
        "strings",
        "two strings known at run time, 1,000 series",
        strings,
    ),
    path("histogram", "14 buckets, two labels", histogram),
    path(
        "native-histogram",
        "native buckets, two labels",
        native_histogram,
    ),
    path("three-views", "one measurement, three views", three_views),
    path("literal", "two labels that are literals", literal),
    path("bound-counter", "by a handle", bound_counter),
    path(
        "bound-histogram",
        "14 buckets, by a handle",
        bound_histogram,
    ),
    path(
        "local-counter",
        "by a handle that stays in its thread",
        local_counter,
    ),
    path(
        "local-histogram",
        "14 buckets, by a handle that stays in its thread",
        local_histogram,
    ),
    path("unviewed", "no view uses the measure", unviewed),
    path("in-scope", "two labels from the scope's tags", in_scope),
    path(
        "scope-each",
        "a scope with two labels, and one measurement in it",
        scope_each,
    ),
    path("function", "an empty function, measured", function),
    // With a cost that grows with the number of views or scopes, these would take a hundred times as much.
    Path {
        operations: 10_000,
        ..path(
            "register-view",
            "one of 10,000 views of a measure, registered and unregistered",
            register_views,
        )
    },
    path(
        "close-scope",
        "one of 20,000 open scopes, the oldest first",
        close_scopes,
    ),
    Path {
        name: "scrape-counter",
        operation: "a counter's row, of 1,000",
        operations: 10 * ROWS,
        run: scrape_counters,
        ..SCRAPE
    },
    Path {
        name: "scrape-histogram",
        operation: "a 14-bucket histogram's row, of 1,000",
        operations: 5 * ROWS,
        run: scrape_histograms,
        ..SCRAPE
    },
    Path {
        name: "scrape-native-histogram",
        operation: "a native histogram's row with 14 classic buckets, of 1,000",
        operations: 5 * ROWS,
        run: scrape_native_histograms,
        ..SCRAPE
    },
];

const fn path(name: &'static str, operation: &'static str, run: fn(usize)) -> Path {
    Path {
        name,
        operation,
        operations: 20_000,
        run,
        counted_function: "*counted_section*",
        counted_runs: 1,
    }
}

/// Another thread renders, so only what it does is counted, of both runs.
const SCRAPE: Path = Path {
    counted_function: "*Renderer*render*",
    counted_runs: 2,
    ..path("", "", |_| {})
};

#[tag]
static METHOD: TagKey;
#[tag]
static STATUS: TagKey;
#[tag]
static TENANT: TagKey;
#[tag]
static ROUTE: TagKey;

#[measure]
static COUNTED: Measure<u64>;
#[measure]
static BY_TENANT: Measure<u64>;
#[measure]
static DISTRIBUTED: Measure<f64>;
#[measure]
static NATIVE: Measure<f64>;
#[measure]
static THRICE: Measure<f64>;
#[measure]
static LITERAL: Measure<u64>;
#[measure]
static BOUND: Measure<u64>;
#[measure]
static BOUND_DISTRIBUTED: Measure<f64>;
#[measure]
static UNVIEWED: Measure<u64>;
#[measure]
static SCOPED: Measure<u64>;

view! {
    static COUNTED_TOTAL: Count<COUNTED> by (METHOD, STATUS);
    static BY_TENANT_TOTAL: Count<BY_TENANT> by (TENANT, ROUTE);
    static DISTRIBUTED_HISTOGRAM: Distribution<DISTRIBUTED> by (METHOD, STATUS) {
        buckets: [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0],
    }
    static NATIVE_HISTOGRAM: Distribution<NATIVE> by (METHOD, STATUS) { buckets: native }
    static THRICE_TOTAL: Count<THRICE> by (METHOD, STATUS);
    static THRICE_SUM: Sum<THRICE> by (METHOD, STATUS);
    static THRICE_HISTOGRAM: Distribution<THRICE> by (METHOD, STATUS) {
        buckets: [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0],
    }
    static LITERAL_TOTAL: Count<LITERAL> by (METHOD, STATUS);
    static BOUND_TOTAL: Count<BOUND> by (METHOD, STATUS);
    static BOUND_HISTOGRAM: Distribution<BOUND_DISTRIBUTED> by (METHOD, STATUS) {
        buckets: [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0],
    }
    static SCOPED_TOTAL: Count<SCOPED> by (METHOD, STATUS);
}

#[derive(Clone, Copy, TagValue)]
enum Method {
    Get,
    Post,
    Put,
    Delete,
}

#[derive(Clone, Copy, TagValue)]
enum Status {
    Ok,
    NotFound,
    Refused,
    Broken,
}

/// The labels of the operation with this index: all 16 pairs in turn.
fn labels(index: usize) -> (Method, Status) {
    let method = [Method::Get, Method::Post, Method::Put, Method::Delete];
    let status = [
        Status::Ok,
        Status::NotFound,
        Status::Refused,
        Status::Broken,
    ];
    let index = black_box(index);
    (method[index % 4], status[index / 4 % 4])
}

/// The value of the operation with this index: one in each bucket in turn.
fn value(index: usize) -> f64 {
    const IN_EACH_BUCKET: [f64; 15] = [
        0.0005, 0.002, 0.004, 0.006, 0.009, 0.02, 0.03, 0.06, 0.09, 0.2, 0.3, 0.9, 2.0, 9.0, 20.0,
    ];
    IN_EACH_BUCKET[black_box(index) % IN_EACH_BUCKET.len()]
}

fn counter(operations: usize) {
    for index in 0..operations {
        let (method, status) = labels(index);
        record!(COUNTED = 1, tags(METHOD = method, STATUS = status));
    }
}

fn strings(operations: usize) {
    static PAIRS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let pair = |tenant| {
            let route = format!("/api/v1/items/{}", tenant % 10);
            (format!("tenant-{tenant:03}"), route)
        };
        (0..1_000).map(pair).collect()
    });
    let pairs = black_box(&**PAIRS);
    for _ in 0..operations / pairs.len() {
        for (tenant, route) in pairs {
            record!(BY_TENANT = 1, tags(TENANT = tenant, ROUTE = route));
        }
    }
}

fn histogram(operations: usize) {
    for index in 0..operations {
        let (method, status) = labels(index);
        record!(
            DISTRIBUTED = value(index),
            tags(METHOD = method, STATUS = status)
        );
    }
}

fn native_histogram(operations: usize) {
    for index in 0..operations {
        let (method, status) = labels(index);
        record!(
            NATIVE = value(index),
            tags(METHOD = method, STATUS = status)
        );
    }
}

fn three_views(operations: usize) {
    for index in 0..operations {
        let (method, status) = labels(index);
        record!(
            THRICE = value(index),
            tags(METHOD = method, STATUS = status)
        );
    }
}

fn literal(operations: usize) {
    for _ in 0..operations {
        record!(LITERAL = 1, tags(METHOD = "get", STATUS = "ok"));
    }
}

/// A handle for each pair of labels.
fn handles<T: census::Value>(measure: &Measure<T>) -> [BoundMeasure<T>; 16] {
    std::array::from_fn(|index| {
        let (method, status) = labels(index);
        measure.bind(tags!(METHOD = method, STATUS = status))
    })
}

/// The loops by handles do little beside recording.
fn bound_counter(operations: usize) {
    static HANDLES: LazyLock<[BoundMeasure<u64>; 16]> = LazyLock::new(|| handles(&BOUND));
    let handles = black_box(&*HANDLES);
    for _ in 0..operations / handles.len() {
        for handle in handles {
            handle.record(1);
        }
    }
}

fn bound_histogram(operations: usize) {
    static HANDLES: LazyLock<[BoundMeasure<f64>; 16]> =
        LazyLock::new(|| handles(&BOUND_DISTRIBUTED));
    let handles = black_box(&*HANDLES);
    let values = black_box(std::array::from_fn::<_, 16, _>(value));
    for _ in 0..operations / handles.len() {
        for (handle, value) in handles.iter().zip(&values) {
            handle.record(*value);
        }
    }
}

/// A handle that stays in its thread is used in a loop of that thread.
fn local_counter(operations: usize) {
    let handle = BOUND.bind_local(tags!(METHOD = Method::Get, STATUS = Status::Ok));
    let handle = black_box(&handle);
    for _ in 0..operations {
        handle.record(1);
    }
}

fn local_histogram(operations: usize) {
    let handle = BOUND_DISTRIBUTED.bind_local(tags!(METHOD = Method::Get, STATUS = Status::Ok));
    let handle = black_box(&handle);
    let values = black_box(std::array::from_fn::<_, 16, _>(value));
    for _ in 0..operations / values.len() {
        for value in &values {
            handle.record(*value);
        }
    }
}

fn unviewed(operations: usize) {
    for index in 0..operations {
        let (method, status) = labels(index);
        record!(UNVIEWED = 1, tags(METHOD = method, STATUS = status));
    }
}

fn in_scope(operations: usize) {
    tags!(METHOD = Method::Get, STATUS = Status::Ok).scope(|| {
        for _ in 0..operations {
            SCOPED.record(black_box(1));
        }
    });
}

fn scope_each(operations: usize) {
    let tags = black_box(tags!(METHOD = Method::Get, STATUS = Status::Ok));
    for _ in 0..operations {
        tags.clone().scope(|| SCOPED.record(1));
    }
}

fn register_views(operations: usize) {
    let views = (0..operations).map(|number| {
        let view = View::count(format!("registered-{number}"), &UNVIEWED);
        view.register().expect("no other view has this name")
    });
    let views: Vec<_> = views.collect();
    for view in views {
        assert!(view.unregister());
    }
}

fn close_scopes(operations: usize) {
    let scopes = (0..operations).map(|_| TagMap::new().enter());
    let scopes: Vec<_> = scopes.collect();
    for scope in scopes {
        drop(scope);
    }
}

#[measure]
fn measured() {}

fn function(operations: usize) {
    for _ in 0..operations {
        measured();
    }
}

/// The number of rows that a scrape encodes.
const ROWS: usize = 1_000;

/// Makes the rows of one view. Each path runs in its own process, so the scrape encodes few rows of other views.
fn fill(record: impl Fn(&str)) {
    for tenant in 0..ROWS {
        record(&format!("tenant-{tenant:03}"));
    }
}

/// Scrapes once for every [`ROWS`] operations.
fn scrapes(operations: usize) {
    static EXPORTER: LazyLock<Exporter> =
        LazyLock::new(|| Exporter::builder().build().expect("the catalogue is valid"));
    for _ in 0..operations / ROWS {
        black_box(EXPORTER.scrape(Some("application/openmetrics-text")));
    }
}

fn scrape_counters(operations: usize) {
    static FILLED: LazyLock<()> = LazyLock::new(|| {
        fill(|tenant| record!(BY_TENANT = 1, tags(TENANT = tenant)));
    });
    LazyLock::force(&FILLED);
    scrapes(operations);
}

/// The classic buckets of the histograms that are scraped.
const BOUNDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

fn scrape_histograms(operations: usize) {
    static FILLED: LazyLock<()> = LazyLock::new(|| {
        fill_histograms(View::distribution("scraped", &DISTRIBUTED, BOUNDS));
    });
    LazyLock::force(&FILLED);
    scrapes(operations);
}

fn scrape_native_histograms(operations: usize) {
    static FILLED: LazyLock<()> = LazyLock::new(|| {
        fill_histograms(View::distribution("scraped", &DISTRIBUTED, BOUNDS).native(1.1));
    });
    LazyLock::force(&FILLED);
    scrapes(operations);
}

fn fill_histograms(view: ViewBuilder<Distribution>) {
    view.column(&TENANT)
        .register()
        .expect("no other view has this name");
    fill(|tenant| record!(DISTRIBUTED = 0.01, tags(TENANT = tenant)));
}
