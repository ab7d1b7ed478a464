//! Settings that are fine alone and wrong together, and what deserves a warning.

use std::collections::BTreeMap;

use crate::{
    config::{BindConfig, Given, Scalar, Value},
    diagnostics::{Code, Diagnostic, Diagnostics, has_password},
    model::{Access, Backend, Begin, Bind, Isolation, Literal, Setting},
    settings::{Role, Text},
    source::Span,
};

/// Connections of a pool when the TOML says nothing.
const MAX_CONNECTIONS: u64 = 10;

/// Checks the settings of one bind against each other.
pub(super) fn within(config: &BindConfig, bind: &Bind, diagnostics: &mut Diagnostics) {
    let place = Places { config, bind };
    let found = [
        pool_bounds(place),
        memory_pool(place),
        half_certificate(place),
        idle_tls(place),
        idle_deferrable(place),
        lock_to_read(place),
    ];
    for problem in found.into_iter().flatten().chain(literal_secrets(place)) {
        diagnostics.push(problem);
    }
}

/// What a bind says, and where it says so.
#[derive(Clone, Copy)]
struct Places<'a> {
    config: &'a BindConfig,
    bind: &'a Bind,
}

impl<'a> Places<'a> {
    fn setting(self, field: &str) -> Option<&'a Setting> {
        self.bind.settings.iter().find(|setting| setting.field == field)
    }

    fn default(self, field: &str) -> Option<&'a Literal> {
        self.setting(field)?.default.as_ref()
    }

    /// Where a setting or a part of the structure is written.
    fn of(self, name: &str) -> Option<Span> {
        let is = |given: &&Given| match given.spec.role {
            Role::Setting(field) => field == name,
            Role::Structure => given.spec.name == name,
        };
        let given = self.config.given.iter().find(is)?;
        Some(given.value.literal().map_or(given.value.span(), |literal| literal.span))
    }
}

fn pool_bounds(place: Places<'_>) -> Option<Diagnostic> {
    let Some(&Literal::Integer(min)) = place.default("min_connections") else { return None };
    let max = match (place.setting("max_connections"), place.default("max_connections")) {
        (None, _) => MAX_CONNECTIONS,
        (_, Some(&Literal::Integer(max))) => max,
        _ => return None,
    };
    if min <= max {
        return None;
    }
    let message = format!("the pool keeps {min} connections and may open only {max}");
    let diagnostic = Diagnostic::new(Code::PoolBounds, place.of("min_connections")?, message)
        .label("at least these");
    Some(match place.of("max_connections") {
        Some(span) => diagnostic.also(span, "at most these"),
        None => {
            diagnostic.help(format!("`max_connections` is {MAX_CONNECTIONS} unless you set it"))
        }
    })
}

/// The database lives in its one connection: a second one has another, and closing it ends it.
fn memory_pool(place: Places<'_>) -> Option<Diagnostic> {
    place.default("url").filter(|url| is_memory(place.bind.backend, url))?;
    let several = |field| matches!(place.default(field), Some(Literal::Integer(2..)));
    let ends = |field| matches!(place.default(field), Some(Literal::Duration(_)));
    let wrong = [
        ("max_connections", several("max_connections"), "more than one connection"),
        ("min_connections", several("min_connections"), "more than one connection"),
        ("idle_timeout", ends("idle_timeout"), "closes the connection"),
        ("max_lifetime", ends("max_lifetime"), "closes the connection"),
    ];
    let wrong = wrong.into_iter().filter(|(_, wrong, _)| *wrong);
    let wrong: Vec<_> = wrong.filter_map(|(field, _, why)| Some((place.of(field)?, why))).collect();
    if wrong.is_empty() {
        return None;
    }
    let message = "an in-memory database lives as long as its one connection";
    let help = "set `max_connections = 1`, `idle_timeout = \"off\"` and `max_lifetime = \"off\"`, or leave them out";
    let diagnostic =
        Diagnostic::new(Code::MemoryPool, place.of("url")?, message).label("in memory").help(help);
    Some(wrong.into_iter().fold(diagnostic, |diagnostic, (span, why)| diagnostic.also(span, why)))
}

fn is_memory(backend: Backend, url: &Literal) -> bool {
    let Literal::Text(url) = url else { return false };
    backend == Backend::Sqlite && (url.contains(":memory:") || url.contains("mode=memory"))
}

fn half_certificate(place: Places<'_>) -> Option<Diagnostic> {
    let (given, missing) = match (place.of("tls_certificate"), place.of("tls_key")) {
        (Some(span), None) => (("certificate", span), "key"),
        (None, Some(span)) => (("key", span), "certificate"),
        _ => return None,
    };
    let message = format!("`{}` is of no use without `{missing}`", given.0);
    let help = format!("add `{missing}`, the path of the other file");
    Some(Diagnostic::new(Code::HalfCertificate, given.1, message).help(help))
}

fn idle_tls(place: Places<'_>) -> Option<Diagnostic> {
    let mode = place.setting("tls_mode")?;
    let disabled = mode.default == Some(Literal::Choice("TlsMode", "Disable"));
    if !disabled || mode.env.is_some() || mode.file_env.is_some() {
        return None;
    }
    let (name, span) = [("ca", "tls_ca"), ("certificate", "tls_certificate"), ("key", "tls_key")]
        .into_iter()
        .find_map(|(name, field)| Some((name, place.of(field)?)))?;
    let message = format!("`{name}` is not used: TLS is off");
    Some(Diagnostic::new(Code::IdleTls, span, message).also(place.of("tls_mode")?, "off"))
}

fn idle_deferrable(place: Places<'_>) -> Option<Diagnostic> {
    let transaction = &place.bind.transaction;
    let useful = transaction.isolation == Some(Isolation::Serializable)
        && transaction.access == Some(Access::ReadOnly);
    if !transaction.deferrable || useful {
        return None;
    }
    let mut diagnostic = Diagnostic::new(
        Code::IdleDeferrable,
        place.of("deferrable")?,
        "`deferrable` has no effect here",
    )
    .help("it needs `isolation = \"serializable\"` and `access = \"read only\"`");
    if transaction.isolation != Some(Isolation::Serializable)
        && let Some(span) = place.of("isolation")
    {
        diagnostic = diagnostic.also(span, "not serializable");
    }
    if transaction.access != Some(Access::ReadOnly)
        && let Some(span) = place.of("access")
    {
        diagnostic = diagnostic.also(span, "not read only");
    }
    Some(diagnostic)
}

fn lock_to_read(place: Places<'_>) -> Option<Diagnostic> {
    let transaction = &place.bind.transaction;
    let locks = matches!(transaction.begin, Some(Begin::Immediate | Begin::Exclusive));
    if !locks || transaction.access != Some(Access::ReadOnly) {
        return None;
    }
    let message = "a transaction that only reads waits for the write lock";
    let help = "leave out `begin` for a bind that only reads";
    let diagnostic =
        Diagnostic::new(Code::LockToRead, place.of("begin")?, message).label("takes the lock");
    Some(diagnostic.also(place.of("access")?, "never writes").help(help))
}

fn literal_secrets(place: Places<'_>) -> impl Iterator<Item = Diagnostic> {
    let has = move |given: &&Given| given.spec.backends.contains(&place.bind.backend);
    place.config.given.iter().filter(has).filter_map(|given| {
        let literal = given.value.literal()?;
        let message = match &literal.value {
            Scalar::Text(Text::Url, url) if has_password(url) => "the URL has a password in it",
            Scalar::Text(Text::Password, password) if !password.is_empty() => {
                "the password stands in the file"
            }
            _ => return None,
        };
        let instead = match given.value {
            Value::Plain(_) => "it ends up in version control and in the program",
            Value::Sources(_) => "a default ends up in version control and in the program",
        };
        let diagnostic = Diagnostic::new(Code::LiteralSecret, literal.span, message).label(instead);
        Some(diagnostic.help("take it from `password = { env = \"…\" }` or `{ file_env = \"…\" }`"))
    })
}

/// Warns of two binds that write the same `SQLite` file: in one scope the second waits for the
/// lock that the first holds until it ends.
pub(super) fn same_file(
    configs: &[BindConfig],
    binds: &[Option<Bind>],
    diagnostics: &mut Diagnostics,
) {
    let mut writers: BTreeMap<&str, (&str, Span)> = BTreeMap::new();
    for (config, bind) in configs.iter().zip(binds) {
        let Some(bind) = bind else { continue };
        let place = Places { config, bind };
        let (Some(file), Some(span)) = (written_file(place), place.of("url")) else { continue };
        match writers.get(file) {
            Some((first, first_span)) => {
                let message = format!("`{first}` and `{}` write the same file", bind.key);
                let help = "use one bind, or set `access = \"read only\"` on the other";
                let diagnostic = Diagnostic::new(Code::SameFile, span, message).help(help);
                diagnostics.push(diagnostic.also(*first_span, "the same file"));
            }
            None => _ = writers.insert(file, (&bind.key, span)),
        }
    }
}

fn written_file(place: Places<'_>) -> Option<&str> {
    let url = place.default("url")?;
    let reads = place.bind.transaction.access == Some(Access::ReadOnly);
    if place.bind.backend != Backend::Sqlite || reads || is_memory(place.bind.backend, url) {
        return None;
    }
    let Literal::Text(url) = url else { return None };
    let file = url.strip_prefix("sqlite:")?;
    Some(file.strip_prefix("//").unwrap_or(file).split('?').next().unwrap_or(file))
}
