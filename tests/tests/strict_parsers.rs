//! Parsers of another project read both formats strictly, and read the same from both. `conformance/` has the scripts.

use std::path::Path;
use std::process::Command;

use census::prometheus::Exporter;
use census::{Measure, TagKey, measure, record, tag, view};
use census_tests::{http, process, programs, scrape};

/// Runs a script of `conformance/`, which must succeed.
fn script(name: &str, args: &[&Path]) -> String {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    // -B: no compiled files beside the sources.
    process::succeed(
        Command::new(programs::python())
            .arg("-B")
            .arg(scripts.join(name))
            .args(args),
    )
}

#[test]
fn both_formats_are_valid_and_equal() {
    let (_fixture, address) = programs::start_fixture();
    let url = format!("http://{address}/metrics");
    let text = http::body(&url, None);
    let open_metrics = http::body(&url, Some("application/openmetrics-text"));
    let directory = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, content: &str| {
        let file = directory.path().join(name);
        std::fs::write(&file, content).expect("a file in a temporary directory");
        file
    };

    let whole = write("whole.txt", &text);
    assert!(script("normalise.py", &[&whole]).contains("\"violations\": []"));
    // In OpenMetrics a histogram with a negative bound must not have a sum. Only this parser rejects it, and other
    // readers need the sum.
    let text = write("strict.txt", &without_negative_bounds(&text));
    let open_metrics = write("strict.om", &without_negative_bounds(&open_metrics));
    assert!(script("normalise.py", &[&open_metrics]).contains("\"format\": \"om\""));
    // The library counts scrapes, so these families differ.
    let ignore = Path::new("--ignore-family=^census_(scrapes|render|exposition)");
    let relax = Path::new("--relax=unit");
    let difference = script("compare.py", &[ignore, relax, &text, &open_metrics]);
    assert_eq!(difference, "");
}

#[measure]
static SIZE: Measure<u64>;
#[tag]
static TENANT: TagKey;
view! {
    static SIZES: Distribution<SIZE> by (TENANT) { buckets: [10] }
    static SIZED: Count<SIZE> by (TENANT);
    static SIZE_SUM: Sum<SIZE>;
}

#[test]
fn created_samples_are_valid() {
    for tenant in ["a", "\"b\""] {
        record!(SIZE = 1, tags(TENANT = tenant));
    }
    let exporter = Exporter::builder().created_samples(true).build_lenient();
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), scrape::open_metrics(&exporter)).expect("a file");
    let read = script("normalise.py", &[Path::new("--keep-created"), file.path()]);
    assert!(read.contains("\"violations\": []"), "{read}");
    for (name, rows) in [
        ("sizes_created", 2),
        ("sized_created", 2),
        ("size_sum_created", 1),
    ] {
        let samples = read.matches(&format!("[\"{name}\"")).count();
        assert_eq!(samples, rows, "{name} in {read}");
    }
}

#[tag(name = "url.scheme")]
static SCHEME: TagKey;
#[measure(unit = "s")]
static WAIT: Measure<std::time::Duration>;
view! {
    static WAITS: Distribution<WAIT> by (SCHEME) {
        name: "http.wait_seconds",
        buckets: [std::time::Duration::from_secs(1)],
    }
    static WAITED: Count<WAIT> by (SCHEME) { name: "http \"waits\" \\" }
    static WAIT_SUM: Sum<WAIT> { name: "http.waited" }
}

#[test]
fn utf_8_names_are_read_as_they_are_and_escaped_ones_are_valid() {
    record!(
        WAIT = std::time::Duration::from_millis(500),
        tags(SCHEME = "a\"b,c"),
        exemplar(trace_id = "7")
    );
    let exporter = Exporter::builder()
        .namespace("m\u{fc}.n")
        .const_label("zone/\u{706b}", "1")
        .created_samples(true)
        .utf8_names(true)
        .build_lenient();
    let parse = |kind: &str, media_type: &str, escaping: &str| -> serde_json::Value {
        let accept = format!("{media_type};version=1.0.0;escaping={escaping}");
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), scrape::body(&exporter, Some(&accept))).expect("a file");
        let read = script("utf8_families.py", &[Path::new(kind), file.path()]);
        serde_json::from_str(&read).expect("JSON")
    };
    let labels = serde_json::json!({"zone/\u{706b}": "1", "url.scheme": "a\"b,c"});
    for (kind, media_type) in [
        ("om", "application/openmetrics-text"),
        ("prom", "text/plain"),
    ] {
        let read = parse(kind, media_type, "allow-utf-8");
        let counter = &read["m\u{fc}.n_http \"waits\" \\"];
        assert_eq!(counter["type"], "counter", "{read}");
        let total = serde_json::json!(["m\u{fc}.n_http \"waits\" \\_total", labels]);
        assert_eq!(counter["samples"][0], total);
        let histogram = &read["m\u{fc}.n_http.wait_seconds"];
        assert_eq!(histogram["type"], "histogram", "{read}");
        let samples = histogram["samples"].as_array().expect("samples");
        let bucket = samples
            .iter()
            .filter(|it| it[0] == "m\u{fc}.n_http.wait_seconds_bucket");
        let bounds: Vec<_> = bucket.map(|it| it[1]["le"].as_str()).collect();
        assert_eq!(bounds.len(), 2, "{samples:?}");
        if kind == "om" {
            assert_eq!(histogram["unit"], "seconds");
            assert_eq!(
                counter["samples"][1][0],
                "m\u{fc}.n_http \"waits\" \\_created"
            );
        }
        for escaping in ["underscores", "dots", "values"] {
            let read = parse(kind, media_type, escaping);
            let families = read.as_object().expect("families").keys();
            let own = families.filter(|name| !name.starts_with("census_"));
            let is_legacy = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
            assert!(own.clone().count() >= 3, "{read}");
            for name in own {
                assert!(name.chars().all(is_legacy), "{name}");
            }
        }
    }
}

fn without_negative_bounds(exposition: &str) -> String {
    let lines = exposition
        .split_inclusive('\n')
        .filter(|line| !line.contains("fixture_change_size"));
    let rest: String = lines.collect();
    assert!(
        rest.len() < exposition.len(),
        "the fixture has a histogram with negative bounds"
    );
    rest
}
