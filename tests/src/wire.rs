//! What must be true of all bytes that are read as tags, asserted: for the property tests, and for the fuzz targets
//! (`fuzz/`), which take this file as it is.

use std::collections::BTreeMap;

use census::{DecodeErrorKind, TagMap};

/// The names and values of a map.
#[must_use]
pub fn texts(tags: &TagMap) -> BTreeMap<String, String> {
    tags.iter()
        .map(|(key, value)| (key.name().to_owned(), value.as_str().to_owned()))
        .collect()
}

/// The binary format, decoded as simply as can be.
///
/// # Errors
/// What `TagMap::decode` should say.
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
        let key = simple_text(&mut bytes, DecodeErrorKind::InvalidKey)?;
        if key.is_empty() {
            return Err(DecodeErrorKind::InvalidKey);
        }
        let value = simple_text(&mut bytes, DecodeErrorKind::InvalidValue)?;
        size += key.len() + value.len();
        if size > 8192 {
            return Err(DecodeErrorKind::TooLarge);
        }
        tags.insert(key, value);
    }
    Ok(tags)
}

fn simple_text(
    bytes: &mut impl Iterator<Item = u8>,
    otherwise: DecodeErrorKind,
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
    let text: Vec<u8> = bytes
        .take(usize::try_from(len).unwrap_or(usize::MAX))
        .collect();
    if (text.len() as u128) < len {
        return Err(DecodeErrorKind::Truncated);
    }
    match String::from_utf8(text) {
        Ok(text) if text.len() < 256 && text.chars().all(|c| (' '..='~').contains(&c)) => Ok(text),
        _ => Err(otherwise),
    }
}

/// Decodes any bytes: to what the simple decoder says, and what was decoded is encoded and decoded to the same.
pub fn binary(bytes: &[u8]) {
    let decoded = TagMap::decode(bytes);
    assert_eq!(
        decoded
            .as_ref()
            .map(texts)
            .map_err(census::DecodeError::kind),
        simple_decode(bytes)
    );
    match decoded {
        Ok(tags) => {
            let encoded = binary_round_trip(&tags);
            assert!(encoded.len() <= bytes.len(), "ours is the shortest");
        }
        Err(error) => assert!(error.offset() <= bytes.len(), "{error}"),
    }
}

/// Encodes tags of which none must be left out, and decodes what was written, whole and cut short.
#[must_use]
pub fn binary_round_trip(tags: &TagMap) -> Vec<u8> {
    let encoded = tags.encode().expect("at most 8192 bytes");
    assert_eq!(encoded.omitted().total(), 0);
    assert_eq!(TagMap::decode(encoded.as_bytes()).as_ref(), Ok(tags));
    // A long one would take long.
    for end in (0..encoded.len()).take(300) {
        match TagMap::decode(encoded.as_bytes().get(..end).unwrap_or_default()) {
            Ok(part) => assert!(is_part(&part, tags) && part.len() < tags.len()),
            Err(error) => assert!(matches!(
                error.kind(),
                DecodeErrorKind::Empty | DecodeErrorKind::Truncated
            )),
        }
    }
    encoded.into_inner()
}

/// Reads any bytes as a header: within the limits, member for member, and what was read is written and read again.
pub fn baggage(header: &[u8]) {
    let tags = TagMap::from_baggage(header);
    assert!(tags.len() <= 64);
    assert!(tags.iter().all(|(_, value)| value.as_str().len() <= 255));

    let members: Vec<&[u8]> = header.split(|byte| *byte == b',').collect();
    assert_eq!(
        TagMap::from_baggage_all(&members),
        tags,
        "a comma is a line"
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
    // What is written can be longer than what was read: bytes that are not UTF-8 were three, and are nine.
    assert!(over_limit == 0 || header.len() > 8192 / 3);
    let again = baggage_round_trip(&tags, over_limit);
    assert_eq!(again.to_baggage().as_str(), written.as_str());
}

/// Writes tags, of which so many have no room, as a legal header, and reads them.
pub fn baggage_round_trip(tags: &TagMap, over_limit: usize) -> TagMap {
    let written = tags.to_baggage();
    assert_eq!(written.omitted().over_limit, over_limit);
    assert_eq!(written.omitted().total(), over_limit);
    assert!(written.len() <= 8192);
    assert!(
        written.is_empty() || written.as_str().split(',').all(is_legal_member),
        "{written}"
    );
    let again = TagMap::from_baggage(written.as_str());
    assert_eq!(again.len(), tags.len() - over_limit);
    assert!(is_part(&again, tags));
    again
}

/// As the grammar of W3C baggage has it, without properties and white space.
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
