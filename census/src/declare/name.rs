//! Names: the rules for valid names and units, default names, and the labels and family names that names become.

use std::borrow::Cow;

/// How many bytes a name or a tag value may have at most.
pub(crate) const MAX_LEN: usize = 255;

/// Whether `name` may name a measure, a view or a tag key: 1 to 255 bytes of printable ASCII (OpenCensus,
/// `stats/Record.md` and `tags/TagMap.md`).
pub(crate) const fn is_valid(name: &str) -> bool {
    is_printable(name.as_bytes(), b' ', MAX_LEN)
}

/// Whether `text` is printable ASCII, of any length.
pub(crate) fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The rule that [`is_valid_unit`] checks.
pub(crate) const INVALID_UNIT: &str =
    "a unit is a UCUM string, like `By` or `1`: 1 to 63 bytes of printable ASCII without spaces";

/// Whether `unit` may be a unit: 1 to 63 bytes of printable ASCII without spaces (UCUM, section 2.1).
pub(crate) const fn is_valid_unit(unit: &str) -> bool {
    is_printable(unit.as_bytes(), b'!', 63)
}

/// Whether these are 1 to `max` bytes of ASCII from `first` to `~`.
const fn is_printable(bytes: &[u8], first: u8, max: usize) -> bool {
    if bytes.is_empty() || bytes.len() > max {
        return false;
    }
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        if *byte < first || *byte > b'~' {
            return false;
        }
        rest = tail;
    }
    true
}

/// Why the label that a name becomes cannot be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelProblem {
    /// The label begins with `__`: Prometheus reserves those labels (its data model).
    Reserved,
    /// The label is `le`, and the family is a histogram, whose buckets have this label.
    BucketBound,
}

/// The rule for the labels of columns and for const labels: the problem of the label that a name becomes, in a
/// histogram or in another family.
pub(crate) const fn label_problem(name: &str, in_histogram: bool) -> Option<LabelProblem> {
    match name.as_bytes() {
        [a, b, ..] if sanitized(*a) == b'_' && sanitized(*b) == b'_' => {
            Some(LabelProblem::Reserved)
        }
        b"le" if in_histogram => Some(LabelProblem::BucketBound),
        _ => None,
    }
}

/// Whether two names become the same label: they are equal when they are [sanitized](sanitize).
pub(crate) const fn is_same_label(a: &str, b: &str) -> bool {
    let (mut a, mut b) = match (a.as_bytes(), b.as_bytes()) {
        // A name with a leading digit gets a `_` before the digit.
        ([b'0'..=b'9', ..], [b'0'..=b'9', ..]) => (a.as_bytes(), b.as_bytes()),
        ([b'0'..=b'9', ..], [first, rest @ ..]) if sanitized(*first) == b'_' => {
            (a.as_bytes(), rest)
        }
        ([first, rest @ ..], [b'0'..=b'9', ..]) if sanitized(*first) == b'_' => {
            (rest, b.as_bytes())
        }
        (a, b) => (a, b),
    };
    while let ([x, rest_of_a @ ..], [y, rest_of_b @ ..]) = (a, b) {
        if sanitized(*x) != sanitized(*y) {
            return false;
        }
        (a, b) = (rest_of_a, rest_of_b);
    }
    a.is_empty() && b.is_empty()
}

/// The byte that replaces a byte of a name, which is ASCII.
const fn sanitized(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() {
        byte
    } else {
        b'_'
    }
}

/// The length of the crate's name at the beginning of a module's path: up to the first `::`.
const fn crate_len(module: &str) -> usize {
    let bytes = module.as_bytes();
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        if *byte == b':' {
            break;
        }
        rest = tail;
    }
    bytes.len() - rest.len()
}

/// The length of `crate/ident`.
#[must_use]
pub const fn default_len(module: &str, ident: &str) -> usize {
    crate_len(module) + 1 + ident.len()
}

/// The bytes of `crate/ident`; `N` is [`default_len`].
#[must_use]
pub const fn default_bytes<const N: usize>(module: &str, ident: &str) -> [u8; N] {
    let mut bytes = [b'/'; N];
    let split = crate_len(module);
    if let Some((head, tail)) = bytes.split_at_mut_checked(split) {
        if let Some((name, _)) = module.as_bytes().split_at_checked(split) {
            head.copy_from_slice(name);
        }
        if let [_, tail @ ..] = tail {
            tail.copy_from_slice(ident.as_bytes());
        }
    }
    bytes
}

/// Bytes as a string; empty if they are not UTF-8.
#[must_use]
pub const fn const_str(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

/// A name as Prometheus allows it: every character outside `[A-Za-z0-9_]` becomes `_`, and a `_` is put before a
/// leading digit.
pub(crate) fn sanitize(name: &str) -> Cow<'_, str> {
    let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let digit_first = name.starts_with(|c: char| c.is_ascii_digit());
    if !digit_first && name.chars().all(is_valid) {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len() + 1);
    if digit_first {
        out.push('_');
    }
    out.extend(name.chars().map(|c| if is_valid(c) { c } else { '_' }));
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_printable_ascii_of_1_to_255_bytes() {
        assert!(is_valid("myorg/views/video size~"));
        assert!(is_valid(&"x".repeat(255)));
        for bad in ["", "a\nb", "caf\u{e9}", "\u{7f}", &"x".repeat(256)] {
            assert!(!is_valid(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_default_name_is_crate_slash_ident() {
        const NESTED: [u8; default_len("videolib::inner", "size")] =
            default_bytes("videolib::inner", "size");
        const TOP: [u8; default_len("app", "x")] = default_bytes("app", "x");
        assert_eq!(const_str(&NESTED), "videolib/size");
        assert_eq!(const_str(&TOP), "app/x");
    }

    #[test]
    fn same_labels_are_found_before_sanitizing() {
        let names = [
            "a", "a.b", "a/b", "a_b", "ab", "1a", "_1a", ".1a", "__1a", "1", "_", "__", "a.",
            "._x", "_x", "1_x",
        ];
        for a in names {
            let label = sanitize(a);
            let problem = label.starts_with("__").then_some(LabelProblem::Reserved);
            assert_eq!(label_problem(a, true), problem, "{a}");
            for b in names {
                assert_eq!(is_same_label(a, b), label == sanitize(b), "{a} {b}");
            }
        }
    }

    #[test]
    fn only_histograms_reserve_le() {
        assert_eq!(label_problem("le", true), Some(LabelProblem::BucketBound));
        assert_eq!(label_problem("le", false), None);
        assert_eq!(label_problem("le.", true), None);
    }

    #[test]
    fn sanitizing_changes_only_invalid_names() {
        assert!(matches!(sanitize("ok_Name_9"), Cow::Borrowed(_)));
        assert_eq!(sanitize("a.b/c:d"), "a_b_c_d");
        assert_eq!(sanitize("1st"), "_1st");
        assert_eq!(sanitize("\u{e9}t\u{e9}"), "_t_");
    }
}
