//! The settings of a server.

use std::sync::Arc;

#[cfg(feature = "ipnet")]
use ipnet::IpNet;

use super::ServeError;
#[cfg(feature = "auth")]
use super::access::Secret;
use super::access::{Access, AccessSettings, Authorize, RequestHead};
#[cfg(feature = "ipnet")]
use super::allowed::Allowed;
use super::entrance::Entrance;
#[cfg(feature = "tls")]
use super::limits::Limits;
#[cfg(feature = "pages")]
use super::site::Pages;
use super::site::Site;
#[cfg(feature = "tls")]
use super::tls::{Current, ServerTls};
use crate::prometheus::Exporter;

/// A server to be started. Made by [`Exporter::server`].
///
/// # Access
///
/// Without settings, everybody who can connect may scrape.
///
/// - Requests: `bearer_token`, `basic_auth` (both with the feature `auth`) and
///   [`authorize`](Self::authorize) can be combined. A client that one of them admits has access. Others get 401 or, if
///   no credentials would help, 403. This holds for every path, also for those that do not exist.
/// - Connections: `allow` (feature `ipnet`) closes those from other addresses, and
///   `tls` (feature `tls`) can demand certificates of clients. A request has to pass these, too.
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
    access: AccessSettings,
    #[cfg(feature = "pages")]
    pages: Pages,
    #[cfg(feature = "tls")]
    tls: Option<ServerTls>,
}

impl ServerBuilder {
    pub(super) fn new(exporter: &Exporter) -> Self {
        Self {
            exporter: exporter.clone(),
            #[cfg(feature = "ipnet")]
            allowed: None,
            #[cfg(unix)]
            unix_mode: super::unix::MODE,
            access: AccessSettings::default(),
            #[cfg(feature = "pages")]
            pages: Pages::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Whether there are pages for people. With the feature `pages`, in which they are on unless this says otherwise.
    ///
    /// ```
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// # let exporter = census::prometheus::Exporter::builder().build_lenient();
    /// use census::prometheus::Pages;
    ///
    /// // For Prometheus, and for people on this machine.
    /// let metrics = exporter.server().pages(Pages::Off).bind("0.0.0.0:9464").await?;
    /// let pages = exporter.server().pages(Pages::Only).bind("127.0.0.1:9465").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "pages")]
    pub fn pages(mut self, pages: Pages) -> Self {
        self.pages = pages;
        self
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

    /// Serves HTTPS, and nothing else: a client that speaks HTTP without TLS gets 400. With the feature `tls`.
    ///
    /// The handshake of a connection has twenty seconds from its first byte. If it fails, no other connection is concerned.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: ServerTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Admits requests with this token: `Authorization: Bearer TOKEN` (RFC 6750). With the feature `auth`.
    ///
    /// Each call adds a token, so that tokens can be changed without a gap: the server takes the old one and the new one
    /// until all clients have the new one. Only hashes are compared, in constant time. Without TLS, everybody on the way
    /// can read the token.
    ///
    /// A token that is empty, or that has other characters than visible ASCII (such as a line break at its end), is an
    /// error when the server is started.
    #[cfg(feature = "auth")]
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.access.tokens.push(Secret(token.into()));
        self
    }

    /// Admits requests with the name and the password of this user: `Authorization: Basic …` (RFC 7617). Each call adds a
    /// user. With the feature `auth`.
    ///
    /// `bcrypt_hash` is the password's hash as `htpasswd -nB NAME` prints it after the colon, and as the web
    /// configuration of Prometheus has it. It begins with `$2y$`, `$2b$` or `$2a$`. As there, bytes of a password after
    /// the 72nd do not count.
    ///
    /// A check of a password takes some tenths of a second, on purpose. A thread of the server does
    /// them, one at a time. While eight others wait, or four from the client's address, the answer is 503; but of several addresses, the one
    /// that has most of them gives way to one that has fewer. A
    /// password that was right is remembered until the server ends, and needs no further check: so a client that has
    /// been admitted once is admitted at once, whatever passwords others try. The first check of a client may have to be
    /// tried again while others of the same address (behind one proxy, for example) try passwords. The time of a check
    /// does not tell whether there is such a user, if all hashes have one cost.
    ///
    /// A name that is empty, given twice, or that has a colon, a text that is no hash, and a hash of a cost above 16 are
    /// errors when the server is started.
    #[cfg(feature = "auth")]
    pub fn basic_auth(mut self, user: impl Into<String>, bcrypt_hash: impl Into<String>) -> Self {
        let user = (user.into(), Secret(bcrypt_hash.into()));
        self.access.users.push(user);
        self
    }

    /// Admits requests for which a function returns `true`. Each call adds a function.
    ///
    /// It is called on the threads that serve, for each request that no token and no remembered password has admitted. So
    /// it must return at once: while it waits or computes, other connections are not served. A request for which it
    /// panics is refused.
    ///
    /// ```
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// # let exporter = census::prometheus::Exporter::builder().build_lenient();
    /// let server = exporter
    ///     .server()
    ///     .authorize(|request| request.peer_addr().is_some_and(|peer| peer.ip().is_loopback()))
    ///     .bind("0.0.0.0:9464")
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn authorize(
        mut self,
        admits: impl Fn(&RequestHead<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.access.authorize.push(Authorize::new(admits));
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

    /// The site for a server of the program's own, which has the connections.
    ///
    /// # Errors
    /// If a setting cannot work, or if it is one of connections.
    #[cfg(any(feature = "tower", feature = "warp"))]
    pub(super) fn build_mounted(self) -> Result<Site, ServeError> {
        let of_connections = |setting| ServeError::Setting {
            setting,
            problem:
                "the connections are those of your own server; leave it out here, and set it there"
                    .to_owned(),
        };
        #[cfg(feature = "ipnet")]
        if self.allowed.is_some() {
            return Err(of_connections("allow"));
        }
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return Err(of_connections("tls"));
        }
        #[cfg(unix)]
        if self.unix_mode != super::unix::MODE {
            return Err(of_connections("unix_mode"));
        }
        let (site, _) = self.build(true)?;
        Ok(site)
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
        let counts = self.exporter.server_counts();
        let access = Access::new(self.access, Arc::clone(counts))?;
        #[cfg(feature = "tls")]
        let current = |tls| Current::new(tls, Limits::STANDARD.reread, Arc::clone(counts));
        let entrance = Entrance {
            #[cfg(feature = "ipnet")]
            allowed,
            #[cfg(feature = "tls")]
            tls: self.tls.as_ref().map(current).transpose()?.map(Arc::new),
            counts: Arc::clone(counts),
        };
        let site = Site::new(&self.exporter).with_access(access);
        #[cfg(feature = "pages")]
        let site = site.with_pages(&self.exporter, self.pages);
        Ok((site, entrance))
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
