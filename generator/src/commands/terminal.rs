//! The two streams of the program: data on stdout, talk on stderr.

use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
};

use super::{Color, Failure, MessageFormat, Options};
use crate::{diagnostics::Diagnostics, json::Json, source::Source};

/// Where a command prints, and in what form.
#[derive(Debug)]
pub(super) struct Terminal {
    format: MessageFormat,
    quiet: bool,
    color: Color,
}

impl Terminal {
    pub(super) fn new(options: &Options) -> Self {
        Self { format: options.message_format, quiet: options.quiet, color: options.color }
    }

    /// Whether data may be colored.
    pub(super) fn colors_data(&self) -> bool {
        self.colors(io::stdout().is_terminal())
    }

    /// Says what was done; for people, so not in JSON.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet && self.format != MessageFormat::Json {
            talk(&format!("{text}\n"));
        }
    }

    /// Reports the problems of the TOML.
    pub(super) fn report(&self, diagnostics: &Diagnostics, source: &Source) {
        if self.quiet && diagnostics.errors() == 0 {
            return;
        }
        talk(&match self.format {
            MessageFormat::Human => {
                diagnostics.human(source, self.colors(io::stderr().is_terminal()))
            }
            MessageFormat::Short => diagnostics.short(source),
            MessageFormat::Json => diagnostics.json(source),
        });
        if let (false, Some(summary)) = (self.quiet, diagnostics.summary()) {
            self.say(&format!("{}: {summary}", source.path()));
        }
    }

    /// Says why a command could not do its work.
    pub(super) fn fail(&self, failure: &Failure) {
        let (message, help) = match failure {
            Failure::Config => return,
            Failure::Output(error) => (error.to_string(), error.help()),
            Failure::Other(message, help) => (message.clone(), help.as_deref()),
        };
        talk(&match (self.format, help) {
            (MessageFormat::Json, _) => {
                let object = Json::object([
                    ("code", Json::Null),
                    ("severity", Json::text("error")),
                    ("message", Json::text(message)),
                    ("file", Json::Null),
                    ("line", Json::Null),
                    ("column", Json::Null),
                    ("help", help.map_or(Json::Null, Json::text)),
                ]);
                object.compact() + "\n"
            }
            (MessageFormat::Human, Some(help)) => format!("error: {message}\n  = help: {help}\n"),
            _ => format!("error: {message}\n"),
        });
    }

    fn colors(&self, is_terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                is_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }
}

/// Prints data. A reader that has gone has what it wanted.
pub(super) fn data(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Other(format!("cannot write to stdout: {error}"), None))
        }
        _ => Ok(()),
    }
}

/// Nobody is left to tell when stderr is gone.
fn talk(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
