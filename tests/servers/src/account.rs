//! The account a server runs under, and what is started with it.
//!
//! PostgreSQL refuses to be root and MariaDB should not be, so `setpriv` drops to
//! the account of the Debian package; who is not root runs the servers himself.

use std::fs::{self, File};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use nix::unistd::{User, geteuid};

use crate::interrupt;
use crate::process::Daemon;
use crate::server::Launch;

/// Whether a server outlives the program that started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// The kernel ends the server when the thread that started it ends, and so with its program at the latest,
    /// however that ends.
    Bound,
    /// The server stays.
    Detached,
}

/// The account a server runs under.
#[derive(Debug)]
pub(crate) struct Account {
    /// `None` when this program is not root and so has nothing to drop.
    drop_to: Option<User>,
}

impl Account {
    /// `name` if this program is root, otherwise whoever runs it.
    pub(crate) fn named(name: &str) -> Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self { drop_to: None });
        }
        let user = User::from_name(name)
            .with_context(|| format!("cannot look up the user `{name}`"))?
            .with_context(|| {
                format!("there is no user `{name}`, and servers refuse to run as root")
            })?;
        Ok(Self { drop_to: Some(user) })
    }

    /// Makes a folder that only this account can enter.
    pub(crate) fn create_dir(&self, path: &Path) -> Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder
            .mode(0o700)
            .create(path)
            .with_context(|| format!("cannot create {}", path.display()))?;
        self.own(path)
    }

    /// Writes a file that this account can read.
    pub(crate) fn write(&self, path: &Path, text: &str) -> Result<()> {
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        self.own(path)
    }

    fn own(&self, path: &Path) -> Result<()> {
        let Some(user) = &self.drop_to else {
            return Ok(());
        };
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
            .with_context(|| format!("cannot give {} to {}", path.display(), user.name))
    }

    /// A command that becomes `program` under this account, with the same pid.
    ///
    /// The environment is not passed on: variables such as `PGPORT` or
    /// `MYSQL_HOME` would configure the server behind our back.
    fn command(&self, program: &Path, pdeathsig: Option<Signal>) -> Command {
        let mut command = Command::new("setpriv");
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        if let Some(user) = &self.drop_to {
            command
                .arg(format!("--reuid={}", user.uid))
                .arg(format!("--regid={}", user.gid))
                .arg("--init-groups");
        }
        if let Some(signal) = pdeathsig {
            command.arg("--pdeathsig").arg(signal.as_str().trim_start_matches("SIG"));
        }
        command.arg("--").arg(program).stdin(Stdio::null());
        command
    }

    /// Runs a program that prepares a server's folder.
    pub(crate) fn run<'a>(
        &self,
        program: &Path,
        arguments: impl IntoIterator<Item = &'a str>,
        dir: &Path,
    ) -> Result<()> {
        interrupt::check()?;
        let output = self
            .command(program, None)
            .args(arguments)
            .current_dir(dir)
            .output()
            .with_context(|| format!("cannot run {}", program.display()))?;
        if !output.status.success() {
            bail!(
                "{} failed ({}):\n{}{}",
                program.display(),
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr),
            );
        }
        Ok(())
    }

    /// Starts a server; its output goes to `log` in its folder.
    pub(crate) fn spawn(&self, launch: &Launch) -> Result<Daemon> {
        let log = launch.dir.join("log");
        let output = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .with_context(|| format!("cannot write {}", log.display()))?;
        let pdeathsig = (launch.lifetime == Lifetime::Bound).then_some(launch.stop_signal);
        let child = self
            .command(&launch.program, pdeathsig)
            .args(&launch.arguments)
            .current_dir(&launch.dir)
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", launch.program.display()))?;
        Ok(Daemon::new(launch.name, child, log, launch.stop_signal))
    }
}
