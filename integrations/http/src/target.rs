//! What a request asks for, as far as it is known before there is a response.

use std::sync::Arc;

use http::request;
use http::uri::PathAndQuery;

use crate::known::{KnownIndex, OTHER};
use crate::servers::ServerIndex;
use crate::settings::Settings;
use crate::side::{Protocol, Side};

/// What a request asks for.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) method: CallMethod,
    /// Of a client's request.
    pub(crate) server: Option<ServerIndex>,
}

#[derive(Clone, Debug)]
pub(crate) enum CallMethod {
    Http(KnownIndex),
    Grpc(Arc<str>),
    /// A method of gRPC that is not known yet. It becomes known if it answers OK.
    GrpcUnknown(Option<PathAndQuery>),
}

impl Target {
    pub(crate) fn of(settings: &Settings, request: &request::Parts) -> Self {
        let method = match settings.protocol {
            Protocol::Http => CallMethod::Http(settings.http_methods.find(request.method.as_str())),
            Protocol::Grpc => CallMethod::of_grpc(settings, request),
        };
        let server = (settings.side == Side::Client).then(|| settings.servers.find(request));
        Self { method, server }
    }
}

impl CallMethod {
    fn of_grpc(settings: &Settings, request: &request::Parts) -> Self {
        let methods = &settings.grpc_methods;
        let name = grpc_name(request.uri.path());
        let known = if is_generated(request) {
            methods.learn(name)
        } else {
            methods.get(name)
        };
        match known {
            Some(name) => Self::Grpc(name),
            None => Self::GrpcUnknown(request.uri.path_and_query().cloned()),
        }
    }

    /// The method of a call that has answered OK, and so exists.
    pub(crate) fn learn(&mut self, settings: &Settings) {
        if let Self::GrpcUnknown(Some(path)) = self
            && let Some(name) = settings.grpc_methods.learn(grpc_name(path.path()))
        {
            *self = Self::Grpc(name);
        }
    }

    pub(crate) fn name<'a>(&'a self, settings: &'a Settings) -> &'a str {
        match self {
            Self::Http(method) => settings.http_methods.name(*method),
            Self::Grpc(name) => name,
            Self::GrpcUnknown(_) => OTHER,
        }
    }
}

/// `package.Service/Method`, from the path of a request.
fn grpc_name(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

/// Whether a client that was generated from a description of the service has made the request, so that its method exists.
fn is_generated(request: &request::Parts) -> bool {
    #[cfg(feature = "tonic")]
    return request
        .extensions
        .get::<tonic::GrpcMethod<'static>>()
        .is_some();
    #[cfg(not(feature = "tonic"))]
    {
        let _ = request;
        false
    }
}
