//! The message about lines that are missing.

use std::fmt::Write as _;

use super::line::Line;

/// How many lines of all metrics a message has.
const MAX_LINES: usize = 60;

/// A line that is missing, and why it may be.
pub(super) struct Missing {
    line: String,
    why: String,
}

impl Missing {
    pub(super) fn not_a_sample(text: &str) -> Self {
        Self {
            line: text.to_owned(),
            why: "this is no sample: write `name 1`, or `name{label=\"value\"} 1` with quotes around the value, and `\\\"` \
                  for a quote in it"
                .to_owned(),
        }
    }

    pub(super) fn no_such_view(line: &Line, advice: &str) -> Self {
        Self {
            why: format!("no view exports `{}`{advice}", line.name),
            line: line.to_string(),
        }
    }

    /// A line whose name is exported. `of_name` are the lines of this name, `failed` says why its values could not be read,
    /// and `outside` is the series as it is outside of the isolation.
    pub(super) fn line(
        line: &Line,
        of_name: &[&Line],
        failed: Option<&str>,
        outside: Option<&Line>,
    ) -> Self {
        let nearest = of_name.iter().min_by_key(|other| distance(line, other));
        let mut why = match (nearest, failed) {
            (Some(nearest), _) => format!("nearest: {nearest}\n{}", differences(line, nearest)),
            (None, Some(reason)) => format!("`{}` has no samples: {reason}", line.name),
            (None, None) => format!("`{}` has no samples", line.name),
        };
        if let Some(outside) = outside {
            let _ = write!(
                why,
                "\nOutside of the isolation this series is {}: a thread or a task may have recorded it that was not handed \
                 the tags (`TagMap::current()`).",
                outside.value()
            );
        }
        Self {
            line: line.to_string(),
            why,
        }
    }
}

/// In how many labels two lines differ; of those that differ in equally many, one with the same value is nearer.
fn distance(line: &Line, other: &Line) -> (usize, bool) {
    (
        differing_labels(line, other).count(),
        !line.has_value_of(other),
    )
}

/// The labels in which two lines differ: the name, and the value of each, if it has the label.
fn differing_labels<'a>(
    line: &'a Line,
    other: &'a Line,
) -> impl Iterator<Item = (&'a str, Option<&'a str>, Option<&'a str>)> {
    let names = line
        .labels
        .iter()
        .chain(&other.labels)
        .map(|(name, _)| name.as_str());
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    let labels = names
        .into_iter()
        .map(|name| (name, line.label(name), other.label(name)));
    labels.filter(|(_, here, there)| here != there)
}

/// A line for each difference.
fn differences(line: &Line, other: &Line) -> String {
    let mut text = String::new();
    for (name, expected, found) in differing_labels(line, other) {
        let word = |value: Option<&str>| {
            value.map_or_else(|| "no label".to_owned(), |value| format!("\"{value}\""))
        };
        let _ = writeln!(
            text,
            "label {name}: expected {}, found {}",
            word(expected),
            word(found)
        );
    }
    if !line.has_value_of(other) {
        let _ = writeln!(
            text,
            "value: expected {}, found {}",
            line.value(),
            other.value()
        );
    }
    text.truncate(text.trim_end().len());
    text
}

/// `; … is like it`, if one of the names that are exported is like this one.
pub(super) fn advice(name: &str, names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    let longer = names.iter().find(|other| {
        let suffix = other.strip_prefix(name);
        suffix.is_some_and(|suffix| ["_total", "_count"].contains(&suffix))
    });
    let without_namespace = || {
        let mut names = names.iter();
        names.find(|other| {
            name.strip_suffix(other.as_str())
                .is_some_and(|prefix| prefix.ends_with('_'))
        })
    };
    if let Some(other) = longer {
        return format!("; write `{other}`");
    }
    if let Some(other) = without_namespace() {
        return format!("; without a namespace it is `{other}`");
    }
    let similar = names
        .iter()
        .map(|other| (strsim::jaro_winkler(name, other), other));
    let similar = similar.filter(|(similarity, _)| *similarity > 0.8);
    let nearest = similar.max_by(|(a, _), (b, _)| a.total_cmp(b));
    let nearest = nearest.map(|(_, other)| format!("; `{other}` is like it"));
    nearest.unwrap_or_else(|| {
        "; a view is not exported that is `#[optional]` or unregistered here".to_owned()
    })
}

/// The message of an assertion.
pub(super) fn message(missing: &[Missing], all: &str) -> String {
    let mut text = String::from("these lines are missing:\n");
    for Missing { line, why } in missing {
        let _ = writeln!(text, "\n    {line}");
        for reason in why.lines() {
            let _ = writeln!(text, "        {reason}");
        }
    }
    let lines = all.lines().count();
    if lines == 0 {
        text += "\nThere are no metrics with other values than 0.";
        return text;
    }
    text += "\nThese are there, without buckets and those that are 0:\n\n";
    for line in all.lines().take(MAX_LINES) {
        let _ = writeln!(text, "    {line}");
    }
    if let Some(more) = lines.checked_sub(MAX_LINES + 1) {
        let _ = writeln!(text, "    … and {} more", more + 1);
    }
    text
}
