//! The program `bindery`: what its arguments mean, and one file per command.
//!
//! Data goes to stdout, talk to stderr. Commands return an `Outcome` or a `Failure`; only [`run`]
//! turns them into an exit code. Only this module and those below it print.

mod check;
mod covered;
mod ddl;
mod explain;
mod generate;
mod init;
mod project;
mod schema;
mod terminal;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};

use crate::write;

use terminal::Terminal;

/// Declare your databases in one TOML; get one typed Rust module per database.
#[derive(Debug, Parser)]
#[command(name = "bindery", version, max_term_width = 100, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// Where commands look for the TOML.
const DEFAULT_CONFIG: &str = "bindings.toml";

const EXAMPLES: &str = "\
Examples:
  bindery init                      write a commented bindings.toml to start from
  bindery generate                  write one module per database, to src/db unless told otherwise
  bindery check                     in CI: exit 1, with a diff, if the committed code is out of date
  bindery ddl --bind main           the SQL of the tables that a bind declares
  bindery explain B0012             what a problem means and how to solve it
  bindery schema > bindings.schema.json
                                    for completion in editors

Exit codes: 0 fine, 1 out of date, 2 bad configuration, usage or I/O.
Data goes to stdout, everything else to stderr.";

/// What every command understands.
#[derive(Debug, clap::Args)]
struct Options {
    /// The TOML that declares the databases.
    #[arg(long, global = true, value_name = "PATH", default_value = DEFAULT_CONFIG)]
    config: PathBuf,

    /// Where the generated code is, instead of `[output] dir`.
    #[arg(long, global = true, value_name = "DIR")]
    out_dir: Option<PathBuf>,

    /// How problems are reported: json is one object a line.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    message_format: MessageFormat,

    /// Whether to use colors; auto does so on a terminal unless `NO_COLOR` is set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,

    /// Say nothing but errors.
    #[arg(short, long, global = true)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    Human,
    Short,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the code: one module per database, and a root for all of them.
    ///
    /// Files that are right already are not touched. Files that Bindery did not write are never
    /// overwritten or removed.
    Generate,
    /// Compare the code with the TOML and write nothing.
    ///
    /// Prints what `generate` would change as a unified diff and exits with 1 if there is anything.
    /// A file that only a formatter touched is up to date.
    Check,
    /// Print the SQL that creates the declared tables.
    ///
    /// It can be run again and again: tables and indexes that are there stay as they are. For a
    /// first migration, or to see what `create_all` does.
    Ddl {
        /// Only the tables of this bind.
        #[arg(long, value_name = "KEY")]
        bind: Option<String>,
    },
    /// Write a commented bindings.toml to start from.
    Init,
    /// Print the JSON schema of bindings.toml, for editors.
    Schema,
    /// Explain a problem by its code; without one, list all of them.
    Explain {
        /// For example B0012.
        code: Option<String>,
    },
}

/// How a command ended that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Fine,
    OutOfDate,
}

/// Why a command could not do its work.
#[derive(Debug)]
enum Failure {
    /// The diagnostics of the TOML, which are already printed.
    Config,
    /// The generated files.
    Output(write::Error),
    /// Anything else: what happened, and what to do about it.
    Other(String, Option<String>),
}

/// Runs the program with its arguments, the first of which is its name.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let Arguments { options, command } = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Also how `--help` ends, so it knows its stream and its code. A closed pipe is no news.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let terminal = Terminal::new(&options);
    let result = match command {
        Command::Generate => generate::run(&options, &terminal),
        Command::Check => check::run(&options, &terminal),
        Command::Ddl { bind } => ddl::run(bind.as_deref(), &options, &terminal),
        Command::Init => init::run(&options.config, &terminal),
        Command::Schema => schema::run(),
        Command::Explain { code } => explain::run(code.as_deref()),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::OutOfDate) => ExitCode::from(1),
        Err(failure) => {
            terminal.fail(&failure);
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn arguments_do_not_contradict_each_other() {
        super::Arguments::command().debug_assert();
    }
}
