//! The answer to a client that speaks HTTP/2 without having asked whether the server does.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::link::Link;

/// The first bytes of such a client (RFC 9113, section 3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Such a client cannot read it, but it shows the line to its user, and so do tools that look at the connection.
const ANSWER: &str = "HTTP/1.1 505 HTTP Version Not Supported\r\n\
    Connection: close\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 63\r\n\
    \r\n\
    This server speaks HTTP/1.1. Use it without \"prior knowledge\".\n";

/// Answers that the server speaks HTTP/1.1 only.
///
/// # Errors
/// If the stream fails.
pub(super) async fn reject<S>(mut link: Link<S>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    link.write_all(ANSWER.as_bytes()).await?;
    link.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_the_bodys() {
        let (head, body) = ANSWER.split_once("\r\n\r\n").unwrap();
        let length = format!("Content-Length: {}", body.len());
        assert!(head.lines().any(|line| line == length), "{length}");
    }
}
