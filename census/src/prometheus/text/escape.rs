//! Escaping of label values and of HELP.

use crate::prometheus::text_buffer::TextBuffer;

/// The bytes that are escaped in a label value.
const SPECIAL: [u8; 3] = *b"\\\"\n";

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

/// Writes a label value, escaped.
#[inline]
pub(super) fn write_label_value(out: &mut TextBuffer, value: &str) {
    let bytes = value.as_bytes();
    // Most values are so long, and their bytes are tested and copied at once.
    if let (8..=16, Some(first), Some(last)) =
        (bytes.len(), bytes.first_chunk(), bytes.last_chunk())
        && special_bits(*first) | special_bits(*last) == 0
    {
        out.push_8_to_16(*first, *last, bytes.len());
    } else if has_special(bytes) {
        out.push_str(&escape(value, true));
    } else {
        out.push_str(value);
    }
}

/// Whether a byte is special.
fn has_special(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks();
    words.iter().any(|word| special_bits(*word) != 0)
        || rest.iter().any(|byte| matches!(byte, b'\\' | b'"' | b'\n'))
}

/// Not zero if one of eight bytes is special. An exclusive or makes a special byte zero, and a word `x` has a zero byte
/// exactly if `(x - ONES) & !x` has the highest bit of some byte. Testing byte by byte took a tenth of a scrape's time.
#[inline]
fn special_bits(bytes: [u8; 8]) -> u64 {
    let word = u64::from_ne_bytes(bytes);
    const ONES: u64 = u64::MAX / 255;
    let zero_bits = |special: u8| {
        let x = word ^ (ONES * u64::from(special));
        x.wrapping_sub(ONES) & !x
    };
    let [a, b, c] = SPECIAL.map(zero_bits);
    (a | b | c) & (ONES << 7)
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
