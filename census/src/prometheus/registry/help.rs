//! Recognizing HELP lines in the encoder's calls.

use crate::prometheus::text::{HELP, TYPE};

/// A HELP line that the encoder is writing. It is kept back until the TYPE line is known, because Prometheus text 0.0.4
/// has another name in the HELP lines of some types.
///
/// A name or a help text may hold spaces and line feeds, and anything after them, since the encoder neither checks the name
/// nor escapes the text. So lines cannot tell where they end, but calls can: the encoder writes a space in a call of its own
/// after the name, the text in one call, the line feed after it in another, and then the beginning of the TYPE line.
#[derive(Debug, Default)]
pub(super) enum Help {
    /// No HELP line.
    #[default]
    None,
    /// The name, so far.
    Name(String),
    /// The name, and the text so far. `ended` if the last call wrote a line feed, which is not part of `help` yet.
    Partial {
        name: String,
        help: String,
        ended: bool,
    },
    /// The name of the family, and the text.
    Complete(String, String),
}

impl Help {
    /// Takes the text of one call of the encoder, if it belongs to a HELP line. Returns whether it does.
    pub(super) fn take(&mut self, text: &str, at_line_start: bool) -> bool {
        match self {
            Self::Partial {
                name,
                help,
                ended: true,
            } if text == TYPE => {
                *self = Self::Complete(std::mem::take(name), std::mem::take(help));
                false
            }
            Self::Partial { help, ended, .. } => {
                if *ended {
                    help.push('\n');
                }
                *ended = text == "\n";
                if !*ended {
                    help.push_str(text);
                }
                true
            }
            Self::Name(name) if text == " " => {
                *self = Self::Partial {
                    name: std::mem::take(name),
                    help: String::new(),
                    ended: false,
                };
                true
            }
            Self::Name(name) => {
                name.push_str(text);
                true
            }
            Self::None if text == HELP && at_line_start => {
                *self = Self::Name(String::new());
                true
            }
            Self::None | Self::Complete(..) => false,
        }
    }

    /// The name of the family and its help text, once the TYPE line has begun.
    pub(super) fn take_complete(&mut self) -> Option<(String, String)> {
        match std::mem::take(self) {
            Self::Complete(family, help) => Some((family, help)),
            Self::None | Self::Name(_) | Self::Partial { .. } => None,
        }
    }
}
