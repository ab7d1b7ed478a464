//! Finds the value of one setting after the other; what is wrong goes to the list of problems.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use super::problem::{Origin, Problem, Problems};
use super::sources::Sources;
use super::text::Setting;
use crate::secret::Secret;
use crate::value::Value;

/// A value and where it came from.
#[derive(Clone, Debug)]
pub struct Found<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

impl<T> Found<T> {
    pub(crate) fn into_value(self) -> T {
        self.value
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found { value: change(self.value), origin: self.origin }
    }
}

/// There is a value and it cannot be used; the problem is recorded.
struct Refused;

/// Whether a setting may be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Yes,
    Never,
}

/// Reads the settings of one bind.
#[derive(Debug)]
pub struct Reader<'a> {
    key: &'static str,
    sources: &'a Sources,
    problems: &'a mut Problems,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(key: &'static str, sources: &'a Sources, problems: &'a mut Problems) -> Self {
        Self { key, sources, problems }
    }

    /// How many problems there are so far.
    pub(crate) fn problems(&self) -> usize {
        self.problems.len()
    }

    /// Records that a value cannot be used.
    pub(crate) fn refuse(
        &mut self,
        setting: &'static str,
        origin: Option<&Origin>,
        text: impl Into<String>,
    ) {
        self.problems.push(Problem::new(self.key, setting, origin.cloned(), text.into()));
    }

    /// A number, a switch, a time or a word.
    pub(crate) fn setting<T: Setting>(
        &mut self,
        setting: &'static str,
        handed_in: Option<T>,
        value: &Value<T>,
    ) -> Option<Found<T>> {
        let found = if let Some(value) = handed_in {
            Found { value, origin: Origin::Settings }
        } else if let Some(text) = self.outside(setting, value, Shown::Yes).ok()? {
            let Some(value) = T::from_text(&text.value) else {
                let message = format!("`{}` cannot be used: write {}", text.value, T::EXPECTED);
                self.refuse(setting, Some(&text.origin), message);
                return None;
            };
            Found { value, origin: text.origin }
        } else {
            Found { value: value.default?, origin: Origin::Default }
        };
        if !found.value.is_usable() {
            let message = format!("{:?} cannot be used: write {}", found.value, T::EXPECTED);
            self.refuse(setting, Some(&found.origin), message);
            return None;
        }
        Some(found)
    }

    /// A time in whole milliseconds, rounded up, that fits the signed number which databases keep
    /// it in.
    pub(crate) fn milliseconds(
        &mut self,
        setting: &'static str,
        handed_in: Option<Duration>,
        value: &Value<Duration>,
    ) -> Option<u64> {
        let found = self.setting(setting, handed_in, value)?;
        let milliseconds = found.value.as_nanos().div_ceil(1_000_000);
        let Ok(milliseconds) = i32::try_from(milliseconds) else {
            self.refuse(setting, Some(&found.origin), "it is too long: write at most `596h`");
            return None;
        };
        Some(u64::from(milliseconds.unsigned_abs()))
    }

    /// A text that may be shown.
    #[cfg(feature = "postgres")]
    pub(crate) fn text(
        &mut self,
        setting: &'static str,
        handed_in: Option<&str>,
        value: &Value<&'static str>,
    ) -> Option<Found<String>> {
        let handed_in = handed_in.map(str::to_owned);
        self.find(setting, handed_in, value, Shown::Yes, str::to_owned)
    }

    /// The path of a file that can be read.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn readable(
        &mut self,
        setting: &'static str,
        handed_in: Option<&std::path::Path>,
        value: &Value<&'static str>,
    ) -> Option<Found<PathBuf>> {
        let handed_in = handed_in.map(ToOwned::to_owned);
        let found = self.find(setting, handed_in, value, Shown::Yes, |text| PathBuf::from(text))?;
        // What a private key looks like when it stands where its path belongs.
        if found.value.as_os_str().as_encoded_bytes().starts_with(b"-----BEGIN") {
            let message = "it is the text of a file: write its path";
            self.refuse(setting, Some(&found.origin), message);
            return None;
        }
        if let Err(error) = std::fs::File::open(&found.value) {
            let message = format!("`{}` cannot be read: {error}", found.value.display());
            self.refuse(setting, Some(&found.origin), message);
            return None;
        }
        Some(found)
    }

    /// A text that must not be shown.
    pub(crate) fn secret(
        &mut self,
        setting: &'static str,
        handed_in: Option<&Secret>,
        value: &Value<&'static str>,
    ) -> Option<Found<Secret>> {
        self.find(setting, handed_in.cloned(), value, Shown::Never, |text| Secret::from(text))
    }

    /// A secret that the bind cannot do without.
    pub(crate) fn needed(
        &mut self,
        setting: &'static str,
        handed_in: Option<&Secret>,
        value: &Value<&'static str>,
    ) -> Option<Found<Secret>> {
        let before = self.problems.len();
        let found = self.secret(setting, handed_in, value);
        if found.is_none() && self.problems.len() == before {
            let message = self.missing(value);
            self.refuse(setting, None, message);
        }
        found
    }

    fn find<T>(
        &mut self,
        setting: &'static str,
        handed_in: Option<T>,
        value: &Value<&'static str>,
        shown: Shown,
        convert: impl Fn(&str) -> T,
    ) -> Option<Found<T>> {
        if let Some(value) = handed_in {
            return Some(Found { value, origin: Origin::Settings });
        }
        match self.outside(setting, value, shown).ok()? {
            Some(found) => Some(found.map(|text| convert(&text))),
            None => Some(Found { value: convert(value.default?), origin: Origin::Default }),
        }
    }

    /// What the environment or a file says.
    fn outside<T>(
        &mut self,
        setting: &'static str,
        value: &Value<T>,
        shown: Shown,
    ) -> Result<Option<Found<String>>, Refused> {
        if let Some(name) = value.env
            && let Some(text) = self.variable(setting, name)?
        {
            return Ok(Some(Found { value: text, origin: Origin::Variable(name) }));
        }
        if let Some(variable) = value.file_env
            && let Some(path) = self.variable(setting, variable)?
        {
            let path = PathBuf::from(path);
            let read = Sources::file(&path);
            let origin = if shown == Shown::Never && read.is_err() && !path.exists() {
                Origin::Unnamed(variable)
            } else {
                Origin::File { variable, path }
            };
            return match read {
                Ok(text) => Ok(Some(Found { value: text, origin })),
                Err(message) => {
                    self.refuse(setting, Some(&origin), message);
                    Err(Refused)
                }
            };
        }
        Ok(None)
    }

    /// A variable that is not empty.
    fn variable(
        &mut self,
        setting: &'static str,
        name: &'static str,
    ) -> Result<Option<String>, Refused> {
        match self.sources.variable(name) {
            Ok(text) => Ok(text.filter(|text| !text.is_empty())),
            Err(message) => {
                self.refuse(setting, Some(&Origin::Variable(name)), message);
                Err(Refused)
            }
        }
    }

    fn missing(&self, value: &Value<&'static str>) -> String {
        let mut text = String::from("it is missing: ");
        if let Some(name) = value.env {
            let empty = matches!(self.sources.variable(name), Ok(Some(_)));
            let note = if empty { ", which is empty now" } else { "" };
            // Writing to a string cannot fail.
            let _ = write!(text, "set the environment variable `{name}`{note}, or ");
        }
        if let Some(name) = value.file_env {
            let _ = write!(text, "let `{name}` name a file that holds it, or ");
        }
        text.push_str("hand in settings or a target for this bind");
        text
    }
}
