//! The HTTP header `baggage` (W3C, <https://www.w3.org/TR/baggage/>).

use super::propagate::MAX_BYTES;
use super::{Encoded, Omitted, TagMap, percent};
use crate::declare::name;

/// The limit of members of a header that is written or read. The specification requires every implementation to accept
/// that many.
const MAX_MEMBERS: usize = 64;

impl TagMap {
    /// These tags as the value of the HTTP header `baggage`.
    ///
    /// Tags of local keys are omitted, and so are tags that would make the header longer than 64 members or 8192 bytes:
    /// a receiver need not accept more. [`Encoded::omitted`] tells how many. The header of a map without tags is empty:
    /// send no header then.
    ///
    /// Values are percent-encoded UTF-8. In the names of keys, characters that the specification does not allow there
    /// are percent-encoded: `myorg/tenant` is sent as `myorg%2Ftenant`. `census` decodes such a name. A receiver that
    /// follows the specification literally has a key named `myorg%2Ftenant`, and sends it on under that name. Names of
    /// letters, digits, `_`, `-` and `.` are the same for all receivers.
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
        for (name, value) in self.propagated(&mut omitted) {
            member.clear();
            member.push_str(if header.is_empty() { "" } else { "," });
            percent::encode(&mut member, name, is_plain_in_key);
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

    /// The tags of an HTTP header `baggage`, as a string or bytes.
    ///
    /// Keys and values are percent-decoded; bytes of a value that are not UTF-8 become U+FFFD. A member is skipped if
    /// it is malformed, if its key is not 1 to 255 bytes of printable ASCII, or if its value is longer than 255 bytes.
    /// Of several members of one key the last counts. Properties (`;…`) are ignored. At most 64 members and 8192 bytes
    /// are read; the rest is ignored.
    ///
    /// As with [`decode`](Self::decode), the program sends received tags on with its own, except for tags of keys that
    /// it declares local.
    ///
    /// ```
    /// use census::{TagMap, tags};
    /// # use census::{TagKey, tag};
    /// # #[tag(name = "myorg/tenant")]
    /// # static TENANT: TagKey;
    /// # #[tag]
    /// # static METHOD: TagKey;
    ///
    /// let received = TagMap::from_baggage("method=GET;sampled, myorg%2Ftenant = Z%C3%BCrich, malformed");
    /// assert_eq!(received, tags!(METHOD = "GET", TENANT = "Zürich"));
    /// received.scope(|| {
    ///     // Measurements that are recorded here have the caller's tags.
    /// });
    /// ```
    pub fn from_baggage(header: impl AsRef<[u8]>) -> Self {
        Self::from_baggage_all([header])
    }

    /// The tags of all headers `baggage` of a request. There may be none or several; together they are read as one
    /// header.
    ///
    /// With the crate `http`, `TagMap::from_baggage_all(request.headers().get_all("baggage"))`.
    ///
    /// ```
    /// # use census::TagMap;
    /// assert_eq!(TagMap::from_baggage_all(["userId=alice", "isProduction=false"]).len(), 2);
    /// assert!(TagMap::from_baggage_all(None::<&[u8]>).is_empty());
    /// ```
    pub fn from_baggage_all<H: AsRef<[u8]>>(headers: impl IntoIterator<Item = H>) -> Self {
        let mut tags = Vec::new();
        let mut remaining = MAX_BYTES;
        for header in headers {
            let header = header.as_ref();
            // One byte more than may be read, so that a member that is cut off is longer than `remaining` and is not
            // read. The rest of the header is not searched, however long it is.
            let header = header.get(..=remaining).unwrap_or(header);
            for member in header.split(|byte| *byte == b',') {
                if tags.len() == MAX_MEMBERS || remaining == 0 || member.len() > remaining {
                    return Self::from_wire(tags);
                }
                // The comma counts, too.
                remaining = remaining.saturating_sub(member.len() + 1);
                tags.extend(parse_member(member));
            }
        }
        Self::from_wire(tags)
    }
}

/// The key and the value of a member, decoded; `None` if it is not a tag.
fn parse_member(member: &[u8]) -> Option<(String, String)> {
    let without_properties = member.split(|byte| *byte == b';').next()?;
    let (key, value) = std::str::from_utf8(without_properties)
        .ok()?
        .split_once('=')?;
    let (key, value) = (trim(key), trim(value));
    if !key.bytes().all(is_key_byte) || !value.bytes().all(is_value_byte) {
        return None;
    }
    let (key, value) = (percent::decode(key), percent::decode(value));
    let is_tag = name::is_valid(&key) && value.len() <= name::MAX_LEN;
    is_tag.then(|| (key.into_owned(), value.into_owned()))
}

/// Removes the optional white space around a key or value: RFC 7230, section 3.2.3.
fn trim(part: &str) -> &str {
    part.trim_matches([' ', '\t'])
}

/// Whether a key may contain the byte. A key is a `token`: RFC 7230, section 3.2.6.
const fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

/// Whether a value may contain the byte. It is a `baggage-octet`: visible ASCII except the double quote, the comma, the
/// semicolon and the backslash.
const fn is_value_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

/// Whether the byte stands for itself in a key.
const fn is_plain_in_key(byte: u8) -> bool {
    is_key_byte(byte) && byte != b'%'
}

/// Whether the byte stands for itself in a value. A plus sign would, but some receivers read it as a space, as in HTML
/// forms. So it is escaped.
const fn is_plain_in_value(byte: u8) -> bool {
    is_value_byte(byte) && byte != b'%' && byte != b'+'
}
