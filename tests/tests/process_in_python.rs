//! What the system tells of the process has the names, types, units and HELP that `prometheus_client` for Python gives it.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use census::prometheus::Exporter;
use census_tests::{process, programs, scrape};

/// The families of the process that only other client libraries have: those for Go and for Rust.
const OF_OTHERS: [&str; 2] = ["process_virtual_memory_max_bytes", "process_threads"];

/// The lines with names, types and HELP, and the names of the samples, which have no labels.
fn shape(exposition: &str) -> BTreeSet<String> {
    let lines = exposition.lines().filter(|line| line.contains("process_"));
    let lines = lines.filter(|line| !line.starts_with("# UNIT"));
    let without_value = |line: &str| match line.rsplit_once(' ') {
        Some((name, _)) if !line.starts_with('#') => name.to_owned(),
        _ => line.to_owned(),
    };
    lines.map(without_value).collect()
}

fn of_python(format: &str) -> BTreeSet<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/process_families.py");
    let mut python = Command::new(programs::python());
    shape(&process::succeed(python.arg("-B").arg(script).arg(format)))
}

#[test]
fn families_are_those_of_the_client_library_for_python() {
    let exporter = Exporter::builder()
        .namespace("myapp")
        .process()
        .build()
        .expect("no problems");
    for (format, exposition) in [
        ("text", scrape::text(&exporter)),
        ("openmetrics", scrape::open_metrics(&exporter)),
    ] {
        let theirs = of_python(format);
        assert_eq!(theirs.len(), 6 * 3, "{theirs:?}");
        let mut ours = shape(&exposition);
        ours.retain(|line| !OF_OTHERS.iter().any(|name| line.contains(name)));
        assert_eq!(ours, theirs, "{format}");
    }
}

/// Python writes no UNIT for these families. Its parser, as OpenMetrics says, wants a unit to be the end of the name.
#[test]
fn units_are_the_ends_of_the_names() {
    let exporter = Exporter::builder().process().build().expect("no problems");
    let open_metrics = scrape::open_metrics(&exporter);
    let units = open_metrics.lines().filter_map(|line| {
        let (name, unit) = line.strip_prefix("# UNIT process_")?.split_once(' ')?;
        assert!(name.ends_with(&format!("_{unit}")), "{line}");
        Some(unit)
    });
    let units: Vec<_> = units.collect();
    assert_eq!(units.iter().filter(|it| **it == "bytes").count(), 3);
    assert_eq!(units.iter().filter(|it| **it == "seconds").count(), 2);
    assert_eq!(units.len(), 5);
}
