//! Ctrl-c, SIGTERM and a closed terminal.
//!
//! The handler only raises a flag and passes the signal on to the process group
//! that runs in the foreground, if there is one. Whoever waits looks at the flag
//! and returns an error, so that everything started is stopped by its `Drop`.

use std::sync::Mutex;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use test_servers::interrupt;

pub(crate) use test_servers::interrupt::check;

static FOREGROUND: Mutex<Option<Pid>> = Mutex::new(None);

/// Begins to listen. Call it once, before anything is started.
pub(crate) fn listen() -> Result<()> {
    ctrlc::set_handler(|| {
        let again = interrupt::raise();
        let group = *FOREGROUND.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(group) = group {
            // The group may have ended in this moment: nothing to do then.
            let _ = killpg(group, if again { Signal::SIGKILL } else { Signal::SIGTERM });
        }
    })
    .context("cannot listen for ctrl-c")
}

/// Names the process group that receives what this program receives.
pub(crate) fn set_foreground(group: Option<Pid>) {
    *FOREGROUND.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = group;
}
