//! Why tags could not be encoded or decoded.

use std::fmt;

use super::propagate::MAX_BYTES;

/// Why [`TagMap::encode`](crate::TagMap::encode) did not: the tags are too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeError {
    /// Bytes of the keys and values that would be sent.
    pub size: usize,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "tags of {} bytes cannot be sent, at most {MAX_BYTES} can",
            self.size
        )
    }
}

impl std::error::Error for EncodeError {}

/// Why [`TagMap::decode`](crate::TagMap::decode) did not, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    offset: usize,
}

/// What is wrong with bytes that should be tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// There are none: even no tags are one byte.
    Empty,
    /// They are of a version other than 0.
    UnknownVersion,
    /// They end within a tag.
    Truncated,
    /// A length is more than 10 bytes long, or 2^64 and more.
    InvalidLength,
    /// A key is not 1 to 255 bytes of printable ASCII.
    InvalidKey,
    /// A value is not 0 to 255 bytes of printable ASCII.
    InvalidValue,
    /// Keys and values are more than 8192 bytes together.
    TooLarge,
}

impl DecodeErrorKind {
    pub(super) const fn at(self, offset: usize) -> DecodeError {
        DecodeError { kind: self, offset }
    }
}

impl DecodeError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// Where: the number of bytes before the length, key or value that is wrong, or before the tag that is too much.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no tags at byte {}: ", self.offset)?;
        match self.kind {
            DecodeErrorKind::Empty => f.write_str("there are no bytes"),
            DecodeErrorKind::UnknownVersion => f.write_str("the version is not 0"),
            DecodeErrorKind::Truncated => f.write_str("it ends within a tag"),
            DecodeErrorKind::InvalidLength => {
                f.write_str("a length is 2^64 or more, or takes more than 10 bytes")
            }
            DecodeErrorKind::InvalidKey => {
                f.write_str("a key is 1 to 255 bytes of printable ASCII, this is not")
            }
            DecodeErrorKind::InvalidValue => {
                f.write_str("a value is at most 255 bytes of printable ASCII, this is not")
            }
            DecodeErrorKind::TooLarge => write!(
                f,
                "keys and values are more than {MAX_BYTES} bytes together"
            ),
        }
    }
}

impl std::error::Error for DecodeError {}
