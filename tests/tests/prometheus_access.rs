//! A real Prometheus scrapes a server that not everybody may use.

use std::net::SocketAddr;
use std::path::Path;

use census::prometheus::{Exporter, ServerBuilder, ServerTls};
use census_tests::certificates::Authority;
use census_tests::prometheus::{JOB, Prometheus};

/// The hash of `open sesame`, made by `htpasswd -nbBC 4`.
const SESAME: &str = "$2y$04$XTESt7FhVP3GBDEOJn9dhujKhp2y9Qx8X0jnGMzwcR6.EXZ3ACxCe";

fn server() -> ServerBuilder {
    Exporter::builder().build_lenient().server()
}

/// The last value of `up`.
fn up(prometheus: &Prometheus) -> f64 {
    let samples = prometheus.samples(&format!("up{{job=\"{JOB}\"}}[5m]"));
    samples.last().expect("a sample").1
}

#[track_caller]
fn assert_up(target: SocketAddr, settings: &str) {
    let prometheus = Prometheus::with_settings(target, settings);
    assert_eq!(prometheus.wait_for_health("up"), "");
    assert!((up(&prometheus) - 1.0).abs() < f64::EPSILON);
    let series = prometheus.series();
    assert!(
        series
            .keys()
            .any(|(name, _)| name == "census_catalogue_problems")
    );
}

#[track_caller]
fn assert_down(target: SocketAddr, settings: &str, error: &str) {
    let prometheus = Prometheus::with_settings(target, settings);
    let last_error = prometheus.wait_for_health("down");
    assert!(last_error.contains(error), "{last_error}");
    assert!(up(&prometheus).abs() < f64::EPSILON);
}

fn login(password: &str) -> String {
    format!("basic_auth:\n  username: prometheus\n  password: '{password}'\n")
}

/// Settings of HTTPS, with the files of a directory.
fn https(directory: &Path, has_certificate: bool) -> String {
    let file = |setting: &str, name: &str| {
        let path = directory.join(name);
        format!("  {setting}: '{}'\n", path.display())
    };
    let mut settings = "scheme: https\ntls_config:\n".to_owned();
    settings += &file("ca_file", "ca");
    if has_certificate {
        settings += &file("cert_file", "crt");
        settings += &file("key_file", "key");
    }
    settings
}

#[test]
fn a_password_over_tls_with_a_certificate_of_the_client() {
    let authority = Authority::new();
    let directory = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(directory.path().join("ca"), &authority.certificate).expect("a file");
    let client = authority.client("prometheus");
    client.write(directory.path(), "crt", "key");
    let identity = authority.server("server");
    let tls = ServerTls::from_pem(&identity.certificate, &identity.key)
        .and_then(|tls| tls.client_ca(&authority.certificate))
        .expect("certificates");
    let server = server().tls(tls).basic_auth("prometheus", SESAME);
    let server = server.spawn("127.0.0.1:0").expect("a server");
    let target = server.local_addr();
    let https = |has_certificate| https(directory.path(), has_certificate);
    assert_up(target, &(https(true) + &login("open sesame")));
    let refused = "server returned HTTP status 401 Unauthorized";
    assert_down(target, &(https(true) + &login("wrong")), refused);
    assert_down(target, &https(true), refused);
    let without = https(false) + &login("open sesame");
    assert_down(target, &without, "certificate required");
    // HTTP on the port of HTTPS.
    assert_down(
        target,
        &login("open sesame"),
        "server returned HTTP status 400 Bad Request",
    );
    server.shutdown();
}

#[test]
fn a_token() {
    let server = server().bearer_token("abc").spawn("127.0.0.1:0");
    let server = server.expect("a server");
    let token = |token| format!("authorization:\n  credentials: '{token}'\n");
    assert_up(server.local_addr(), &token("abc"));
    assert_down(server.local_addr(), &token("abd"), "401 Unauthorized");
    server.shutdown();
}

#[test]
fn a_function_refuses() {
    let server = server().authorize(|request| request.query().is_some());
    let server = server.spawn("127.0.0.1:0").expect("a server");
    assert_up(server.local_addr(), "params:\n  from: ['here']\n");
    assert_down(
        server.local_addr(),
        "",
        "server returned HTTP status 403 Forbidden",
    );
    server.shutdown();
}
