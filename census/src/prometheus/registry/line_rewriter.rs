//! The writer that the encoder of `prometheus-client` writes to.

use std::fmt;

use super::digits::shorten;
use super::help::Help;
use super::sample_line::{SampleLine, is_family_name};
use crate::prometheus::chunks::{ChunkWriter, Position};
use crate::prometheus::name_filter::NameFilter;
use crate::prometheus::negotiate::Format;
use crate::prometheus::text::{HISTOGRAM, TYPE, UNIT, suffixes_of, write_head};
use crate::prometheus::written::{WrittenFamily, WrittenRegistry};

/// Passes on the lines of the encoder, rewritten for a format.
///
/// The encoder writes OpenMetrics only, does not escape HELP, checks no name, and writes floats with more digits than they
/// need. So the rewriter looks at each line when it is complete. It writes the lines of HELP and TYPE anew, and it removes a
/// family with a line that a parser may reject, because Prometheus would reject the whole scrape.
pub(super) struct LineRewriter<'a> {
    out: &'a mut ChunkWriter,
    /// The current line, as far as it was written.
    line: String,
    format: Format,
    names: &'a NameFilter,
    help: Help,
    family: Current,
    written: WrittenRegistry,
}

/// The family to which the current line belongs.
enum Current {
    /// None, or one that another encoder began in calls that the rewriter does not know. Its lines are passed on.
    Unknown,
    /// The last one in the list of those that were written. It began at this position.
    Valid { is_histogram: bool, start: Position },
    /// One that is not written, with all lines to come: it is invalid, or the scrape does not ask for it.
    Skipped,
}

impl<'a> LineRewriter<'a> {
    /// A rewriter that adds the families of these names to `out`, which is empty or ends with a whole line.
    pub(super) fn new(out: &'a mut ChunkWriter, format: Format, names: &'a NameFilter) -> Self {
        Self {
            out,
            line: String::new(),
            format,
            names,
            help: Help::None,
            family: Current::Unknown,
            written: WrittenRegistry::default(),
        }
    }

    /// The families that were written, and those that were left out.
    pub(super) fn into_written(self) -> WrittenRegistry {
        self.out.text().push_str(&self.line);
        self.written
    }

    /// Rewrites the line that has just ended.
    fn end_line(&mut self) {
        let line = self.line.trim_end_matches('\n');
        if line.starts_with(TYPE) {
            let type_word = line.rsplit(' ').next().unwrap_or_default().to_owned();
            self.begin_family(&type_word);
        } else if matches!(self.family, Current::Skipped)
            || (self.format != Format::OpenMetrics && line.starts_with(UNIT))
        {
            self.line.clear();
        } else if !line.starts_with('#') {
            match SampleLine::parse(line) {
                Some(sample) => self.rewrite_sample(&sample),
                None => self.remove_family(),
            }
        }
        self.out.text().push_str(&self.line);
        self.out.end_line();
        self.line.clear();
    }

    /// Replaces the TYPE line that has just ended by the lines of HELP and TYPE.
    fn begin_family(&mut self, type_word: &str) {
        let Some((name, help)) = self.help.take_complete() else {
            // This encoder writes HELP first, in known calls. The lines of another encoder are passed on as they are. But
            // a name may have a line feed and anything after it.
            match self.family {
                Current::Skipped => self.line.clear(),
                Current::Unknown | Current::Valid { .. } => self.family = Current::Unknown,
            }
            return;
        };
        self.line.clear();
        if !is_family_name(&name) {
            self.family = Current::Skipped;
            self.written.left_out.push(name);
            return;
        }
        let suffixes = suffixes_of(type_word);
        if self.names.includes(&name, suffixes) {
            self.family = Current::Valid {
                is_histogram: type_word == HISTOGRAM,
                start: self.out.position(),
            };
            write_head(self.out.text(), self.format, &name, &help, type_word);
        } else {
            self.family = Current::Skipped;
        }
        self.written.families.push(WrittenFamily { name, suffixes });
    }

    /// Removes what was written of the current family, because a name in its current line is invalid.
    fn remove_family(&mut self) {
        if let Current::Valid { start, .. } = self.family {
            self.line.clear();
            self.out.truncate(start);
            let family = self.written.families.pop();
            let name = family.map(|family| family.name);
            self.written.left_out.extend(name);
            self.family = Current::Skipped;
        }
    }

    /// Removes the exemplar of the current line, if the format has none, and writes floats with the fewest digits, as the
    /// views have them: the label `le` of equal bounds is equal.
    fn rewrite_sample(&mut self, sample: &SampleLine) {
        let line = &mut self.line;
        // From the end of the line to its beginning, so that the offsets before stay right.
        if let Some(exemplar) = &sample.exemplar {
            if self.format == Format::OpenMetrics {
                shorten(line, &exemplar.value);
            } else {
                line.truncate(exemplar.start);
                line.push('\n');
            }
        }
        shorten(line, &sample.value);
        if let Current::Valid {
            is_histogram: true, ..
        } = self.family
            && let Some(bound) = &sample.bucket_bound
        {
            shorten(line, bound);
        }
    }
}

impl fmt::Write for LineRewriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.help.take(text, self.line.is_empty()) {
            return Ok(());
        }
        // Most calls write a few bytes, and end no line.
        if !text.as_bytes().contains(&b'\n') {
            self.line.push_str(text);
            return Ok(());
        }
        for part in text.split_inclusive('\n') {
            self.line.push_str(part);
            if part.ends_with('\n') {
                self.end_line();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::prometheus::text::HELP;

    fn all() -> &'static NameFilter {
        static ALL: std::sync::LazyLock<NameFilter> = std::sync::LazyLock::new(NameFilter::default);
        &ALL
    }

    /// Passes `input` through a rewriter, in calls like the encoder's. Returns the names of the families left out, too.
    fn rewrite_all(format: Format, input: &str) -> (String, Vec<String>) {
        let mut out = ChunkWriter::new(std::sync::Arc::default());
        let mut rewriter = LineRewriter::new(&mut out, format, all());
        for line in input.split_inclusive('\n') {
            if let Some(rest) = line.strip_prefix(HELP) {
                let (family, help) = rest.trim_end_matches('\n').split_once(' ').expect("a help");
                write_help(&mut rewriter, family, help);
            } else if let Some(rest) = line.strip_prefix(TYPE) {
                write_parts(&mut rewriter, &[TYPE, rest]);
            } else {
                write_parts(&mut rewriter, &[line]);
            }
        }
        let left_out = rewriter.into_written().left_out;
        (text_of(out), left_out)
    }

    fn text_of(out: ChunkWriter) -> String {
        let chunks = out.finish();
        let bytes = chunks.iter().flat_map(|chunk| chunk.iter().copied());
        String::from_utf8(bytes.collect()).expect("it is text")
    }

    fn rewrite(format: Format, input: &str) -> String {
        rewrite_all(format, input).0
    }

    fn write_help(rewriter: &mut LineRewriter<'_>, family: &str, help: &str) {
        write_parts(rewriter, &[HELP, family, " ", help, "\n"]);
    }

    fn write_parts(rewriter: &mut LineRewriter<'_>, parts: &[&str]) {
        for part in parts {
            assert!(rewriter.write_str(part).is_ok());
        }
    }

    #[test]
    fn text_renames_counters_infos_and_unknowns() {
        let input = "# HELP a_seconds A \"b\" \\.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 1\n\
                     # HELP b B\n# TYPE b info\nb_info{v=\"1\"} 1\n# HELP c \n# TYPE c unknown\nc 3\n";
        assert_eq!(
            rewrite(Format::Text, input),
            "# HELP a_seconds_total A \"b\" \\\\.\n# TYPE a_seconds_total counter\na_seconds_total 1\n\
             # HELP b_info B\n# TYPE b_info gauge\nb_info{v=\"1\"} 1\n# HELP c \n# TYPE c untyped\nc 3\n"
        );
        assert_eq!(
            rewrite(Format::OpenMetrics, input),
            "# HELP a_seconds A \\\"b\\\" \\\\.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 1\n\
             # HELP b B\n# TYPE b info\nb_info{v=\"1\"} 1\n# HELP c \n# TYPE c unknown\nc 3\n"
        );
    }

    #[test]
    fn help_text_stays_in_its_line() {
        for help in [
            "two\nlines",
            "\n",
            TYPE,
            "x\n# TYPE a gauge\nevil 1",
            "# HELP ",
            "",
            "\n# TYPE ",
        ] {
            let mut out = ChunkWriter::new(std::sync::Arc::default());
            let mut rewriter = LineRewriter::new(&mut out, Format::Text, all());
            write_help(&mut rewriter, "a", help);
            write_parts(&mut rewriter, &[TYPE, "a gauge\na 1\n"]);
            let escaped = help.replace('\n', "\\n");
            assert_eq!(
                text_of(out),
                format!("# HELP a {escaped}\n# TYPE a gauge\na 1\n")
            );
        }
    }

    #[test]
    fn text_has_no_exemplars() {
        let input =
            "# HELP a A\n# TYPE a counter\na_total{k=\" # {x\\\" # {\"} 1 # {t=\"1\"} 1 2\n";
        assert!(rewrite(Format::Text, input).ends_with("a_total{k=\" # {x\\\" # {\"} 1\n"));
    }

    #[test]
    fn family_with_an_invalid_line_is_left_out() {
        let before = "# HELP a A\n# TYPE a gauge\na 1\n";
        let after = "# HELP z Z\n# TYPE z gauge\nz{x=\"1\"} 1\n";
        for line in [
            "b-c 1\n",
            "b{x y=\"1\"} 1\n",
            "b{x=\"1\",x=\"1\"} 1\n",
            "b{x\n=\"1\"} 1\n",
        ] {
            let lines = format!("b{{x=\"0\"}} 0\n{line}b{{x=\"2\"}} 2\n");
            let input = format!("{before}# HELP b B\n# TYPE b gauge\n{lines}{after}");
            for format in [Format::Text, Format::OpenMetrics] {
                let (text, left_out) = rewrite_all(format, &input);
                assert_eq!(text, format!("{before}{after}"), "{line}");
                assert_eq!(left_out, ["b"]);
            }
        }
    }

    #[test]
    fn invalid_name_of_a_family_is_not_written() {
        for name in [
            "",
            "b c",
            "b\n",
            "b\n# TYPE c gauge\nc",
            "b\n# HELP c C",
            "9",
        ] {
            for format in [Format::Text, Format::OpenMetrics] {
                let mut out = ChunkWriter::new(std::sync::Arc::default());
                let mut rewriter = LineRewriter::new(&mut out, format, all());
                write_help(&mut rewriter, name, "B");
                write_parts(&mut rewriter, &[TYPE, name, " ", "gauge", "\n"]);
                write_parts(
                    &mut rewriter,
                    &[name, "{", "x", "=\"", "1", "\"", "}", " ", "1", "\n"],
                );
                write_help(&mut rewriter, "z", "Z");
                write_parts(
                    &mut rewriter,
                    &[TYPE, "z", " ", "gauge", "\n", "z", " ", "1", "\n"],
                );
                let written = rewriter.into_written();
                assert_eq!(written.left_out, [name]);
                assert_eq!(written.families.len(), 1);
                assert_eq!(text_of(out), "# HELP z Z\n# TYPE z gauge\nz 1\n");
            }
        }
    }

    #[test]
    fn floats_have_the_fewest_digits() {
        let head = "# HELP a A\n# TYPE a histogram\n";
        let input = "a_sum 0.0006489999999999999\na_count{v=\"0.0006489999999999999\"} 10000000000000001\n\
                     a_bucket{v=\"0.000001\",le=\"0.0006489999999999999\"} 1 # {le=\"0.000001\"} 0.0006489999999999999 0.5\n\
                     a_bucket{le=\"0.000001\",v=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_bucket{le=\"10.0000000\"} 1\n";
        let expected = "a_sum 0.000649\na_count{v=\"0.0006489999999999999\"} 10000000000000001\n\
                        a_bucket{v=\"0.000001\",le=\"0.000649\"} 1 # {le=\"0.000001\"} 0.000649 0.5\n\
                        a_bucket{le=\"1e-6\",v=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_bucket{le=\"10.0\"} 1\n";
        let rewritten = rewrite(Format::OpenMetrics, &format!("{head}{input}"));
        assert_eq!(rewritten, format!("{head}{expected}"));
        // Only the label `le` of a histogram is a number.
        let gauge = "# HELP a A\n# TYPE a gauge\na{le=\"0.000001\"} NaN\n";
        assert_eq!(rewrite(Format::Text, gauge), gauge);
    }
}
