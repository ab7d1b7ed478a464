//! The little HTTP that the tests speak: one request per connection.

use std::net::SocketAddr;

use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A service on a port of its own.
#[derive(Clone, Copy)]
pub(crate) struct Client(SocketAddr);

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Serves `app` as long as the test runs.
pub(crate) async fn serve(app: Router) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the port is bound");
    tokio::spawn(async { axum::serve(listener, app).await });
    Client(address)
}

impl Client {
    pub(crate) async fn get(self, path: &str) -> Answer {
        self.send("GET", path, "").await.expect("an answer")
    }

    pub(crate) async fn post(self, path: &str, json: &str) -> Answer {
        self.send("POST", path, json).await.expect("an answer")
    }

    /// `None` when the server closes the connection without an answer.
    pub(crate) async fn send(self, method: &str, path: &str, json: &str) -> Option<Answer> {
        let mut stream = self.begin(method, path, json).await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer { status, head: head.to_lowercase(), body: body.to_owned() })
    }

    /// Sends a request and leaves it to the caller to wait for the answer or to go away.
    pub(crate) async fn begin(self, method: &str, path: &str, json: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.0).await.expect("the service listens");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{json}",
            json.len()
        );
        stream.write_all(request.as_bytes()).await.expect("the service reads");
        stream
    }
}
