use std::net::{Ipv6Addr, SocketAddr};

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode, Uri};

use super::*;
use crate::server::counts::Family;
use crate::server::peer::Peer;

/// The answer of the settings to a request of 10.0.0.1: 200, or the refusal's status and headers.
fn answer(access: &Access, headers: &[(&'static str, &str)]) -> (StatusCode, Vec<String>) {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_static(name);
        map.append(name, HeaderValue::from_str(value).unwrap());
    }
    let (uri, peer) = (
        Uri::from_static("/metrics?a=b"),
        Peer::new(Some("10.0.0.1:80".parse().unwrap())),
    );
    let request = RequestHead::new(&Method::GET, &uri, &map, &peer);
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    match runtime.block_on(access.check(&request)) {
        Ok(()) => (StatusCode::OK, Vec::new()),
        Err(denied) => {
            let mut headers = HeaderMap::new();
            denied.add_headers(&mut headers);
            let values = headers.values().map(|it| it.to_str().unwrap().to_owned());
            (denied.status(), values.collect())
        }
    }
}

fn refused(access: &Access) -> Vec<(&'static str, u64)> {
    access.0.counts.iter(Family::RefusedRequests).collect()
}

fn functions(functions: Vec<Authorize>) -> Access {
    let settings = AccessSettings {
        authorize: functions,
        #[cfg(feature = "auth")]
        tokens: Vec::new(),
        #[cfg(feature = "auth")]
        users: Vec::new(),
    };
    Access::new(settings, Arc::default()).unwrap()
}

#[test]
fn without_settings_all_clients_are_admitted() {
    let access = Access::default();
    assert_eq!(answer(&access, &[]).0, StatusCode::OK);
    assert_eq!(
        answer(&access, &[("authorization", "Bearer x")]).0,
        StatusCode::OK
    );
}

#[test]
fn one_function_that_admits_is_enough() {
    let access = functions(vec![
        Authorize::new(|_| false),
        Authorize::new(|request| request.headers().contains_key("x-let-in")),
    ]);
    assert_eq!(answer(&access, &[("x-let-in", "1")]).0, StatusCode::OK);
    assert_eq!(answer(&access, &[]), (StatusCode::FORBIDDEN, Vec::new()));
    let expected = [
        ("unauthorized", 0),
        ("forbidden", 1),
        ("panic", 0),
        ("busy", 0),
    ];
    assert_eq!(refused(&access), expected);
}

#[test]
fn a_function_sees_the_request_and_its_client() {
    let access = functions(vec![Authorize::new(|request| {
        let peer = request.peer_addr().unwrap();
        request.method() == Method::GET
            && request.path() == "/metrics"
            && request.query() == Some("a=b")
            && peer.to_string() == "10.0.0.1:80"
            && !format!("{request:?}").contains("secret")
    })]);
    assert_eq!(
        answer(&access, &[("authorization", "secret")]).0,
        StatusCode::OK
    );
}

#[test]
fn a_panic_denies() {
    let access = functions(vec![
        Authorize::new(|_| panic!("on purpose")),
        Authorize::new(|_| true),
    ]);
    assert_eq!(answer(&access, &[]).0, StatusCode::FORBIDDEN);
    assert!(refused(&access).contains(&("panic", 1)));
}

#[cfg(feature = "auth")]
mod with_credentials {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const BEARER: &str = r#"Bearer realm="metrics""#;
    const BASIC: &str = r#"Basic realm="metrics", charset="UTF-8""#;

    fn access(tokens: &[&str], users: &[&str], authorize: Vec<Authorize>) -> Access {
        let hash = bcrypt::hash("secret", 4).unwrap();
        let owned = |it: &&str| (*it).to_owned();
        let settings = AccessSettings {
            tokens: tokens.iter().map(owned).map(Secret).collect(),
            users: users
                .iter()
                .map(|it| (owned(it), Secret(hash.clone())))
                .collect(),
            authorize,
        };
        Access::new(settings, Arc::default()).unwrap()
    }

    fn basic(login: &str) -> String {
        format!("Basic {}", STANDARD.encode(login))
    }

    #[test]
    fn a_refusal_names_the_schemes() {
        let both = access(&["t"], &["u"], Vec::new());
        let expected = vec![BEARER.to_owned(), BASIC.to_owned()];
        assert_eq!(answer(&both, &[]), (StatusCode::UNAUTHORIZED, expected));
        let token = access(&["t"], &[], Vec::new());
        assert_eq!(answer(&token, &[]).1, [BEARER]);
        let wrong = answer(&token, &[("authorization", "Bearer x")]);
        assert_eq!(wrong.1, [format!(r#"{BEARER}, error="invalid_token""#)]);
        let user = access(&[], &["u"], Vec::new());
        assert_eq!(answer(&user, &[]).1, [BASIC]);
        assert_eq!(answer(&user, &[("authorization", "Bearer t")]).1, [BASIC]);
        assert!(refused(&user).contains(&("unauthorized", 2)));
    }

    #[test]
    fn each_kind_admits_alone() {
        let function = Authorize::new(|it| it.headers().contains_key("x-let-in"));
        let access = access(&["t1", "t2"], &["u"], vec![function]);
        for header in [
            ("authorization", "Bearer t1"),
            ("authorization", "bearer t2"),
            ("authorization", &*basic("u:secret")),
            ("x-let-in", "1"),
        ] {
            assert_eq!(answer(&access, &[header]).0, StatusCode::OK, "{header:?}");
        }
        for value in [
            "Bearer t",
            "Bearer",
            &basic("u:"),
            &basic("t1:secret"),
            "t1",
        ] {
            let (status, _) = answer(&access, &[("authorization", value)]);
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{value}");
        }
        let twice = [
            ("authorization", "Bearer t1"),
            ("authorization", "Bearer t1"),
        ];
        assert_eq!(answer(&access, &twice).0, StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn a_panic_denies_unless_credentials_admit() {
        let access = access(
            &["t"],
            &["u"],
            vec![Authorize::new(|_| panic!("on purpose"))],
        );
        let bearer = ("authorization", "Bearer t");
        assert_eq!(answer(&access, &[bearer]).0, StatusCode::OK);
        assert_eq!(answer(&access, &[]).0, StatusCode::FORBIDDEN);
    }

    /// Each check takes much longer than it takes to ask for all of them.
    #[test]
    fn the_addresses_of_one_ipv6_network_leave_room_for_other_passwords() {
        const CLIENTS: u16 = 16;
        let slow = "$2y$09$XTESt7FhVP3GBDEOJn9dhujKhp2y9Qx8X0jnGMzwcR6.EXZ3ACxCe";
        let settings = AccessSettings {
            users: vec![("prometheus".to_owned(), Secret(slow.to_owned()))],
            ..AccessSettings::default()
        };
        let access = Access::new(settings, Arc::default()).unwrap();
        let ask = |network: u16, host: u16| {
            let access = access.clone();
            let mut headers = HeaderMap::new();
            let login = HeaderValue::from_str(&basic("prometheus:wrong")).unwrap();
            headers.insert(hyper::header::AUTHORIZATION, login);
            let address = Ipv6Addr::new(0x2001, 0xdb8, 0, network, 0, 0, 0, host);
            async move {
                let (uri, peer) = (
                    Uri::from_static("/metrics"),
                    Peer::new(Some(SocketAddr::from((address, 80)))),
                );
                let request = RequestHead::new(&Method::GET, &uri, &headers, &peer);
                access.check(&request).await
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().unwrap();
        runtime.block_on(async {
            let flood: Vec<_> = (0..CLIENTS)
                .map(|host| tokio::spawn(ask(1, host)))
                .collect();
            let other = tokio::spawn(ask(2, 1));
            assert_ne!(other.await.unwrap(), Err(Denied::Busy));
            let mut busy = 0;
            for client in flood {
                busy += usize::from(client.await.unwrap() == Err(Denied::Busy));
            }
            assert!(busy > 0);
        });
    }

    #[test]
    fn settings_do_not_print_secrets() {
        let settings = AccessSettings {
            tokens: vec![Secret("hidden".to_owned())],
            users: vec![("u".to_owned(), Secret("hidden".to_owned()))],
            authorize: Vec::new(),
        };
        assert!(!format!("{settings:?}").contains("hidden"));
        let access = access(&["hidden"], &["u"], Vec::new());
        assert!(!format!("{access:?}").contains("hidden"));
    }
}
