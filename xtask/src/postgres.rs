//! A private PostgreSQL server: TCP on 127.0.0.1 only, one superuser with a
//! password, nothing kept on disk longer than it runs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use crate::account::{Account, Spawn};
use crate::install::PostgresPrograms;
use crate::process::free_port;
use crate::servers::{Login, Server, Start};

/// Settings that only a server whose data may be lost can have, and those the tests need.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    // No socket: its path could be too long, and the tests use TCP as services do.
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "shared_buffers=64MB",
    "max_wal_size=512MB",
    "max_connections=300",
    "max_prepared_transactions=64",
    "log_line_prefix=%m [%p] ",
];

/// Starts a server in `dir`, which it creates.
pub(crate) fn start(programs: &PostgresPrograms, dir: &Path, start: &Start) -> Result<Server> {
    let Login { user, password } = &start.login;
    let account = Account::named("postgres")?;
    account.create_dir(dir)?;
    let password_file = dir.join("password");
    account.write(&password_file, password)?;

    let data = dir.join("data");
    let pwfile = format!("--pwfile={}", password_file.display());
    let pgdata = format!("--pgdata={}", data.display());
    let username = format!("--username={user}");
    let initdb = [
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
        &pwfile,
        &pgdata,
        &username,
    ];
    account.run(&programs.initdb, initdb, dir)?;
    fs::remove_file(&password_file).context("cannot remove the password file")?;

    let port = free_port()?;
    let arguments = [format!("-D{}", data.display()), format!("-p{port}")];
    let settings = SETTINGS.iter().flat_map(|setting| ["-c", setting]);
    let mut daemon = account.spawn(Spawn {
        name: "PostgreSQL",
        program: &programs.postgres,
        arguments: arguments.iter().map(String::as_str).chain(settings),
        dir,
        // A fast shutdown: it does not wait for clients.
        stop_signal: Signal::SIGINT,
        lifetime: start.lifetime,
    })?;
    // The 8th line turns "ready" as soon as connections are taken.
    let status = data.join("postmaster.pid");
    daemon.wait_until(|| {
        fs::read_to_string(&status)
            .is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim() == "ready"))
    })?;
    Ok(Server { url: format!("postgres://{user}:{password}@127.0.0.1:{port}/postgres"), daemon })
}
