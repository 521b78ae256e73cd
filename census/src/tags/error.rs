//! The errors of encoding and decoding tags.

use std::fmt;

use super::propagate::MAX_BYTES;

/// The error of [`TagMap::encode`](super::TagMap::encode): the tags are too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeError {
    /// The number of bytes that the keys and values to send have together.
    pub size: usize,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the tags to send have {} bytes, the limit is {MAX_BYTES}",
            self.size
        )
    }
}

impl std::error::Error for EncodeError {}

/// The error of [`TagMap::decode`](super::TagMap::decode): the mistake and its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    offset: usize,
}

/// The kind of a [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// There are no bytes. Even a map without tags is one byte.
    Empty,
    /// The version is not 0.
    UnknownVersion,
    /// The bytes end within a tag.
    Truncated,
    /// A length is 2^64 or more, or is written with more than 10 bytes.
    InvalidLength,
    /// A key is not 1 to 255 bytes of printable ASCII.
    InvalidKey,
    /// A value is not 0 to 255 bytes of printable ASCII.
    InvalidValue,
    /// The keys and values have more than 8192 bytes together.
    TooLarge,
}

impl DecodeErrorKind {
    pub(super) const fn at(self, offset: usize) -> DecodeError {
        DecodeError { kind: self, offset }
    }
}

impl DecodeError {
    /// The kind of the mistake.
    #[must_use]
    pub const fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The number of bytes before the length, key or value that is wrong, or before the tag that exceeds the limit.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid tags at byte {}: ", self.offset)?;
        match self.kind {
            DecodeErrorKind::Empty => f.write_str("there are no bytes"),
            DecodeErrorKind::UnknownVersion => f.write_str("the version is not 0"),
            DecodeErrorKind::Truncated => f.write_str("they end within a tag"),
            DecodeErrorKind::InvalidLength => {
                f.write_str("a length is 2^64 or more, or is written with more than 10 bytes")
            }
            DecodeErrorKind::InvalidKey => {
                f.write_str("a key must be 1 to 255 bytes of printable ASCII")
            }
            DecodeErrorKind::InvalidValue => {
                f.write_str("a value must be at most 255 bytes of printable ASCII")
            }
            DecodeErrorKind::TooLarge => write!(
                f,
                "the keys and values have more than {MAX_BYTES} bytes together"
            ),
        }
    }
}

impl std::error::Error for DecodeError {}
