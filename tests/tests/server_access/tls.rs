//! TLS: certificates, clients' certificates, and files that change.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use census::prometheus::{ServeError, ServerThread, ServerTls};
use census_tests::certificates::{Authority, Identity};
use census_tests::{eventually, process};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned,
};

use crate::client::{ask, connect, exporter};

fn start(tls: ServerTls) -> ServerThread {
    exporter().server().tls(tls).spawn("127.0.0.1:0").unwrap()
}

fn tls(identity: &Identity) -> ServerTls {
    ServerTls::from_pem(&identity.certificate, &identity.key).unwrap()
}

/// Runs curl on the metrics, with arguments of which some are files in the directory. Returns the status, or curl's error.
fn curl(directory: &TempDir, address: SocketAddr, arguments: &[&str]) -> Result<String, i32> {
    let mut curl = Command::new("curl");
    curl.current_dir(directory.path());
    curl.args(["--silent", "--show-error", "--output", "/dev/null"]);
    curl.args(["--max-time", "60", "--write-out", "%{http_code}"]);
    curl.args(arguments)
        .arg(format!("https://{address}/metrics"));
    let ended = process::run(&mut curl, "");
    match ended.code {
        Some(0) => Ok(ended.stdout),
        code => Err(code.unwrap()),
    }
}

/// The settings of a client that trusts an authority and speaks these protocols.
fn client_config(authority: &Authority, protocols: &[&str]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let pem = authority.certificate.as_bytes();
    roots
        .add(CertificateDer::from_pem_slice(pem).unwrap())
        .unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
    Arc::new(config)
}

type Client = StreamOwned<ClientConnection, TcpStream>;

/// A client that has done the handshake.
fn handshake(address: SocketAddr, config: &Arc<ClientConfig>) -> std::io::Result<Client> {
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(Arc::clone(config), name).unwrap();
    let mut stream = StreamOwned::new(client, connect(address));
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// The certificate that a server presents.
fn presented(client: &Client) -> CertificateDer<'static> {
    let presented = client.conn.peer_certificates().unwrap();
    presented.first().unwrap().clone().into_owned()
}

fn der(identity: &Identity) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap()
}

fn ca_file(authority: &Authority) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("ca"), &authority.certificate).unwrap();
    directory
}

#[test]
fn curl_scrapes_by_https() {
    let authority = Authority::new();
    let directory = ca_file(&authority);
    let server = start(tls(&authority.server("server")));
    let address = server.local_addr();
    for versions in [&[][..], &["--tls-max", "1.2"], &["--tlsv1.3"], &["--http2"]] {
        let arguments = [&["--cacert", "ca"], versions].concat();
        assert_eq!(
            curl(&directory, address, &arguments),
            Ok("200".to_owned()),
            "{versions:?}"
        );
    }
    // Without the authority: curl's error of a certificate that it does not trust.
    assert_eq!(curl(&directory, address, &[]), Err(60));
    // HTTP on the port of HTTPS.
    let response = ask(connect(address), "GET", "/metrics", "");
    assert_eq!(response.status, 400);
    assert!(response.body.contains("https://"), "{}", response.body);
}

#[test]
fn the_protocol_is_http_1_1() {
    let authority = Authority::new();
    let identity = authority.server("server");
    let provider = Arc::new(ring::default_provider());
    let mut own = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![der(&identity)],
            PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap(),
        )
        .unwrap();
    own.alpn_protocols = vec![b"h2".to_vec()];
    for tls in [tls(&identity), ServerTls::from_config(Arc::new(own))] {
        let server = start(tls);
        let both = client_config(&authority, &["h2", "http/1.1"]);
        let mut client = handshake(server.local_addr(), &both).unwrap();
        assert_eq!(client.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
        assert_eq!(ask(&mut client, "GET", "/metrics", "").status, 200);
        let http2 = client_config(&authority, &["h2"]);
        handshake(server.local_addr(), &http2).unwrap_err();
        // A client that names no protocol.
        let none = client_config(&authority, &[]);
        let client = handshake(server.local_addr(), &none).unwrap();
        assert_eq!(ask(client, "GET", "/nothing", "").status, 404);
    }
}

#[test]
fn clients_have_to_present_a_certificate() {
    let (authority, other) = (Authority::new(), Authority::new());
    let directory = ca_file(&authority);
    let client = authority.client("client");
    client.write(directory.path(), "crt", "key");
    let known = der(&client);
    other
        .client("client")
        .write(directory.path(), "other.crt", "other.key");
    // A certificate of a server is none of a client.
    authority
        .server("server")
        .write(directory.path(), "server.crt", "server.key");
    let builder = exporter()
        .server()
        .tls(
            tls(&authority.server("server"))
                .client_ca(&authority.certificate)
                .unwrap(),
        )
        .authorize(move |request| {
            request.client_certificates().first().map(Vec::as_slice) == Some(&*known)
        });
    let server = builder.spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    let with = |crt, key| {
        let arguments = ["--cacert", "ca", "--cert", crt, "--key", key];
        curl(&directory, address, &arguments)
    };
    assert_eq!(with("crt", "key"), Ok("200".to_owned()));
    for (crt, key) in [("other.crt", "other.key"), ("server.crt", "server.key")] {
        assert!(with(crt, key).is_err(), "{crt}");
    }
    assert!(curl(&directory, address, &["--cacert", "ca"]).is_err());
    assert_eq!(with("crt", "key"), Ok("200".to_owned()));
}

#[test]
fn an_expired_certificate_is_served() {
    let authority = Authority::new();
    let directory = ca_file(&authority);
    let server = start(tls(&authority.expired_server()));
    let address = server.local_addr();
    assert_eq!(curl(&directory, address, &["--cacert", "ca"]), Err(60));
    assert_eq!(
        curl(&directory, address, &["--insecure"]),
        Ok("200".to_owned())
    );
}

/// Replaces files as Kubernetes does: they are links to a directory that is replaced.
#[cfg(unix)]
fn replace(directory: &Path, version: &str, identity: &Identity) {
    let new = directory.join(version);
    std::fs::create_dir(&new).unwrap();
    identity.write(&new, "crt", "key");
    std::os::unix::fs::symlink(&new, directory.join("next")).unwrap();
    std::fs::rename(directory.join("next"), directory.join("data")).unwrap();
}

#[cfg(unix)]
#[test]
fn files_that_change_are_read_again() {
    let authority = Authority::new();
    let (old, new) = (authority.server("old"), authority.server("new"));
    let directory = tempfile::tempdir().unwrap();
    replace(directory.path(), "1", &old);
    let data = directory.path().join("data");
    let server = start(ServerTls::from_files(data.join("crt"), data.join("key")).unwrap());
    let (address, config) = (server.local_addr(), client_config(&authority, &[]));
    let mut before = handshake(address, &config).unwrap();
    assert_eq!(presented(&before), der(&old));
    replace(directory.path(), "2", &new);
    let after = eventually(|| {
        let client = handshake(address, &config).unwrap();
        (presented(&client) == der(&new)).then_some(client)
    });
    assert_eq!(ask(after.unwrap(), "GET", "/metrics", "").status, 200);
    // A connection from before goes on.
    write!(
        before,
        "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    before.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    server.shutdown();
}

#[cfg(unix)]
#[test]
fn a_unix_socket_with_tls() {
    let authority = Authority::new();
    let directory = ca_file(&authority);
    let path = directory.path().join("socket");
    let builder = exporter().server().tls(tls(&authority.server("server")));
    let _server = builder.spawn_unix(&path).unwrap();
    let any: SocketAddr = "127.0.0.1:1".parse().unwrap();
    let arguments = ["--cacert", "ca", "--unix-socket", "socket"];
    assert_eq!(curl(&directory, any, &arguments), Ok("200".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_on_a_runtime() {
    let authority = Authority::new();
    let builder = exporter().server().tls(tls(&authority.server("server")));
    let server = builder.bind("127.0.0.1:0").await.unwrap();
    let client = handshake(server.local_addr(), &client_config(&authority, &[])).unwrap();
    assert_eq!(ask(client, "GET", "/metrics", "").status, 200);
    server.shutdown().await;
}

#[test]
fn what_cannot_work_is_an_error_that_shows_no_key() {
    let authority = Authority::new();
    let (one, other) = (authority.server("one"), authority.server("other"));
    let directory = tempfile::tempdir().unwrap();
    let absent = directory.path().join("absent");
    let broken = one.key.replacen("-----\nM", "-----\n?", 1);
    assert_ne!(broken, one.key);
    let pem = |certificate: &str, key: &str| ServerTls::from_pem(certificate, key).unwrap_err();
    for (error, expected) in [
        (
            pem(&one.certificate, &other.key),
            "the key does not fit the certificate",
        ),
        (pem("", &one.key), "no certificate"),
        (pem(&one.key, &one.key), "no certificate"),
        (pem(&one.certificate, ""), "no key"),
        (pem(&one.certificate, &one.certificate), "no key"),
        (pem(&one.certificate, &broken), "malformed"),
        (
            ServerTls::from_files(&absent, &absent).unwrap_err(),
            "absent cannot be read",
        ),
        (
            tls(&one).client_ca("").unwrap_err(),
            "no certificate in the PEM of the client CA",
        ),
        (
            tls(&one).client_ca_file(&absent).unwrap_err(),
            "absent cannot be read",
        ),
    ] {
        let text = error.to_string();
        assert!(
            matches!(error, ServeError::Setting { setting: "tls", .. }),
            "{text}"
        );
        assert!(text.contains(expected), "{text}");
        let secret = one.key.lines().nth(1).unwrap();
        assert!(!text.contains(secret.get(..20).unwrap()), "{text}");
    }
    assert!(!format!("{:?}", tls(&one)).contains("PRIVATE"));
}

/// The files were right when the settings were made, and are not when the server starts.
#[test]
fn files_are_read_when_the_server_starts() {
    let authority = Authority::new();
    let directory = tempfile::tempdir().unwrap();
    authority
        .server("server")
        .write(directory.path(), "crt", "key");
    let (crt, key) = (directory.path().join("crt"), directory.path().join("key"));
    let tls = ServerTls::from_files(&crt, &key).unwrap();
    std::fs::write(&key, &authority.server("other").key).unwrap();
    let error = exporter()
        .server()
        .tls(tls)
        .spawn("127.0.0.1:0")
        .unwrap_err();
    assert!(error.to_string().contains("does not fit"), "{error}");
}
