//! Texts that a careless encoder breaks on. The program `fixture` records them, and its tests expect them.

/// Tag values. The first one, the empty value, is the same as an unset tag.
pub const TAG_VALUES: [&str; 13] = [
    "",
    "plain",
    " spaces around ",
    "a \"quoted\" word",
    "a\\backslash",
    "a backslash at the end\\",
    "two\nlines",
    "no\\nline break, but a backslash and an n",
    "carriage\rreturn and\ttab",
    "zero\0byte",
    "Grüße, 世界, 🦀",
    "x\"} 1 # {trace_id=\"1\"} 2",
    "# EOF",
];

/// 256 bytes, one more than a tag value may have. The limit is in the middle of the last character.
#[must_use]
pub fn too_long() -> String {
    "é".repeat(128)
}

/// [`too_long`] as it is exported: truncated to whole characters, at most 255 bytes.
#[must_use]
pub fn truncated() -> String {
    "é".repeat(127)
}

/// A view's description, which becomes a HELP text.
pub const DESCRIPTION: &str = "Two\nlines, a \"quoted\" word, C:\\new, a tab\t, Grüße. # EOF";

/// The value of a const label.
pub const CONST_LABEL: &str = "\"eu\" \\ west\n1";
