//! Where settings come from outside the program: the environment and files.

use std::path::Path;

/// The environment of this process; tests put their own in its place.
#[derive(Clone, Debug, Default)]
pub(crate) enum Sources {
    /// That of the process.
    #[default]
    Process,
    /// A list of variables.
    #[cfg(test)]
    Fixed(Vec<(&'static str, &'static str)>),
}

impl Sources {
    /// The text of an environment variable; `Err` when it is no Unicode.
    pub(super) fn variable(&self, name: &str) -> Result<Option<String>, &'static str> {
        match self {
            Self::Process => match std::env::var(name) {
                Ok(text) => Ok(Some(text)),
                Err(std::env::VarError::NotPresent) => Ok(None),
                Err(std::env::VarError::NotUnicode(_)) => Err("the variable is not valid UTF-8"),
            },
            #[cfg(test)]
            Self::Fixed(variables) => Ok(variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, text)| (*text).to_owned())),
        }
    }

    /// What a file holds, without one line break at its end.
    pub(super) fn file(path: &Path) -> Result<String, String> {
        let mut text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => "the file is not valid UTF-8".to_owned(),
            _ => format!("the file cannot be read: {error}"),
        })?;
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        if text.is_empty() {
            return Err("the file is empty".to_owned());
        }
        Ok(text)
    }
}
