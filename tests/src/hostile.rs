//! Texts that an exposition may break on: what the fixture records, and its tests expect.

/// Tag values. The first means "not set".
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

/// One byte too long for a tag value, where its last character begins.
#[must_use]
pub fn too_long() -> String {
    "é".repeat(128)
}

/// What is left of it: whole characters, at most 255 bytes.
#[must_use]
pub fn cut() -> String {
    "é".repeat(127)
}

/// A description, and so a HELP text.
pub const DESCRIPTION: &str = "Two\nlines, a \"quoted\" word, C:\\new, a tab\t, Grüße. # EOF";

/// The value of a const label.
pub const CONST_LABEL: &str = "\"eu\" \\ west\n1";
