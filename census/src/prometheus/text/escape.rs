//! Escaping of label values and of HELP, and quoting of names.

use std::borrow::Cow;

use crate::prometheus::escaping::{NameKind, is_legacy};
use crate::prometheus::text_buffer::TextBuffer;
use crate::tags::has_special;

/// Escapes backslashes and line feeds, and double quotes if `quotes`. Label values have their quotes escaped in both
/// formats, HELP only in OpenMetrics 1.0.0.
pub(crate) fn escape(text: &str, quotes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quotes => out.push_str("\\\""),
            c => out.push(c),
        }
    }
    out
}

/// The name of a family with a suffix, in quotes; `None` if it needs none.
pub(super) fn quoted_family(family: &str, suffix: &str) -> Option<String> {
    let quoted = || format!("\"{}{suffix}\"", escape(family, true));
    (!is_legacy(NameKind::Family, family)).then(quoted)
}

/// The name of a label, in quotes if it needs them.
pub(super) fn label_name(name: &str) -> Cow<'_, str> {
    if is_legacy(NameKind::Label, name) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(format!("\"{}\"", escape(name, true)))
    }
}

/// Writes a label value, escaped.
pub(super) fn write_label_value(out: &mut TextBuffer, value: &str) {
    if has_special(value) {
        out.push_str(&escape(value, true));
    } else {
        out.push_str(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> String {
        let mut out = TextBuffer::default();
        write_label_value(&mut out, value);
        String::from_utf8(out.into_bytes()).expect("it is text")
    }

    #[test]
    fn special_bytes_are_escaped_at_every_offset() {
        for len in 0..20 {
            // Bytes that differ from a special one by little, and bytes with the highest bit.
            for plain in [
                "x", "!", "#", "[", "]", "\t", "\u{b}", "\0", "\u{a2}", "\u{dc}",
            ] {
                let value = plain.repeat(len);
                assert_eq!(written(&value), value);
                for special in ["\\", "\"", "\n"] {
                    let offset = plain.len() * (len / 2);
                    let (start, end) = value.split_at(offset);
                    let expected = format!("{start}{}{end}", escape(special, true));
                    assert_eq!(written(&format!("{start}{special}{end}")), expected);
                }
            }
        }
    }
}
