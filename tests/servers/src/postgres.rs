//! A private PostgreSQL server: TCP on 127.0.0.1 only, one superuser with a
//! password, nothing kept on disk longer than it runs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use crate::account::Account;
use crate::install::PostgresPrograms;
use crate::process::free_port;
use crate::server::{Home, Launch, Login, Ready};

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

/// Makes a server in `dir`, which it creates. Returns how to start it, and its URL.
pub(crate) fn prepare(
    programs: &PostgresPrograms,
    dir: &Path,
    home: &Home,
) -> Result<(Launch, String)> {
    let Login { user, password } = home.login();
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
    let mut arguments = vec![format!("-D{}", data.display()), format!("-p{port}")];
    arguments.extend(SETTINGS.iter().flat_map(|setting| ["-c", setting]).map(str::to_owned));
    let launch = Launch {
        name: "PostgreSQL",
        account,
        program: programs.postgres.clone(),
        arguments,
        dir: dir.to_owned(),
        // A fast shutdown: it does not wait for clients.
        stop_signal: Signal::SIGINT,
        lifetime: home.lifetime(),
        ready: Ready::Status(data.join("postmaster.pid")),
    };
    Ok((launch, format!("postgres://{user}:{password}@127.0.0.1:{port}/postgres")))
}

/// The status file begins with the pid, which after a `kill -9` is still the old one; the 8th line turns
/// "ready" as soon as connections are taken.
pub(crate) fn is_ready(status: &Path, pid: u32) -> bool {
    let Ok(text) = fs::read_to_string(status) else {
        return false;
    };
    let line = |number: usize| text.lines().nth(number).map(str::trim);
    line(0) == Some(pid.to_string().as_str()) && line(7) == Some("ready")
}
