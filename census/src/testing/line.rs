//! A line of Prometheus's text format.

use std::fmt;

/// A sample. Two are equal if they have the same name, labels in any order, and value. The bound of a bucket is a number:
/// `le="10"` and `le="10.0"` are equal.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) name: String,
    /// In the order of their names. The values are written as in a line: escaped.
    pub(super) labels: Vec<(String, String)>,
    value: Value,
    text: String,
}

/// A number as it is written, compared exactly if it is an integer.
#[derive(Clone, Debug)]
struct Value {
    text: String,
    number: f64,
}

impl Value {
    fn parse(text: &str) -> Option<Self> {
        Some(Self {
            number: text.parse().ok()?,
            text: text.to_owned(),
        })
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        let integer = |value: &Self| value.text.parse::<i128>().ok();
        match (integer(self), integer(other)) {
            (Some(a), Some(b)) => a == b,
            _ => self.number == other.number,
        }
    }
}

impl Line {
    /// `None` if the text is no sample without a time.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let name_end = text.find(['{', ' '])?;
        let (name, rest) = text.split_at(name_end);
        let (labels, value) = match rest.strip_prefix('{') {
            Some(rest) => parse_labels(rest)?,
            None => (Vec::new(), rest),
        };
        let value = value.trim();
        let is_name = !name.is_empty() && !name.contains(['"', '}', ',', '=']);
        is_name.then_some(())?;
        Some(Self {
            name: name.to_owned(),
            labels,
            value: Value::parse(value)?,
            text: text.to_owned(),
        })
    }

    /// The line without its value.
    pub(super) fn series(&self) -> &str {
        let end = self.text.rfind(' ').unwrap_or(self.text.len());
        self.text.get(..end).unwrap_or_default().trim_end()
    }

    /// Whether both are of one row: they differ in the label `le` only, which a histogram's buckets have.
    pub(super) fn is_of_row_of(&self, other: &Self) -> bool {
        let labels = |line: &Self| -> Vec<(String, String)> {
            let labels = line.labels.iter().filter(|(name, _)| name != "le");
            labels.cloned().collect()
        };
        labels(self) == labels(other)
    }

    /// Whether both are of one series: only their values may differ.
    pub(super) fn is_of_series_of(&self, other: &Self) -> bool {
        self.name == other.name && self.labels == other.labels
    }

    pub(super) fn is_zero(&self) -> bool {
        self.value.number == 0.0
    }

    pub(super) fn has_value_of(&self, other: &Self) -> bool {
        self.value == other.value
    }

    /// The value, as it is written.
    pub(super) fn value(&self) -> &str {
        &self.value.text
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        let label = self.labels.iter().find(|(other, _)| other == name);
        label.map(|(_, value)| value.as_str())
    }
}

/// The labels up to the closing brace, in the order of their names, and the rest.
fn parse_labels(mut rest: &str) -> Option<(Vec<(String, String)>, &str)> {
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(rest) = rest.strip_prefix('}') {
            labels.sort();
            return Some((labels, rest));
        }
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start().strip_prefix('"')?;
        let end = end_of_value(after)?;
        let value = after.get(..end)?;
        let name = name.trim();
        let value = match value.parse::<f64>() {
            Ok(bound) if name == "le" => bound.to_string(),
            _ => value.to_owned(),
        };
        labels.push((name.to_owned(), value));
        rest = after.get(end + 1..)?;
    }
}

/// The index of the quote that ends a value.
fn end_of_value(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let mut end = None;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !is_escaped => {
                end = Some(index);
                break;
            }
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    end
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.is_of_series_of(other) && self.has_value_of(other)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_equal_whatever_the_order_of_their_labels() {
        let line = |text| Line::parse(text).expect("a sample");
        assert_eq!(line("a 1"), line("a 1.0"));
        assert_eq!(line("a{} 1"), line("a 1"));
        assert_eq!(
            line(r#"a{x="1", y="\"}\\"} 1e3"#),
            line(r#"a{y="\"}\\",x="1",} 1000"#)
        );
        assert_ne!(line(r#"a{x="1"} 1"#), line(r#"a{x="2"} 1"#));
        assert_ne!(line("a 1"), line("b 1"));
        assert_eq!(line(r#"a{x="} 1"} 2"#).series(), r#"a{x="} 1"}"#);
        assert!(line("a +Inf").value.number.is_infinite());
        assert_ne!(line("a 9007199254740993"), line("a 9007199254740992"));
        assert_eq!(line(r#"a{le="10"} 1"#), line(r#"a{le="10.0"} 1"#));
        assert_ne!(line(r#"a{x="10"} 1"#), line(r#"a{x="10.0"} 1"#));
    }

    #[test]
    fn other_texts_are_no_samples() {
        for text in [
            "",
            "a",
            "a x",
            r#"a{x="1 2"#,
            "{} 1",
            "a{x=1} 1",
            "a 1 2",
            "HELP a b",
        ] {
            assert!(Line::parse(text).is_none(), "{text}");
        }
    }
}
