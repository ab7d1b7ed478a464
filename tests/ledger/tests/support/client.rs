//! The little HTTP that the clients speak, on connections that they keep.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// What the client of a request saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Status(u16),
    /// The service closed the connection without an answer.
    Closed,
    /// The client did not wait.
    Left,
}

/// One client; its connection is made anew when it was lost or left.
pub(crate) struct Client {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Sends a request; leaves after `patience`, if there is one, by closing the connection.
    pub(crate) async fn post(&mut self, path: &str, patience: Option<Duration>) -> Seen {
        let asked = self.ask(path);
        let outcome = match patience {
            Some(patience) => tokio::time::timeout(patience, asked).await.ok(),
            None => Some(asked.await),
        };
        if let Some(Ok(status)) = outcome {
            return Seen::Status(status);
        }
        self.stream = None;
        if outcome.is_none() { Seen::Left } else { Seen::Closed }
    }

    async fn ask(&mut self, path: &str) -> Result<u16> {
        if self.stream.is_none() {
            self.stream = Some(BufReader::new(TcpStream::connect(self.address).await?));
        }
        let stream = self.stream.as_mut().ok_or(ErrorKind::NotConnected)?;
        let request = format!("POST {path} HTTP/1.1\r\nhost: ledger\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| Error::new(ErrorKind::UnexpectedEof, "no answer"))?;
        let mut length = 0;
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().map_err(Error::other)?;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        Ok(status)
    }
}
