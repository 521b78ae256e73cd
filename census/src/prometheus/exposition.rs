//! Where the encoder of `prometheus-client` writes to: it passes the lines on, in either format, and escapes HELP.
//!
//! The encoder writes OpenMetrics only, and does not escape HELP. So each line is looked at when it is whole. The views
//! do not come this way, but as text: [`Lines`](super::lines::Lines).

use std::fmt;

use super::help::{Help, TYPE, write_head};
use super::negotiate::Format;
use crate::aggregate::MetricType;
use crate::register::suffixes;

/// An exposition that is being written.
pub(super) struct Exposition {
    out: String,
    /// Where the current line begins.
    line: usize,
    format: Format,
    help: Help,
    families: Vec<Written>,
}

/// A family that was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    pub(super) name: String,
    /// What its samples' names may end in.
    pub(super) suffixes: &'static [&'static str],
}

impl Exposition {
    /// With room for so many bytes.
    pub(super) fn new(format: Format, room: usize) -> Self {
        Self {
            out: String::with_capacity(room),
            line: 0,
            format,
            help: Help::default(),
            families: Vec::new(),
        }
    }

    /// Has `f` write whole lines as they are to be.
    pub(super) fn lines(&mut self, f: impl FnOnce(&mut String)) {
        f(&mut self.out);
        self.line = self.out.len();
    }

    /// The families written so far.
    pub(super) fn families(&self) -> &[Written] {
        &self.families
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        if matches!(self.format, Format::OpenMetrics { .. }) {
            self.out.push_str("# EOF\n");
        }
        self.out
    }

    fn is_text(&self) -> bool {
        matches!(self.format, Format::Text { .. })
    }

    /// Looks at the line that has just ended.
    fn end_line(&mut self) -> fmt::Result {
        let Some(line) = self.out.get(self.line..) else {
            return Err(fmt::Error);
        };
        if line.starts_with(TYPE) {
            let metric_type = line.trim_end().rsplit(' ').next().unwrap_or_default();
            let metric_type = metric_type.to_owned();
            self.begin_family(&metric_type);
        } else if line.starts_with("# UNIT ") {
            if self.is_text() {
                self.out.truncate(self.line);
            }
        } else if self.is_text()
            && let Some(start) = exemplar_start(line)
        {
            self.out.truncate(self.line + start);
            self.out.push('\n');
        }
        self.line = self.out.len();
        Ok(())
    }

    fn begin_family(&mut self, metric_type: &str) {
        let Some((family, help)) = self.help.whole() else {
            // An encoder that writes otherwise than this one was seen to: its lines are passed on.
            return;
        };
        self.out.truncate(self.line);
        write_head(&mut self.out, self.format, &family, &help, metric_type);
        let suffixes = match metric_type {
            "counter" => suffixes(MetricType::Counter),
            "histogram" => suffixes(MetricType::Histogram),
            "info" => &["", "_info"],
            _ => suffixes(MetricType::Gauge),
        };
        self.families.push(Written {
            name: family,
            suffixes,
        });
    }
}

impl fmt::Write for Exposition {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.help.take(text, self.out.len() == self.line) {
            return Ok(());
        }
        // Most calls are of a few bytes, and end no line.
        if !text.as_bytes().contains(&b'\n') {
            self.out.push_str(text);
            return Ok(());
        }
        for piece in text.split_inclusive('\n') {
            self.out.push_str(piece);
            if piece.ends_with('\n') {
                self.end_line()?;
            }
        }
        Ok(())
    }
}

/// Where a sample line has its exemplar: ` # {`, outside of a label's value.
fn exemplar_start(line: &str) -> Option<usize> {
    if !line.contains(" # {") {
        return None;
    }
    let (mut quoted, mut escaped) = (false, false);
    for (index, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b' ' if !quoted
                && line
                    .get(index..)
                    .is_some_and(|rest| rest.starts_with(" # {")) =>
            {
                return Some(index);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::help::HELP;

    use super::*;

    const OPEN_METRICS: Format = Format::OpenMetrics { escaping: false };
    const TEXT: Format = Format::Text { escaping: false };

    fn convert(format: Format, input: &str) -> String {
        let mut out = Exposition::new(format, 0);
        for line in input.split_inclusive('\n') {
            if let Some(rest) = line.strip_prefix(HELP) {
                let (family, help) = rest.trim_end_matches('\n').split_once(' ').expect("a help");
                write_help(&mut out, family, help);
            } else if let Some(rest) = line.strip_prefix(TYPE) {
                assert!(out.write_str(TYPE).and(out.write_str(rest)).is_ok());
            } else {
                assert!(out.write_str(line).is_ok());
            }
        }
        out.finish()
    }

    /// In pieces, as the encoder writes.
    fn write_help(out: &mut Exposition, family: &str, help: &str) {
        for piece in [HELP, family, " ", help, "\n"] {
            assert!(out.write_str(piece).is_ok());
        }
    }

    #[test]
    fn counters_infos_and_unknowns_change_their_names_in_text() {
        let input = "# HELP a_seconds A \"b\" \\.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 1\n\
                     # HELP b B\n# TYPE b info\nb_info{v=\"1\"} 1\n# HELP c \n# TYPE c unknown\nc 3\n";
        assert_eq!(
            convert(TEXT, input),
            "# HELP a_seconds_total A \"b\" \\\\.\n# TYPE a_seconds_total counter\na_seconds_total 1\n\
             # HELP b_info B\n# TYPE b_info gauge\nb_info{v=\"1\"} 1\n# HELP c \n# TYPE c untyped\nc 3\n"
        );
        assert_eq!(
            convert(OPEN_METRICS, input),
            "# HELP a_seconds A \\\"b\\\" \\\\.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 1\n\
             # HELP b B\n# TYPE b info\nb_info{v=\"1\"} 1\n# HELP c \n# TYPE c unknown\nc 3\n# EOF\n"
        );
    }

    #[test]
    fn whatever_a_help_text_holds_stays_in_its_line() {
        for help in [
            "two\nlines",
            "\n",
            TYPE,
            "x\n# TYPE a gauge\nevil 1",
            "# HELP ",
            "",
            "\n# TYPE ",
        ] {
            let mut out = Exposition::new(TEXT, 0);
            write_help(&mut out, "a", help);
            assert!(
                out.write_str(TYPE)
                    .and(out.write_str("a gauge\na 1\n"))
                    .is_ok()
            );
            let escaped = help.replace('\n', "\\n");
            assert_eq!(
                out.finish(),
                format!("# HELP a {escaped}\n# TYPE a gauge\na 1\n")
            );
        }
    }

    #[test]
    fn text_has_no_exemplars_and_labels_that_look_like_one_stay() {
        let input =
            "# HELP a A\n# TYPE a counter\na_total{k=\" # {x\\\" # {\"} 1 # {t=\"1\"} 1 2\n";
        assert!(convert(TEXT, input).ends_with("a_total{k=\" # {x\\\" # {\"} 1\n"));
    }
}
