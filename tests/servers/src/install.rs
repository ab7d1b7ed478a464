//! Finding the database servers, and installing what is missing.
//!
//! Nothing is configured and no system server is used: only the programs are
//! wanted. Where they can neither be found nor installed, the error says how to
//! get them.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use nix::unistd::geteuid;

/// Where PostgreSQL's programs are.
#[derive(Debug)]
pub struct PostgresPrograms {
    /// Makes the folder of a server.
    pub initdb: PathBuf,
    /// The server.
    pub postgres: PathBuf,
}

/// Where the programs of MariaDB or MySQL are.
#[derive(Debug)]
pub enum MySqlPrograms {
    /// MariaDB.
    MariaDb {
        /// The server.
        mariadbd: PathBuf,
        /// Makes its folder.
        install_db: PathBuf,
    },
    /// MySQL.
    MySql {
        /// The server.
        mysqld: PathBuf,
    },
}

/// Everything the tests need.
#[derive(Debug)]
pub struct Programs {
    /// Of PostgreSQL.
    pub postgres: PostgresPrograms,
    /// Of MariaDB or MySQL.
    pub mysql: MySqlPrograms,
}

/// Finds both servers; installs the Debian packages of those that are missing.
///
/// # Errors
///
/// When one of them is not there and cannot be installed.
pub fn find_or_install() -> Result<Programs> {
    let missing: Vec<_> = [
        find_postgres().is_none().then_some("postgresql"),
        find_mysql().is_none().then_some("mariadb-server"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !missing.is_empty() {
        install(&missing).map_err(|error| {
            let packages = missing.join(" ");
            anyhow!(
                "database servers that the tests need are not here: {packages} ({error:#})\n\
                 On Debian or Ubuntu: apt-get install --no-install-recommends {packages}\n\
                 Elsewhere, put `postgres` and `initdb`, and `mariadbd` or `mysqld`, on the PATH.\n\
                 To run the SQLite tests alone: cargo xtask test --sqlite-only"
            )
        })?;
    }
    find()
}

/// Finds both servers.
///
/// # Errors
///
/// When one of them is not there.
pub fn find() -> Result<Programs> {
    Ok(Programs {
        postgres: find_postgres().context("`postgres` and `initdb` are not found")?,
        mysql: find_mysql().context("neither `mariadbd` nor `mysqld` is found")?,
    })
}

/// Finds valgrind, which counts instructions for the benchmarks; installs it if it is missing.
///
/// # Errors
///
/// When it is not there and cannot be installed.
pub fn valgrind() -> Result<()> {
    if on_path("valgrind").is_some() {
        return Ok(());
    }
    install(&["valgrind"]).context("the benchmarks need valgrind")
}

fn find_postgres() -> Option<PostgresPrograms> {
    let in_dir = |dir: &Path| {
        let (initdb, postgres) = (dir.join("initdb"), dir.join("postgres"));
        (initdb.is_file() && postgres.is_file()).then_some(PostgresPrograms { initdb, postgres })
    };
    // Debian keeps one folder a major version, none of them on the PATH.
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    debian.sort();
    debian.iter().rev().find_map(|(_, dir)| in_dir(dir)).or_else(|| {
        // A link on the PATH leads to the folder where the other programs are.
        in_dir(on_path("postgres")?.canonicalize().ok()?.parent()?)
    })
}

fn find_mysql() -> Option<MySqlPrograms> {
    let mariadb = on_path("mariadbd").and_then(|mariadbd| {
        let install_db = on_path("mariadb-install-db")?;
        Some(MySqlPrograms::MariaDb { mariadbd, install_db })
    });
    mariadb.or_else(|| on_path("mysqld").map(|mysqld| MySqlPrograms::MySql { mysqld }))
}

/// Looks through the PATH and the folders for daemons, which users other than root lack.
fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

fn install(packages: &[&str]) -> Result<()> {
    if on_path("apt-get").is_none() {
        bail!("there is no apt-get to install them with");
    }
    let as_root = as_root()?;
    eprintln!("Installing {} with apt-get (system services are not used).", packages.join(" and "));
    let apt_get = |arguments: &[&str]| -> Result<()> {
        let status = Command::new(as_root[0])
            .args(&as_root[1..])
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"])
            // Another apt-get may be at work, as on a machine that was just started.
            .args(["-o", "DPkg::Lock::Timeout=120"])
            .args(arguments)
            .stdin(Stdio::null())
            // Standard output is for what was asked for: the lines of `servers`.
            .stdout(io::stderr())
            .status()
            .context("cannot run apt-get")?;
        if !status.success() {
            bail!("apt-get {} failed ({status})", arguments.join(" "));
        }
        Ok(())
    };
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

/// The words before a command line (beginning with variables) that root is to run.
fn as_root() -> Result<&'static [&'static str]> {
    if geteuid().is_root() {
        return Ok(&["env"]);
    }
    let sudo = Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !sudo.is_ok_and(|status| status.success()) {
        bail!("installing them needs root, or sudo without a password");
    }
    Ok(&["sudo", "-n", "env"])
}
