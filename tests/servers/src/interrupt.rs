//! Whether the program was asked to end: whoever waits for a server looks here and returns an error, so that
//! everything started is stopped by its `Drop`.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Notes that the program was asked to end. Returns whether it had been asked before.
pub fn raise() -> bool {
    INTERRUPTED.swap(true, Ordering::SeqCst)
}

/// Fails once the program was asked to end.
///
/// # Errors
///
/// After [`raise`].
pub fn check() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        bail!("interrupted");
    }
    Ok(())
}
