//! The servers that a client names.

use http::header;
use http::request::Parts;
use http::uri::Authority;

use crate::known::OTHER;

/// A list of servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Servers(Vec<Named>);

#[derive(Clone, Debug)]
struct Named {
    host: String,
    /// `None`: the port of the scheme.
    port: Option<u16>,
}

/// The server of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerIndex {
    /// After the last one if it is not in the list.
    index: usize,
    default_port: DefaultPort,
}

/// The port of a request that names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DefaultPort {
    Http,
    Https,
    /// The request does not say which server it is for.
    Unknown,
}

impl DefaultPort {
    const fn number(self) -> Option<u16> {
        match self {
            Self::Http => Some(80),
            Self::Https => Some(443),
            Self::Unknown => None,
        }
    }
}

impl Servers {
    /// Adds a server: a host, or a host and a port. A URL stands for its server. Returns whether it is one of these.
    pub(crate) fn add(&mut self, server: &str) -> bool {
        let after_scheme = server.split_once("://").map_or(server, |(_, after)| after);
        let authority = after_scheme.split('/').next().unwrap_or_default();
        let Ok(authority) = authority.parse::<Authority>() else {
            return false;
        };
        let (host, port) = (authority.host(), authority.port_u16());
        // Not `db:99999`, nor a name of a user before the host.
        let is_whole = match port {
            Some(port) => authority == format!("{host}:{port}").as_str(),
            None => authority == host,
        };
        if host.is_empty() || !is_whole {
            return false;
        }
        self.0.push(Named {
            host: host.to_owned(),
            port,
        });
        true
    }

    /// The server of a request: that of its URI, or that of its `Host`. If it names none, it is the only one of the list.
    pub(crate) fn find(&self, request: &Parts) -> ServerIndex {
        let from_host = || {
            let host = request.headers.get(header::HOST)?.to_str().ok()?;
            host.parse::<Authority>().ok()
        };
        let authority = request.uri.authority().cloned().or_else(from_host);
        let default_port = match (&authority, request.uri.scheme_str()) {
            (None, _) => DefaultPort::Unknown,
            (Some(_), Some("https")) => DefaultPort::Https,
            (Some(_), _) => DefaultPort::Http,
        };
        let is_of = |named: &Named, authority: &Authority| {
            let port = authority.port_u16().or(default_port.number());
            named.host.eq_ignore_ascii_case(authority.host())
                && named.port.or(default_port.number()) == port
        };
        let index = match &authority {
            Some(authority) => self.0.iter().position(|named| is_of(named, authority)),
            None => (self.0.len() == 1).then_some(0),
        };
        ServerIndex {
            index: index.unwrap_or(self.0.len()),
            default_port,
        }
    }

    pub(crate) fn address(&self, server: ServerIndex) -> &str {
        self.0.get(server.index).map_or(OTHER, |named| &named.host)
    }

    /// The port of a server in the list, if it is known.
    pub(crate) fn port(&self, server: ServerIndex) -> Option<u16> {
        let named = self.0.get(server.index)?;
        named.port.or(server.default_port.number())
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn servers() -> Servers {
        let mut servers = Servers::default();
        for server in ["api.example.com", "db:5432", "[::1]:9000", "10.0.0.1"] {
            servers.add(server);
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
    fn a_url_stands_for_its_server() {
        for (url, named) in [
            ("http://db:5432", ("db", Some(5432))),
            ("https://api.example.com/v1/", ("api.example.com", None)),
            ("http://[::1]:9000/", ("[::1]", Some(9000))),
            ("api.example.com/", ("api.example.com", None)),
        ] {
            let mut servers = Servers::default();
            assert!(servers.add(url), "{url}");
            let added: Vec<_> = servers.0.iter().map(|it| (&*it.host, it.port)).collect();
            assert_eq!(added, [named], "{url}");
        }
    }

    #[test]
    fn other_texts_are_no_servers() {
        for text in [
            "", "/", "db:99999", "db:port", "::1", "a b", ":80", "http://",
        ] {
            assert!(!Servers::default().add(text), "{text}");
        }
    }

    #[test]
    fn the_only_server_is_that_of_requests_that_name_none() {
        let mut servers = Servers::default();
        servers.add("db:50051");
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
        let mut servers = Servers::default();
        servers.add("db");
        let found = servers.find(&parts);
        assert_eq!((servers.address(found), servers.port(found)), ("db", None));
    }
}
