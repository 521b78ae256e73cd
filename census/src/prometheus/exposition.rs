//! Where the encoder of `prometheus-client` writes to: it passes the lines on, in either format, and adds what that
//! encoder cannot.
//!
//! The encoder writes OpenMetrics only, does not escape HELP, and takes no exemplars but its own. So each line is
//! looked at when it is whole. That works for the user's own registry, too.

use std::fmt::{self, Write as _};

use super::exemplars::ExemplarQueue;
use super::help::{HELP, Help, TYPE, escape_help};
use super::negotiate::Format;
use crate::register::MetricType;

/// An exposition that is being written.
pub(super) struct Exposition {
    out: String,
    /// Where the current line begins.
    line: usize,
    format: Format,
    help: Help,
    histogram: bool,
    families: Vec<Written>,
    exemplars: ExemplarQueue,
}

/// A family that was written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) name: String,
    /// What its samples' names may end in.
    pub(super) suffixes: &'static [&'static str],
}

impl Exposition {
    pub(super) fn new(format: Format) -> Self {
        Self {
            out: String::new(),
            line: 0,
            format,
            help: Help::default(),
            histogram: false,
            families: Vec::new(),
            exemplars: ExemplarQueue::default(),
        }
    }

    /// By which a collector says what belongs to the lines that it is about to write.
    pub(super) fn exemplars(&self) -> ExemplarQueue {
        self.exemplars.clone()
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
            self.begin_family(&metric_type)?;
        } else if line.starts_with("# UNIT ") {
            if self.is_text() {
                self.out.truncate(self.line);
            }
        } else {
            self.end_sample()?;
        }
        self.line = self.out.len();
        Ok(())
    }

    fn begin_family(&mut self, metric_type: &str) -> fmt::Result {
        let Some((family, help)) = self.help.whole() else {
            // An encoder that writes otherwise than this one was seen to: its lines are passed on.
            return Ok(());
        };
        self.out.truncate(self.line);
        self.histogram = metric_type == "histogram";
        let text = self.is_text();
        let help = escape_help(&help, !text);
        let suffixes = match metric_type {
            "counter" => MetricType::Counter.suffixes(),
            "histogram" => MetricType::Histogram.suffixes(),
            "info" => &["", "_info"],
            _ => MetricType::Gauge.suffixes(),
        };
        let (suffix, metric_type) = match (text, metric_type) {
            // 0.0.4 knows samples, where OpenMetrics knows families.
            (true, "counter") => ("_total", "counter"),
            (true, "info") => ("_info", "gauge"),
            (true, "unknown") => ("", "untyped"),
            (_, other) => ("", other),
        };
        write!(
            self.out,
            "{HELP}{family}{suffix} {help}\n{TYPE}{family}{suffix} {metric_type}\n"
        )?;
        self.families.push(Written {
            name: family,
            suffixes,
        });
        Ok(())
    }

    fn end_sample(&mut self) -> fmt::Result {
        if self.is_text() {
            let exemplar = self.out.get(self.line..).and_then(exemplar_start);
            if let Some(start) = exemplar {
                self.out.truncate(self.line + start);
                self.out.push('\n');
            }
            // Taken from the queue all the same, or it would go to a later line.
            if self.is_bucket() {
                drop(self.exemplars.next());
            }
        } else if self.is_bucket()
            && let Some(exemplar) = self.exemplars.next()
        {
            self.out.truncate(self.out.trim_end_matches('\n').len());
            writeln!(self.out, " # {exemplar}")?;
        }
        Ok(())
    }

    fn is_bucket(&self) -> bool {
        self.histogram
            && self
                .out
                .get(self.line..)
                .and_then(|line| line.split_once('{'))
                .is_some_and(|(n, _)| n.ends_with("_bucket"))
    }
}

impl fmt::Write for Exposition {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.help.take(text, self.out.len() == self.line) {
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
    use super::super::exemplars::ExemplarText;
    use super::*;

    const OPEN_METRICS: Format = Format::OpenMetrics { escaping: false };
    const TEXT: Format = Format::Text { escaping: false };

    fn convert(format: Format, input: &str) -> String {
        let mut out = Exposition::new(format);
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
            let mut out = Exposition::new(TEXT);
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

    #[test]
    fn exemplars_go_to_their_buckets() {
        let exposition = |format| {
            let mut out = Exposition::new(format);
            let exemplar = ExemplarText::new("{t=\"1\"} 2.0");
            write_help(&mut out, "h", "H");
            assert!(
                out.write_str(TYPE)
                    .and(out.write_str("h histogram\n"))
                    .is_ok()
            );
            out.exemplars().announce(vec![None, Some(exemplar)]);
            assert!(
                out.write_str(
                    "h_sum 2\nh_bucket{le=\"1.0\"} 0\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n"
                )
                .is_ok()
            );
            out.finish()
        };
        assert!(
            exposition(OPEN_METRICS)
                .contains("h_bucket{le=\"1.0\"} 0\nh_bucket{le=\"+Inf\"} 1 # {t=\"1\"} 2.0\nh_c")
        );
        assert!(
            exposition(TEXT)
                .ends_with("h_bucket{le=\"1.0\"} 0\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n")
        );
    }
}
