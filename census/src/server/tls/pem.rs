//! Configurations of texts in PEM.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio_rustls::rustls::{Error, RootCertStore, ServerConfig};

use super::sources::{Texts, misset};
use crate::server::ServeError;

/// The protocols that the server speaks within TLS (RFC 7301).
pub(super) const PROTOCOLS: &[&[u8]] = &[b"http/1.1"];

/// The configuration of a server with these texts.
///
/// # Errors
/// If they are not what they should be, or do not fit together.
pub(super) fn config(texts: &Texts) -> Result<ServerConfig, ServeError> {
    let certificates = certificates("certificate", &texts.certificates)?;
    let key = key(&texts.key)?;
    // Not the process's default: another crate may have set another one, or none may be set.
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| misset(error.to_string()))?;
    let builder = match &texts.client_ca {
        None => builder.with_no_client_auth(),
        Some(authorities) => builder.with_client_cert_verifier(verifier(authorities, provider)?),
    };
    let mut config = builder
        .with_single_cert(certificates, key)
        .map_err(|error| match error {
            Error::InconsistentKeys(_) => misset(
                "the key does not fit the certificate; give the key that the certificate was made for, and the \
                 server's own certificate first",
            ),
            error => misset(format!("the certificate or its key cannot be used: {error}")),
        })?;
    config.alpn_protocols = PROTOCOLS.iter().map(|it| it.to_vec()).collect();
    // A resumed session would not have its client's certificate checked again. Scrapers keep connections open, so the
    // handshakes cost little.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// The verifier of clients' certificates.
fn verifier(
    authorities: &[u8],
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn tokio_rustls::rustls::server::danger::ClientCertVerifier>, ServeError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates("client CA", authorities)? {
        roots.add(authority).map_err(|error| {
            misset(format!(
                "a certificate of the client CA is malformed: {error}"
            ))
        })?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    verifier
        .build()
        .map_err(|error| misset(format!("the client CA cannot be used: {error}")))
}

/// The certificates in a text.
fn certificates(of: &str, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, ServeError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match found {
        Ok(found) if found.is_empty() => Err(misset(format!(
            "there is no certificate in the PEM of the {of}; it begins with `-----BEGIN CERTIFICATE-----`"
        ))),
        Ok(found) => Ok(found),
        Err(error) => Err(misset(format!("the PEM of the {of} is malformed: {error}"))),
    }
}

fn key(text: &[u8]) -> Result<PrivateKeyDer<'static>, ServeError> {
    PrivateKeyDer::from_pem_slice(text).map_err(|error| match error {
        pem::Error::NoItemsFound => misset(
            "there is no key in the PEM of the key; it begins with `-----BEGIN PRIVATE KEY-----` (an encrypted key has \
             to be decrypted before, for example by `openssl pkey`)",
        ),
        // The error itself could show a part of the text.
        _ => misset("the PEM of the key is malformed"),
    })
}
