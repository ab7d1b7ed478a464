//! What is wrong with a setting, told so that the reader knows which one, where it came from and
//! what to write, and never what a secret says.

use std::fmt;
use std::path::PathBuf;

/// One setting that is missing or wrong.
///
/// The text never quotes a URL or a password.
#[derive(Clone)]
pub struct Problem {
    key: &'static str,
    setting: &'static str,
    origin: Option<Origin>,
    text: String,
}

impl Problem {
    pub(super) fn new(
        key: &'static str,
        setting: &'static str,
        origin: Option<Origin>,
        text: String,
    ) -> Self {
        Self { key, setting, origin, text }
    }

    /// The key of the bind.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// The setting, as a path inside `[bind.KEY]`: `url`, `pool.max_connections`.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        self.setting
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bind `{}`: `{}`", self.key, self.setting)?;
        if let Some(origin) = &self.origin {
            write!(f, " ({origin})")?;
        }
        write!(f, ": {}", self.text)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a value was found.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// In the `Settings` handed to the builder.
    Settings,
    /// In the target handed to the builder.
    Target,
    /// In an environment variable.
    Variable(&'static str),
    /// In a file, whose path an environment variable names.
    File { variable: &'static str, path: PathBuf },
    /// In what a variable names that should name a file, and is not told: who puts a secret where
    /// the path of its file belongs would read it in the log.
    Unnamed(&'static str),
    /// In the TOML.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => f.write_str("from the settings handed in"),
            Self::Target => f.write_str("from the target handed in"),
            Self::Variable(name) => write!(f, "from the environment variable `{name}`"),
            Self::File { variable, path } => {
                write!(f, "from the file `{}` that `{variable}` names", path.display())
            }
            Self::Unnamed(variable) => write!(f, "from the file that `{variable}` names"),
            Self::Default => f.write_str("from the TOML"),
        }
    }
}

/// The problems found so far.
pub(crate) type Problems = Vec<Problem>;
