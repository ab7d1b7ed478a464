//! `bindery init`: writes a TOML to start from, never over another one.

use std::{
    fs::File,
    io::{ErrorKind, Write as _},
    path::Path,
};

use super::{Failure, Outcome, terminal::Terminal};
use crate::example;

pub(super) fn run(config: &Path, terminal: &Terminal) -> Result<Outcome, Failure> {
    let path = config.display();
    let written =
        File::create_new(config).and_then(|mut file| file.write_all(example::starter().as_bytes()));
    match written {
        Ok(()) => {
            terminal.say(&format!("{path}: written; fill it in, then run `bindery generate`"));
            Ok(Outcome::Fine)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let help = "choose another path with `--config`, or remove the file".to_owned();
            Err(Failure::Other(format!("`{path}` exists and is not overwritten"), Some(help)))
        }
        Err(error) => Err(Failure::Other(format!("cannot write `{path}`: {error}"), None)),
    }
}
