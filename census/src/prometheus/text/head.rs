//! The lines before a family's samples.

use std::borrow::Cow;

use super::escape::{escape, quoted_family};
use super::family_type::suffix_and_type;
use crate::prometheus::negotiate::Format;
use crate::prometheus::text_buffer::TextBuffer;

/// The beginning of a HELP line.
pub(crate) const HELP: &str = "# HELP ";
/// The beginning of a TYPE line.
pub(crate) const TYPE: &str = "# TYPE ";
/// The beginning of a UNIT line.
pub(crate) const UNIT: &str = "# UNIT ";

/// Writes the HELP and TYPE lines of a family. `type_word` is OpenMetrics's word for the type.
pub(crate) fn write_head(
    out: &mut TextBuffer,
    format: Format,
    family: &str,
    help: &str,
    type_word: &str,
) {
    let help = escape(help, format == Format::OpenMetrics);
    let (suffix, type_word) = suffix_and_type(format, type_word);
    let (name, suffix) = match quoted_family(family, suffix) {
        Some(quoted) => (Cow::Owned(quoted), ""),
        None => (Cow::Borrowed(family), suffix),
    };
    for part in [HELP, &name, suffix, " ", &help, "\n"] {
        out.push_str(part);
    }
    for part in [TYPE, &name, suffix, " ", type_word, "\n"] {
        out.push_str(part);
    }
}
