//! What all clients of the attack need: connections from addresses of their own, TLS, and counts of what they did.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use census_tests::certificates::Authority;
use census_tests::threads::Stop;
use socket2::{Domain, SockAddr, Socket, Type};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The number of addresses from which the attack comes. `tests/soak` says why.
pub(crate) const SOURCES: u64 = 3;

/// A connection with TLS.
pub(crate) type Tls = StreamOwned<ClientConnection, TcpStream>;

/// The attacked server, and what became of the attack.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    config: Arc<ClientConfig>,
    counts: Mutex<BTreeMap<String, u64>>,
    problems: Mutex<Vec<String>>,
}

impl Target {
    pub(crate) fn new(address: SocketAddr, authority: &Authority) -> Self {
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_slice(authority.certificate.as_bytes());
        roots
            .add(certificate.expect("PEM"))
            .expect("a certificate of an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            address,
            config: Arc::new(config),
            counts: Mutex::default(),
            problems: Mutex::default(),
        }
    }

    /// Connects from one of the addresses of the attack.
    pub(crate) fn connect(&self, client: u64) -> io::Result<TcpStream> {
        self.connect_with(client, |_| Ok(()))
    }

    fn connect_with(
        &self,
        client: u64,
        set: impl FnOnce(&Socket) -> io::Result<()>,
    ) -> io::Result<TcpStream> {
        let last = u8::try_from(1 + client % SOURCES).map_err(io::Error::other)?;
        let source = SocketAddr::from((Ipv4Addr::new(127, 0, 1, last), 0));
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        // The port is free at once when the client closes its connection.
        socket.set_linger(Some(Duration::ZERO))?;
        set(&socket)?;
        socket.bind(&SockAddr::from(source))?;
        socket.connect_timeout(&self.address.into(), Duration::from_secs(5))?;
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.set_write_timeout(Some(Duration::from_secs(5)))?;
        Ok(stream)
    }

    /// The same, with a handshake.
    pub(crate) fn connect_tls(&self, client: u64) -> io::Result<Tls> {
        self.handshake(self.connect(client)?)
    }

    /// The same, with little room for what the client has not read. Else the system takes a whole answer for the client.
    pub(crate) fn connect_tls_with_little_room(&self, client: u64) -> io::Result<Tls> {
        let stream = self.connect_with(client, |socket| socket.set_recv_buffer_size(4096))?;
        self.handshake(stream)
    }

    fn handshake(&self, stream: TcpStream) -> io::Result<Tls> {
        let mut stream = StreamOwned::new(self.tls()?, stream);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(stream)
    }

    /// The first message of a handshake.
    pub(crate) fn client_hello(&self) -> io::Result<Vec<u8>> {
        let mut hello = Vec::new();
        self.tls()?.write_tls(&mut hello)?;
        Ok(hello)
    }

    fn tls(&self) -> io::Result<ClientConnection> {
        let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
        ClientConnection::new(Arc::clone(&self.config), name).map_err(io::Error::other)
    }

    pub(crate) fn count(&self, event: &str) {
        *lock(&self.counts).entry(event.to_owned()).or_default() += 1;
    }

    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        lock(&self.counts).clone()
    }

    /// The server did what it must not.
    pub(crate) fn fail(&self, problem: String) {
        lock(&self.problems).push(problem);
    }

    pub(crate) fn problems(&self) -> Vec<String> {
        lock(&self.problems).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request of the metrics, with this line as its header `Authorization`.
pub(crate) fn get(authorization: &str) -> String {
    format!("GET /metrics HTTP/1.1\r\nHost: soak\r\nAuthorization: {authorization}\r\n\r\n")
}

/// Writes a byte, and waits, until all are written, the server has closed the connection, or the end.
pub(crate) fn trickle(
    stream: &mut impl Write,
    bytes: &[u8],
    pause: Duration,
    stop: &Stop,
) -> io::Result<()> {
    for byte in bytes {
        if stop.is_set() {
            break;
        }
        stream.write_all(&[*byte])?;
        stream.flush()?;
        sleep(pause);
    }
    Ok(())
}

/// Reads one byte each second from the socket, until the server closes the connection, this time has passed, or the end.
pub(crate) fn sip(mut stream: &TcpStream, time: Duration, stop: &Stop) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let start = Instant::now();
    while !stop.is_set() && start.elapsed() < time {
        let begin = Instant::now();
        match stream.read(&mut [0]) {
            Ok(0) => break,
            Ok(_) => sleep(Duration::from_secs(1).saturating_sub(begin.elapsed())),
            Err(error) if is_timeout(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
