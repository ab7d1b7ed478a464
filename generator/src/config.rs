//! What was typed: the TOML, one to one, every value with its place.
//!
//! Takes the text and gives tables of known settings whose values have the right type. Reports
//! what does not exist and what has the wrong shape; what a value means, and whether it may stand
//! there, is for `validate`.

mod syntax;
mod tables;
mod model;
mod column;
mod fields;
mod value;

use toml::de::DeTable;

use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics},
    settings::{Flag, Spec, Text, Variant},
    source::{Source, Span, Spanned},
};

pub use column::ColumnConfig;
pub use fields::{Names, Typed};
pub use model::{CrudConfig, ModelConfig};
pub(crate) use value::{SOURCES, listed};

/// A `bindings.toml` as typed.
#[derive(Debug, Default)]
pub struct Config {
    /// What stands in `[output]`.
    pub output: Vec<Given>,
    /// The binds, in the order of the file.
    pub binds: Vec<BindConfig>,
    /// Whether there is anything that could be a bind, readable or not.
    pub names_binds: bool,
}

/// One `[bind.KEY]` with its tables.
#[derive(Debug)]
pub struct BindConfig {
    /// The key as typed.
    pub key: Spanned<String>,
    /// What stands in it and in its tables, in the order of the file.
    pub given: Vec<Given>,
    /// Names that stand in it and could not be read as their setting; they are not missing.
    pub refused: Vec<&'static Spec>,
    /// Its models, in the order of the file.
    pub models: Vec<ModelConfig>,
}

/// One known setting and what was written for it.
#[derive(Debug)]
pub struct Given {
    /// Which one it is.
    pub spec: &'static Spec,
    /// Where its name stands.
    pub name: Span,
    /// What was written.
    pub value: Value,
}

/// What was written for a setting.
#[derive(Debug)]
pub enum Value {
    /// A value.
    Plain(Spanned<Scalar>),
    /// A table that says where the value comes from.
    Sources(Sources),
}

/// `{ env = "…", file_env = "…", default = … }`
#[derive(Debug)]
pub struct Sources {
    /// Where the table stands.
    pub span: Span,
    /// Name of a variable with the value.
    pub env: Option<Spanned<String>>,
    /// Name of a variable with the path of a file with the value.
    pub file_env: Option<Spanned<String>>,
    /// The value when there is no such variable.
    pub default: Option<Spanned<Scalar>>,
}

/// A value of the type that its setting asks for, with what the settings table says about it.
#[derive(Clone, Debug)]
pub enum Scalar {
    /// `true` or `false`, as structure.
    Flag(Flag, bool),
    /// `true` or `false`.
    Switch(bool),
    /// A whole number and its bounds.
    Integer {
        /// The lowest that is allowed.
        min: u64,
        /// The highest that is allowed.
        max: u64,
        /// The number; one that does not fit is cut, which is still far out of any bounds.
        value: i128,
    },
    /// A duration.
    Duration {
        /// Whether it may be `off`.
        off: bool,
        /// As typed.
        text: String,
    },
    /// A string.
    Text(Text, String),
    /// A word, and those that are allowed.
    Choice(&'static [Variant], String),
}

impl Value {
    /// The place of the whole value.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Plain(scalar) => scalar.span,
            Self::Sources(sources) => sources.span,
        }
    }

    /// The value that stands in the file, as such or as a default.
    #[must_use]
    pub fn literal(&self) -> Option<&Spanned<Scalar>> {
        match self {
            Self::Plain(scalar) => Some(scalar),
            Self::Sources(sources) => sources.default.as_ref(),
        }
    }
}

/// Reads the text of `source`. What is broken is left out and reported.
pub(crate) fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Config {
    if let Some(problem) = source.problem() {
        let message = format!("cannot read `{}`: {problem}", source.path());
        let help = "`bindery init` writes a file to start from";
        diagnostics.push(Diagnostic::of_file(Code::Unreadable, message).help(help));
        return Config::default();
    }
    let (document, errors) = DeTable::parse_recoverable(source.text());
    syntax::report(source, &errors, diagnostics);
    tables::read(document.get_ref(), diagnostics)
}
