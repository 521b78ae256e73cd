//! The HTTP header `baggage` (W3C, <https://www.w3.org/TR/baggage/>).

use super::propagate::MAX_BYTES;
use super::{Encoded, Omitted, TagMap, percent};
use crate::declare::name;

/// The most members of a header that go out or come in: as many as every implementation must take.
const MAX_MEMBERS: usize = 64;

impl TagMap {
    /// These tags as the value of the HTTP header `baggage`.
    ///
    /// Tags of local keys are left out, and so is what would make the header longer than 64 members or 8192 bytes, because
    /// nobody needs to take more; [`Encoded::omitted`] tells how many. No tags are an empty text: send no header then.
    ///
    /// Values are percent-encoded UTF-8. The names of keys are percent-encoded where a member's key may not have such a
    /// character: `myorg/tenant` is sent as `myorg%2Ftenant`. `census` reads it back; who follows the specification to the
    /// letter takes it for a key of that very name, and sends it on as it is. Keys of letters, digits, `_`, `-` and `.`
    /// are the same everywhere.
    ///
    /// ```
    /// # use census::{TagKey, tag, tags};
    /// #[tag]
    /// static METHOD: TagKey;
    /// #[tag(name = "myorg/tenant")]
    /// static TENANT: TagKey;
    ///
    /// let mut headers = std::collections::HashMap::new(); // your HTTP client's
    /// let baggage = tags!(METHOD = "GET", TENANT = "Zürich & Co").to_baggage();
    /// if !baggage.is_empty() {
    ///     headers.insert("baggage", baggage.into_inner());
    /// }
    /// assert_eq!(headers["baggage"], "method=GET,myorg%2Ftenant=Z%C3%BCrich%20&%20Co");
    /// ```
    #[must_use]
    pub fn to_baggage(&self) -> Encoded<String> {
        let mut omitted = Omitted::default();
        let (mut members, mut over_limit) = (0, 0);
        let mut header = String::new();
        let mut member = String::new();
        for (key, value) in self.not_local(&mut omitted) {
            member.clear();
            member.push_str(if header.is_empty() { "" } else { "," });
            percent::encode(&mut member, key, is_plain_in_key);
            member.push('=');
            percent::encode(&mut member, value, is_plain_in_value);
            if members == MAX_MEMBERS || header.len() + member.len() > MAX_BYTES {
                over_limit += 1;
            } else {
                members += 1;
                header.push_str(&member);
            }
        }
        omitted.over_limit = over_limit;
        Encoded::new(header, omitted)
    }

    /// The tags of an HTTP header `baggage`, as text or bytes.
    ///
    /// Keys and values are percent-decoded; bytes of a value that are not UTF-8 become U+FFFD. A member that is malformed,
    /// whose key is not 1 to 255 bytes of printable ASCII, or whose value is longer than 255 bytes, is left out; the others
    /// are read. Of a key that is there twice the last counts. Properties (`;…`) are not kept. 64 members and 8192 bytes are
    /// read, and no more.
    ///
    /// As with [`decode`](Self::decode), what was received goes on to where this program sends its tags, but for keys
    /// that it declares local.
    ///
    /// ```
    /// use census::{TagMap, tags};
    /// # use census::{TagKey, tag};
    /// # #[tag(name = "myorg/tenant")]
    /// # static TENANT: TagKey;
    /// # #[tag]
    /// # static METHOD: TagKey;
    ///
    /// let received = TagMap::from_baggage("method=GET;sampled, myorg%2Ftenant = Z%C3%BCrich, rubbish");
    /// assert_eq!(received, tags!(METHOD = "GET", TENANT = "Zürich"));
    /// received.scope(|| {
    ///     // What is recorded here has the tags of the caller.
    /// });
    /// ```
    #[must_use]
    pub fn from_baggage(header: impl AsRef<[u8]>) -> Self {
        Self::from_baggage_all([header])
    }

    /// The tags of all headers `baggage` of a request: there may be none or several, and they count as one.
    ///
    /// With the crate `http`, `TagMap::from_baggage_all(request.headers().get_all("baggage"))`.
    ///
    /// ```
    /// # use census::TagMap;
    /// assert_eq!(TagMap::from_baggage_all(["userId=alice", "isProduction=false"]).len(), 2);
    /// assert!(TagMap::from_baggage_all(None::<&[u8]>).is_empty());
    /// ```
    #[must_use]
    pub fn from_baggage_all<H: AsRef<[u8]>>(headers: impl IntoIterator<Item = H>) -> Self {
        let mut tags = Vec::new();
        let mut room = MAX_BYTES;
        for header in headers {
            let header = header.as_ref();
            // A byte more than there is room for, to see what is cut; the rest, however long, is not looked at.
            let header = header.get(..=room).unwrap_or(header);
            for member in header.split(|byte| *byte == b',') {
                if tags.len() == MAX_MEMBERS || room == 0 || member.len() > room {
                    return Self::received(tags);
                }
                // What is used up is the member and its comma.
                room = room.saturating_sub(member.len() + 1);
                tags.extend(read(member));
            }
        }
        Self::received(tags)
    }
}

/// The key and the value of a member, decoded.
fn read(member: &[u8]) -> Option<(String, String)> {
    let without_properties = member.split(|byte| *byte == b';').next()?;
    let (key, value) = std::str::from_utf8(without_properties)
        .ok()?
        .split_once('=')?;
    let (key, value) = (trim(key), trim(value));
    if !key.bytes().all(is_in_key) || !value.bytes().all(is_in_value) {
        return None;
    }
    let (key, value) = (percent::decode(key), percent::decode(value));
    let is_tag = name::is_valid(&key) && value.len() <= name::MAX_LEN;
    is_tag.then(|| (key.into_owned(), value.into_owned()))
}

/// Without optional white space: RFC 7230, section 3.2.3.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// `token`: RFC 7230, section 3.2.6.
const fn is_in_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

/// `baggage-octet`: visible ASCII but for the double quote, the comma, the semicolon and the backslash.
const fn is_in_value(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

const fn is_plain_in_key(byte: u8) -> bool {
    is_in_key(byte) && byte != b'%'
}

/// A plus sign need not be escaped, but some read it as a space (as in HTML's forms).
const fn is_plain_in_value(byte: u8) -> bool {
    is_in_value(byte) && byte != b'%' && byte != b'+'
}
