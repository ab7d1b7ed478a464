//! A fixed number of requests over 16 connections; prints how many were answered a second.

#![allow(clippy::print_stdout, reason = "this is a program")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use request::Case;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 16;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("usage: ADDRESS CASE COUNT");
    let (address, case, count) = (next()?, next()?.parse()?, next()?.parse::<usize>()?);
    // Every connection is warm before the clock starts.
    drive(&address, case, CONNECTIONS * 20).await?;
    let started = Instant::now();
    drive(&address, case, count).await?;
    println!("{:.0}", count as f64 / started.elapsed().as_secs_f64());
    Ok(())
}

async fn drive(address: &str, case: Case, count: usize) -> Result<()> {
    let left = Arc::new(AtomicUsize::new(count));
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        connections.spawn(connection(stream, case, Arc::clone(&left)));
    }
    while let Some(ended) = connections.join_next().await {
        ended??;
    }
    Ok(())
}

async fn connection(mut stream: TcpStream, case: Case, left: Arc<AtomicUsize>) -> Result<()> {
    let request = match case {
        Case::None => "GET /none HTTP/1.1\r\nhost: bench\r\n\r\n",
        Case::Select => "GET /select HTTP/1.1\r\nhost: bench\r\n\r\n",
        Case::Insert => "POST /insert HTTP/1.1\r\nhost: bench\r\ncontent-length: 0\r\n\r\n",
    };
    let mut answer = Vec::with_capacity(1024);
    let take_one = |left: usize| left.checked_sub(1);
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take_one).is_ok() {
        stream.write_all(request.as_bytes()).await?;
        answer.clear();
        loop {
            ensure!(stream.read_buf(&mut answer).await? > 0, "the server closed the connection");
            if is_whole(&answer)? {
                break;
            }
        }
    }
    Ok(())
}

/// Whether a head and a body of its `content-length` are there.
fn is_whole(answer: &[u8]) -> Result<bool> {
    let text = std::str::from_utf8(answer)?;
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Ok(false);
    };
    if !head.starts_with("HTTP/1.1 200") {
        bail!("not what was expected: {text}");
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .context("an answer without a length")?;
    Ok(body.len() >= length.parse()?)
}
