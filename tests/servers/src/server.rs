//! A server of one's own: what it was started with is kept, so that it can be started again.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::account::{Account, Lifetime};
use crate::install::Programs;
use crate::process::Daemon;
use crate::{mariadb, postgres};

/// The user that the tests are, on every server.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) user: &'static str,
    pub(crate) password: String,
}

/// A folder for servers, and the one user of all of them. Dropping it removes the folder.
#[derive(Debug)]
pub struct Home {
    dir: TempDir,
    login: Login,
    lifetime: Lifetime,
}

/// How a server is started, each time.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) name: &'static str,
    pub(crate) account: Account,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) dir: PathBuf,
    pub(crate) stop_signal: Signal,
    pub(crate) lifetime: Lifetime,
    pub(crate) ready: Ready,
}

/// What tells that a server takes connections.
#[derive(Debug)]
pub(crate) enum Ready {
    /// The status file of PostgreSQL.
    Status(PathBuf),
    /// Whoever connects to this port is greeted.
    Greeting(u16),
}

/// A server that takes connections; dropping it stops it.
///
/// The kernel ends a server of [`Lifetime::Bound`] with the *thread* that started it last.
#[derive(Debug)]
pub struct Server {
    url: String,
    launch: Launch,
    daemon: Daemon,
}

impl Home {
    /// An empty folder and a new password.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made.
    pub fn new(lifetime: Lifetime) -> Result<Self> {
        // Not under `target`: the accounts of the servers could not reach it below a private home.
        let dir = tempfile::Builder::new()
            .prefix("bindery-servers-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o711))
            .tempdir()
            .context("cannot create a folder for the servers")?;
        Ok(Self { dir, login: Login { user: "bindery", password: random_password()? }, lifetime })
    }

    /// Starts PostgreSQL.
    ///
    /// # Errors
    ///
    /// When it does not start; the end of its log is in the text.
    pub fn postgres(&self, programs: &Programs) -> Result<Server> {
        let dir = self.dir.path().join("postgres");
        let (launch, url) = postgres::prepare(&programs.postgres, &dir, self)?;
        Server::start(launch, url)
    }

    /// Starts MariaDB, or MySQL where that is what there is.
    ///
    /// # Errors
    ///
    /// When it does not start; the end of its log is in the text.
    pub fn mysql(&self, programs: &Programs) -> Result<Server> {
        let dir = self.dir.path().join("mysql");
        let (launch, url) = mariadb::prepare(&programs.mysql, &dir, self)?;
        Server::start(launch, url)
    }

    /// Where the servers keep their files.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Leaves the files where they are.
    pub fn keep(self) {
        let _ = self.dir.keep();
    }

    pub(crate) fn login(&self) -> &Login {
        &self.login
    }

    pub(crate) fn lifetime(&self) -> Lifetime {
        self.lifetime
    }
}

impl Server {
    fn start(launch: Launch, url: String) -> Result<Self> {
        let daemon = launch.start()?;
        Ok(Self { url, launch, daemon })
    }

    /// Where a superuser gets in; it stays the same when the server is started again.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// PostgreSQL, MariaDB or MySQL.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.launch.name
    }

    /// Of the server's first process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.daemon.pid()
    }

    /// Ends all its processes at once, in the middle of whatever they do: `kill -9`.
    ///
    /// # Errors
    ///
    /// When they do not end.
    pub fn kill(&mut self) -> Result<()> {
        self.daemon.kill()
    }

    /// Stops it in order, without waiting for its clients.
    pub fn stop(&mut self) {
        self.daemon.stop();
    }

    /// Starts it on the same port and data, after [`Server::kill`] or [`Server::stop`], and waits until it
    /// takes connections.
    ///
    /// # Errors
    ///
    /// When it does not start; the end of its log is in the text.
    pub fn start_again(&mut self) -> Result<()> {
        self.daemon.stop();
        self.daemon = self.launch.start()?;
        Ok(())
    }

    /// Lets it run on after this program.
    pub fn detach(self) {
        self.daemon.detach();
    }
}

impl Launch {
    fn start(&self) -> Result<Daemon> {
        let mut daemon = self.account.spawn(self)?;
        let pid = daemon.pid();
        daemon.wait_until(|| match &self.ready {
            Ready::Status(file) => postgres::is_ready(file, pid),
            Ready::Greeting(port) => mariadb::greets(*port),
        })?;
        Ok(daemon)
    }
}

/// Unguessable, since the servers can be reached by every user of the machine, and
/// long enough that tests can look for it in logs and messages.
fn random_password() -> Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("no random numbers")?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
