//! What is exported now, and assertions on it.

use std::fmt::{self, Write as _};
use std::thread;

use super::line::Line;
use super::missing::{self, Missing};
use crate::aggregate::MetricType;
use crate::prometheus::{ExportedFamily, exported_families};

/// What the views have at one moment, as an exporter without namespace and const labels writes it. Made by [`metrics`].
///
/// Its `Display` is for snapshots: Prometheus's text format, sorted, and without what changes when no metric does. It has no
/// HELP and TYPE, none of the families in which the library reports on itself, and no rows of which all values are 0: every
/// measured function of the program has rows with zeros. [`with_zeros`](Self::with_zeros) shows them.
///
/// ```standalone_crate
/// # use census::{Measure, TagKey, measure, record, tag, view};
/// # #[tag]
/// # static FRONTEND: TagKey;
/// # #[measure]
/// # static VIDEO: Measure<u64>;
/// # view! { static VIDEOS: Count<VIDEO> by (FRONTEND); }
/// let _isolated = census::testing::isolate();
/// record!(VIDEO = 1, tags(FRONTEND = "ios"));
/// // insta::assert_snapshot!(census::testing::metrics());
/// let text = census::testing::metrics().to_string();
/// assert!(text.contains("videos_total{frontend=\"ios\"} 1\n"));
/// ```
#[derive(Clone, Debug)]
pub struct Metrics {
    families: Vec<Family>,
    hides_durations: bool,
    shows_zeros: bool,
}

#[derive(Clone, Debug)]
struct Family {
    name: String,
    is_histogram: bool,
    has_durations: bool,
    /// Why the values could not be read, of an observed measure.
    failed: Option<&'static str>,
    rows: Vec<Row>,
}

/// The lines of one row: several, if the family is a histogram.
#[derive(Clone, Debug)]
struct Row(Vec<Line>);

/// What the views have now: those of the isolation that this thread is within or, outside of all isolations, those of the
/// program. Values are read, of [observed measures](crate::Observed), as for a scrape.
#[must_use]
pub fn metrics() -> Metrics {
    let mut families: Vec<Family> = exported_families().into_iter().map(Family::new).collect();
    families.sort_by(|a, b| a.name.cmp(&b.name));
    Metrics {
        families,
        hides_durations: false,
        shows_zeros: false,
    }
}

impl Family {
    fn new(family: ExportedFamily) -> Self {
        let lines = family.text.lines();
        let lines = lines.filter(|line| !line.starts_with('#'));
        let mut rows: Vec<Row> = Vec::new();
        for line in lines.filter_map(Line::parse) {
            match rows.last_mut() {
                Some(row) if row.has(&line) => row.0.push(line),
                _ => rows.push(Row(vec![line])),
            }
        }
        rows.sort_by(|a, b| a.series().cmp(b.series()));
        Self {
            rows,
            name: family.name,
            is_histogram: family.metric_type == MetricType::Histogram,
            has_durations: family.has_durations,
            failed: family.failed,
        }
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.rows.iter().flat_map(|row| &row.0)
    }

    /// Whether the family has samples of this name.
    fn has_samples_named(&self, name: &str) -> bool {
        let rest = name.strip_prefix(self.name.as_str());
        match rest {
            Some("") => !self.is_histogram,
            Some("_bucket" | "_sum" | "_count") => self.is_histogram,
            _ => false,
        }
    }
}

impl Row {
    /// Whether a line is of this row.
    fn has(&self, line: &Line) -> bool {
        self.0.first().is_some_and(|first| first.is_of_row_of(line))
    }

    fn series(&self) -> &str {
        self.0.first().map_or("", Line::series)
    }

    fn is_zero(&self) -> bool {
        self.0.iter().all(Line::is_zero)
    }
}

impl Metrics {
    /// The same, with the rows of which all values are 0.
    #[must_use]
    pub fn with_zeros(mut self) -> Self {
        self.shows_zeros = true;
        self
    }

    /// The part that a message has.
    fn for_message(&self) -> String {
        let mut shown = self.clone();
        shown.shows_zeros = false;
        let text = shown.to_string();
        let lines = text.split_inclusive('\n');
        lines.filter(|line| !line.contains("_bucket{")).collect()
    }

    /// The same, in which durations are replaced, because they differ from run to run: the value of a `Sum` or `LastValue` of
    /// durations, and the `_sum` of a histogram of them, is `[duration]`, and such a histogram has no lines for its buckets.
    /// The number of durations stays.
    #[must_use]
    pub fn without_durations(mut self) -> Self {
        self.hides_durations = true;
        self
    }

    /// Each of these lines has to be there: a sample in Prometheus's text format, with all of its labels, in any order. Empty
    /// lines and lines that begin with `#` are skipped. Other samples may be there, too.
    ///
    /// ```standalone_crate
    /// # use census::{Measure, TagKey, measure, record, tag, view};
    /// # #[tag]
    /// # static FRONTEND: TagKey;
    /// # #[measure]
    /// # static SIZE: Measure<u64>;
    /// # view! {
    /// #     static SIZES: Distribution<SIZE> { buckets: [10] }
    /// #     static VIDEOS: Count<SIZE> by (FRONTEND);
    /// # }
    /// let isolated = census::testing::isolate();
    /// record!(SIZE = 7, tags(FRONTEND = "ios"));
    /// isolated.assert_metrics(r#"
    ///     videos_total{frontend="ios"} 1
    ///     sizes_bucket{le="10"} 1
    ///     sizes_sum 7
    /// "#);
    /// ```
    ///
    /// # Panics
    /// If a line is missing. The message has the nearest line that is there, and in which labels or values they differ; and
    /// whether such a line is outside of the isolation, because a thread or a task was not handed the tags.
    #[track_caller]
    pub fn assert_metrics(&self, lines: &str) {
        let mut missing = Vec::new();
        let mut is_empty = true;
        for text in lines.lines().map(str::trim) {
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            is_empty = false;
            match Line::parse(text) {
                Some(line) if self.has(&line) => {}
                Some(line) => missing.push(self.missing(&line)),
                None => missing.push(Missing::not_a_sample(text)),
            }
        }
        assert!(!is_empty, "there is no line that has to be there");
        assert!(
            missing.is_empty(),
            "{}",
            missing::message(&missing, &self.for_message())
        );
    }

    /// Nothing was recorded for this name, that of a family or of samples: no sample of it is there, or all of them are 0.
    ///
    /// # Panics
    /// If there is such a sample, if its values could not be read, or if no view exports samples of this name.
    #[expect(clippy::panic, reason = "an assertion panics")]
    #[track_caller]
    pub fn assert_nothing(&self, name: &str) {
        assert!(
            !name.contains('{'),
            "`{name}` has labels: give the name without them"
        );
        let families = self.families.iter();
        let mut families =
            families.filter(|family| family.name == name || family.has_samples_named(name));
        let Some(family) = families.next() else {
            panic!("no view exports `{name}`{}", self.advice(name));
        };
        if let Some(reason) = family.failed {
            panic!("it is not known whether `{name}` has values: {reason}");
        }
        let is_of_name = |line: &&Line| family.name == name || line.name == name;
        let lines = family.lines().filter(is_of_name);
        let lines = lines.filter(|line| !line.is_zero());
        let mut text = String::new();
        for line in lines {
            let _ = write!(text, "\n    {line}");
        }
        assert!(text.is_empty(), "`{name}` was recorded:{text}");
    }

    fn has(&self, line: &Line) -> bool {
        self.lines().any(|other| other == line)
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.families.iter().flat_map(Family::lines)
    }

    /// The names that samples may have.
    fn names(&self) -> impl Iterator<Item = String> {
        self.families.iter().flat_map(|family| {
            let suffixes: &[&str] = if family.is_histogram {
                &["_bucket", "_sum", "_count"]
            } else {
                &[""]
            };
            suffixes
                .iter()
                .map(|suffix| format!("{}{suffix}", family.name))
        })
    }

    fn missing(&self, line: &Line) -> Missing {
        let mut families = self.families.iter();
        let Some(family) = families.find(|family| family.has_samples_named(&line.name)) else {
            return Missing::no_such_view(line, &self.advice(&line.name));
        };
        let of_name: Vec<&Line> = family
            .lines()
            .filter(|other| other.name == line.name)
            .collect();
        Missing::line(line, &of_name, family.failed, outside(line).as_ref())
    }

    /// What may be meant by a name that no view exports.
    fn advice(&self, name: &str) -> String {
        let mut families = self.families.iter();
        if let Some(family) = families.find(|family| family.is_histogram && family.name == name) {
            let name = &family.name;
            return format!("; it is a histogram: `{name}_count`, `{name}_sum`, `{name}_bucket`");
        }
        missing::advice(name, self.names())
    }
}

/// The series of a line outside of the isolation that this thread is within, if something was recorded there.
fn outside(line: &Line) -> Option<Line> {
    if !crate::tags::is_isolated() {
        return None;
    }
    // A thread of its own is outside of all isolations.
    let outside = thread::scope(|scope| scope.spawn(metrics).join().ok())?;
    let mut lines = outside.lines();
    let found = lines.find(|other| other.is_of_series_of(line) && !other.is_zero());
    found.cloned()
}

impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for family in &self.families {
            let hides = self.hides_durations && family.has_durations;
            let rows = family.rows.iter();
            let rows = rows.filter(|row| self.shows_zeros || !row.is_zero());
            for line in rows.flat_map(|row| &row.0) {
                match line.name.strip_prefix(family.name.as_str()) {
                    Some("_bucket") if hides => {}
                    Some("_count") => writeln!(f, "{line}")?,
                    _ if hides => writeln!(f, "{} [duration]", line.series())?,
                    _ => writeln!(f, "{line}")?,
                }
            }
        }
        Ok(())
    }
}
