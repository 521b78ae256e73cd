//! The blocks of the page: which figures each shows.

use crate::http_peers::HTTP_PEERS;
use crate::names::{
    AUTOMETRICS, CENSUS, CENSUS_LOCAL, FASTMETRICS, FLOOR, FOUNDATIONS_METRICS, MEASURED, METRICS,
    NM, NOTHING_SHARED, OPENTELEMETRY, PROMETHEUS, PROMETHEUS_CLIENT, QUANTA_CLOCK, STANDARD_CLOCK,
    TRACING, VISE, is_comparable,
};
use crate::observed_peers::OBSERVED_PEERS;
use crate::page::blocks::{Block, Cell, Table};
use crate::series_peers::{SERIES_PEERS, distinct_cases};

use Cell::{Empty, IfAny, Instructions, Median};

/// The columns of the peers.
const PEERS: [&str; 10] = [
    CENSUS,
    PROMETHEUS_CLIENT,
    PROMETHEUS,
    MEASURED,
    METRICS,
    OPENTELEMETRY,
    FOUNDATIONS_METRICS,
    VISE,
    FASTMETRICS,
    NM,
];

/// The numbers of threads that the page shows.
const THREADS: [usize; 5] = [1, 2, 4, 8, 16];

/// An operation of which the page shows instructions and times.
struct Operation {
    label: &'static str,
    group: &'static str,
    /// The case of `census`. A case that is not its main one has a row of its own, without peers.
    case: &'static str,
    /// The path of the guard.
    path: &'static str,
}

impl Operation {
    const fn new(label: &'static str, group: &'static str, path: &'static str) -> Self {
        Self {
            label,
            group,
            case: CENSUS,
            path,
        }
    }
}

const OPERATIONS: [Operation; 9] = [
    Operation::new("a count, two tags that are literals", "literal", "literal"),
    Operation::new(
        "a count, two tags that are enums (16 series)",
        "counter",
        "counter",
    ),
    Operation::new("a count, two strings (1,000 series)", "strings", "strings"),
    Operation::new("a count by a handle", "bound-counter", "bound-counter"),
    Operation {
        case: CENSUS_LOCAL,
        ..Operation::new(
            "a count by a handle that stays in its thread",
            "bound-counter",
            "local-counter",
        )
    },
    Operation::new(
        "a distribution of 14 buckets, two enums",
        "histogram",
        "histogram",
    ),
    Operation::new(
        "a distribution by a handle",
        "bound-histogram",
        "bound-histogram",
    ),
    Operation {
        case: CENSUS_LOCAL,
        ..Operation::new(
            "a distribution by a handle that stays in its thread",
            "bound-histogram",
            "local-histogram",
        )
    },
    Operation::new(
        "three views at once: count, sum, distribution",
        "three",
        "three-views",
    ),
];

/// All blocks, in the order of the page.
pub(super) fn blocks() -> Vec<Block> {
    vec![
        Block::circumstances(),
        Block::table("instructions", instructions()),
        Block::table("one-thread", operations(1)),
        Block::table("two-threads", operations(2)),
        Block::table("threads-counter", threads("counter")),
        Block::table("threads-strings", threads("strings")),
        Block::table("threads-histogram", threads("histogram")),
        Block::table("functions", functions()),
        Block::table("first-time", first_time()),
        Block::table("memory", memory()),
        Block::table("ended-threads", ended_threads()),
        Block::table("scrapes", scrapes()),
        Block::table("observed", observed()),
        Block::table("http", http()),
        Block::table("build-functions", build_functions()),
        Block::table("build-programs", build_programs()),
    ]
}

/// The instructions of the operations, and of paths of which other tables show the times, or none.
fn instructions() -> Table {
    let others = [
        ("a measure without a view", "unviewed"),
        (
            "a count with two tags from a scope, which is long",
            "in-scope",
        ),
        (
            "a count with two tags from a scope of its own, which is opened and closed",
            "scope-each",
        ),
        ("a call of a measured, empty function", "function"),
    ];
    Table {
        corner: "operation",
        columns: vec!["instructions"],
        rows: OPERATIONS
            .map(|operation| (operation.label, operation.path))
            .into_iter()
            .chain(others)
            .map(|(label, path)| (label, vec![Instructions(path)]))
            .collect(),
    }
}

/// The times of the operations, by `census` and its peers.
fn operations(threads: usize) -> Table {
    let mut rows: Vec<_> = OPERATIONS
        .into_iter()
        .map(
            |Operation {
                 label, group, case, ..
             }| {
                let cells = PEERS.map(|peer| match peer {
                    CENSUS => Median(group, case, threads),
                    _ if case == CENSUS => IfAny(group, peer, threads),
                    _ => Empty,
                });
                (label, Vec::from(cells))
            },
        )
        .collect();
    for (label, case) in [
        ("a measure without a view", CENSUS),
        ("the loop alone", FLOOR),
    ] {
        let mut cells = vec![Median("unviewed", case, threads)];
        cells.resize_with(PEERS.len(), || Empty);
        rows.push((label, cells));
    }
    Table {
        corner: "ns for each operation",
        columns: PEERS.to_vec(),
        rows,
    }
}

/// The times of one operation, by the number of threads.
fn threads(group: &'static str) -> Table {
    let peers = PEERS.into_iter().chain([NOTHING_SHARED]);
    Table {
        corner: "ns, by the number of threads",
        columns: vec!["1", "2", "4", "8", "16"],
        rows: peers
            // An event of `nm` has no labels.
            .filter(|peer| *peer != NM || group != "strings")
            .map(|peer| {
                let cells = THREADS.map(|threads| Median(group, peer, threads));
                (peer, Vec::from(cells))
            })
            .collect(),
    }
}

fn functions() -> Table {
    let cases = [
        CENSUS,
        AUTOMETRICS,
        "prometheus-client by hand",
        "nm, coarse clock",
        STANDARD_CLOCK,
        QUANTA_CLOCK,
    ];
    Table {
        corner: "ns for each call",
        columns: vec!["1 thread", "2 threads"],
        rows: cases
            .map(|case| {
                let cells = [1, 2].map(|threads| Median("function", case, threads));
                (case, Vec::from(cells))
            })
            .into(),
    }
}

fn first_time() -> Table {
    Table {
        corner: "ns for each new series",
        columns: vec!["mean", "worst of a million"],
        rows: distinct_cases()
            .map(|case| {
                let cells = ["insert", "insert-worst"].map(|group| Median(group, case, 1));
                (case, Vec::from(cells))
            })
            .collect(),
    }
}

fn memory() -> Table {
    let columns = [
        ("memory-counters", 1),
        ("memory-counters", 2),
        ("memory-counters", 16),
        ("memory-histograms", 1),
        ("memory-histograms", 2),
        ("memory-histograms", 16),
    ];
    Table {
        corner: "bytes for each series",
        columns: vec![
            "counter, 1 thread",
            "2 threads",
            "16 threads",
            "distribution, 1 thread",
            "2 threads",
            "16 threads",
        ],
        rows: distinct_cases()
            .map(|case| {
                let cells = columns.map(|(group, threads)| match threads {
                    1 => Median(group, case, threads),
                    _ => IfAny(group, case, threads),
                });
                (case, Vec::from(cells))
            })
            .collect(),
    }
}

fn ended_threads() -> Table {
    let cases = [CENSUS, PROMETHEUS_CLIENT, "(nothing recorded)"];
    Table {
        corner: "bytes that are left",
        columns: vec!["after 1,000 threads", "after 10,000"],
        rows: cases
            .map(|case| {
                let cells =
                    [1_000, 10_000].map(|threads| Median("memory-ended-threads", case, threads));
                (case, Vec::from(cells))
            })
            .into(),
    }
}

fn scrapes() -> Table {
    let groups = ["scrape-counters-100k", "scrape-histograms-10k"];
    Table {
        corner: "ns for each series",
        columns: vec![
            "a counter, of 100,000 series",
            "a distribution of 14 buckets, of 10,000 series",
        ],
        rows: SERIES_PEERS
            .map(|(case, _)| (case, Vec::from(groups.map(|group| Median(group, case, 1)))))
            .into(),
    }
}

fn observed() -> Table {
    let groups = ["observed-metrics", "observed-values"];
    Table {
        corner: "ns for each value",
        columns: vec!["1,000 metrics", "1,000 values of one metric"],
        rows: OBSERVED_PEERS
            .map(|(case, _)| (case, Vec::from(groups.map(|group| Median(group, case, 1)))))
            .into(),
    }
}

fn http() -> Table {
    let groups = ["http", "http-allocations", "http-instructions"];
    Table {
        corner: "for each request",
        columns: vec!["ns", "allocations", "instructions"],
        rows: HTTP_PEERS
            .into_iter()
            .filter(|(case, _)| is_comparable(case))
            .map(|(case, _)| (case, Vec::from(groups.map(|group| Median(group, case, 1)))))
            .collect(),
    }
}

fn build_functions() -> Table {
    let groups = [
        "build-check",
        "build-release",
        "build-text",
        "build-text-each",
    ];
    let cases = ["(no attribute)", CENSUS, TRACING, AUTOMETRICS];
    Table {
        corner: "a crate of 600 functions",
        columns: vec![
            "`cargo check`, seconds",
            "release build, seconds",
            "bytes for each function",
            "bytes for one function more",
        ],
        rows: cases
            .map(|case| {
                let cells = groups.map(|group| match group {
                    "build-check" | "build-release" => Median(group, case, 1),
                    // The crate without attributes is what the bytes of the others are compared with.
                    _ => IfAny(group, case, 1),
                });
                (case, Vec::from(cells))
            })
            .into(),
    }
}

fn build_programs() -> Table {
    let groups = [
        "build-recording",
        "build-recording-crates",
        "build-serving",
        "build-serving-crates",
    ];
    let cases = [CENSUS, TRACING, METRICS, PROMETHEUS_CLIENT];
    Table {
        corner: "a program, built from nothing",
        columns: vec![
            "it records: seconds",
            "crates",
            "it also serves: seconds",
            "crates",
        ],
        rows: cases
            .map(|case| (case, Vec::from(groups.map(|group| IfAny(group, case, 1)))))
            .into(),
    }
}
