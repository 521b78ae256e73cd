//! Recognizing HELP lines in the encoder's calls.

use crate::prometheus::text::{HELP, TYPE};

/// A HELP line that the encoder is writing. It is kept back until the TYPE line is known, because Prometheus text 0.0.4
/// has another name in the HELP lines of some types.
///
/// A help text may hold line feeds, and anything after them, since the encoder does not escape it. So lines cannot tell
/// where the text ends, but calls can: the encoder writes the text in one call, the line feed after it in another, and
/// then the beginning of the TYPE line in a third.
#[derive(Debug, Default)]
pub(super) enum Help {
    /// No HELP line.
    #[default]
    None,
    /// The name and the text, so far. `ended` if the last call wrote a line feed, which is not part of `line` yet.
    Partial { line: String, ended: bool },
    /// The name of the family, and the text.
    Complete(String, String),
}

impl Help {
    /// Takes the text of one call of the encoder, if it belongs to a HELP line. Returns whether it does.
    pub(super) fn take(&mut self, text: &str, at_line_start: bool) -> bool {
        match self {
            Self::Partial { line, ended: true } if text == TYPE => {
                let (family, help) = line.split_once(' ').unwrap_or((line, ""));
                *self = Self::Complete(family.to_owned(), help.to_owned());
                false
            }
            Self::Partial { line, ended } => {
                if *ended {
                    line.push('\n');
                }
                *ended = text == "\n";
                if !*ended {
                    line.push_str(text);
                }
                true
            }
            Self::None if text == HELP && at_line_start => {
                *self = Self::Partial {
                    line: String::new(),
                    ended: false,
                };
                true
            }
            Self::None | Self::Complete(..) => false,
        }
    }

    /// The name of the family and its help text, once the TYPE line has begun.
    pub(super) fn take_complete(&mut self) -> Option<(String, String)> {
        match std::mem::take(self) {
            Self::Complete(family, help) => Some((family, help)),
            Self::None | Self::Partial { .. } => None,
        }
    }
}
