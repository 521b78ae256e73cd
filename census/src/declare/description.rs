//! Descriptions that a macro cannot read, because the doc comment is itself a macro: `#[doc = include_str!("…")]`.

/// The length of the first paragraph of a doc comment.
#[must_use]
pub const fn paragraph_len(doc: &str) -> usize {
    write_paragraph(doc, &mut [])
}

/// The bytes of the first paragraph in one line; `N` is [`paragraph_len`].
#[must_use]
pub const fn paragraph_bytes<const N: usize>(doc: &str) -> [u8; N] {
    let mut bytes = [0; N];
    write_paragraph(doc, &mut bytes);
    bytes
}

/// Writes the first paragraph, as far as it fits. Returns its length.
const fn write_paragraph(doc: &str, out: &mut [u8]) -> usize {
    let mut rest = doc.as_bytes();
    let mut len = 0;
    while !rest.is_empty() {
        let line;
        (line, rest) = split_line(rest);
        let mut line = line.trim_ascii();
        if line.is_empty() && len > 0 {
            break;
        }
        if !line.is_empty() && len > 0 {
            write(out, len, b' ');
            len += 1;
        }
        while let [byte, tail @ ..] = line {
            write(out, len, *byte);
            len += 1;
            line = tail;
        }
    }
    len
}

const fn write(out: &mut [u8], index: usize, byte: u8) {
    if let Some((_, [place, ..])) = out.split_at_mut_checked(index) {
        *place = byte;
    }
}

/// The first line, and what follows its line feed.
const fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let mut rest = text;
    let mut len = 0;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte == b'\n' {
            break;
        }
        len += 1;
    }
    (text.split_at(len).0, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_paragraph_is_joined_and_trimmed() {
        const DOC: &str = "\n \n  Größe of\r\n\tvideos.  \n  \nMore.";
        const BYTES: [u8; paragraph_len(DOC)] = paragraph_bytes(DOC);
        assert_eq!(std::str::from_utf8(&BYTES), Ok("Größe of videos."));
        for empty in ["", "\n", " \n\t\n"] {
            assert_eq!(paragraph_len(empty), 0, "{empty:?}");
        }
        assert_eq!(paragraph_bytes(" a\nb"), *b"a b");
    }
}
