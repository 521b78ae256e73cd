//! Percent-encoding (RFC 3986, section 2.1).
//!
//! Written here, because a library that records should pull in as little as possible, and this is all that is needed of
//! a crate.

use std::borrow::Cow;

/// Appends `text`; what is not `plain` becomes `%XX`. `%` must not be plain.
pub(super) fn encode(out: &mut String, text: &str, plain: impl Fn(u8) -> bool) {
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].into_iter().filter_map(hex_digit));
        }
    }
}

/// The text that was encoded. A `%` that two hexadecimal digits do not follow stays as it is; bytes that are not UTF-8
/// become U+FFFD.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match escaped(*byte, tail) {
            Some((value, tail)) => {
                bytes.push(value);
                rest = tail;
            }
            None => bytes.push(*byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that an escape stands for, and what comes after.
fn escaped(byte: u8, rest: &[u8]) -> Option<(u8, &[u8])> {
    match rest {
        [high, low, rest @ ..] if byte == b'%' => {
            Some((hex_value(*high)? << 4 | hex_value(*low)?, rest))
        }
        _ => None,
    }
}

/// In upper case: RFC 3986, section 2.1.
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
    fn what_is_not_plain_is_escaped_in_upper_case() {
        let mut out = String::from("k=");
        encode(&mut out, "a/\u{e9}%", |byte| byte.is_ascii_alphanumeric());
        assert_eq!(out, "k=a%2F%C3%A9%25");
    }

    #[test]
    fn escapes_are_read_in_either_case_and_broken_ones_stay() {
        assert_eq!(decode("a%2f%2Fb+%C3%A9"), "a//b+\u{e9}");
        assert_eq!(decode("%%41%zz%4"), "%A%zz%4");
        assert!(matches!(decode("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn what_is_not_utf_8_becomes_the_replacement_character() {
        assert_eq!(decode("a%FFb%C3c%C3"), "a\u{fffd}b\u{fffd}c\u{fffd}");
    }
}
