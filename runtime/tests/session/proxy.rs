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
        let (_, authority) = url.split_once("://").expect("a URL");
        let (authority, _) = authority.split_once('/').expect("the URL names a database");
        let server = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
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
