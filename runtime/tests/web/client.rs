//! The little HTTP that the tests speak: one request per connection.

#[path = "client/socket.rs"]
mod socket;

use std::future::pending;
use std::net::SocketAddr;

use axum::Router;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A service on a port of its own.
#[derive(Clone, Copy)]
pub(crate) struct Client(SocketAddr);

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    sent: String,
}

impl Answer {
    /// `None` when the server closed the connection without an answer.
    pub(crate) async fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.ok()?;
        // A body need not be text.
        let answer = String::from_utf8_lossy(&bytes);
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let (sent, head) = (head.to_owned(), head.to_lowercase());
        Some(Answer { status, head, body: body.to_owned(), sent })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// A header as it was sent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.sent.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// Serves `app` as long as the test runs.
pub(crate) async fn serve(app: Router) -> Client {
    serve_until(app, pending()).await.0
}

/// Serves `app` until `shutdown`; the task ends after the last answer.
pub(crate) async fn serve_until(
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> (Client, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the port is bound");
    let serving = axum::serve(listener, app).with_graceful_shutdown(shutdown);
    let serving = tokio::spawn(async { serving.await.expect("a service does not fail") });
    (Client(address), serving)
}

/// The head of an answer whose body is yet to come, in small letters.
pub(crate) async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    String::from_utf8(head).expect("a head is text").to_lowercase()
}

/// The titles of a page of rows.
pub(crate) fn titles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|row| row["title"].as_str().unwrap_or("NULL").to_owned()).collect()
}

impl Client {
    pub(crate) async fn get(self, path: &str) -> Answer {
        self.send("GET", path, "").await.expect("an answer")
    }

    pub(crate) async fn post(self, path: &str, json: &str) -> Answer {
        self.send("POST", path, json).await.expect("an answer")
    }

    pub(crate) async fn patch(self, path: &str, json: &str) -> Answer {
        self.send("PATCH", path, json).await.expect("an answer")
    }

    pub(crate) async fn delete(self, path: &str) -> Answer {
        self.send("DELETE", path, "").await.expect("an answer")
    }

    /// Adds a row that cannot be refused.
    pub(crate) async fn added(self, path: &str, json: &str) -> Value {
        let answer = self.post(path, json).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }

    /// The titles of a list that cannot be refused.
    pub(crate) async fn titles(self, path: &str) -> Vec<String> {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        titles(&answer.json())
    }

    /// `None` when the server closes the connection without an answer.
    pub(crate) async fn send(self, method: &str, path: &str, json: &str) -> Option<Answer> {
        let mut stream = self.begin(method, path, json).await;
        Answer::read(&mut stream).await
    }

    /// A request with nothing in its head but what is given.
    pub(crate) async fn request(
        self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        let mut stream = TcpStream::connect(self.0).await.expect("the service listens");
        stream.write_all(request.as_bytes()).await.expect("the service reads");
        Answer::read(&mut stream).await.expect("an answer")
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
