//! Assertions that hold for all bytes that are read as tags. The property tests and the fuzz targets call them; the
//! fuzz targets (`fuzz/`) include this file, so it uses no other module.

use std::collections::BTreeMap;

use census::{DecodeErrorKind, TagMap};

/// A map's tag values, by the names of their keys.
#[must_use]
pub fn values_by_name(tags: &TagMap) -> BTreeMap<String, String> {
    tags.iter()
        .map(|(key, value)| (key.name().to_owned(), value.as_str().to_owned()))
        .collect()
}

/// A second decoder of the binary format, as simple as possible.
///
/// # Errors
/// The error that `TagMap::decode` must return for the same bytes.
pub fn simple_decode(bytes: &[u8]) -> Result<BTreeMap<String, String>, DecodeErrorKind> {
    let mut bytes = bytes.iter().copied();
    match bytes.next() {
        None => return Err(DecodeErrorKind::Empty),
        Some(0) => {}
        Some(_) => return Err(DecodeErrorKind::UnknownVersion),
    }
    let mut tags = BTreeMap::new();
    let mut size = 0;
    while bytes.next() == Some(0) {
        let key = simple_string(&mut bytes, DecodeErrorKind::InvalidKey)?;
        if key.is_empty() {
            return Err(DecodeErrorKind::InvalidKey);
        }
        let value = simple_string(&mut bytes, DecodeErrorKind::InvalidValue)?;
        size += key.len() + value.len();
        if size > 8192 {
            return Err(DecodeErrorKind::TooLarge);
        }
        tags.insert(key, value);
    }
    Ok(tags)
}

fn simple_string(
    bytes: &mut impl Iterator<Item = u8>,
    invalid: DecodeErrorKind,
) -> Result<String, DecodeErrorKind> {
    let mut len = 0_u128;
    for position in 0.. {
        if position == 10 {
            return Err(DecodeErrorKind::InvalidLength);
        }
        let byte = bytes.next().ok_or(DecodeErrorKind::Truncated)?;
        len += u128::from(byte % 128) << (7 * position);
        if len > u128::from(u64::MAX) {
            return Err(DecodeErrorKind::InvalidLength);
        }
        if byte < 128 {
            break;
        }
    }
    let string: Vec<u8> = bytes
        .take(usize::try_from(len).unwrap_or(usize::MAX))
        .collect();
    if (string.len() as u128) < len {
        return Err(DecodeErrorKind::Truncated);
    }
    match String::from_utf8(string) {
        Ok(string) if string.len() < 256 && string.chars().all(|c| (' '..='~').contains(&c)) => {
            Ok(string)
        }
        _ => Err(invalid),
    }
}

/// Checks that any bytes are decoded as [`simple_decode`] decodes them, and that decoded tags survive a round trip.
pub fn check_binary(bytes: &[u8]) {
    let decoded = TagMap::decode(bytes);
    assert_eq!(
        decoded
            .as_ref()
            .map(values_by_name)
            .map_err(census::DecodeError::kind),
        simple_decode(bytes)
    );
    match decoded {
        Ok(tags) => {
            let encoded = check_binary_round_trip(&tags);
            assert!(encoded.len() <= bytes.len(), "no encoding is shorter");
        }
        Err(error) => assert!(error.offset() <= bytes.len(), "{error}"),
    }
}

/// Checks that tags, none of which is omitted, are the same after encoding and decoding; and that truncated bytes are
/// rejected or give a part of the tags. Returns the encoded bytes.
#[must_use]
pub fn check_binary_round_trip(tags: &TagMap) -> Vec<u8> {
    let encoded = tags.encode().expect("at most 8192 bytes");
    assert_eq!(encoded.omitted().total(), 0);
    let encoded = encoded.into_inner();
    assert_eq!(TagMap::decode(&encoded).as_ref(), Ok(tags));
    // Not at every byte of a long encoding, which would take too long.
    for end in (0..encoded.len()).take(300) {
        match TagMap::decode(encoded.get(..end).unwrap_or_default()) {
            Ok(part) => assert!(is_part(&part, tags) && part.len() < tags.len()),
            Err(error) => assert!(matches!(
                error.kind(),
                DecodeErrorKind::Empty | DecodeErrorKind::Truncated
            )),
        }
    }
    encoded
}

/// Checks that any bytes are read as a header within the limits and member by member, and that the tags survive a
/// round trip.
pub fn check_baggage(header: &[u8]) {
    let tags = TagMap::from_baggage(header);
    assert!(tags.len() <= 64);
    assert!(tags.iter().all(|(_, value)| value.as_str().len() <= 255));

    let members: Vec<&[u8]> = header.split(|byte| *byte == b',').collect();
    assert_eq!(
        TagMap::from_baggage_all(&members),
        tags,
        "members may be in one header or in several"
    );
    if members.len() <= 64 && header.len() <= 8192 {
        let mut one_by_one = TagMap::new();
        for member in members {
            for (key, value) in &TagMap::from_baggage(member) {
                one_by_one.upsert(key, value.clone());
            }
        }
        assert_eq!(one_by_one, tags);
    }

    let written = tags.to_baggage();
    let over_limit = written.omitted().over_limit;
    // The written header can be longer: a byte that is not UTF-8 takes three bytes when read (`%FF`), and as a
    // replacement character nine when written.
    assert!(over_limit == 0 || header.len() > 8192 / 3);
    let again = check_baggage_round_trip(&tags, over_limit);
    assert_eq!(again.to_baggage().into_inner(), written.into_inner());
}

/// Checks that tags, of which `over_limit` are omitted, are written as a legal header and read again. Returns the tags
/// that were read.
pub fn check_baggage_round_trip(tags: &TagMap, over_limit: usize) -> TagMap {
    let written = tags.to_baggage();
    assert_eq!(written.omitted().over_limit, over_limit);
    assert_eq!(written.omitted().total(), over_limit);
    let written = written.into_inner();
    assert!(written.len() <= 8192);
    assert!(
        written.is_empty() || written.split(',').all(is_legal_member),
        "{written}"
    );
    let again = TagMap::from_baggage(&written);
    assert_eq!(again.len(), tags.len() - over_limit);
    assert!(is_part(&again, tags));
    again
}

/// Whether a member matches the grammar of W3C baggage, without properties and white space.
fn is_legal_member(member: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let is_octet = |c: char| ('!'..='~').contains(&c) && !"\",;\\".contains(c);
    member.split_once('=').is_some_and(|(key, value)| {
        !key.is_empty() && key.chars().all(is_token) && value.chars().all(is_octet)
    })
}

fn is_part(part: &TagMap, whole: &TagMap) -> bool {
    part.iter()
        .all(|(key, value)| whole.get(key) == Some(value))
}
