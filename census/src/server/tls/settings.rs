//! The settings of TLS.

use std::fmt;
use std::path::Path;
#[cfg(feature = "rustls")]
use std::sync::Arc;

#[cfg(feature = "rustls")]
use tokio_rustls::rustls::ServerConfig;

use super::pem;
#[cfg(feature = "rustls")]
use super::sources::misset;
use super::sources::{Source, Sources};
use crate::server::ServeError;

/// The certificate and the key of a server, for [`ServerBuilder::tls`]. With the feature `tls`.
///
/// The server speaks TLS 1.3 and 1.2, with the cryptography of `ring` whatever the process's default is, and offers the
/// protocol `http/1.1` (ALPN). Sessions are not resumed, so that each connection has the certificates checked. An expired
/// certificate is served as it is: the clients see that.
///
/// [`ServerBuilder::tls`]: crate::prometheus::ServerBuilder::tls
#[derive(Clone)]
pub struct ServerTls(pub(super) Settings);

#[derive(Clone)]
pub(super) enum Settings {
    Sources(Sources),
    #[cfg(feature = "rustls")]
    Config(Arc<ServerConfig>),
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ServerTls");
        match &self.0 {
            Settings::Sources(sources) => debug.field("sources", sources).finish(),
            #[cfg(feature = "rustls")]
            Settings::Config(_) => debug.finish_non_exhaustive(),
        }
    }
}

impl ServerTls {
    /// A certificate with those that lead to its root, the server's own first, and its key, as PEM. They stay as they
    /// are.
    ///
    /// ```no_run
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// use census::prometheus::{Exporter, ServerTls};
    ///
    /// let (certificate, key) = (std::fs::read("tls.crt")?, std::fs::read("tls.key")?);
    /// let exporter = Exporter::builder().build_lenient();
    /// let server = exporter
    ///     .server()
    ///     .tls(ServerTls::from_pem(certificate, key)?)
    ///     .bind("0.0.0.0:9464")
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If one of the two is not there, or if the key does not fit the certificate.
    pub fn from_pem(
        certificates: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Result<Self, ServeError> {
        Self::from_sources(Source::text(certificates), Source::text(key))
    }

    /// A certificate and a key as [`from_pem`](Self::from_pem), in files. While the server runs, it reads the files every
    /// ten seconds. If their contents have changed, connections from then on have the new certificate. If the new
    /// contents cannot be used, the server keeps the certificate that it has, and counts that.
    ///
    /// # Errors
    /// If a file cannot be read, and as [`from_pem`](Self::from_pem).
    pub fn from_files(
        certificates: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Result<Self, ServeError> {
        Self::from_sources(Source::file(certificates), Source::file(key))
    }

    /// A configuration that the program has made. The server only sets its protocol to `http/1.1` (ALPN), because it
    /// speaks no other. With the feature `rustls`, which is named for the crate whose type this is.
    #[cfg(feature = "rustls")]
    #[must_use]
    pub fn from_config(config: Arc<ServerConfig>) -> Self {
        Self(Settings::Config(config))
    }

    /// Serves only clients with a certificate that one of these authorities has signed, as PEM. The handshake with others
    /// fails, before any request.
    ///
    /// # Errors
    /// If there is no certificate in the text, or a malformed one; or if the settings come from
    /// `from_config`, which has its own verifier of clients.
    pub fn client_ca(self, authorities: impl AsRef<[u8]>) -> Result<Self, ServeError> {
        self.with_client_ca(Source::text(authorities))
    }

    /// Serves only clients as [`client_ca`](Self::client_ca), whose authorities are in a file. The file is read again
    /// when its contents change, as in [`from_files`](Self::from_files).
    ///
    /// # Errors
    /// If the file cannot be read, and as [`client_ca`](Self::client_ca).
    pub fn client_ca_file(self, authorities: impl AsRef<Path>) -> Result<Self, ServeError> {
        self.with_client_ca(Source::file(authorities))
    }

    fn from_sources(certificates: Source, key: Source) -> Result<Self, ServeError> {
        Self::checked(Sources {
            certificates,
            key,
            client_ca: None,
        })
    }

    fn with_client_ca(self, client_ca: Source) -> Result<Self, ServeError> {
        match self.0 {
            Settings::Sources(sources) => Self::checked(Sources {
                client_ca: Some(client_ca),
                ..sources
            }),
            #[cfg(feature = "rustls")]
            Settings::Config(_) => Err(misset(
                "a configuration of the program's own has its own verifier of clients; set it there, and leave \
                 `client_ca` out",
            )),
        }
    }

    fn checked(sources: Sources) -> Result<Self, ServeError> {
        pem::config(&sources.read()?)?;
        Ok(Self(Settings::Sources(sources)))
    }
}
