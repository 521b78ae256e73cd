//! The binary format of OpenCensus (`encodings/BinaryEncoding.md`, "Tag Context"), which gRPC sends as `grpc-tags-bin`.
//!
//! The first byte is the version, 0. The tags follow. Each tag is a byte for the field, 0, the length of the key, the
//! key, the length of the value, and the value. A length is a varint: seven bits in each byte, the lowest bits first,
//! and the top bit set in each byte but the last.

use super::propagate::MAX_BYTES;
use super::{DecodeError, DecodeErrorKind, EncodeError, Encoded, Omitted, TagMap};
use crate::declare::name;

const VERSION: u8 = 0;
const TAG_FIELD: u8 = 0;

impl TagMap {
    /// These tags in the binary format of OpenCensus, for gRPC's metadata `grpc-tags-bin`.
    ///
    /// Tags of local keys are omitted, and so are tags whose values are not printable ASCII, because the format has no
    /// other values. [`Encoded::omitted`] tells how many. A map without tags is one byte.
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
    /// If the keys and values to send have more than 8192 bytes together. Send the call without tags then.
    pub fn encode(&self) -> Result<Encoded<Vec<u8>>, EncodeError> {
        let mut omitted = Omitted::default();
        let mut not_ascii = 0;
        let mut size = 0;
        let mut wire = vec![VERSION];
        for (name, value) in self.propagated(&mut omitted) {
            if !name::is_printable_ascii(value) {
                not_ascii += 1;
                continue;
            }
            size += name.len() + value.len();
            if size <= MAX_BYTES {
                wire.push(TAG_FIELD);
                push_string(&mut wire, name);
                push_string(&mut wire, value);
            }
        }
        omitted.not_ascii = not_ascii;
        if size > MAX_BYTES {
            return Err(EncodeError { size });
        }
        Ok(Encoded::new(wire, omitted))
    }

    /// The tags that [`encode`](Self::encode), or another implementation of OpenCensus, has written.
    ///
    /// Of several tags of one key the last counts. The bytes from the first unknown field on are ignored: a newer
    /// version of the format has written them. The number of bytes bounds the time and memory of decoding, so the
    /// sender need not be trusted.
    ///
    /// The program sends received tags on with its own. If the program declares a key local, a received tag of that key
    /// is in the map, but is not sent on. Received keys are not registered.
    ///
    /// ```
    /// use census::{DecodeErrorKind, TagMap};
    ///
    /// # let metadata = std::collections::HashMap::from([("grpc-tags-bin", b"\0\0\x06method\x03GET".to_vec())]);
    /// // A call without tags, or with malformed ones, is handled without tags.
    /// let tags = metadata.get("grpc-tags-bin").and_then(|bytes| TagMap::decode(bytes).ok());
    /// tags.unwrap_or_default().scope(|| {
    ///     // Measurements that are recorded here have the caller's tags.
    ///     assert_eq!(TagMap::current().len(), 1);
    /// });
    ///
    /// let error = TagMap::decode(b"\0\0\x06method\x03GE").unwrap_err();
    /// assert_eq!(error.kind(), DecodeErrorKind::Truncated);
    /// assert_eq!(error.to_string(), "invalid tags at byte 10: they end within a tag");
    /// # Ok::<(), census::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// If the bytes are malformed or of another version, if a key or value is not valid, or if the keys and values have
    /// more than 8192 bytes together, repeated ones included. An empty slice is an error, too: even a map without tags
    /// is one byte. The tags before the mistake are not returned.
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
            let key = reader.string(name::is_valid, DecodeErrorKind::InvalidKey)?;
            let is_valid_value =
                |value: &str| value.len() <= name::MAX_LEN && name::is_printable_ascii(value);
            let value = reader.string(is_valid_value, DecodeErrorKind::InvalidValue)?;
            size += key.len() + value.len();
            if size > MAX_BYTES {
                return Err(DecodeErrorKind::TooLarge.at(start));
            }
            tags.push((key, value));
        }
        Ok(Self::from_wire(tags))
    }
}

/// Appends a length and a string.
fn push_string(wire: &mut Vec<u8>, string: &str) {
    let mut len = string.len();
    while len >= 0x80 {
        wire.push(low_bits(len) | 0x80);
        len >>= 7;
    }
    wire.push(low_bits(len));
    wire.extend_from_slice(string.as_bytes());
}

/// The lowest seven bits.
const fn low_bits(len: usize) -> u8 {
    len.to_le_bytes()[0] & 0x7f
}

/// A cursor over the bytes to decode.
struct Reader<'a> {
    /// The bytes that are not read yet.
    bytes: &'a [u8],
    /// The number of bytes read.
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

    /// Reads a length and as many bytes. If they are not a valid string, the error is `invalid`.
    fn string(
        &mut self,
        is_valid: impl Fn(&str) -> bool,
        invalid: DecodeErrorKind,
    ) -> Result<&'a str, DecodeError> {
        let len = self.varint()?;
        let start = self.offset;
        // A length that does not fit into a `usize` is longer than any slice.
        let bytes = usize::try_from(len).ok().and_then(|len| self.take(len));
        let bytes = bytes.ok_or(DecodeErrorKind::Truncated.at(start))?;
        let string = std::str::from_utf8(bytes)
            .ok()
            .filter(|string| is_valid(string));
        string.ok_or(invalid.at(start))
    }

    fn varint(&mut self) -> Result<u64, DecodeError> {
        let start = self.offset;
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.next().ok_or(DecodeErrorKind::Truncated.at(start))?;
            let bits = u64::from(byte & 0x7f);
            // Of the tenth byte only one bit fits.
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
