//! What Prometheus sees, as far as the tests must read it.

use std::collections::HashMap;

/// The samples of one scrape: values, by what stands before them.
#[derive(Debug)]
pub(crate) struct Exposition(HashMap<String, String>);

impl Exposition {
    pub(crate) fn parse(body: &str) -> Self {
        let samples = body.lines().filter(|line| !line.starts_with('#'));
        let sample = |line: &str| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.to_owned())
        };
        Self(samples.map(sample).collect())
    }

    /// The value of a series, which must be there and be a whole number.
    #[track_caller]
    pub(crate) fn value(&self, series: &str) -> u64 {
        let Some(value) = self.0.get(series) else {
            panic!("no {series} in {self:#?}")
        };
        value.strip_suffix(".0").unwrap_or(value).parse().unwrap()
    }

    /// The value of a series that has one label.
    #[track_caller]
    pub(crate) fn of(&self, name: &str, label: &str, value: &str) -> u64 {
        self.value(&format!("{name}{{{label}=\"{value}\"}}"))
    }

    /// All series of a name together.
    pub(crate) fn sum(&self, name: &str) -> u64 {
        let of_name = |series: &&String| series.split('{').next() == Some(name);
        let all = self.0.keys().filter(of_name);
        all.map(|series| self.value(series)).sum()
    }
}
