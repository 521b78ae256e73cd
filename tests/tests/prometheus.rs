//! A real Prometheus scrapes real programs, and has the values that they recorded.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use census_tests::prometheus::{Exemplar, Metadata, Prometheus, Series};
use census_tests::proxy::HeadersDropped;
use census_tests::{eventually, expected, http, programs};

#[test]
fn fixture_as_openmetrics() {
    let (_fixture, address) = programs::start_fixture();
    let prometheus = Prometheus::scraping(address);
    assert_series(&prometheus.series());
    assert_metadata(prometheus.metadata(), true);
    assert_exemplars(prometheus.exemplars("fixture_.*"));
    assert_eq!(prometheus.health(), ("up".to_owned(), String::new()));
}

#[test]
fn fixture_as_text() {
    let (_fixture, address) = programs::start_fixture();
    let proxy = HeadersDropped::before(address);
    let response = http::get(
        &format!("http://{}/metrics", proxy.address()),
        Some("application/openmetrics-text"),
    );
    let content_type = response.expect("the proxy responds").content_type;
    assert_eq!(
        content_type, "text/plain; version=0.0.4; charset=utf-8",
        "the proxy drops the header"
    );
    let prometheus = Prometheus::scraping(proxy.address());
    assert_series(&prometheus.series());
    assert_metadata(prometheus.metadata(), false);
    assert_eq!(
        prometheus.exemplars("fixture_.*"),
        [],
        "text 0.0.4 has no exemplars"
    );
    assert_eq!(prometheus.health(), ("up".to_owned(), String::new()));
}

#[test]
fn fixture_as_protobuf() {
    let (_fixture, address) = programs::start_fixture();
    let prometheus = Prometheus::scraping_with_native_histograms(address);
    // Prometheus writes the bounds of the buckets itself: with an exponent from 1e+06 on.
    let series = prometheus.series().into_iter();
    let series = series.map(|((name, mut labels), value)| {
        if let Some(le) = labels.get_mut("le") {
            *le = canonical_bound(le);
        }
        ((name, labels), value)
    });
    assert_series(&series.collect());
    assert_metadata(prometheus.metadata(), false);
    let mut exemplars = prometheus.exemplars("fixture_.*");
    for exemplar in &mut exemplars {
        exemplar.le = canonical_bound(&exemplar.le);
        // The label's value was never escaped.
        for value in exemplar.labels.values_mut() {
            assert!(!value.contains("\\\""), "{value}");
        }
    }
    assert_exemplars(exemplars);
    assert_eq!(prometheus.health(), ("up".to_owned(), String::new()));

    let text = http::body(&format!("http://{address}/metrics"), None);
    let answered = |format: &str| {
        let labels = format!("{{format=\"{format}\",outcome=\"ok\"}} ");
        let sample = format!("census_scrapes_total{labels}");
        let line = text.lines().find_map(|line| line.strip_prefix(&sample));
        line.expect("each format has a sample").to_owned()
    };
    assert_ne!(answered("protobuf"), "0", "{text}");
    assert_eq!(answered("openmetrics"), "0", "{text}");
}

/// A bucket's bound as the text formats have it.
fn canonical_bound(le: &str) -> String {
    let bound: f64 = le.parse().expect("a bound is a number");
    if bound.is_infinite() {
        return "+Inf".to_owned();
    }
    format!("{bound:?}")
}

#[test]
fn example_directory() {
    let tree = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(tree.path().join("sub")).expect("a directory");
    for (file, size) in [
        ("a.txt", 3),
        ("sub/b.RS", 5_000),
        ("sub/c.rs", 1_000),
        ("no_extension", 0),
    ] {
        std::fs::write(tree.path().join(file), vec![b'x'; size]).expect("a file");
    }
    let mut directory = Command::new(programs::built("directory"));
    // One walk during the test, so that the counters are known.
    directory
        .arg(tree.path())
        .args(["--listen", "127.0.0.1:0", "--every", "3600"]);
    let (_directory, address) = programs::start_server(&mut directory);
    let prometheus = Prometheus::scraping(address);
    let mut expected = vec![
        ("directory_files_seen_total other".to_owned(), 1.0),
        ("directory_files_seen_total source rs".to_owned(), 2.0),
        ("directory_files_seen_total text txt".to_owned(), 1.0),
        ("directory_walk_duration_seconds_count".to_owned(), 1.0),
    ];
    // The set of values of these tags is closed, so they have rows with zeros.
    for (family, values) in [
        ("skipped", ["special", "symlink"].as_slice()),
        ("errors", &["other", "permission_denied", "vanished"]),
    ] {
        let key = |value| format!("directory_{family}_total {value}");
        expected.extend(values.iter().map(|value| (key(value), 0.0)));
    }
    for (kind, files, bytes) in [
        ("archive", 0.0, 0.0),
        ("audio/video", 0.0, 0.0),
        ("binary", 0.0, 0.0),
        ("image", 0.0, 0.0),
        ("other", 1.0, 0.0),
        ("source", 2.0, 6000.0),
        ("text", 1.0, 3.0),
    ] {
        for (family, value) in [
            ("files", files),
            ("bytes", bytes),
            ("bytes_seen_total", bytes),
            ("file_size_bytes_count", files),
        ] {
            expected.push((format!("directory_{family} {kind}"), value));
        }
    }
    // Two directories and four files.
    for (result, calls) in [("ok", 6.0), ("error", 0.0), ("panicked", 0.0)] {
        let key = format!("function_calls_total {result} directory::walk look_at");
        expected.push((key, calls));
    }
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    let mut actual = Vec::new();
    // The first scrape may be before the end of the walk. Then the position of the walk goes away.
    let mut read = Vec::new();
    let arrived = eventually(|| {
        let series = prometheus.series();
        actual = directory_series(&series);
        read = series.into_keys().map(|(name, _)| name).collect();
        (actual == expected).then_some(())
    });
    assert!(
        arrived.is_some(),
        "expected {expected:#?}, actual {actual:#?}"
    );
    for name in [
        "directory_filesystem_avail_bytes",
        "directory_filesystem_size_bytes",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
    ] {
        assert!(read.iter().any(|it| it == name), "no {name} in {read:?}");
    }
}

/// The series of the example `directory`, without buckets and durations: the name with the label values, in order.
fn directory_series(series: &Series) -> Vec<(String, f64)> {
    let series = series.iter().map(|((name, labels), value)| {
        let mut key = name.clone();
        // Reversed: `kind` before `extension`.
        for label in labels.values().rev() {
            key.push(' ');
            key.push_str(label);
        }
        (key, *value)
    });
    let left_out = [
        "census_",
        "directory_file_size_bytes_bucket",
        "directory_file_size_bytes_sum",
        "function_calls_concurrent",
        "function_calls_duration_seconds",
        // They depend on the machine and on the moment.
        "directory_filesystem_",
        "process_",
        // Depends on the clock.
        "directory_walk_duration_seconds_bucket",
        "directory_walk_duration_seconds_sum",
    ];
    let is_left_out = |key: &str| left_out.iter().any(|prefix| key.starts_with(prefix));
    let mut series: Vec<_> = series.filter(|(key, _)| !is_left_out(key)).collect();
    series.sort_by(|a, b| a.0.cmp(&b.0));
    series
}

/// The library's metrics of itself that are other ones at each scrape, or that follow from the number of rows.
const CHANGING: [&str; 5] = [
    "census_exposition_bytes_total",
    "census_render",
    "census_renderings_total",
    "census_scrapes_total",
    "census_view_",
];

fn assert_series(series: &Series) {
    let mut expected = expected::series();
    expected.extend(expected::self_metrics());
    let mut differences = Vec::new();
    for (key, value) in &expected {
        match series.get(key) {
            #[expect(clippy::float_cmp, reason = "no digit may be lost")]
            Some(other) if other == value => {}
            other => differences.push(format!("{key:?}: expected {value}, actual {other:?}")),
        }
    }
    for ((name, labels), value) in series {
        // The library's metrics of itself have a series for every view; most are 0.
        let is_unused = name.starts_with("census_") && *value == 0.0;
        let changes = CHANGING.iter().any(|prefix| name.starts_with(prefix));
        if !is_unused && !changes && !expected.contains_key(&(name.clone(), labels.clone())) {
            differences.push(format!("{name} {labels:?} is {value}, and is not expected"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    for prefix in CHANGING {
        // They may be 0 at the first scrape.
        let is_there = series.keys().any(|(name, _)| name.starts_with(prefix));
        assert!(is_there, "{prefix}");
    }
}

fn assert_metadata(mut metadata: Vec<Metadata>, open_metrics: bool) {
    metadata.retain(|family| !family.family.starts_with("census_"));
    let expected = expected::metadata(open_metrics);
    // One by one, because a difference is easier to see.
    for (family, expected) in metadata.iter().zip(&expected) {
        assert_eq!(family, expected);
    }
    assert_eq!(metadata.len(), expected.len());
}

fn assert_exemplars(mut exemplars: Vec<Exemplar>) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("it is after 1970")
        .as_secs_f64();
    for exemplar in &exemplars {
        assert!(
            (now - 600.0..now + 1.0).contains(&exemplar.time),
            "not recorded just now: {exemplar:?}, {now}"
        );
    }
    exemplars.sort_by(|a, b| {
        (&a.name, a.value)
            .partial_cmp(&(&b.name, b.value))
            .expect("no NaN")
    });
    // Prometheus 2.42 unescapes everything except the labels of exemplars; other versions may unescape those, too.
    let note = [
        "a \"quoted\" word\nC:\\new",
        r#"a \"quoted\" word\nC:\\new"#,
    ];
    for label in exemplars
        .iter_mut()
        .flat_map(|exemplar| exemplar.labels.values_mut())
    {
        if note.contains(&label.as_str()) {
            "the note".clone_into(label);
        }
    }
    let exemplars = exemplars.iter().map(|exemplar| {
        let labels: Vec<_> = exemplar
            .labels
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (
            format!("{} {}", exemplar.name, exemplar.le),
            labels.join(","),
            exemplar.value,
        )
    });
    let expected = [
        (
            "fixture_latency_seconds_bucket 0.05",
            "trace_id=4bf92f3577b34da6a3ce929d0e0e4736",
            0.0305,
        ),
        (
            "fixture_latency_seconds_bucket +Inf",
            "trace_id=slow",
            3600.0,
        ),
        (
            "fixture_read_size_bytes_bucket 1024.0",
            "span_id=7,trace_id=new",
            1024.0,
        ),
        (
            "fixture_read_size_bytes_bucket +Inf",
            "note=the note",
            1_099_511_627_776.0,
        ),
    ];
    let expected =
        expected.map(|(series, labels, value)| (series.to_owned(), labels.to_owned(), value));
    assert_eq!(exemplars.collect::<Vec<_>>(), expected);
}
