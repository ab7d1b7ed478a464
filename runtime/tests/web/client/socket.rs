//! The little of RFC 6455 that the tests speak: short texts.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Client, read_head};

/// The client's end of a WebSocket.
pub(crate) struct Socket(TcpStream);

impl Client {
    /// The head of the answer to a handshake, and the socket if that was a 101.
    pub(crate) async fn upgrade(self, path: &str) -> (String, Socket) {
        let mut stream = TcpStream::connect(self.0).await.expect("the service listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("the service reads");
        let head = read_head(&mut stream).await;
        (head, Socket(stream))
    }
}

impl Socket {
    /// Sends a text of less than 126 bytes, masked with zeros.
    pub(crate) async fn send(&mut self, text: &str) {
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 126);
        let mut frame = vec![0x81, 0x80 | length.expect("a short text"), 0, 0, 0, 0];
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).await.expect("the service reads");
    }

    /// The next text; `None` when the service closed.
    pub(crate) async fn receive(&mut self) -> Option<String> {
        self.0.read_u8().await.ok().filter(|kind| *kind == 0x81)?;
        let length = usize::from(self.0.read_u8().await.expect("a length"));
        assert!(length < 126, "a short text");
        let mut text = vec![0; length];
        self.0.read_exact(&mut text).await.expect("the text");
        Some(String::from_utf8(text).expect("a text"))
    }
}
