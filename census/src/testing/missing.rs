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
            why: "this is no sample: write `name{label=\"value\"} 1`".to_owned(),
        }
    }

    pub(super) fn no_such_view(line: &Line, nearest: &str) -> Self {
        Self {
            why: format!("no view exports `{}`{nearest}", line.name),
            line: line.to_string(),
        }
    }

    /// A line whose name is exported. `of_name` are the lines of this name. `is_outside` says whether the very line is there
    /// outside of the isolation.
    pub(super) fn line(line: &Line, of_name: &[&Line], is_outside: bool) -> Self {
        let nearest = of_name.iter().min_by_key(|other| distance(line, other));
        let mut why = match nearest {
            Some(nearest) => format!("nearest: {nearest}\n{}", differences(line, nearest)),
            None => format!("`{}` has no samples", line.name),
        };
        if is_outside {
            why += "\nThis line is there outside of the isolation: a thread or a task recorded it that was not handed the \
                    tags (`TagMap::current()`).";
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
        line.value.to_bits() != other.value.to_bits(),
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
    if line.value.to_bits() != other.value.to_bits() {
        let _ = writeln!(
            text,
            "value: expected {}, found {}",
            line.value, other.value
        );
    }
    text.truncate(text.trim_end().len());
    text
}

/// `; did you mean …`, if a name is like this one.
pub(super) fn nearest_name(name: &str, names: impl Iterator<Item = String>) -> String {
    let nearest = names
        .map(|other| (strsim::jaro_winkler(name, &other), other))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    nearest.map_or_else(String::new, |(_, other)| format!("; `{other}` is like it"))
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
    text += "\nThese are there, without those that are 0:\n\n";
    for line in all.lines().take(MAX_LINES) {
        let _ = writeln!(text, "    {line}");
    }
    if let Some(more) = lines.checked_sub(MAX_LINES + 1) {
        let _ = writeln!(text, "    … and {} more", more + 1);
    }
    text
}
