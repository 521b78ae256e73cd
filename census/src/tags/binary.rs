//! The binary format of OpenCensus (`encodings/BinaryEncoding.md`, "Tag Context"), as in gRPC's `grpc-tags-bin`.
//!
//! A byte for the version, 0. Then the tags, each: a byte for the field, 0; the length of the key, the key, the length
//! of the value, the value. Lengths are varints: seven bits a byte, the lowest first, the top bit set on all but the
//! last.

use super::propagate::MAX_BYTES;
use super::{DecodeError, DecodeErrorKind, EncodeError, Encoded, Omitted, TagMap};
use crate::declare::name;

const VERSION: u8 = 0;
const TAG_FIELD: u8 = 0;

impl TagMap {
    /// These tags in the binary format of OpenCensus, for gRPC's metadata `grpc-tags-bin`.
    ///
    /// Tags of local keys are left out, and so are those whose values are not printable ASCII, because the format has no
    /// way to say them; [`Encoded::omitted`] tells how many. No tags are one byte.
    ///
    /// ```
    /// # use census::{TagKey, tag, tags};
    /// #[tag]
    /// static METHOD: TagKey;
    ///
    /// let mut metadata = std::collections::HashMap::new(); // your RPC client's
    /// let tags = tags!(METHOD = "GET");
    /// metadata.insert("grpc-tags-bin", tags.encode()?.into_inner());
    /// assert_eq!(metadata["grpc-tags-bin"], b"\0\0\x06method\x03GET");
    /// # Ok::<(), census::EncodeError>(())
    /// ```
    ///
    /// # Errors
    /// If the keys and values that would be sent are more than 8192 bytes together. A call should go on without tags
    /// then.
    pub fn encode(&self) -> Result<Encoded<Vec<u8>>, EncodeError> {
        let mut omitted = Omitted::default();
        let mut not_ascii = 0;
        let mut size = 0;
        let mut wire = vec![VERSION];
        for (key, value) in self.not_local(&mut omitted) {
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
        omitted.not_ascii = not_ascii;
        if size > MAX_BYTES {
            return Err(EncodeError { size });
        }
        Ok(Encoded::new(wire, omitted))
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
    /// # let metadata = std::collections::HashMap::from([("grpc-tags-bin", b"\0\0\x06method\x03GET".to_vec())]);
    /// // A call goes on without tags if it has none, or if they are rubbish.
    /// let tags = metadata.get("grpc-tags-bin").and_then(|bytes| TagMap::decode(bytes).ok());
    /// tags.unwrap_or_default().scope(|| {
    ///     // What is recorded here has the tags of the caller.
    ///     assert_eq!(TagMap::current().len(), 1);
    /// });
    ///
    /// let error = TagMap::decode(b"\0\0\x06method\x03GE").unwrap_err();
    /// assert_eq!(error.kind(), DecodeErrorKind::Truncated);
    /// assert_eq!(error.to_string(), "no tags at byte 10: it ends within a tag");
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
            None => return Err(DecodeErrorKind::Empty.at(0)),
            Some(VERSION) => {}
            Some(_) => return Err(DecodeErrorKind::UnknownVersion.at(0)),
        }
        let mut tags = Vec::new();
        let mut size = 0;
        while reader.next() == Some(TAG_FIELD) {
            let start = reader.offset;
            let key = reader.text(name::is_valid, DecodeErrorKind::InvalidKey)?;
            let is_value =
                |text: &str| text.len() <= name::MAX_LEN && name::is_printable_ascii(text);
            let value = reader.text(is_value, DecodeErrorKind::InvalidValue)?;
            size += key.len() + value.len();
            if size > MAX_BYTES {
                return Err(DecodeErrorKind::TooLarge.at(start));
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
        Err(DecodeErrorKind::InvalidLength.at(start))
    }
}
