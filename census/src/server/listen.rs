//! Listening on an address.

use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio::runtime::Handle;

use super::ServeError;

/// Listens on an address, which it resolves without holding up the runtime.
pub(super) async fn listen_async<A>(address: A) -> Result<tokio::net::TcpListener, ServeError>
where
    A: tokio::net::ToSocketAddrs + Debug,
{
    if Handle::try_current().is_err() {
        return Err(ServeError::NoRuntime);
    }
    let given = given(&address);
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

/// Listens on an address. Resolving a host name may take a while.
pub(super) fn listen<A: ToSocketAddrs + Debug>(address: A) -> Result<TcpListener, ServeError> {
    let given = given(&address);
    match address.to_socket_addrs() {
        Ok(resolved) => listen_on(given, resolved),
        Err(source) => Err(ServeError::Address {
            address: given,
            source,
        }),
    }
}

/// Listens on the first address where that is possible.
fn listen_on(
    given: String,
    resolved: impl Iterator<Item = SocketAddr>,
) -> Result<TcpListener, ServeError> {
    let mut refused = None;
    for address in resolved {
        match bind(address) {
            Ok(listener) => return Ok(listener),
            Err(source) => refused = Some(ServeError::Listen { address, source }),
        }
    }
    Err(refused.unwrap_or_else(|| {
        let source = io::Error::new(io::ErrorKind::NotFound, "it stands for no address");
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
    // A runtime that was built without IO or time can only be told by the panic. It leaves nothing half done, and a
    // program should not end for want of a server of metrics.
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

/// An address as it was given; of a string, without the quotes.
fn given(address: &impl Debug) -> String {
    format!("{address:?}").trim_matches('"').to_owned()
}
