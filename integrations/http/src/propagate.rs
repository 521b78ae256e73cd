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

/// The received tags that the filters let in. [`TagMap::incoming`] would let in local ones, too, and so a client could choose
/// the values of labels that a measurement leaves out, such as the route where nothing was matched.
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
        let baggage = current.outgoing(filters).to_baggage();
        // A request may have baggage of its own, so this is one header more. What `to_baggage` writes is a valid value.
        if !baggage.is_empty()
            && let Ok(value) = HeaderValue::from_str(baggage.as_str())
        {
            headers.append(BAGGAGE, value);
        }
    }
    #[cfg(feature = "tonic")]
    if let Some(filters) = &settings.grpc_tags {
        crate::tonic::send(&current.outgoing(filters), headers);
    }
}
