//! Ctrl-c, SIGTERM and a closed terminal.
//!
//! The handler only raises a flag and passes the signal on to the process group
//! that runs in the foreground, if there is one. Whoever waits looks at the flag
//! and returns an error, so that everything started is stopped by its `Drop`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static FOREGROUND: Mutex<Option<Pid>> = Mutex::new(None);

/// Begins to listen. Call it once, before anything is started.
pub(crate) fn listen() -> Result<()> {
    ctrlc::set_handler(|| {
        let again = INTERRUPTED.swap(true, Ordering::SeqCst);
        let group = *FOREGROUND.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(group) = group {
            // The group may have ended in this moment: nothing to do then.
            let _ = killpg(group, if again { Signal::SIGKILL } else { Signal::SIGTERM });
        }
    })
    .context("cannot listen for ctrl-c")
}

/// Fails once the program was asked to end.
pub(crate) fn check() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        bail!("interrupted");
    }
    Ok(())
}

/// Names the process group that receives what this program receives.
pub(crate) fn set_foreground(group: Option<Pid>) {
    *FOREGROUND.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = group;
}
