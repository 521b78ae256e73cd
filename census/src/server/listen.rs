//! Listening on an address.

use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio::runtime::Handle;

use super::ServeError;

/// Listens on an address. It resolves a host name without blocking the runtime's threads.
pub(super) async fn listen_async<A>(address: A) -> Result<tokio::net::TcpListener, ServeError>
where
    A: tokio::net::ToSocketAddrs + Debug,
{
    if Handle::try_current().is_err() {
        return Err(ServeError::NoRuntime);
    }
    let given = as_given(&address);
    let listener = match tokio::net::lookup_host(address).await {
        Ok(resolved) => listen_on(given, resolved)?,
        Err(source) => {
            return Err(ServeError::Address {
                address: given,
                source,
            });
        }
    };
    adopt(listener)
}

/// Listens on an address. It blocks while it resolves a host name.
pub(super) fn listen<A: ToSocketAddrs + Debug>(address: A) -> Result<TcpListener, ServeError> {
    let given = as_given(&address);
    match address.to_socket_addrs() {
        Ok(resolved) => listen_on(given, resolved),
        Err(source) => Err(ServeError::Address {
            address: given,
            source,
        }),
    }
}

/// Listens on the first of the resolved addresses on which it can. The error is the one of the last address.
fn listen_on(
    given: String,
    resolved: impl Iterator<Item = SocketAddr>,
) -> Result<TcpListener, ServeError> {
    let mut last_error = None;
    for address in resolved {
        match bind(address) {
            Ok(listener) => return Ok(listener),
            Err(source) => last_error = Some(ServeError::Listen { address, source }),
        }
    }
    Err(last_error.unwrap_or_else(|| {
        let source = io::Error::new(io::ErrorKind::NotFound, "it resolves to no address");
        ServeError::Address {
            address: given,
            source,
        }
    }))
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Hands the listener to the runtime.
fn adopt(listener: TcpListener) -> Result<tokio::net::TcpListener, ServeError> {
    // tokio has no way to ask whether the runtime was built with IO and time: using them panics if it was not. A
    // program should not end because its metrics cannot be served, so the panic becomes an error. The closure changes
    // no state that a panic could leave inconsistent.
    let adopted = catch_unwind(AssertUnwindSafe(|| {
        drop(tokio::time::sleep(Duration::ZERO));
        tokio::net::TcpListener::from_std(listener)
    }));
    match adopted {
        Ok(Ok(listener)) => Ok(listener),
        Ok(Err(source)) => Err(ServeError::Start { source }),
        Err(_) => Err(ServeError::NoRuntime),
    }
}

/// The address as the caller wrote it; a string without its quotes.
fn as_given(address: &impl Debug) -> String {
    format!("{address:?}").trim_matches('"').to_owned()
}
