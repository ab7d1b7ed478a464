//! The program `bindery`; everything it does is in [`bindery::commands`].

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    bindery::commands::run(env::args_os())
}
