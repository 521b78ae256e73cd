//! HELP and TYPE lines, whatever the help's text holds.

use super::negotiate::Format;

/// How the encoder begins a HELP line, in a call of its own.
pub(super) const HELP: &str = "# HELP ";
/// How it begins the line after that.
pub(super) const TYPE: &str = "# TYPE ";

/// A HELP line on its way. It waits for its TYPE line: 0.0.4 has another name there for some types.
#[derive(Debug, Default)]
pub(super) enum Help {
    #[default]
    No,
    /// Name and text, so far. It may hold line breaks, and anything after them: the encoder writes the text in one call,
    /// and the end of the line and the beginning of the next in calls of their own, so calls tell what lines cannot.
    Begun { line: String, ended: bool },
    /// Family and text.
    Whole(String, String),
}

impl Help {
    /// Takes what the encoder writes in one call, if it is part of a HELP line; whether it was.
    pub(super) fn take(&mut self, text: &str, at_line_start: bool) -> bool {
        match self {
            Self::Begun { line, ended: true } if text == TYPE => {
                let (family, help) = line.split_once(' ').unwrap_or((line, ""));
                *self = Self::Whole(family.to_owned(), help.to_owned());
                false
            }
            Self::Begun { line, ended } => {
                if *ended {
                    line.push('\n');
                }
                *ended = text == "\n";
                if !*ended {
                    line.push_str(text);
                }
                true
            }
            Self::No if text == HELP && at_line_start => {
                *self = Self::Begun {
                    line: String::new(),
                    ended: false,
                };
                true
            }
            Self::No | Self::Whole(..) => false,
        }
    }

    /// Family and text, once the TYPE line has come.
    pub(super) fn whole(&mut self) -> Option<(String, String)> {
        match std::mem::take(self) {
            Self::Whole(family, help) => Some((family, help)),
            Self::No | Self::Begun { .. } => None,
        }
    }
}

/// Writes the HELP and TYPE lines of a family. `metric_type` is OpenMetrics's word.
pub(super) fn write_head(
    out: &mut String,
    format: Format,
    family: &str,
    help: &str,
    metric_type: &str,
) {
    let text = matches!(format, Format::Text { .. });
    let help = escape_help(help, !text);
    let (suffix, metric_type) = match (text, metric_type) {
        // 0.0.4 knows samples, where OpenMetrics knows families.
        (true, "counter") => ("_total", "counter"),
        (true, "info") => ("_info", "gauge"),
        (true, "unknown") => ("", "untyped"),
        (_, other) => ("", other),
    };
    for piece in [HELP, family, suffix, " ", &help, "\n"] {
        out.push_str(piece);
    }
    for piece in [TYPE, family, suffix, " ", metric_type, "\n"] {
        out.push_str(piece);
    }
}

/// A HELP text. OpenMetrics 1.0.0 escapes quotes too; 0.0.4 does not.
pub(super) fn escape_help(help: &str, quotes: bool) -> String {
    let mut out = String::with_capacity(help.len());
    for c in help.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quotes => out.push_str("\\\""),
            c => out.push(c),
        }
    }
    out
}
