//! Serves a variant over HTTP on a free port until standard input ends.

#![allow(clippy::print_stdout, reason = "this is a program")]

use anyhow::Result;
use request::{App, Setup};
use tokio::io::{AsyncReadExt, stdin};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let setup = Setup::from_arguments(&mut std::env::args().skip(1))?;
    let app = App::new(setup).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    tokio::select! {
        served = axum::serve(listener, app.router.clone()).into_future() => served?,
        ended = async { stdin().read_to_end(&mut Vec::new()).await } => drop(ended?),
    }
    app.remove()
}
