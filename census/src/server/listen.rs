//! Listening on addresses.

use std::fmt::Debug;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::runtime::Handle;

use super::ServeError;
use crate::panics::{self, Panicked};

/// The number of connections that wait in the system to be accepted. It is large enough that in a flood of connections
/// no other client has to try again, which takes a second.
pub(super) const BACKLOG: i32 = 1024;

/// The number of ports to try for several addresses and port 0: the system chooses a port that is free on one of them.
const PORT_ATTEMPTS: usize = 16;

/// Listens on all addresses that the given one stands for. It resolves a host name without blocking the runtime's
/// threads.
pub(super) async fn listen_async<A>(address: A) -> Result<Vec<TcpListener>, ServeError>
where
    A: tokio::net::ToSocketAddrs + Debug,
{
    if Handle::try_current().is_err() {
        return Err(ServeError::NoRuntime);
    }
    let given = as_given(&address);
    if let Some(addresses) = every_interface(&given) {
        return listen_on(given, addresses);
    }
    match tokio::net::lookup_host(address).await {
        Ok(resolved) => listen_on(given, resolved),
        Err(source) => Err(ServeError::Address {
            address: given,
            source,
        }),
    }
}

/// Listens on all addresses that the given one stands for. It blocks while it resolves a host name.
pub(super) fn listen<A: ToSocketAddrs + Debug>(address: A) -> Result<Vec<TcpListener>, ServeError> {
    let given = as_given(&address);
    if let Some(addresses) = every_interface(&given) {
        return listen_on(given, addresses);
    }
    match address.to_socket_addrs() {
        Ok(resolved) => listen_on(given, resolved),
        Err(source) => Err(ServeError::Address {
            address: given,
            source,
        }),
    }
}

/// Hands listeners to the runtime of the caller.
pub(super) fn adopt(
    listeners: Vec<TcpListener>,
) -> Result<Vec<tokio::net::TcpListener>, ServeError> {
    let adopt = |listener: TcpListener| {
        listener.set_nonblocking(true)?;
        tokio::net::TcpListener::from_std(listener)
    };
    in_runtime(|| listeners.into_iter().map(adopt).collect())
}

/// Hands a listener to the runtime of the caller.
#[cfg(unix)]
pub(super) fn adopt_unix(
    listener: std::os::unix::net::UnixListener,
) -> Result<tokio::net::UnixListener, ServeError> {
    in_runtime(|| {
        listener.set_nonblocking(true)?;
        tokio::net::UnixListener::from_std(listener)
    })
}

/// Calls a function that needs a runtime with IO and time.
fn in_runtime<R>(adopt: impl FnOnce() -> io::Result<R>) -> Result<R, ServeError> {
    if Handle::try_current().is_err() {
        return Err(ServeError::NoRuntime);
    }
    // tokio has no way to ask whether the runtime was built with IO and time: using them panics if it was not. A
    // program should not end because its metrics cannot be served, so the panic becomes an error. The closure changes
    // no state that a panic could leave inconsistent.
    let adopted = panics::catch(|| {
        drop(tokio::time::sleep(Duration::ZERO));
        adopt()
    });
    match adopted {
        Ok(Ok(adopted)) => Ok(adopted),
        Ok(Err(source)) => Err(ServeError::Start { source }),
        Err(Panicked) => Err(ServeError::NoRuntime),
    }
}

/// The addresses of `:9888`, as Go programs write it: every interface, in both families.
fn every_interface(given: &str) -> Option<[SocketAddr; 2]> {
    let port = given.strip_prefix(':')?.parse().ok()?;
    Some([
        (Ipv4Addr::UNSPECIFIED, port).into(),
        (Ipv6Addr::UNSPECIFIED, port).into(),
    ])
}

/// Listens on each of the addresses, with one port if their port is 0.
///
/// An address of a family or an interface that this machine does not have is omitted if another one is left:
/// `localhost` often stands for an IPv6 address where IPv6 is off. Every other error is returned. A client may choose
/// any of the addresses, so another program must not listen on one of them.
fn listen_on(
    given: String,
    resolved: impl IntoIterator<Item = SocketAddr>,
) -> Result<Vec<TcpListener>, ServeError> {
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in resolved {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let mut attempts = 1;
    loop {
        match bind_all(&addresses) {
            Ok(listeners) if listeners.is_empty() => {
                let source = io::Error::new(io::ErrorKind::NotFound, "it resolves to no address");
                return Err(ServeError::Address {
                    address: given,
                    source,
                });
            }
            Ok(listeners) => return Ok(listeners),
            Err((address, source)) => {
                let is_unlucky = source.kind() == io::ErrorKind::AddrInUse
                    && addresses.iter().any(|it| it.port() == 0);
                if !is_unlucky || attempts == PORT_ATTEMPTS {
                    return Err(ServeError::Listen { address, source });
                }
                attempts += 1;
            }
        }
    }
}

/// Listens on each of the addresses that this machine has. The error is the one of the address that it names.
fn bind_all(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, (SocketAddr, io::Error)> {
    let mut listeners = Vec::new();
    let mut absent = None;
    let mut chosen_port = None;
    for &address in addresses {
        let mut wanted = address;
        if wanted.port() == 0 {
            wanted.set_port(chosen_port.unwrap_or(0));
        }
        // If `[::]` took IPv4 connections, too, `0.0.0.0` would be in use.
        let is_v6_only = wanted.is_ipv6() && addresses.iter().any(SocketAddr::is_ipv4);
        let bound = bind(wanted, is_v6_only)
            .and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
        match bound {
            Ok((port, listener)) => {
                if address.port() == 0 {
                    chosen_port = Some(port);
                }
                listeners.push(listener);
            }
            Err(error) if is_absent(&error) => absent = Some((wanted, error)),
            Err(error) => return Err((wanted, error)),
        }
    }
    match absent {
        Some(error) if listeners.is_empty() => Err(error),
        _ => Ok(listeners),
    }
}

/// Whether the machine has no such address.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable
}

/// Listens as `TcpListener::bind` does, which has no settings for IPv6 only and for the backlog.
fn bind(address: SocketAddr, is_v6_only: bool) -> io::Result<TcpListener> {
    let domain = Domain::for_address(address);
    let socket = match Socket::new(domain, Type::STREAM, None) {
        Ok(socket) => socket,
        // On a system without IPv6. `std` has no kind for its error. Errors of short resources concern IPv4, too.
        Err(_)
            if domain == Domain::IPV6 && Socket::new(Domain::IPV4, Type::STREAM, None).is_ok() =>
        {
            return Err(io::ErrorKind::AddrNotAvailable.into());
        }
        Err(error) => return Err(error),
    };
    // Without this option, a port could not be used again for a minute after its connections have ended. On Windows the
    // option would let other programs listen on the port at the same time.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    if is_v6_only {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// The address as the caller wrote it; a string without its quotes.
fn as_given(address: &impl Debug) -> String {
    format!("{address:?}").trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const V4: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    const V6: SocketAddr = SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::LOCALHOST), 0);
    /// An address for documentation, which no interface has.
    const ABSENT: &str = "192.0.2.1:0";

    fn addresses(listeners: &[TcpListener]) -> Vec<SocketAddr> {
        let address = |it: &TcpListener| it.local_addr().unwrap();
        listeners.iter().map(address).collect()
    }

    fn has_ipv6() -> bool {
        TcpListener::bind(V6).is_ok()
    }

    #[test]
    fn all_addresses_get_one_port() {
        let listeners = listen(&[V4, V6, V4][..]).unwrap();
        let addresses = addresses(&listeners);
        assert_eq!(addresses.len(), if has_ipv6() { 2 } else { 1 });
        assert_ne!(addresses[0].port(), 0);
        assert!(addresses.iter().all(|it| it.port() == addresses[0].port()));
    }

    #[test]
    fn an_address_that_the_machine_does_not_have_is_omitted() {
        let absent: SocketAddr = ABSENT.parse().unwrap();
        assert_eq!(listen(&[absent, V4][..]).unwrap().len(), 1);
        let error = listen(absent).unwrap_err();
        assert!(error.to_string().contains("no interface"), "{error}");
    }

    #[test]
    fn an_address_in_use_is_an_error_that_names_it() {
        let used = TcpListener::bind(V4).unwrap();
        let address = used.local_addr().unwrap();
        let other = SocketAddr::new(V6.ip(), address.port());
        let error = listen(&[other, address][..]).unwrap_err();
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }

    #[test]
    fn a_port_alone_means_every_interface() {
        let listeners = listen(":0").unwrap();
        let addresses = addresses(&listeners);
        assert!(addresses.iter().all(|it| it.ip().is_unspecified()));
        assert_eq!(addresses.len(), if has_ipv6() { 2 } else { 1 });
        for text in [":", ":65536", ":http", "::1", ":-1"] {
            assert_eq!(every_interface(text), None, "{text}");
        }
    }
}
