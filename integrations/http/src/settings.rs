//! What the user has set of a layer.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use census::{TagFilter, TagMap};
use http::{request, response};

use crate::grpc::Methods;
use crate::known::Known;
use crate::measures::Scheme;
use crate::servers::Servers;
use crate::side::{Protocol, Side};

type OfRequest<R> = Arc<dyn Fn(&request::Parts) -> R + Send + Sync>;
type OfResponse<R> = Arc<dyn Fn(&response::Parts) -> R + Send + Sync>;

/// The settings of a layer, which its services share.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) protocol: Protocol,
    pub(crate) side: Side,
    pub(crate) skip: Option<OfRequest<bool>>,
    pub(crate) request_tags: Option<OfRequest<TagMap>>,
    pub(crate) response_tags: Option<OfResponse<TagMap>>,
    pub(crate) route: Option<OfRequest<Option<Cow<'static, str>>>>,
    pub(crate) http_methods: Known,
    pub(crate) grpc_methods: Arc<Methods>,
    pub(crate) scheme: Scheme,
    pub(crate) servers: Servers,
    /// The filters of the header `baggage`, if it is read or written.
    pub(crate) baggage: Option<Vec<TagFilter<'static>>>,
    /// The filters of the header `grpc-tags-bin`, if it is read or written.
    #[cfg(feature = "tonic")]
    pub(crate) grpc_tags: Option<Vec<TagFilter<'static>>>,
}

impl Settings {
    pub(crate) fn new(protocol: Protocol, side: Side) -> Self {
        Self {
            protocol,
            side,
            skip: None,
            request_tags: None,
            response_tags: None,
            route: None,
            http_methods: Known::http_methods(),
            grpc_methods: Arc::default(),
            scheme: Scheme::default(),
            servers: Servers::default(),
            baggage: None,
            #[cfg(feature = "tonic")]
            grpc_tags: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("protocol", &self.protocol)
            .field("side", &self.side)
            .finish_non_exhaustive()
    }
}
