//! Several texts in one string, each after a character whose code is its length in bytes: what a row is found by.
//!
//! One allocation instead of one for each text, it compares and hashes as a whole, and it stays UTF-8, so that
//! reading it back needs neither `unsafe` nor another check.

/// Appends a text. What is longer than any tag value or exemplar may be (over 50,000 bytes) becomes empty: lengths
/// from `0xD800` are no characters.
pub(crate) fn push(packed: &mut String, text: &str) {
    match u32::try_from(text.len())
        .ok()
        .filter(|len| *len < 0xD800)
        .and_then(char::from_u32)
    {
        Some(len) => {
            packed.push(len);
            packed.push_str(text);
        }
        None => packed.push('\0'),
    }
}

/// The texts, in order.
pub(crate) fn iter(packed: &str) -> impl Iterator<Item = &str> + Clone {
    let mut rest = packed;
    std::iter::from_fn(move || {
        let len = rest.chars().next()?;
        let (text, tail) = rest.get(len.len_utf8()..)?.split_at_checked(len as usize)?;
        rest = tail;
        Some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let long = "\u{e9}".repeat(127);
        let texts = ["", "a", &long, "", "x\0y\u{7f}", &"b".repeat(255)];
        let mut packed = String::new();
        for text in texts {
            push(&mut packed, text);
        }
        assert!(iter(&packed).eq(texts));
        assert_eq!(iter("").count(), 0);
    }

    #[test]
    fn no_two_lists_are_packed_alike() {
        let pack = |texts: &[&str]| {
            let mut packed = String::new();
            for text in texts {
                push(&mut packed, text);
            }
            packed
        };
        assert_ne!(pack(&["a", ""]), pack(&["", "a"]));
        assert_ne!(pack(&["ab", "c"]), pack(&["a", "bc"]));
    }
}
