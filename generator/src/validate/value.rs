//! Single values: whether each is one that its setting takes.

use super::duration;
use crate::{
    config::{Scalar, Sources, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    model::{Backend, Literal},
    settings::{Flag, Meaning, Spec, Text, Variant},
    source::{Span, Spanned},
};

/// What a value means.
#[derive(Debug)]
pub(super) enum Meant {
    /// A switch of the structure.
    Flag(Flag, bool),
    /// A word of the structure.
    Choice(Meaning),
    /// The default of a setting.
    Literal(Literal),
}

/// Decides what a value means. While the backend is unknown, what depends on it is let pass.
pub(super) fn meaning(
    spec: &Spec,
    backend: Option<Backend>,
    scalar: &Spanned<Scalar>,
) -> Result<Meant, Diagnostic> {
    let span = scalar.span;
    let literal = match &scalar.value {
        Scalar::Flag(flag, value) => return Ok(Meant::Flag(*flag, *value)),
        Scalar::Choice(variants, word) => match choice(spec, variants, backend, word, span)? {
            Meaning::Runtime(type_name, variant) => Literal::Choice(type_name, variant),
            meaning => return Ok(Meant::Choice(meaning)),
        },
        Scalar::Switch(value) => Literal::Switch(*value),
        Scalar::Integer { min, max, value } => {
            Literal::Integer(integer(spec, *min, *max, *value, span)?)
        }
        Scalar::Duration { off: true, text } if text == "off" => Literal::Off,
        Scalar::Duration { off, text } => duration(spec, *off, text, span)?,
        Scalar::Text(kind, text) => self::text(spec, *kind, backend, text, span)?,
    };
    Ok(Meant::Literal(literal))
}

fn integer(spec: &Spec, min: u64, max: u64, value: i128, span: Span) -> Result<u64, Diagnostic> {
    u64::try_from(value).ok().filter(|value| (min..=max).contains(value)).ok_or_else(|| {
        let message = format!("`{}` is out of range", spec.name);
        Diagnostic::new(Code::OutOfRange, span, message)
            .label(format!("allowed are {min} to {max}"))
    })
}

fn duration(spec: &Spec, off: bool, text: &str, span: Span) -> Result<Literal, Diagnostic> {
    let problem = match duration::parse(text) {
        Ok(duration) => return Ok(Literal::Duration(duration)),
        Err(problem) => problem,
    };
    let instead =
        if off { "write `\"off\"` to switch it off" } else { "leave it out for the default" };
    Err(match problem {
        duration::Problem::Form(meant) => {
            let message = format!("`{}` is no duration", spec.name);
            let help = match meant {
                Some(meant) => format!("write `{} = \"{meant}\"`", spec.name),
                None if off => {
                    "write a number and `ms`, `s`, `m` or `h`, like `\"10m\"`; or `\"off\"`"
                        .to_owned()
                }
                None => "write a number and `ms`, `s`, `m` or `h`, like `\"250ms\"` or `\"5s\"`"
                    .to_owned(),
            };
            Diagnostic::new(Code::BadDuration, span, message).help(help)
        }
        duration::Problem::Zero => {
            let message = format!("`{}` is out of range", spec.name);
            Diagnostic::new(Code::OutOfRange, span, message)
                .label("must be longer than zero")
                .help(instead)
        }
        duration::Problem::TooLong => {
            let message = format!("`{}` is out of range", spec.name);
            Diagnostic::new(Code::OutOfRange, span, message)
                .label("longer than a hundred years")
                .help(instead)
        }
    })
}

/// Finds a word among those that `backend` has.
pub(super) fn choice(
    spec: &Spec,
    variants: &[Variant],
    backend: Option<Backend>,
    word: &str,
    span: Span,
) -> Result<Meaning, Diagnostic> {
    let has = |variant: &Variant| backend.is_none_or(|backend| variant.backends.contains(&backend));
    let words = || variants.iter().filter(|variant| has(variant)).map(|variant| variant.text);
    let help = || match nearest(word, words()) {
        Some(meant) => format!("did you mean `{} = \"{meant}\"`?", spec.name),
        None => format!("there is {}", listed(words())),
    };
    let found = variants.iter().find(|variant| variant.text == word);
    match (found, backend) {
        (Some(variant), _) if has(variant) => Ok(variant.meaning),
        (Some(_), Some(backend)) => {
            let message = format!("{} has no `{} = \"{word}\"`", backend.product(), spec.name);
            Err(Diagnostic::new(Code::OtherBackendChoice, span, message).help(format!(
                "{} has {}",
                backend.product(),
                listed(words())
            )))
        }
        _ if spec.name == "backend" => {
            let message = "there is no such backend";
            Err(Diagnostic::new(Code::UnknownBackend, span, message).help(help()))
        }
        _ => {
            let message = format!("`{}` has no such choice", spec.name);
            Err(Diagnostic::new(Code::UnknownChoice, span, message).help(help()))
        }
    }
}

fn text(
    spec: &Spec,
    kind: Text,
    backend: Option<Backend>,
    text: &str,
    span: Span,
) -> Result<Literal, Diagnostic> {
    if text.trim().is_empty() {
        let message = format!("`{}` is empty", spec.name);
        let help = "leave the setting out if there is nothing to say";
        return Err(Diagnostic::new(Code::EmptyText, span, message).help(help));
    }
    if let (Text::Url, Some(backend)) = (kind, backend) {
        scheme(backend, text, span)?;
    }
    Ok(Literal::Text(text.to_owned()))
}

fn scheme(backend: Backend, url: &str, span: Span) -> Result<(), Diagnostic> {
    // Without `://` it is a path or a host, except for `sqlite::memory:` and `sqlite:file.db`.
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let short = matches!(backend, Backend::Sqlite);
    let complete = short || url[scheme.len()..].starts_with("://");
    if complete && backend.schemes().contains(&scheme) {
        return Ok(());
    }
    let (product, first) = (backend.product(), backend.schemes()[0]);
    let message = format!("this is no URL of {product}");
    let other = Backend::ALL
        .into_iter()
        .find(|other| *other != backend && other.schemes().contains(&scheme));
    let help = match other {
        Some(other) => {
            format!("a URL of {} belongs to `backend = \"{}\"`", other.product(), other.word())
        }
        None => format!("it starts with `{first}://`"),
    };
    Err(Diagnostic::new(Code::UrlScheme, span, message).help(help))
}

/// Checks where a value comes from.
pub(super) fn sources(spec: &Spec, sources: &Sources, diagnostics: &mut Diagnostics) {
    let variables = [&sources.env, &sources.file_env];
    if variables.iter().all(|variable| variable.is_none()) && sources.default.is_none() {
        let message = format!("`{}` says nothing about where its value comes from", spec.name);
        let help = "give at least one of `env`, `file_env` and `default`";
        diagnostics.push(Diagnostic::new(Code::NoSource, sources.span, message).help(help));
    }
    for variable in variables.into_iter().flatten() {
        variable_name(variable, diagnostics);
    }
    if let (Some(env), Some(file_env)) = (&sources.env, &sources.file_env)
        && env.value == file_env.value
    {
        let message = "one variable cannot hold both a value and the path of a file";
        let diagnostic = Diagnostic::new(Code::BadVariableName, file_env.span, message)
            .also(env.span, "also read as the value")
            .help("give them two names");
        diagnostics.push(diagnostic);
    }
}

fn variable_name(name: &Spanned<String>, diagnostics: &mut Diagnostics) {
    let mut bytes = name.value.bytes();
    let starts = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if starts && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return;
    }
    let diagnostic = Diagnostic::new(
        Code::BadVariableName,
        name.span,
        "this is no name of an environment variable",
    );
    let bare = name.value.trim_start_matches('$').trim_matches(['{', '}', '%']);
    diagnostics.push(if name.value.contains("://") {
        diagnostic.help("this looks like the value itself: write it as `default`")
    } else if bare != name.value && !bare.is_empty() && bare.len() <= 64 {
        diagnostic.help(format!("write only the name: `{bare}`"))
    } else {
        diagnostic.help("a name has letters, digits and `_`, and does not start with a digit")
    });
}
