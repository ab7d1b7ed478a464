//! Both servers together: started for a test run, or kept up while developing.
//!
//! A test finds them through the environment: `BINDERY_TEST_POSTGRES_URL` and
//! `BINDERY_TEST_MYSQL_URL` let it create databases of its own, the `…_PID`
//! variables let it halt a server.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use test_servers::{Home, Lifetime, Server, install, process};

use crate::interrupt;

/// The variables by which tests find the servers.
pub(crate) const VARIABLES: [&str; 4] = [
    "BINDERY_TEST_POSTGRES_URL",
    "BINDERY_TEST_POSTGRES_PID",
    "BINDERY_TEST_MYSQL_URL",
    "BINDERY_TEST_MYSQL_PID",
];

/// Both servers; dropping them stops them and removes their files.
#[derive(Debug)]
pub(crate) struct Servers {
    // Fields are dropped in this order: the folder goes last.
    postgres: Server,
    mysql: Server,
    home: Home,
}

impl Servers {
    /// Starts both, installing what is missing.
    pub(crate) fn start(lifetime: Lifetime) -> Result<Self> {
        let programs = install::find_or_install()?;
        let home = Home::new(lifetime)?;
        Ok(Self { postgres: home.postgres(&programs)?, mysql: home.mysql(&programs)?, home })
    }

    /// [`VARIABLES`] with their values.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (&'static str, String)> {
        let values = [&self.postgres, &self.mysql]
            .into_iter()
            .flat_map(|server| [server.url().to_owned(), server.pid().to_string()]);
        VARIABLES.into_iter().zip(values)
    }

    /// The superuser's URL of PostgreSQL.
    pub(crate) fn postgres_url(&self) -> &str {
        self.postgres.url()
    }

    /// MariaDB or MySQL.
    pub(crate) fn mysql_name(&self) -> &'static str {
        self.mysql.name()
    }

    fn print(&self) {
        for (name, value) in self.environment() {
            println!("export {name}='{value}'");
        }
    }
}

/// Keeps servers up until ctrl-c.
pub(crate) fn wait() -> Result<()> {
    let servers = Servers::start(Lifetime::Bound)?;
    servers.print();
    eprintln!("The servers run until ctrl-c.");
    while interrupt::check().is_ok() {
        sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Leaves servers running, one set a checkout.
pub(crate) fn detach() -> Result<()> {
    let record = Record::path();
    if record.exists() {
        if Record::load(&record)?.is_running() {
            bail!(
                "{} names running servers; stop them with `cargo xtask servers --stop`",
                record.display()
            );
        }
        // They ended by themselves, with the machine perhaps.
        stop_detached()?;
    }
    let servers = Servers::start(Lifetime::Detached)?;
    let pids = [servers.postgres.pid(), servers.mysql.pid()];
    Record { dir: servers.home.path().to_owned(), pids }.save(&record)?;
    servers.print();
    let Servers { postgres, mysql, home } = servers;
    postgres.detach();
    mysql.detach();
    home.keep();
    eprintln!("The servers run until `cargo xtask servers --stop`.");
    Ok(())
}

/// Stops the servers that [`detach`] left.
pub(crate) fn stop_detached() -> Result<()> {
    let path = Record::path();
    let record = Record::load(&path)?;
    for (id, signal) in record.pids.iter().copied().zip([Signal::SIGINT, Signal::SIGTERM]) {
        let pid = process::pid(id);
        if record.is_of(id) {
            process::stop(pid, signal, || !process::is_alive(pid));
        }
    }
    match fs::remove_dir_all(&record.dir) {
        // The temporary folder was cleaned, by a restart of the machine perhaps.
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        result => result.with_context(|| format!("cannot remove {}", record.dir.display()))?,
    }
    fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
}

/// Which servers were left running: three lines in the target folder.
#[derive(Debug)]
struct Record {
    pids: [u32; 2],
    dir: PathBuf,
}

impl Record {
    fn path() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target").join("bindery-servers")
    }

    /// Whether a process is one of the servers. The number may belong to another by now; ours has
    /// its folder on the command line.
    fn is_of(&self, id: u32) -> bool {
        let command_line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command_line).contains(&*self.dir.to_string_lossy())
    }

    fn is_running(&self) -> bool {
        self.pids.iter().any(|id| self.is_of(*id))
    }

    fn save(&self, path: &Path) -> Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let [postgres, mysql] = self.pids;
        fs::write(path, format!("{postgres}\n{mysql}\n{}\n", self.dir.display()))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn load(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| {
            format!("no servers were left running: cannot read {}", path.display())
        })?;
        let broken = || format!("{} is not what `servers --detach` wrote", path.display());
        let [postgres, mysql, dir] = *text.lines().collect::<Vec<_>>() else { bail!(broken()) };
        Ok(Self {
            pids: [postgres.parse().with_context(broken)?, mysql.parse().with_context(broken)?],
            dir: dir.into(),
        })
    }
}
