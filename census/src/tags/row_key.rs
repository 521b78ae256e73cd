//! The key of a row: the values of a view's columns in one string.
//!
//! Each value is written as one character and then the value itself. The code point of the character is the value's
//! length in bytes. *Invariant: two keys are equal exactly if their lists of values are equal*, because a length says
//! where its value ends, and each length has one character.
//!
//! A key is one allocation however many columns there are, and it is compared and hashed as a whole. Because a length
//! is a character and not bytes, a key is valid UTF-8, so reading a value needs neither `unsafe` nor a second UTF-8
//! check.

/// Lengths from here on have no character: `0xD800` is the first surrogate. The longest value that a caller pushes is
/// far shorter: 255 bytes for a tag value, 128 characters for all labels of an exemplar.
const END_OF_LENGTHS: u32 = 0xD800;

/// Appends a value. A value of [`END_OF_LENGTHS`] bytes or more is appended as an empty one.
pub(crate) fn push(key: &mut String, value: &str) {
    let len = match u8::try_from(value.len()) {
        // Most lengths are characters of one byte.
        Ok(len @ 0..0x80) => char::from(len),
        _ => match long_length(value) {
            Some(len) => len,
            None => return key.push('\0'),
        },
    };
    key.push(len);
    key.push_str(value);
}

fn long_length(value: &str) -> Option<char> {
    let len = u32::try_from(value.len()).ok();
    len.filter(|len| *len < END_OF_LENGTHS)
        .and_then(char::from_u32)
}

/// The values of a key, in the order in which they were appended.
pub(crate) fn values(key: &str) -> impl Iterator<Item = &str> + Clone {
    let mut rest = key;
    std::iter::from_fn(move || {
        let (value, tail) = split_first(rest)?;
        rest = tail;
        Some(value)
    })
}

/// Where the values of a key begin, each with its length before it.
pub(crate) fn starts(key: &str) -> impl Iterator<Item = u32> {
    let mut rest = key;
    std::iter::from_fn(move || {
        let start = key.len() - rest.len();
        let (_, tail) = split_first(rest)?;
        rest = tail;
        u32::try_from(start).ok()
    })
}

/// The value that begins here in a key, with its length before it; empty if there is none.
#[inline]
pub(crate) fn value_at(key: &str, start: usize) -> &str {
    let first = key.get(start..).and_then(split_first);
    first.map_or("", |(value, _)| value)
}

/// The first value of a key, and the rest of the key.
#[inline]
pub(crate) fn split_first(key: &str) -> Option<(&str, &str)> {
    let (start, len) = first_length(key)?;
    key.get(start..)?.split_at_checked(len)
}

/// The first value of a key, with its length before it, and the rest of the key.
#[inline]
pub(crate) fn split_with_length(key: &str) -> Option<(&str, &str)> {
    let (start, len) = first_length(key)?;
    key.split_at_checked(start + len)
}

/// Where the first value of a key begins, and its length.
#[inline]
fn first_length(key: &str) -> Option<(usize, usize)> {
    // Most lengths are characters of one byte.
    if let byte @ 0..0x80 = key.as_bytes().first()? {
        return Some((1, usize::from(*byte)));
    }
    let len = key.chars().next()?;
    Some((len.len_utf8(), len as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(values: &[&str]) -> String {
        let mut key = String::new();
        for value in values {
            push(&mut key, value);
        }
        key
    }

    #[test]
    fn values_round_trip() {
        let long = "\u{e9}".repeat(127);
        let written = ["", "a", &long, "", "x\0y\u{7f}", &"b".repeat(255)];
        assert!(values(&key_of(&written)).eq(written));
        assert_eq!(values("").count(), 0);
    }

    #[test]
    fn different_lists_have_different_keys() {
        assert_ne!(key_of(&["a", ""]), key_of(&["", "a"]));
        assert_ne!(key_of(&["ab", "c"]), key_of(&["a", "bc"]));
    }

    #[test]
    fn a_value_without_a_length_is_empty() {
        assert!(values(&key_of(&[&"a".repeat(0xD800), "b"])).eq(["", "b"]));
        let longest = "a".repeat(0xD7FF);
        assert!(values(&key_of(&[&longest])).eq([longest.as_str()]));
    }
}
