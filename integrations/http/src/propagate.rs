//! Tags in the headers of requests.

use census::{TagFilter, TagMap};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::settings::Settings;
use crate::side::Side;

const BAGGAGE: HeaderName = HeaderName::from_static("baggage");

/// The tags of a request that a server was given: those in its headers that the filters let in, under the tags that are
/// current.
pub(crate) fn incoming(settings: &Settings, headers: &HeaderMap, current: TagMap) -> TagMap {
    if settings.side == Side::Client {
        return current;
    }
    let mut received = TagMap::new();
    // Most requests have no such header, and an empty list of tags allocates.
    if let Some(filters) = &settings.baggage
        && headers.contains_key(BAGGAGE)
    {
        let values = headers.get_all(BAGGAGE);
        received = admitted(
            &TagMap::from_baggage_all(values.iter().map(HeaderValue::as_bytes)),
            filters,
        );
    }
    #[cfg(feature = "tonic")]
    if let Some(filters) = &settings.grpc_tags {
        received = received.overridden_by(&admitted(&crate::tonic::received(headers), filters));
    }
    if received.is_empty() {
        return current;
    }
    received.overridden_by(&current)
}

/// The received tags that the filters let in, without those of local keys: what may leave the process. [`TagMap::incoming`]
/// would let in local ones, too, and so a client could choose the values of labels that a measurement leaves out, such as the
/// route where nothing was matched.
fn admitted(received: &TagMap, filters: &[TagFilter<'_>]) -> TagMap {
    received.outgoing(filters)
}

/// Adds the current tags that the filters let out to the headers of a client's request.
pub(crate) fn outgoing(settings: &Settings, headers: &mut HeaderMap) {
    let current = TagMap::current();
    if settings.side == Side::Server || current.is_empty() {
        return;
    }
    if let Some(filters) = &settings.baggage {
        send_baggage(&current.outgoing(filters), headers);
    }
    #[cfg(feature = "tonic")]
    if let Some(filters) = &settings.grpc_tags {
        crate::tonic::send(&current.outgoing(filters), headers);
    }
}

/// Adds the tags as baggage, before what the request has already: a receiver need not read more than 8192 bytes, and a proxy
/// may forward the headers of any client. The last member of a key counts, so the request's own ones of
/// these keys are removed.
fn send_baggage(tags: &TagMap, headers: &mut HeaderMap) {
    let baggage = tags.to_baggage();
    // What `to_baggage` writes is a valid value.
    let Ok(value) = HeaderValue::from_str(baggage.as_str()) else {
        return;
    };
    if baggage.is_empty() {
        return;
    }
    let theirs: Vec<HeaderValue> = headers
        .get_all(BAGGAGE)
        .iter()
        .filter_map(|theirs| without(theirs, tags))
        .collect();
    headers.insert(BAGGAGE, value);
    for value in theirs {
        headers.append(BAGGAGE, value);
    }
}

/// A header without its members of the keys of these tags; `None` if no member is left.
fn without(header: &HeaderValue, tags: &TagMap) -> Option<HeaderValue> {
    let members = header.as_bytes().split(|byte| *byte == b',');
    let others: Vec<&[u8]> = members.filter(|member| !is_of(member, tags)).collect();
    // A part of a valid value is one.
    HeaderValue::from_bytes(&others.join(&b','))
        .ok()
        .filter(|value| !value.is_empty())
}

/// Whether a member has the key of one of these tags, whatever its value is.
fn is_of(member: &[u8], tags: &TagMap) -> bool {
    let key = member.split(|byte| matches!(byte, b'=' | b';')).next();
    let alone = TagMap::from_baggage([key.unwrap_or_default(), b"=1"].concat());
    tags.iter().any(|(key, _)| alone.get(key).is_some())
}
