//! Percent-encoding (RFC 3986, section 2.1).
//!
//! The crate `percent-encoding` would be one more dependency of every library that records, for the few lines below.

use std::borrow::Cow;

/// Appends `input`, with `%XX` in place of each byte that `is_plain` rejects. `is_plain` must reject `%` and bytes that
/// are not ASCII.
pub(super) fn encode(out: &mut String, input: &str, is_plain: impl Fn(u8) -> bool) {
    for byte in input.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].into_iter().filter_map(hex_digit));
        }
    }
}

/// The string that was encoded. A `%` without two hexadecimal digits after it stays as it is. Bytes that are not UTF-8
/// become U+FFFD.
pub(super) fn decode(encoded: &str) -> Cow<'_, str> {
    if !encoded.contains('%') {
        return Cow::Borrowed(encoded);
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match unescape(*byte, tail) {
            Some((value, tail)) => {
                bytes.push(value);
                rest = tail;
            }
            None => bytes.push(*byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that an escape encodes, and the bytes after the escape; `None` if `byte` does not begin an escape.
fn unescape(byte: u8, rest: &[u8]) -> Option<(u8, &[u8])> {
    match rest {
        [high, low, rest @ ..] if byte == b'%' => {
            Some((hex_value(*high)? << 4 | hex_value(*low)?, rest))
        }
        _ => None,
    }
}

/// Upper case, as RFC 3986, section 2.1, recommends.
fn hex_digit(value: u8) -> Option<char> {
    char::from_digit(value.into(), 16).map(|digit| digit.to_ascii_uppercase())
}

fn hex_value(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_written_in_upper_case() {
        let mut out = String::from("k=");
        encode(&mut out, "a/\u{e9}%", |byte| byte.is_ascii_alphanumeric());
        assert_eq!(out, "k=a%2F%C3%A9%25");
    }

    #[test]
    fn escapes_are_read_in_either_case_and_malformed_ones_stay() {
        assert_eq!(decode("a%2f%2Fb+%C3%A9"), "a//b+\u{e9}");
        assert_eq!(decode("%%41%zz%4"), "%A%zz%4");
        assert!(matches!(decode("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn invalid_utf_8_becomes_the_replacement_character() {
        assert_eq!(decode("a%FFb%C3c%C3"), "a\u{fffd}b\u{fffd}c\u{fffd}");
    }
}
