//! The layers, and what can be set of them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use census::{TagFilter, TagMap};
use http::{request, response};
use tower_layer::Layer;

use crate::measures::Scheme;
use crate::request_body::{Counted, RequestBody, Uncounted};
use crate::service::Measured;
use crate::settings::Settings;
use crate::side::{Protocol, Side};

/// A layer that measures HTTP requests to a server. Made by [`server`](crate::server).
pub type ServerLayer<P = Uncounted> = RequestLayer<kind::Server, P>;

/// A layer that measures HTTP requests of a client. Made by [`client`](crate::client).
pub type ClientLayer<P = Uncounted> = RequestLayer<kind::Client, P>;

/// A layer that measures gRPC calls to a server. Made by [`grpc_server`](crate::grpc_server).
pub type GrpcServerLayer<P = Uncounted> = RequestLayer<kind::GrpcServer, P>;

/// A layer that measures gRPC calls of a client. Made by [`grpc_client`](crate::grpc_client).
pub type GrpcClientLayer<P = Uncounted> = RequestLayer<kind::GrpcClient, P>;

/// What a layer measures.
pub mod kind {
    /// HTTP requests to a server.
    #[derive(Clone, Copy, Debug)]
    pub enum Server {}

    /// HTTP requests of a client.
    #[derive(Clone, Copy, Debug)]
    pub enum Client {}

    /// gRPC calls to a server.
    #[derive(Clone, Copy, Debug)]
    pub enum GrpcServer {}

    /// gRPC calls of a client.
    #[derive(Clone, Copy, Debug)]
    pub enum GrpcClient {}

    /// Servers and clients of HTTP.
    pub trait Http: sealed::Sealed {}
    /// Servers and clients of gRPC.
    pub trait Grpc: sealed::Sealed {}
    /// Clients.
    pub trait AnyClient: sealed::Sealed {}
    /// Servers.
    pub trait AnyServer: sealed::Sealed {}

    impl Http for Server {}
    impl Http for Client {}
    impl Grpc for GrpcServer {}
    impl Grpc for GrpcClient {}
    impl AnyServer for Server {}
    impl AnyServer for GrpcServer {}
    impl AnyClient for Client {}
    impl AnyClient for GrpcClient {}

    mod sealed {
        pub trait Sealed {}

        impl Sealed for super::Server {}
        impl Sealed for super::Client {}
        impl Sealed for super::GrpcServer {}
        impl Sealed for super::GrpcClient {}
    }
}

/// A layer that measures requests: a [`ServerLayer`], a [`ClientLayer`], a [`GrpcServerLayer`] or a [`GrpcClientLayer`].
///
/// Cheap to clone. A layer and the services that it has made share their settings, and the gRPC methods that they have learned.
pub struct RequestLayer<K, P = Uncounted> {
    settings: Arc<Settings>,
    request_bodies: P,
    kind: PhantomData<fn() -> K>,
}

impl<K> RequestLayer<K> {
    pub(crate) fn new(protocol: Protocol, side: Side) -> Self {
        Self {
            settings: Arc::new(Settings::new(protocol, side)),
            request_bodies: Uncounted::default(),
            kind: PhantomData,
        }
    }

    /// Counts the bodies of requests as they pass, and not by the length that they say they have. `wrap` makes the body that
    /// the service gets.
    ///
    /// Without this, a body of unknown length (a stream) has no size, and messages in gRPC requests are not counted. With it,
    /// each request allocates.
    ///
    /// ```
    /// # #[cfg(feature = "axum")]
    /// # fn app() -> axum::Router {
    /// axum::Router::new().layer(census_http::server().count_request_body(axum::body::Body::new))
    /// # }
    /// ```
    ///
    /// A service that takes any body can be given the counted one: `.count_request_body(|body| body)`.
    #[must_use]
    pub fn count_request_body<B, Into, F>(self, wrap: F) -> RequestLayer<K, Counted<F>>
    where
        F: Fn(RequestBody<B>) -> Into + Clone,
    {
        RequestLayer {
            settings: self.settings,
            request_bodies: Counted(wrap),
            kind: PhantomData,
        }
    }
}

/// Any layer.
impl<K, P> RequestLayer<K, P> {
    /// Does not measure the requests for which this is true, such as health checks. It does not take or send tags for them,
    /// either.
    ///
    /// ```
    /// let layer = census_http::server().skip(|request| request.uri.path() == "/healthz");
    /// ```
    #[must_use]
    pub fn skip(self, skip: impl Fn(&request::Parts) -> bool + Send + Sync + 'static) -> Self {
        self.set(|settings| settings.skip = Some(Arc::new(skip)))
    }

    /// Gives everything that is done for a request these tags: the service, its measurements, and the measurements of
    /// this layer.
    ///
    /// ```
    /// use census::{TagKey, tag, tags};
    ///
    /// #[tag]
    /// static TENANT: TagKey;
    ///
    /// let layer = census_http::server().tags(|request| {
    ///     let tenant = request.headers.get("x-tenant").and_then(|value| value.to_str().ok());
    ///     tags!(TENANT = tenant)
    /// });
    /// ```
    ///
    /// The views of [`views`](crate::views) have no such columns; declare views of your own over the
    /// [`measures`](crate::measures). Values that a client chooses make as many rows as it likes, up to `max_series`.
    #[must_use]
    pub fn tags(self, tags: impl Fn(&request::Parts) -> TagMap + Send + Sync + 'static) -> Self {
        self.set(|settings| settings.request_tags = Some(Arc::new(tags)))
    }

    /// Gives the measurements at the end of a request these tags, and the response's body. The request's tags are current in
    /// the function, so `tags!` adds to them.
    ///
    /// ```
    /// use census::{TagKey, tag, tags};
    ///
    /// #[tag]
    /// static CACHE: TagKey;
    ///
    /// let layer = census_http::server().response_tags(|response| {
    ///     let is_hit = response.headers.contains_key("age");
    ///     tags!(CACHE = if is_hit { "hit" } else { "miss" })
    /// });
    /// ```
    #[must_use]
    pub fn response_tags(
        self,
        tags: impl Fn(&response::Parts) -> TagMap + Send + Sync + 'static,
    ) -> Self {
        self.set(|settings| settings.response_tags = Some(Arc::new(tags)))
    }

    pub(crate) fn set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(Arc::make_mut(&mut self.settings));
        self
    }
}

/// Servers and clients of HTTP.
impl<K: kind::Http, P> RequestLayer<K, P> {
    /// Knows these methods, too, such as `PROPFIND`. Those of RFC 9110, `PATCH` and `QUERY` are known; a request with another
    /// one has the method `_OTHER`.
    #[must_use]
    pub fn known_methods<M: Into<Cow<'static, str>>>(
        self,
        methods: impl IntoIterator<Item = M>,
    ) -> Self {
        self.set(|settings| settings.http_methods.extend(methods))
    }
}

/// Servers of HTTP.
impl<P> ServerLayer<P> {
    /// Says how clients reach this server. A request does not say it, and a proxy may have ended TLS. The default is `http`.
    #[must_use]
    pub fn scheme(self, scheme: Scheme) -> Self {
        self.set(|settings| settings.scheme = scheme)
    }

    /// Says which route a request has, in place of the one that axum has matched (feature `axum`).
    ///
    /// A route is a pattern, such as `/users/{id}`. A path of the request's own would make a row for each path that a client
    /// can think of. `None` means that nothing was matched. [`set_route`](crate::set_route) says it from within a handler.
    ///
    /// ```
    /// let layer = census_http::server().route(|request| match request.uri.path() {
    ///     "/" => Some("/".into()),
    ///     path if path.starts_with("/users/") => Some("/users/{id}".into()),
    ///     _ => None,
    /// });
    /// ```
    #[must_use]
    pub fn route(
        self,
        route: impl Fn(&request::Parts) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> Self {
        self.set(|settings| settings.route = Some(Arc::new(route)))
    }
}

/// Servers and clients of gRPC.
impl<K: kind::Grpc, P> RequestLayer<K, P> {
    /// Knows these methods, each as `package.Service/Method`. Other methods are known from when they have first answered OK;
    /// before, and for methods that no service has, they are `_OTHER`.
    ///
    /// With the feature `tonic`, `descriptor_set` knows all methods of a descriptor set, and calls of generated clients
    /// are known.
    #[must_use]
    pub fn methods(self, methods: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.set(|settings| settings.grpc_methods = Arc::new(settings.grpc_methods.with(methods)))
    }

    /// Knows all methods of a descriptor set, such as `tonic::include_file_descriptor_set!` includes.
    ///
    /// # Errors
    ///
    /// If the bytes are not a `google.protobuf.FileDescriptorSet`.
    #[cfg(feature = "tonic")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tonic")))]
    pub fn descriptor_set(self, bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        let methods = crate::tonic::methods_of(bytes)?;
        Ok(self.methods(methods))
    }
}

/// Clients of HTTP and gRPC.
impl<K: kind::AnyClient, P> RequestLayer<K, P> {
    /// Names the servers of this client: a host (`api.example.com`, with the port of the scheme), or a host and a port
    /// (`db:5432`, `[::1]:5432`). A URL stands for its server. A request to another one has the address `_OTHER`, and no port, so
    /// that a program that follows the URLs of others does not make rows for them.
    ///
    /// A request that does not say which server it is for (as those of `tonic`'s clients, whose channel knows it) is for the
    /// one that is named here, if there is only one. Its port is not known then, unless it is named, too.
    ///
    /// # Panics
    ///
    /// If one of the texts names no server.
    #[must_use]
    pub fn servers(self, servers: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.set(|settings| {
            for server in servers {
                let server = server.as_ref();
                assert!(
                    settings.servers.add(server),
                    "`{server}` names no server: write a host, or a host and a port"
                );
            }
        })
    }

    /// Sends the tags that are current where a request begins, and that these filters let out, in the header `baggage`
    /// ([`TagMap::outgoing`], [`TagMap::to_baggage`]). Local tags are never sent. `[]` sends all others.
    ///
    /// Baggage that the request has already stays, but for members of the keys that are sent. So a proxy that forwards the
    /// headers of its clients forwards their baggage, too, with or without this: it should remove the header.
    #[must_use]
    pub fn send_baggage(self, filters: impl IntoIterator<Item = TagFilter<'static>>) -> Self {
        let filters = filters.into_iter().collect();
        self.set(|settings| settings.baggage = Some(filters))
    }
}

/// Servers of HTTP and gRPC.
impl<K: kind::AnyServer, P> RequestLayer<K, P> {
    /// Takes tags from the header `baggage`, those that these filters let in ([`TagMap::from_baggage_all`]).
    /// They are current in everything that is done for the request, unless a tag of the same key
    /// is current already: tags of [`tags`](Self::tags), and of scopes around the layer, come first. A key to which `tags` gives no
    /// value (`tags!(TENANT = None::<&str>)`) has the received one.
    ///
    /// A client can send any tags, and so it can choose the rows that its requests are counted in, and can fill the rows of
    /// views by these tags. Take only the keys that you need, by
    /// [`TagFilter::include`], and only where a proxy removes the header from requests of strangers. Closed keys
    /// bound what a client can do: [closed sets of values](census::TagKey#closed-sets-of-values). Local keys are never taken.
    #[must_use]
    pub fn take_baggage(self, filters: impl IntoIterator<Item = TagFilter<'static>>) -> Self {
        let filters = filters.into_iter().collect();
        self.set(|settings| settings.baggage = Some(filters))
    }
}

/// Servers of gRPC.
#[cfg(feature = "tonic")]
#[cfg_attr(docsrs, doc(cfg(feature = "tonic")))]
impl<P> GrpcServerLayer<P> {
    /// Takes tags from the metadata `grpc-tags-bin`, as OpenCensus writes them ([`TagMap::decode`]). What
    /// [`take_baggage`](Self::take_baggage) says holds here, too.
    #[must_use]
    pub fn take_grpc_tags(self, filters: impl IntoIterator<Item = TagFilter<'static>>) -> Self {
        let filters = filters.into_iter().collect();
        self.set(|settings| settings.grpc_tags = Some(filters))
    }
}

/// Clients of gRPC.
#[cfg(feature = "tonic")]
#[cfg_attr(docsrs, doc(cfg(feature = "tonic")))]
impl<P> GrpcClientLayer<P> {
    /// Sends the current tags that these filters let out in the metadata `grpc-tags-bin`, as OpenCensus reads them
    /// ([`TagMap::encode`]). Tags that do not fit are not sent, and the call goes on.
    #[must_use]
    pub fn send_grpc_tags(self, filters: impl IntoIterator<Item = TagFilter<'static>>) -> Self {
        let filters = filters.into_iter().collect();
        self.set(|settings| settings.grpc_tags = Some(filters))
    }
}

impl<K, P: Clone, S> Layer<S> for RequestLayer<K, P> {
    type Service = Measured<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        Measured::new(
            inner,
            Arc::clone(&self.settings),
            self.request_bodies.clone(),
        )
    }
}

impl<K, P: Clone> Clone for RequestLayer<K, P> {
    fn clone(&self) -> Self {
        Self {
            settings: Arc::clone(&self.settings),
            request_bodies: self.request_bodies.clone(),
            kind: PhantomData,
        }
    }
}

impl<K, P> fmt::Debug for RequestLayer<K, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestLayer")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
