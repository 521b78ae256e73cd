//! Reading the sample lines of another encoder.

use std::ops::Range;

/// The label of a series' name. Prometheus adds it, so a sample that has it, too, has a label twice.
const NAME: &str = "__name__";
/// The label of a histogram's buckets.
const BUCKET_BOUND: &str = "le";
const EXEMPLAR: &str = " # ";

/// Where the parts of a sample line are, as offsets in the line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SampleLine {
    pub(crate) name: Range<usize>,
    pub(crate) labels: Vec<LabelPart>,
    /// The value of the label `le`.
    pub(super) bucket_bound: Option<Range<usize>>,
    pub(crate) value: Range<usize>,
    pub(crate) exemplar: Option<ExemplarPart>,
}

/// Where the parts of a label are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LabelPart {
    pub(crate) name: Range<usize>,
    /// The value as it is written: escaped.
    pub(crate) value: Range<usize>,
}

/// Where the parts of an exemplar are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExemplarPart {
    /// The offset of the space before it.
    pub(super) start: usize,
    pub(crate) labels: Vec<LabelPart>,
    pub(crate) value: Range<usize>,
    pub(crate) timestamp: Option<Range<usize>>,
}

impl SampleLine {
    /// Reads a line, without its line feed; `None` if a parser may reject it: if the name of the sample or of a label is
    /// invalid, or a label is there twice.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut rest = Rest { line, offset: 0 };
        rest.take_name(true)?;
        let name = 0..rest.offset;
        let labels = match rest.peek() {
            Some(b'{') => rest.take_labels(true)?,
            _ => Vec::new(),
        };
        let mut bound = labels.iter();
        let bound = bound.find(|label| line.get(label.name.clone()) == Some(BUCKET_BOUND));
        let bucket_bound = bound.map(|label| label.value.clone());
        let value = rest.take_number()?;
        let start = rest.offset;
        let exemplar = if rest.take_prefix(EXEMPLAR) {
            let labels = rest.take_labels(false)?;
            let value = rest.take_number()?;
            let timestamp = rest.take_number();
            Some(ExemplarPart {
                start,
                labels,
                value,
                timestamp,
            })
        } else {
            None
        };
        (rest.offset == line.len()).then_some(Self {
            name,
            labels,
            bucket_bound,
            value,
            exemplar,
        })
    }
}

/// Whether `name` may name a family. (A parser accepts no other name outside of quotes.)
pub(super) fn is_family_name(name: &str) -> bool {
    let mut rest = Rest {
        line: name,
        offset: 0,
    };
    rest.take_name(true).is_some() && rest.offset == name.len()
}

/// A line, and the offset of what was not read yet.
struct Rest<'a> {
    line: &'a str,
    offset: usize,
}

impl<'a> Rest<'a> {
    fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.offset).copied()
    }

    fn take_prefix(&mut self, prefix: &str) -> bool {
        let rest = self.line.get(self.offset..);
        let is_there = rest.is_some_and(|rest| rest.starts_with(prefix));
        if is_there {
            self.offset += prefix.len();
        }
        is_there
    }

    /// The name of a label, or the name of a sample, which may have colons.
    fn take_name(&mut self, with_colons: bool) -> Option<&'a str> {
        let start = self.offset;
        while let Some(byte) = self.peek() {
            let is_valid = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => true,
                b'0'..=b'9' => self.offset > start,
                b':' => with_colons,
                _ => false,
            };
            if !is_valid {
                break;
            }
            self.offset += 1;
        }
        let name = self.line.get(start..self.offset)?;
        (!name.is_empty()).then_some(name)
    }

    /// The labels in their braces.
    fn take_labels(&mut self, of_sample: bool) -> Option<Vec<LabelPart>> {
        let mut labels: Vec<LabelPart> = Vec::new();
        if !self.take_prefix("{") {
            return None;
        }
        while !self.take_prefix("}") {
            let start = self.offset;
            let text = self.take_name(false)?;
            let is_repeated = |label: &LabelPart| self.line.get(label.name.clone()) == Some(text);
            if labels.iter().any(is_repeated) || (of_sample && text == NAME) {
                return None;
            }
            let name = start..self.offset;
            let value = self.take_label_value()?;
            labels.push(LabelPart { name, value });
            // A comma after the last label is fine.
            if !self.take_prefix(",") && self.peek() != Some(b'}') {
                return None;
            }
        }
        Some(labels)
    }

    /// The `=` of a label and its value in quotes. Returns where the text between the quotes is.
    fn take_label_value(&mut self) -> Option<Range<usize>> {
        if !self.take_prefix("=\"") {
            return None;
        }
        let start = self.offset;
        let mut escaped = false;
        loop {
            let byte = self.peek()?;
            self.offset += 1;
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Some(start..self.offset - 1),
                _ => {}
            }
        }
    }

    /// A space and a number.
    fn take_number(&mut self) -> Option<Range<usize>> {
        let rest = self.line.get(self.offset..)?.strip_prefix(' ')?;
        let number = rest.split(' ').next().unwrap_or(rest);
        number.parse::<f64>().ok()?;
        let start = self.offset + 1;
        self.offset = start + number.len();
        Some(start..self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bound, the value, the exemplar's offset and its value.
    fn parts(line: &str) -> Option<[&str; 4]> {
        let SampleLine {
            bucket_bound,
            value,
            exemplar,
            ..
        } = SampleLine::parse(line)?;
        let text = |range: Option<Range<usize>>| range.map_or(Some("-"), |range| line.get(range));
        let start = exemplar.as_ref().map(|exemplar| exemplar.start);
        Some([
            text(bucket_bound)?,
            text(Some(value))?,
            text(start.map(|start| start..line.len()))?,
            text(exemplar.map(|exemplar| exemplar.value))?,
        ])
    }

    #[test]
    fn parts_of_valid_lines_are_found() {
        let lines = [
            ("a 1", ["-", "1", "-", "-"]),
            ("a:b{} -1.5e-7", ["-", "-1.5e-7", "-", "-"]),
            ("_{x=\"1\",} NaN", ["-", "NaN", "-", "-"]),
            ("a{k=\" # {x\\\" # {\\\\\"} inf", ["-", "inf", "-", "-"]),
            ("a{k=\"}\",le=\"+Inf\"} 0", ["+Inf", "0", "-", "-"]),
            (
                "a_bucket{le=\"0.5\",m=\"\u{e9}\"} 2 # {le=\"x\",__name__=\"y\"} 0.25 17.5",
                ["0.5", "2", " # {le=\"x\",__name__=\"y\"} 0.25 17.5", "0.25"],
            ),
            ("a 1 # {} 2", ["-", "1", " # {} 2", "2"]),
        ];
        for (line, expected) in lines {
            assert_eq!(parts(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn lines_that_a_parser_may_reject_are_no_samples() {
        let lines = [
            "",
            " 1",
            "a",
            "a ",
            "a  1",
            "a x",
            "a 1 ",
            "1a 1",
            "a-b 1",
            "\u{e9} 1",
            "a{x=\"1\"",
            "a{x=\"1\"}1",
            "a{x=\"1} 1",
            "a{x=1} 1",
            "a{=\"1\"} 1",
            "a{,x=\"1\"} 1",
            "a{x=\"1\",,} 1",
            "a{x=\"1\"y=\"1\"} 1",
            "a{a b=\"1\"} 1",
            "a{a:b=\"1\"} 1",
            "a{1=\"1\"} 1",
            "a{\u{e9}=\"1\"} 1",
            "a{x=\"1\",y=\"1\",x=\"2\"} 1",
            "a{le=\"1\",le=\"1\"} 1",
            "a{__name__=\"b\"} 1",
            "a 1 # {x y=\"1\"} 1",
            "a 1 # {x=\"1\",x=\"1\"} 1",
            "a 1 # {x=\"1\"}",
            "a 1 # 1",
        ];
        for line in lines {
            assert_eq!(parts(line), None, "{line}");
        }
    }

    #[test]
    fn names_of_families_have_no_other_characters() {
        for name in ["a", "_", ":", "aB_:9"] {
            assert!(is_family_name(name), "{name}");
        }
        for name in ["", "9a", "a b", "a\n", "a-b", "\u{e9}"] {
            assert!(!is_family_name(name), "{name}");
        }
    }
}
