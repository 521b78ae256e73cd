//! What the user has set of a layer.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use census::{BoundMeasure, TagFilter, TagMap};
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
    pub(crate) handles: Handles,
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
            handles: Handles::default(),
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

/// Handles of the measure of active requests, one for each set of tags, so that a request allocates nothing.
#[derive(Default)]
pub(crate) struct Handles(OnceLock<Box<[OnceLock<BoundMeasure<i64>>]>>);

impl Handles {
    /// The handle with this number, of so many.
    pub(crate) fn get(
        &self,
        index: usize,
        len: usize,
        bind: impl FnOnce() -> BoundMeasure<i64>,
    ) -> Option<&BoundMeasure<i64>> {
        let handles = self
            .0
            .get_or_init(|| (0..len).map(|_| OnceLock::new()).collect());
        Some(handles.get(index)?.get_or_init(bind))
    }
}

impl Clone for Handles {
    /// None: what is cloned is changed next, and the tags may be others then.
    fn clone(&self) -> Self {
        Self::default()
    }
}
