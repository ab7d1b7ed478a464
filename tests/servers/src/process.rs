//! One running server process, and the ways to stop it.
//!
//! A server has a process group of its own (so that ctrl-c in a terminal ends
//! the tests and not the servers under them) and is only ever stopped by the pid
//! it was started with.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::interrupt;

const POLL: Duration = Duration::from_millis(20);
const START_LIMIT: Duration = Duration::from_mins(1);
const STOP_LIMIT: Duration = Duration::from_secs(15);
const LOG_TAIL: u64 = 4096;

/// A running server; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Daemon {
    name: &'static str,
    child: Child,
    log: PathBuf,
    stop_signal: Signal,
}

impl Daemon {
    /// Takes charge of a server that was started in a process group of its own.
    pub(crate) fn new(name: &'static str, child: Child, log: PathBuf, stop_signal: Signal) -> Self {
        Self { name, child, log, stop_signal }
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

impl Daemon {
    /// Asks the server to end, and waits for that. Nothing happens to one that has ended.
    pub(crate) fn stop(&mut self) {
        // `wait` has not been called yet, so the pid cannot belong to anybody else.
        let Ok(None) = self.child.try_wait() else {
            return;
        };
        let pid = pid(self.child.id());
        stop(pid, self.stop_signal, || !matches!(self.child.try_wait(), Ok(None)));
        let _ = self.child.wait();
    }

    /// Ends all processes of the server at once.
    pub(crate) fn kill(&mut self) -> Result<()> {
        let Ok(None) = self.child.try_wait() else {
            return Ok(());
        };
        let server = pid(self.child.id());
        // Halted first, so that it can start no other process. Those of PostgreSQL are groups of their own.
        kill(server, Signal::SIGSTOP).context("cannot halt the server")?;
        let children = children(self.child.id());
        for process in children.iter().chain([&server]) {
            // It may have ended by itself.
            let _ = kill(*process, Signal::SIGKILL);
        }
        self.child.wait().context("cannot wait for the server")?;
        let limit = Instant::now() + STOP_LIMIT;
        while children.iter().any(|child| is_alive(*child)) {
            if Instant::now() >= limit {
                bail!("processes of {} do not end", self.name);
            }
            sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The processes that a process started and has not waited for.
fn children(id: u32) -> Vec<Pid> {
    let is_parent = |stat: &str| {
        // After the name, which is in parentheses and may contain any character: state and parent.
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest);
        fields.and_then(|rest| rest.split(' ').nth(1)) == Some(id.to_string().as_str())
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|child: &u32| {
            fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| is_parent(&stat))
        })
        .map(pid)
        .collect()
}

/// Asks a process to end, and makes it and its group end if it does not.
pub fn stop(pid: Pid, signal: Signal, mut ended: impl FnMut() -> bool) {
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
#[must_use]
pub fn is_alive(pid: Pid) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    // The state follows the name, which is in parentheses and may contain any character.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// The kernel's numbers for processes are positive and fit.
#[must_use]
pub fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).unwrap_or(i32::MAX))
}

/// A port of 127.0.0.1 on which nobody listens now.
///
/// # Errors
///
/// When there is none.
pub fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_zombie_is_not_alive() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = pid(child.id());
        assert!(is_alive(pid));
        // Nobody waits for it, so it stays a zombie: `kill(pid, 0)` would succeed for ever.
        stop(pid, Signal::SIGTERM, || !is_alive(pid));
        assert!(kill(pid, None).is_ok());
        child.wait().unwrap();
    }

    #[test]
    fn the_children_of_a_process_are_found() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let found = children(std::process::id());
        assert!(found.contains(&pid(child.id())), "{found:?}");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!children(std::process::id()).contains(&pid(child.id())));
    }

    #[test]
    fn a_halted_process_can_be_stopped() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = pid(child.id());
        kill(pid, Signal::SIGSTOP).unwrap();
        let begin = Instant::now();
        stop(pid, Signal::SIGTERM, || !is_alive(pid));
        assert!(begin.elapsed() < STOP_LIMIT);
        child.wait().unwrap();
    }
}
