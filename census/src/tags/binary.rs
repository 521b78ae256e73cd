//! The binary format of OpenCensus (`encodings/BinaryEncoding.md`, "Tag Context"), as in gRPC's `grpc-tags-bin`.
//!
//! A byte for the version, 0. Then the tags, each: a byte for the field, 0; the length of the key, the key, the length
//! of the value, the value. Lengths are varints: seven bits a byte, the lowest first, the top bit set on all but the
//! last.

use std::fmt;

use super::propagate::MAX_BYTES;
use super::{Encoded, LeftOut, TagMap};
use crate::declare::name;

const VERSION: u8 = 0;
const TAG_FIELD: u8 = 0;

impl TagMap {
    /// These tags in the binary format of OpenCensus, for gRPC's metadata `grpc-tags-bin`.
    ///
    /// Tags of local keys are left out, and so are those whose values are not printable ASCII, because the format has no
    /// way to say them; [`Encoded::left_out`] tells how many. No tags are one byte.
    ///
    /// ```
    /// # use census::{TagKey, tag, tags};
    /// #[tag]
    /// static METHOD: TagKey;
    ///
    /// let metadata: Vec<u8> = tags!(METHOD = "GET").encode()?.into_inner();
    /// assert_eq!(metadata, b"\0\0\x06method\x03GET");
    /// # Ok::<(), census::EncodeError>(())
    /// ```
    ///
    /// # Errors
    /// If the keys and values that would be sent are more than 8192 bytes together. A call should go on without tags
    /// then.
    pub fn encode(&self) -> Result<Encoded<Vec<u8>>, EncodeError> {
        let mut left_out = LeftOut::default();
        let mut not_ascii = 0;
        let mut size = 0;
        let mut wire = vec![VERSION];
        for (key, value) in self.not_local(&mut left_out) {
            if !name::is_printable_ascii(value) {
                not_ascii += 1;
                continue;
            }
            size += key.len() + value.len();
            if size <= MAX_BYTES {
                wire.push(TAG_FIELD);
                push_text(&mut wire, key);
                push_text(&mut wire, value);
            }
        }
        left_out.not_ascii = not_ascii;
        if size > MAX_BYTES {
            return Err(EncodeError { size });
        }
        Ok(Encoded::new(wire, left_out))
    }

    /// The tags that [`encode`](Self::encode), or another OpenCensus, has written.
    ///
    /// Of a key that is there twice the last counts. What follows an unknown field was written by a newer version and is
    /// not read. Bytes from a stranger cost no more time and memory than bytes of that length may.
    ///
    /// A tag that was received goes on to where this program sends its tags, unless the program declares its key local:
    /// then it is read, and stays here. Received keys are not registered.
    ///
    /// ```
    /// use census::{DecodeErrorKind, TagMap};
    ///
    /// let metadata = b"\0\0\x06method\x03GET";
    /// let tags = TagMap::decode(metadata)?;
    /// assert_eq!(tags.len(), 1);
    ///
    /// let error = TagMap::decode(&metadata[..12]).unwrap_err();
    /// assert_eq!(error.kind(), DecodeErrorKind::Truncated);
    /// assert_eq!(error.to_string(), "no tags at byte 10: it ends within a tag");
    ///
    /// // A call goes on without its tags.
    /// let tags = TagMap::decode(b"rubbish").unwrap_or_default();
    /// # assert!(tags.is_empty());
    /// # Ok::<(), census::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// If the bytes are not in the format, of another version, or hold a key or value that cannot be one; if keys and
    /// values are more than 8192 bytes together, those counted that are there twice. No bytes at all are an error, too:
    /// no tags are one byte. Then there is no map, not even of what came before the mistake.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader { bytes, offset: 0 };
        match reader.next() {
            None => return Err(reader.error(DecodeErrorKind::Empty)),
            Some(VERSION) => {}
            Some(_) => return Err(DecodeErrorKind::Version.at(0)),
        }
        let mut tags = Vec::new();
        let mut size = 0;
        while reader.next() == Some(TAG_FIELD) {
            let start = reader.offset;
            let key = reader.text(name::is_valid, DecodeErrorKind::Key)?;
            let is_value =
                |text: &str| text.len() <= name::MAX_LEN && name::is_printable_ascii(text);
            let value = reader.text(is_value, DecodeErrorKind::Value)?;
            size += key.len() + value.len();
            if size > MAX_BYTES {
                return Err(DecodeErrorKind::Size.at(start));
            }
            tags.push((key, value));
        }
        Ok(Self::received(tags))
    }
}

fn push_text(wire: &mut Vec<u8>, text: &str) {
    let mut len = text.len();
    while len >= 0x80 {
        wire.push(low_bits(len) | 0x80);
        len >>= 7;
    }
    wire.push(low_bits(len));
    wire.extend_from_slice(text.as_bytes());
}

/// The lowest seven bits.
const fn low_bits(len: usize) -> u8 {
    len.to_le_bytes()[0] & 0x7f
}

/// Where the decoder is.
struct Reader<'a> {
    /// Those that are left.
    bytes: &'a [u8],
    /// How many were read.
    offset: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<u8> {
        let [byte] = *self.take(1)? else { return None };
        Some(byte)
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        self.offset += len;
        Some(taken)
    }

    /// A length and as many bytes, which must be a text that is allowed.
    fn text(
        &mut self,
        is_allowed: impl Fn(&str) -> bool,
        otherwise: DecodeErrorKind,
    ) -> Result<&'a str, DecodeError> {
        let len = self.varint()?;
        let start = self.offset;
        // A length beyond what a computer can hold is beyond the end, too.
        let text = usize::try_from(len).ok().and_then(|len| self.take(len));
        let text = text.ok_or(DecodeErrorKind::Truncated.at(start))?;
        let text = std::str::from_utf8(text)
            .ok()
            .filter(|text| is_allowed(text));
        text.ok_or(otherwise.at(start))
    }

    fn varint(&mut self) -> Result<u64, DecodeError> {
        let start = self.offset;
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.next().ok_or(DecodeErrorKind::Truncated.at(start))?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit.
            if bits << shift >> shift != bits {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(DecodeErrorKind::Varint.at(start))
    }

    const fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        kind.at(self.offset)
    }
}

/// Why [`TagMap::encode`] did not: the tags are too large.
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

/// Why [`TagMap::decode`] did not, and where.
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
    Version,
    /// They end within a tag.
    Truncated,
    /// A length is more than 10 bytes long, or 2^64 and more.
    Varint,
    /// A key is not 1 to 255 bytes of printable ASCII.
    Key,
    /// A value is not 0 to 255 bytes of printable ASCII.
    Value,
    /// Keys and values are more than 8192 bytes together.
    Size,
}

impl DecodeErrorKind {
    const fn at(self, offset: usize) -> DecodeError {
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
            DecodeErrorKind::Version => f.write_str("the version is not 0"),
            DecodeErrorKind::Truncated => f.write_str("it ends within a tag"),
            DecodeErrorKind::Varint => {
                f.write_str("a length is 2^64 or more, or takes more than 10 bytes")
            }
            DecodeErrorKind::Key => {
                f.write_str("a key is 1 to 255 bytes of printable ASCII, this is not")
            }
            DecodeErrorKind::Value => {
                f.write_str("a value is at most 255 bytes of printable ASCII, this is not")
            }
            DecodeErrorKind::Size => write!(
                f,
                "keys and values are more than {MAX_BYTES} bytes together"
            ),
        }
    }
}

impl std::error::Error for DecodeError {}
