//! The owned tag value, and its limit.

use std::fmt;
use std::sync::Arc;

use crate::declare::{Handle, OpenSet, ValueSet, name};

/// A tag value: UTF-8, at most 255 bytes. Cheap to clone.
///
/// A view shows an empty value as it shows a tag that is not set.
#[derive(Clone)]
pub struct TagValue(Handle<str>);

/// The error for a text that is longer than 255 bytes and therefore cannot be a tag value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagValueError {
    /// The length of the text in bytes.
    len: usize,
}

impl TagValue {
    /// A tag value.
    ///
    /// # Errors
    /// If `value` is longer than 255 bytes. (`record!` and `tags!` shorten such a value at a character boundary
    /// instead, so that the length of a tag value never costs a measurement.)
    pub fn new(value: &str) -> Result<Self, TagValueError> {
        match value.len() {
            0..=name::MAX_LEN => Ok(Self::shared(value)),
            len => Err(TagValueError { len }),
        }
    }

    /// The value as a string slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag value that [`truncate`] makes of `value`.
    pub(super) fn truncated(value: &str) -> Self {
        Self::shared(truncate(value))
    }

    /// A literal, which need not be copied, truncated.
    pub(super) fn literal(value: &'static str) -> Self {
        Self(Handle::Static(truncate(value)))
    }

    fn shared(value: &str) -> Self {
        match value {
            // The empty value allocates nothing.
            "" => Self(Handle::Static("")),
            value => Self(Handle::Shared(Arc::from(value))),
        }
    }
}

/// The longest prefix of `value` that can be a tag value: at most 255 bytes, and whole characters.
#[inline]
pub(crate) fn truncate(value: &str) -> &str {
    value
        .get(..value.floor_char_boundary(name::MAX_LEN))
        .unwrap_or(value)
}

impl PartialEq for TagValue {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for TagValue {}

impl fmt::Debug for TagValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for TagValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ValueSet for OpenSet {
    const CLOSED_VALUES: Option<&'static [&'static str]> = None;

    type Value = TagValue;
}

impl TryFrom<&str> for TagValue {
    type Error = TagValueError;
    fn try_from(value: &str) -> Result<Self, TagValueError> {
        Self::new(value)
    }
}

impl fmt::Display for TagValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a tag value has at most 255 bytes, this one has {}",
            self.len
        )
    }
}

impl std::error::Error for TagValueError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_rejected_or_truncated_at_a_character() {
        let long = "\u{e9}".repeat(128);
        assert_eq!(TagValue::new(&long).map_err(|e| e.len), Err(256));
        assert_eq!(truncate(&long), "\u{e9}".repeat(127));
        assert_eq!(truncate("short"), "short");
    }
}
