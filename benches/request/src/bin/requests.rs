//! Runs a number of requests in process, on one thread: the program that callgrind counts.

use anyhow::{Context, Result};
use request::{App, Setup, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let setup = Setup::from_arguments(&mut arguments)?;
    let mut next = || arguments.next().context("usage: … CASE COUNT");
    let (case, count) = (next()?.parse()?, next()?.parse()?);
    let app = App::new(setup).await?;
    run(&app.router, case, count).await?;
    app.close().await
}
