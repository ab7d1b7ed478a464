//! Runs a number of requests in process, on one thread: the program that callgrind counts.

use anyhow::{Context, Result};
use request::{App, Setup, run, warm};

/// Where callgrind begins to count (`--zero-before`), which finds it by this name.
#[expect(unsafe_code, reason = "the name must not be mangled; nothing else has it")]
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn bench_counts_from_here() {
    std::hint::black_box(());
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let setup = Setup::from_arguments(&mut arguments)?;
    let mut next = || arguments.next().context("usage: … CASE COUNT");
    let (case, count) = (next()?.parse()?, next()?.parse()?);
    let app = App::new(setup).await?;
    warm(&app.router, case).await?;
    bench_counts_from_here();
    run(&app.router, case, count).await?;
    app.remove()?;
    // Closing connections is no part of a request.
    std::process::exit(0)
}
