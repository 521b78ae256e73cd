//! A server on a free port, and a client that writes and reads bytes.

use std::net::SocketAddr;

use axum::Router;
use census_tests::PATIENCE;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Serves a router until the runtime of the test ends.
pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

pub(crate) struct Connection(TcpStream);

impl Connection {
    pub(crate) async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads until what was read ends like this.
    pub(crate) async fn receive(&mut self, end: &str) -> String {
        let mut read = Vec::new();
        let reading = async {
            while !read.ends_with(end.as_bytes()) {
                read.push(self.0.read_u8().await.unwrap());
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, reading).await;
        let text = String::from_utf8(read).unwrap();
        assert!(in_time.is_ok(), "{text}");
        text
    }

    /// Reads until the server closes the connection.
    pub(crate) async fn receive_all(&mut self) -> String {
        let mut read = Vec::new();
        let reading = self.0.read_to_end(&mut read);
        tokio::time::timeout(PATIENCE, reading)
            .await
            .unwrap()
            .unwrap();
        String::from_utf8(read).unwrap()
    }

    /// Leaves without a goodbye.
    pub(crate) fn reset(self) {
        self.0.set_zero_linger().unwrap();
    }
}
