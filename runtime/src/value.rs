//! One setting of the TOML as generated code writes it down: the environment variable and the file
//! variable that may override it, and the value when neither is there.

use std::fmt;

/// A setting: where a running program may take it from, and its default.
///
/// What counts, first to last: a value in the `Settings` handed to the builder, the environment
/// variable, the file that the file variable names, the default, and what the driver does by itself.
///
/// An environment variable that is set to nothing counts as unset: many ways to start a program can
/// empty a variable but not remove it, and no setting means anything when it is empty. A file loses
/// one line break at its end; an empty or missing file is an error.
#[derive(Clone, Copy)]
pub struct Value<T> {
    pub(crate) env: Option<&'static str>,
    pub(crate) file_env: Option<&'static str>,
    pub(crate) default: Option<T>,
}

impl<T: Copy> Value<T> {
    /// A setting that the TOML does not name.
    pub const NONE: Self = Self { env: None, file_env: None, default: None };

    /// May be set by the environment variable `name`.
    #[must_use]
    pub const fn env(self, name: &'static str) -> Self {
        Self { env: Some(name), ..self }
    }

    /// May be set by a file whose path is in the environment variable `name`.
    #[must_use]
    pub const fn file_env(self, name: &'static str) -> Self {
        Self { file_env: Some(name), ..self }
    }

    /// Is `value` when nothing else sets it.
    #[must_use]
    pub const fn default(self, value: T) -> Self {
        Self { default: Some(value), ..self }
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
impl Value<Option<std::time::Duration>> {
    pub(crate) fn limit(self) -> Value<crate::settings::Limit> {
        use crate::settings::Limit;

        let default = self.default.map(|after| after.map_or(Limit::Off, Limit::After));
        Value { env: self.env, file_env: self.file_env, default }
    }
}

impl<T> fmt::Debug for Value<T> {
    /// Leaves the default out: it may be a URL with a password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value")
            .field("env", &self.env)
            .field("file_env", &self.file_env)
            .field("has_default", &self.default.is_some())
            .finish()
    }
}
