//! A network that can stand still: what a server answers is held back until it is let go.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(crate) struct Proxy {
    url: String,
    running: watch::Sender<bool>,
}

impl Proxy {
    /// Stands between a client and the server of `url`.
    pub(crate) async fn new(url: &str) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").await.expect("a free port"), url)
    }

    /// As `new`, at an address of its own.
    pub(crate) fn at(listener: TcpListener, url: &str) -> Self {
        let server = server_of(url).to_owned();
        let address = listener.local_addr().expect("it is bound").to_string();
        let url = url.replace(&server, &address);
        let (running, is_running) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(forward(client, server.clone(), is_running.clone()));
            }
        });
        Self { url, running }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Holds everything back, or lets it go again.
    pub(crate) fn run(&self, running: bool) {
        self.running.send_replace(running);
    }
}

/// Host and port of a URL.
pub(crate) fn server_of(url: &str) -> &str {
    let (_, authority) = url.split_once("://").expect("a URL");
    let (authority, _) = authority.split_once('/').expect("the URL names a database");
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

async fn forward(mut client: TcpStream, server: String, mut is_running: watch::Receiver<bool>) {
    let mut server = TcpStream::connect(server).await.expect("the server answers");
    loop {
        if is_running.wait_for(|running| *running).await.is_err() {
            return;
        }
        tokio::select! {
            biased;
            stopped = is_running.wait_for(|running| !*running) => if stopped.is_err() { return },
            _ = copy_bidirectional(&mut client, &mut server) => return,
        }
    }
}
