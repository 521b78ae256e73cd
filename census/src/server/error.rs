//! The error of starting a server.

use std::fmt;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;

/// The reason why a server could not be started. Its message says what to change.
///
/// `Debug` prints the same message as `Display`, because a `main` that returns an error prints it with `Debug`.
#[non_exhaustive]
pub enum ServeError {
    /// There is no tokio runtime, or one without IO or time.
    NoRuntime,
    /// The address is not a host and a port, or its host name could not be resolved.
    Address {
        /// The address as it was given.
        address: String,
        /// The error of parsing or resolving it.
        source: io::Error,
    },
    /// The system does not let the program listen on the address. The kind of `source` is the reason.
    Listen {
        /// The resolved address.
        address: SocketAddr,
        /// The system's error.
        source: io::Error,
    },
    /// The server cannot have the path of the Unix socket.
    #[cfg(unix)]
    UnixSocket {
        /// The path.
        path: PathBuf,
        /// The system's error. Its kind is `AddrInUse` if a program listens there, and `AlreadyExists` if the file there
        /// is no socket.
        source: io::Error,
    },
    /// A setting of the server cannot work.
    Setting {
        /// The method that makes the setting, such as `allow`.
        setting: &'static str,
        /// What is wrong with it. It contains no secret.
        problem: String,
    },
    /// The system did not provide a thread or another resource that a server needs.
    Start {
        /// The system's error.
        source: io::Error,
    },
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRuntime => f.write_str(
                "cannot serve without a tokio runtime with IO and time enabled: await this inside of one \
                 (`#[tokio::main]`, or a runtime built with `enable_all`), or call `Exporter::spawn`, which needs none",
            ),
            Self::Address { address, .. } if address.contains("://") => {
                write!(
                    f,
                    "cannot listen on `{address}`: write a host and a port only, without a scheme such as `http://` \
                     and without a path"
                )
            }
            Self::Address { address, source } if source.kind() == io::ErrorKind::InvalidInput => {
                write!(
                    f,
                    "cannot listen on `{address}`: this is not a host and a port, such as \"127.0.0.1:8000\", or \
                     \":8000\" for every interface"
                )
            }
            Self::Address { address, source } => {
                write!(f, "cannot listen on `{address}`: its host name cannot be resolved ({source}); ")?;
                f.write_str("write an IP address, such as 127.0.0.1, or 0.0.0.0 for every interface")
            }
            Self::Listen { address, source } => {
                write!(f, "cannot listen on {address}: ")?;
                fmt_listen_error(f, *address, source)
            }
            #[cfg(unix)]
            Self::UnixSocket { path, source } => {
                write!(f, "cannot listen on the Unix socket {}: ", path.display())?;
                fmt_unix_error(f, source)
            }
            Self::Setting { setting, problem } => {
                write!(f, "cannot start the server, because of `{setting}`: {problem}")
            }
            Self::Start { source } => write!(f, "cannot start the server: {source}"),
        }
    }
}

/// The reason why the system does not let the program listen, and a remedy.
fn fmt_listen_error(
    f: &mut fmt::Formatter<'_>,
    address: SocketAddr,
    source: &io::Error,
) -> fmt::Result {
    match source.kind() {
        io::ErrorKind::AddrInUse => f.write_str(
            "another program, or this one, already listens there; choose another port, or 0 for a free one",
        ),
        io::ErrorKind::PermissionDenied if address.port() < 1024 => {
            f.write_str("ports below 1024 need a privilege; choose a higher port, or 0 for a free one")
        }
        io::ErrorKind::PermissionDenied => f.write_str("the system does not permit it; choose another port"),
        io::ErrorKind::AddrNotAvailable => write!(
            f,
            "no interface of this machine has the address {}; choose 0.0.0.0 for all interfaces, or 127.0.0.1",
            address.ip(),
        ),
        _ => write!(f, "{source}"),
    }
}

/// The reason why the server cannot have the path of a Unix socket, and a remedy.
#[cfg(unix)]
fn fmt_unix_error(f: &mut fmt::Formatter<'_>, source: &io::Error) -> fmt::Result {
    match source.kind() {
        io::ErrorKind::AddrInUse => f.write_str(
            "another program, or this one, already listens there; choose another path, or stop that program",
        ),
        io::ErrorKind::AlreadyExists => f.write_str(
            "the file there is no socket, and is kept; choose another path, or remove the file",
        ),
        io::ErrorKind::PermissionDenied => {
            f.write_str("the system does not permit it; choose a directory that this program's user may write to")
        }
        io::ErrorKind::NotFound => {
            f.write_str("there is no such directory; make the directory before the server starts")
        }
        io::ErrorKind::InvalidInput => {
            write!(f, "the system cannot have it as an address ({source}); choose a shorter path")
        }
        _ => write!(f, "{source}"),
    }
}

impl fmt::Debug for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoRuntime | Self::Setting { .. } => None,
            #[cfg(unix)]
            Self::UnixSocket { source, .. } => Some(source),
            Self::Address { source, .. } | Self::Listen { source, .. } | Self::Start { source } => {
                Some(source)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    fn listen(address: &str, kind: io::ErrorKind) -> String {
        ServeError::Listen {
            address: address.parse().unwrap(),
            source: kind.into(),
        }
        .to_string()
    }

    #[test]
    fn each_listen_error_names_a_remedy() {
        let in_use = listen("127.0.0.1:8000", io::ErrorKind::AddrInUse);
        assert!(
            in_use.starts_with("cannot listen on 127.0.0.1:8000: another program"),
            "{in_use}"
        );
        assert!(in_use.ends_with("or 0 for a free one"), "{in_use}");
        assert!(listen("0.0.0.0:80", io::ErrorKind::PermissionDenied).contains("below 1024"));
        assert!(!listen("0.0.0.0:8000", io::ErrorKind::PermissionDenied).contains("1024"));
        assert!(
            listen("10.9.8.7:80", io::ErrorKind::AddrNotAvailable)
                .contains("no interface of this machine has the address 10.9.8.7")
        );
        let other = listen("[::1]:80", io::ErrorKind::OutOfMemory);
        assert_eq!(other, "cannot listen on [::1]:80: out of memory");
    }

    #[test]
    fn the_source_is_the_systems_error() {
        let error = ServeError::Start {
            source: io::ErrorKind::WouldBlock.into(),
        };
        assert!(error.source().unwrap().is::<io::Error>());
        assert!(ServeError::NoRuntime.source().is_none());
        assert_eq!(format!("{error:?}"), error.to_string());
    }
}
