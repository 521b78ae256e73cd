//! The settings of a server.

use std::sync::Arc;

#[cfg(feature = "ipnet")]
use ipnet::IpNet;

use super::ServeError;
#[cfg(feature = "ipnet")]
use super::allowed::Allowed;
use super::entrance::Entrance;
use super::site::Site;
use crate::prometheus::Exporter;

/// A server to be started. Made by [`Exporter::server`].
///
/// # Access
///
/// Without settings, everybody who can connect may scrape.
///
/// - `allow` (feature `ipnet`) closes connections from other addresses.
///
/// A setting that cannot work is an error when the server is started.
#[must_use = "`bind`, `listen` or `spawn` starts the server"]
#[derive(Clone, Debug)]
pub struct ServerBuilder {
    exporter: Exporter,
    /// `None` if all addresses are allowed.
    #[cfg(feature = "ipnet")]
    allowed: Option<Vec<IpNet>>,
    #[cfg(unix)]
    unix_mode: u32,
}

impl ServerBuilder {
    pub(super) fn new(exporter: &Exporter) -> Self {
        Self {
            exporter: exporter.clone(),
            #[cfg(feature = "ipnet")]
            allowed: None,
            #[cfg(unix)]
            unix_mode: super::unix::MODE,
        }
    }

    /// Serves only clients whose addresses are in these ranges. Each further call adds ranges. With the feature `ipnet`.
    ///
    /// A connection from another address is closed when it is accepted, and nothing of it is read. The address is the
    /// one that the connection comes from: a reverse proxy hides its clients, and the headers `Forwarded` and
    /// `X-Forwarded-For` are not believed. IPv4 ranges are for IPv4 clients, also where a socket of both families gives
    /// them IPv4-mapped addresses.
    ///
    /// ```
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// # let exporter = census::prometheus::Exporter::builder().build_lenient();
    /// let server = exporter
    ///     .server()
    ///     .allow(["10.0.0.0/8".parse()?, "fd00::/8".parse()?])
    ///     .bind("0.0.0.0:9464")
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A server that has no range left, because the list is empty, and one on a Unix socket are not started.
    #[cfg(feature = "ipnet")]
    pub fn allow(mut self, ranges: impl IntoIterator<Item = IpNet>) -> Self {
        self.allowed.get_or_insert_default().extend(ranges);
        self
    }

    /// The permissions of the file that [`bind_unix`](Self::bind_unix) makes, such as `0o660` for the file's group. They
    /// are `0o600` otherwise: only the program's own user can connect.
    #[cfg(unix)]
    pub fn unix_mode(mut self, mode: u32) -> Self {
        self.unix_mode = mode;
        self
    }

    /// # Errors
    /// If the mode has other bits than those of permissions.
    #[cfg(unix)]
    pub(super) fn checked_unix_mode(&self) -> Result<u32, ServeError> {
        if self.unix_mode & !0o777 == 0 {
            return Ok(self.unix_mode);
        }
        Err(ServeError::Setting {
            setting: "unix_mode",
            problem: format!(
                "{:#o} is no set of permissions; write three octal digits, such as 0o660",
                self.unix_mode
            ),
        })
    }

    /// The site, and the conditions for connections. `has_addresses` says whether clients have addresses.
    ///
    /// # Errors
    /// If a setting cannot work.
    pub(super) fn build(self, has_addresses: bool) -> Result<(Site, Entrance), ServeError> {
        #[cfg(feature = "ipnet")]
        let allowed = allowed(self.allowed.as_deref(), has_addresses)?;
        #[cfg(not(feature = "ipnet"))]
        let _ = has_addresses;
        let entrance = Entrance {
            #[cfg(feature = "ipnet")]
            allowed,
            counts: Arc::clone(self.exporter.server_counts()),
        };
        Ok((Site::new(&self.exporter), entrance))
    }
}

#[cfg(feature = "ipnet")]
fn allowed(
    ranges: Option<&[IpNet]>,
    has_addresses: bool,
) -> Result<Option<Arc<Allowed>>, ServeError> {
    let problem = match ranges {
        None => return Ok(None),
        Some(_) if !has_addresses => {
            "the clients of a Unix socket have no addresses; leave `allow` out, and limit access by `unix_mode` or by \
             the permissions of the socket's directory"
        }
        Some([]) => "there is no range, so no client could connect; leave `allow` out to serve all",
        Some(ranges) => return Ok(Some(Arc::new(Allowed::new(ranges)))),
    };
    Err(ServeError::Setting {
        setting: "allow",
        problem: problem.to_owned(),
    })
}
