//! `bindery schema`: prints the JSON schema of a `bindings.toml`.

use super::{Failure, Outcome, terminal};
use crate::schema;

pub(super) fn run() -> Result<Outcome, Failure> {
    terminal::data(&schema::schema())?;
    Ok(Outcome::Fine)
}
