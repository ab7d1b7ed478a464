//! Starting and stopping one server process.
//!
//! A server runs under an account that is not root, in a process group of its
//! own (so that ctrl-c in a terminal ends the tests and not the servers under
//! them), and is only ever stopped by the pid it was started with.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, User, geteuid};

use crate::interrupt;

const POLL: Duration = Duration::from_millis(20);
const START_LIMIT: Duration = Duration::from_mins(1);
const STOP_LIMIT: Duration = Duration::from_secs(15);
const LOG_TAIL: u64 = 4096;

/// Whether a server outlives the program that started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// The kernel ends the server when this program ends, however it ends.
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

    /// Starts a server whose output goes to `dir/log`.
    pub(crate) fn spawn<'a>(
        &self,
        server: Spawn<'_, impl IntoIterator<Item = &'a str>>,
    ) -> Result<Daemon> {
        let log = server.dir.join("log");
        let output =
            File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
        let pdeathsig = (server.lifetime == Lifetime::Bound).then_some(server.stop_signal);
        let child = self
            .command(server.program, pdeathsig)
            .args(server.arguments)
            .current_dir(server.dir)
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", server.program.display()))?;
        Ok(Daemon { name: server.name, child, log, stop_signal: server.stop_signal })
    }
}

/// What [`Account::spawn`] needs to know.
#[derive(Debug)]
pub(crate) struct Spawn<'a, Arguments> {
    pub(crate) name: &'static str,
    pub(crate) program: &'a Path,
    pub(crate) arguments: Arguments,
    pub(crate) dir: &'a Path,
    pub(crate) stop_signal: Signal,
    pub(crate) lifetime: Lifetime,
}

/// A running server; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Daemon {
    name: &'static str,
    child: Child,
    log: PathBuf,
    stop_signal: Signal,
}

impl Daemon {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Of the server itself, not of a shell around it.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `ready` says so, but never past the end of the process.
    pub(crate) fn wait_until(&mut self, mut ready: impl FnMut() -> bool) -> Result<()> {
        let limit = Instant::now() + START_LIMIT;
        loop {
            interrupt::check()?;
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "{} ended while starting ({status}); its log ends with:\n{}",
                    self.name,
                    self.log_tail()
                );
            }
            if ready() {
                return Ok(());
            }
            if Instant::now() >= limit {
                bail!(
                    "{} was not ready in time; its log ends with:\n{}",
                    self.name,
                    self.log_tail()
                );
            }
            sleep(POLL);
        }
    }

    /// Lets the server run on after this program.
    pub(crate) fn detach(self) {
        std::mem::forget(self);
    }

    fn log_tail(&self) -> String {
        let read = || -> std::io::Result<String> {
            let mut file = File::open(&self.log)?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        read().unwrap_or_else(|error| format!("({} cannot be read: {error})", self.log.display()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // `wait` has not been called yet, so the pid cannot belong to anybody else.
        let Ok(None) = self.child.try_wait() else {
            return;
        };
        let pid = pid(self.child.id());
        stop(pid, self.stop_signal, || !matches!(self.child.try_wait(), Ok(None)));
        let _ = self.child.wait();
    }
}

/// Asks a process to end, and makes it and its group end if it does not.
pub(crate) fn stop(pid: Pid, signal: Signal, mut ended: impl FnMut() -> bool) {
    // Errors mean that the process is gone, which is what is wanted.
    let _ = kill(pid, signal);
    // A test may have halted the server.
    let _ = kill(pid, Signal::SIGCONT);
    let limit = Instant::now() + STOP_LIMIT;
    while !ended() {
        if Instant::now() >= limit {
            eprintln!("process {pid} does not end, killing it");
            let _ = killpg(pid, Signal::SIGKILL);
            return;
        }
        sleep(POLL);
    }
}

/// Whether a process that is not our child runs; a zombie does not.
pub(crate) fn is_alive(pid: Pid) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    // The state follows the name, which is in parentheses and may contain any character.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// The kernel's numbers for processes are positive and fit.
pub(crate) fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).unwrap_or(i32::MAX))
}

/// A port of 127.0.0.1 on which nobody listens now.
pub(crate) fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
