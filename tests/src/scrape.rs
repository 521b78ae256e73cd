//! Expositions: scraped from an exporter of this process or from anywhere else, and read sample by sample.

use std::collections::HashMap;

use census::prometheus::{Exporter, ExporterBuilder, Scrape};
use prometheus_client::collector::Collector;
use prometheus_client::registry::Registry;

/// The `Accept` header of a scraper that reads OpenMetrics 1.0.
pub const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0";

/// The body of a scrape as text 0.0.4, which must succeed.
#[must_use]
pub fn text(exporter: &Exporter) -> String {
    body(exporter, None)
}

/// The body of a scrape as OpenMetrics 1.0, which must succeed.
#[must_use]
pub fn open_metrics(exporter: &Exporter) -> String {
    body(exporter, Some(OPEN_METRICS))
}

/// The body of a scrape with this `Accept` header, which must succeed.
#[must_use]
pub fn body(exporter: &Exporter, accept: Option<&str>) -> String {
    let scrape = exporter.scrape(accept);
    let body = text_of(&scrape);
    assert_eq!(scrape.status, 200, "{body}");
    body
}

/// The body of a scrape, whatever its status.
#[must_use]
pub fn text_of(scrape: &Scrape) -> String {
    scrape.body.to_string()
}

/// Scrapes the views of this process with an exporter that has no options, as text 0.0.4.
#[must_use]
pub fn views_of_this_process() -> String {
    text(&Exporter::builder().build_lenient())
}

/// A builder of an exporter whose registry has one collector.
pub fn collecting(collector: impl Collector) -> ExporterBuilder {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(collector));
    Exporter::builder().registry(registry)
}

/// The samples of an exposition: its lines without those that begin with `#`.
pub fn sample_lines(exposition: &str) -> impl Iterator<Item = &str> {
    exposition.lines().filter(|line| !line.starts_with('#'))
}

/// The samples of a name, in alphabetical order. Each must have labels.
#[must_use]
pub fn samples_named(exposition: &str, name: &str) -> Vec<String> {
    let labels = |line: &&str| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('{'))
    };
    let lines = sample_lines(exposition).filter(labels);
    let mut samples: Vec<String> = lines.map(str::to_owned).collect();
    samples.sort_unstable();
    samples
}

/// The values of one exposition, by series: a name with its labels as they were written.
#[derive(Debug)]
pub struct Samples(HashMap<String, String>);

impl Samples {
    /// Reads an exposition in which no sample has an exemplar or a timestamp.
    #[must_use]
    pub fn parse(exposition: &str) -> Self {
        let sample = |line: &str| {
            let (series, value) = line.rsplit_once(' ').expect("a series and its value");
            (series.to_owned(), value.to_owned())
        };
        Self(sample_lines(exposition).map(sample).collect())
    }

    /// The value of a series, which must be there and be a whole number.
    #[must_use]
    #[track_caller]
    pub fn value(&self, series: &str) -> u64 {
        let Some(value) = self.0.get(series) else {
            panic!("no {series} in {self:#?}")
        };
        let digits = value.strip_suffix(".0").unwrap_or(value);
        digits
            .parse()
            .unwrap_or_else(|_| panic!("{series} is {value}, which is not a whole number"))
    }

    /// The value of a series that has one label.
    #[must_use]
    #[track_caller]
    pub fn value_with(&self, name: &str, label: &str, value: &str) -> u64 {
        self.value(&format!("{name}{{{label}=\"{value}\"}}"))
    }

    /// The sum of all series of a name.
    #[must_use]
    pub fn sum(&self, name: &str) -> u64 {
        let named = |series: &&String| series.split('{').next() == Some(name);
        let series = self.0.keys().filter(named);
        series.map(|series| self.value(series)).sum()
    }
}
