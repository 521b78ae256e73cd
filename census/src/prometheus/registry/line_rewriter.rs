//! The writer that the encoder of `prometheus-client` writes to.

use std::fmt;

use super::help::Help;
use crate::prometheus::chunks::ChunkWriter;
use crate::prometheus::families::WrittenFamily;
use crate::prometheus::negotiate::Format;
use crate::prometheus::text::{TYPE, UNIT, suffixes_of, write_head};

/// Passes on the lines of the encoder, rewritten for a format.
///
/// The encoder writes OpenMetrics only, and does not escape HELP. So the rewriter looks at each line when it is
/// complete, and writes the lines of HELP and TYPE anew.
pub(super) struct LineRewriter<'a> {
    out: &'a mut ChunkWriter,
    /// The offset of the current line in the text of `out`.
    line_start: usize,
    format: Format,
    help: Help,
    families: Vec<WrittenFamily>,
}

impl<'a> LineRewriter<'a> {
    /// A rewriter that adds to `out`, which is empty or ends with a whole line.
    pub(super) fn new(out: &'a mut ChunkWriter, format: Format) -> Self {
        Self {
            line_start: out.text().len(),
            out,
            format,
            help: Help::None,
            families: Vec::new(),
        }
    }

    /// The families that were written.
    pub(super) fn into_families(self) -> Vec<WrittenFamily> {
        self.families
    }

    /// Rewrites the line that has just ended.
    fn end_line(&mut self) -> fmt::Result {
        let Some(line) = self.out.text().get(self.line_start..) else {
            return Err(fmt::Error);
        };
        if line.starts_with(TYPE) {
            let type_word = line.trim_end().rsplit(' ').next().unwrap_or_default();
            let type_word = type_word.to_owned();
            self.begin_family(&type_word);
        } else if line.starts_with(UNIT) {
            if self.format == Format::Text {
                self.out.text().truncate(self.line_start);
            }
        } else if self.format == Format::Text
            && let Some(offset) = exemplar_offset(line)
        {
            self.out.text().truncate(self.line_start + offset);
            self.out.text().push('\n');
        }
        self.out.end_line();
        self.line_start = self.out.text().len();
        Ok(())
    }

    /// Replaces the TYPE line that has just ended by the lines of HELP and TYPE.
    fn begin_family(&mut self, type_word: &str) {
        let Some((family, help)) = self.help.take_complete() else {
            // This encoder writes HELP first, in known calls. The lines of another encoder are passed on as they are.
            return;
        };
        self.out.text().truncate(self.line_start);
        write_head(self.out.text(), self.format, &family, &help, type_word);
        self.families.push(WrittenFamily {
            name: family,
            suffixes: suffixes_of(type_word),
        });
    }
}

impl fmt::Write for LineRewriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self
            .help
            .take(text, self.out.text().len() == self.line_start)
        {
            return Ok(());
        }
        // Most calls write a few bytes, and end no line.
        if !text.as_bytes().contains(&b'\n') {
            self.out.text().push_str(text);
            return Ok(());
        }
        for part in text.split_inclusive('\n') {
            self.out.text().push_str(part);
            if part.ends_with('\n') {
                self.end_line()?;
            }
        }
        Ok(())
    }
}

/// The offset of the exemplar in a sample line: of ` # {`, outside of the label values.
fn exemplar_offset(line: &str) -> Option<usize> {
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

    use super::*;
    use crate::prometheus::text::HELP;

    /// Passes `input` through a rewriter, in calls like the encoder's.
    fn rewrite(format: Format, input: &str) -> String {
        let mut out = ChunkWriter::new();
        let mut rewriter = LineRewriter::new(&mut out, format);
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
        std::mem::take(out.text())
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
            let mut out = ChunkWriter::new();
            let mut rewriter = LineRewriter::new(&mut out, Format::Text);
            write_help(&mut rewriter, "a", help);
            write_parts(&mut rewriter, &[TYPE, "a gauge\na 1\n"]);
            let escaped = help.replace('\n', "\\n");
            assert_eq!(
                out.text().as_str(),
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
}
