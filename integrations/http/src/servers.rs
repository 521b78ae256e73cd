//! The servers that a client names.

use std::borrow::Cow;

use census::TagMap;
use http::request::Parts;
use http::uri::Authority;
use http::{Uri, header};

use crate::known::OTHER;
use crate::measures::{SERVER_ADDRESS, SERVER_PORT};

/// A list of servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers(Vec<Named>);

#[derive(Clone, Debug)]
struct Named {
    host: Cow<'static, str>,
    /// `None`: the port of the scheme.
    port: Option<u16>,
}

/// The server of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerIndex {
    /// After the last one if it is not in the list.
    index: usize,
    is_https: bool,
}

impl Servers {
    /// Adds a server: a host, or a host and a port.
    pub(crate) fn add(&mut self, server: Cow<'static, str>) {
        let port = |text: &str| text.parse().ok();
        // An address of IPv6 has brackets where a port follows, as in a URI.
        let named = match server.rsplit_once(':') {
            Some((host, after)) if !host.contains(':') || host.ends_with(']') => Named {
                port: port(after),
                host: Cow::Owned(host.to_owned()),
            },
            _ => Named {
                host: server,
                port: None,
            },
        };
        self.0.push(named);
    }

    /// The server of a request: that of its URI, or that of its `Host`. If it names none, it is the only one of the list.
    pub(crate) fn find(&self, request: &Parts) -> ServerIndex {
        let is_https = request.uri.scheme_str() == Some("https");
        let default_port = if is_https { 443 } else { 80 };
        let from_host = || {
            let host = request.headers.get(header::HOST)?.to_str().ok()?;
            host.parse::<Authority>().ok()
        };
        let find = |host: &str, port: Option<u16>| {
            let port = port.unwrap_or(default_port);
            self.0.iter().position(|named| {
                named.host.eq_ignore_ascii_case(host) && named.port.unwrap_or(default_port) == port
            })
        };
        let index = match (request.uri.host(), self.0.as_slice()) {
            (Some(host), _) => find(host, port(&request.uri)),
            (None, []) => None,
            (None, named) => match from_host() {
                Some(authority) => find(authority.host(), authority.port_u16()),
                None => (named.len() == 1).then_some(0),
            },
        };
        ServerIndex {
            index: index.unwrap_or(self.0.len()),
            is_https,
        }
    }

    pub(crate) fn address(&self, server: ServerIndex) -> &str {
        self.0.get(server.index).map_or(OTHER, |named| &named.host)
    }

    /// The port of a server in the list.
    pub(crate) fn port(&self, server: ServerIndex) -> Option<u16> {
        let default_port = if server.is_https { 443 } else { 80 };
        let named = self.0.get(server.index)?;
        Some(named.port.unwrap_or(default_port))
    }

    pub(crate) fn tags(&self, server: ServerIndex) -> TagMap {
        census::tags!(
            SERVER_ADDRESS = self.address(server),
            SERVER_PORT = self.port(server)
        )
    }

    /// How many [slots](ServerIndex::slot) there are.
    pub(crate) fn slots(&self) -> usize {
        (self.0.len() + 1) * 2
    }
}

impl ServerIndex {
    /// A number of its own for each address and port.
    pub(crate) fn slot(self) -> usize {
        self.index * 2 + usize::from(self.is_https)
    }
}

fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn servers() -> Servers {
        let mut servers = Servers::default();
        for server in ["api.example.com", "db:5432", "[::1]:9000", "10.0.0.1"] {
            servers.add(server.into());
        }
        servers
    }

    fn found(uri: &str, host: Option<&'static str>) -> (String, Option<u16>) {
        let mut request = Request::builder().uri(uri);
        if let Some(host) = host {
            request = request.header(header::HOST, host);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let servers = servers();
        let found = servers.find(&parts);
        (servers.address(found).to_owned(), servers.port(found))
    }

    #[test]
    fn a_server_is_one_of_the_list_or_other() {
        let other = || (OTHER.to_owned(), None);
        let named = |host: &str, port| (host.to_owned(), Some(port));
        assert_eq!(
            found("http://api.example.com/a", None),
            named("api.example.com", 80)
        );
        assert_eq!(
            found("https://API.example.com/a", None),
            named("api.example.com", 443)
        );
        assert_eq!(found("http://api.example.com:81/a", None), other());
        assert_eq!(found("http://db:5432/", None), named("db", 5432));
        assert_eq!(found("http://db/", None), other());
        assert_eq!(found("http://[::1]:9000/", None), named("[::1]", 9000));
        assert_eq!(found("/a", Some("db:5432")), named("db", 5432));
        assert_eq!(found("/a", Some("elsewhere")), other());
        assert_eq!(found("/a", Some("not a host")), other());
        assert_eq!(found("/a", None), other());
        assert_eq!(found("http://10.0.0.1:80/", None), named("10.0.0.1", 80));
    }

    #[test]
    fn the_only_server_is_that_of_requests_that_name_none() {
        let mut servers = Servers::default();
        servers.add("db:50051".into());
        let (parts, ()) = Request::builder()
            .uri("/pkg.Service/Get")
            .body(())
            .unwrap()
            .into_parts();
        let found = servers.find(&parts);
        assert_eq!(
            (servers.address(found), servers.port(found)),
            ("db", Some(50051))
        );
    }
}
