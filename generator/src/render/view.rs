//! What the templates see: every name, type, expression and sentence, ready to be put in place.
//!
//! `databases.rs` has no name that comes from a key, so the prelude is safe there; in the file of a
//! bind a type may be called `Option`, so that file writes every path in full.

use askama::Template;

use super::{
    docs::{code, sentence_list},
    literal,
};
use crate::{
    model::{self, Access, AfterError, Backend, Begin, Connect, Isolation, Model, Web},
    settings::{Role, SPECS, Spec},
};

/// `mod.rs`: the list of modules, and what the set of binds offers.
#[derive(Template)]
#[template(path = "root.rs.jinja", escape = "none")]
pub(super) struct Root<'a> {
    binds: &'a [Bind],
    lints: String,
    exports: &'static str,
}

impl<'a> Root<'a> {
    pub(super) fn new(binds: &'a [Bind], web: Web) -> Self {
        let exports = match web {
            Web::Axum => {
                "Builder, Databases, Error, Installed, Scope, Settings, get, put, retry, router, run_concurrently, run_in_new_scope"
            }
            Web::None => {
                "Builder, Databases, Error, Scope, Settings, get, put, retry, run_concurrently, run_in_new_scope"
            }
        };
        Self { binds, lints: lints_of_set(binds), exports }
    }
}

/// `databases.rs`: everything that is about all binds together.
#[derive(Template)]
#[template(path = "databases.rs.jinja", escape = "none")]
pub(super) struct Databases<'a> {
    binds: &'a [Bind],
    axum: bool,
    keys: String,
    source: String,
    modules: String,
    scope_summary: &'static str,
    put_note: &'static str,
    answers: String,
    answered: String,
    /// Modules of the binds that declare tables.
    tabled: Vec<String>,
    /// Modules of the binds that have migrations.
    migrated: Vec<String>,
}

impl<'a> Databases<'a> {
    pub(super) fn new(binds: &'a [Bind], model: &Model) -> Self {
        let axum = model.output.web == Web::Axum;
        let each = |text: fn(&Bind) -> String| binds.iter().map(text).collect::<Vec<_>>();
        let those = |of: fn(&Bind) -> bool| {
            binds.iter().filter(|bind| of(bind)).map(|bind| bind.module.clone()).collect()
        };
        Self {
            binds,
            axum,
            keys: sentence_list(&each(|bind| bind.shown.clone())),
            source: code(&model.source),
            modules: each(|bind| bind.module.clone()).join(", "),
            scope_summary: if axum {
                "Runs `work` in a scope of its own, outside HTTP: `Ok` commits every session, `Err` rolls back."
            } else {
                "Runs `work` in a scope of its own: `Ok` commits every session, `Err` rolls back."
            },
            put_note: if axum {
                "For what a request says about itself, a tenant or a user: a layer inside of \
                 [`Databases::install`] puts it there, handlers, policies and hooks [`get`] it."
            } else {
                "For what a job knows about itself, a tenant or a user: policies and hooks [`get`] it."
            },
            answers: tuple(&each(|bind| format!("start.bind(self.{}).await", bind.module))),
            answered: tuple(&each(|bind| format!("Some({})", bind.module))),
            tabled: those(|bind| !bind.tables.is_empty()),
            migrated: those(|bind| bind.migrations.is_some()),
        }
    }
}

/// The file of one bind, and what the other files say about it.
#[derive(Template)]
#[template(path = "bind.rs.jinja", escape = "none")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a bind")]
pub(super) struct Bind {
    pub(super) module: String,
    module_path: String,
    type_name: String,
    type_path: String,
    /// The key as a literal.
    key: String,
    /// The key as the docs show it.
    shown: String,
    engine: &'static str,
    summary: String,
    lints: &'static str,
    /// Module of the runtime for the backend.
    driver: &'static str,
    database: &'static str,
    lazy: bool,
    optional: bool,
    transaction: String,
    defaults: String,
    session_note: &'static str,
    /// When the free function `session` fails; only a bind with `middleware = true` has it.
    ambient: Option<&'static str>,
    axum: bool,
    tables: Vec<Module>,
    /// Whether one of them has routes.
    routed: bool,
    /// Folder of the migrations, as a literal.
    migrations: Option<String>,
}

/// A table as its bind shows it.
pub(super) struct Module {
    pub(super) name: String,
    shown: String,
    /// Whether it has so many columns that functions over all of them are long.
    is_wide: bool,
}

impl Module {
    fn new(table: &model::Table) -> Self {
        // clippy counts lines: up to a hundred, of which each column takes one.
        const WIDE: usize = 90;
        Self {
            name: table.module.clone(),
            shown: code(&table.table),
            is_wide: table.columns.len() > WIDE,
        }
    }
}

impl Bind {
    pub(super) fn new(bind: &model::Bind, web: Web) -> Self {
        let model::Bind { key, module, type_name, backend, middleware, .. } = bind;
        let shown = code(key);
        let engine = engine(*backend);
        let reach = match (web, middleware) {
            (Web::Axum, true) => ", at hand in every request".to_owned(),
            (Web::Axum, false) => {
                format!(", for handlers that ask for it with [`{module}::scoped`]")
            }
            (Web::None, true) => ", at hand everywhere in a scope".to_owned(),
            (Web::None, false) => ", for code that a scope hands its session to".to_owned(),
        };
        let driver = driver(*backend);
        Self {
            module_path: format!("super::{module}"),
            type_path: format!("super::{module}::{type_name}"),
            key: literal::text(key),
            summary: format!("The bind {shown}: a {engine} database{reach}."),
            lints: if module == "db" {
                "clippy::module_inception, dead_code, unreachable_pub"
            } else {
                "dead_code, unreachable_pub"
            },
            driver,
            database: match backend {
                Backend::Sqlite => "::bindery_runtime::sqlx::Sqlite",
                Backend::Postgres => "::bindery_runtime::sqlx::Postgres",
                Backend::MySql => "::bindery_runtime::sqlx::MySql",
            },
            lazy: bind.connect == Connect::Lazy,
            optional: !bind.required,
            transaction: transaction(bind, driver),
            defaults: defaults(bind, driver),
            session_note: match (web, middleware) {
                (Web::Axum, true) => {
                    "Handlers take it as an argument; below them [`session`] reaches the same one. \
                     `&Session` is a `sqlx::Executor`."
                }
                (Web::Axum, false) => {
                    "Only a handler inside [`scoped`] can take it. `&Session` is a `sqlx::Executor`."
                }
                (Web::None, true) => {
                    "A [`Scope`](super::Scope) hands it out; below it [`session`] reaches the same one. \
                     `&Session` is a `sqlx::Executor`."
                }
                (Web::None, false) => {
                    "A [`Scope`](super::Scope) hands it out. `&Session` is a `sqlx::Executor`."
                }
            },
            ambient: middleware.then_some(match web {
                Web::Axum => {
                    "Outside any scope: on a task that was spawned, or on a route outside \
                     [`Databases::install`](super::Databases::install)."
                }
                Web::None => {
                    "Outside any scope: on a task that was spawned, or without \
                     [`Databases::scope`](super::Databases::scope)."
                }
            }),
            axum: web == Web::Axum,
            tables: bind.tables.iter().map(Module::new).collect(),
            routed: bind.tables.iter().any(|table| table.http.is_some()),
            // The macro takes a name without a `/` for a path beside the file that calls it.
            migrations: bind.migrations.as_ref().map(|dir| literal::text(&format!("./{dir}"))),
            module: module.clone(),
            type_name: type_name.clone(),
            shown,
            engine,
        }
    }
}

/// Module of the runtime for a backend.
fn driver(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "::bindery_runtime::sqlite",
        Backend::Postgres => "::bindery_runtime::postgres",
        Backend::MySql => "::bindery_runtime::mysql",
    }
}

/// Name of a backend in docs; in backticks, which clippy asks for.
fn engine(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "`SQLite`",
        Backend::Postgres => "`PostgreSQL`",
        Backend::MySql => "`MySQL` or `MariaDB`",
    }
}

/// The options of transactions that the TOML names, over those of the runtime.
fn transaction(bind: &model::Bind, driver: &str) -> String {
    let model::Transaction { isolation, access, begin, deferrable, after_error } = bind.transaction;
    let mut fields = Vec::new();
    if let Some(begin) = begin {
        let name = match begin {
            Begin::Deferred => "Deferred",
            Begin::Immediate => "Immediate",
            Begin::Exclusive => "Exclusive",
        };
        fields.push(format!("begin: {driver}::Begin::{name}"));
    }
    // SQLite is always serializable: the TOML may say so, the runtime has nothing to set.
    if let Some(isolation) = isolation.filter(|_| bind.backend != Backend::Sqlite) {
        let name = match isolation {
            Isolation::ReadUncommitted => "ReadUncommitted",
            Isolation::ReadCommitted => "ReadCommitted",
            Isolation::RepeatableRead => "RepeatableRead",
            Isolation::Serializable => "Serializable",
        };
        fields.push(format!(
            "isolation: ::core::option::Option::Some(::bindery_runtime::Isolation::{name})"
        ));
    }
    if let Some(access) = access {
        let name = match access {
            Access::ReadWrite => "ReadWrite",
            Access::ReadOnly => "ReadOnly",
        };
        fields.push(format!("access: ::bindery_runtime::Access::{name}"));
    }
    if deferrable {
        fields.push("deferrable: true".to_owned());
    }
    if after_error == AfterError::Continue {
        fields.push("after_error: ::bindery_runtime::AfterError::Continue".to_owned());
    }
    // Each backend has three options.
    over(&format!("{driver}::Transaction"), "DEFAULT", &fields, fields.len() == 3)
}

/// The settings that the TOML names, over none.
fn defaults(bind: &model::Bind, driver: &str) -> String {
    let fields: Vec<_> = bind
        .settings
        .iter()
        .map(|setting| format!("{}: {}", setting.field, literal::setting(setting, driver)))
        .collect();
    let is_field = |spec: &&Spec| {
        matches!(spec.role, Role::Setting(_)) && spec.backends.contains(&bind.backend)
    };
    let complete = fields.len() == SPECS.iter().filter(is_field).count();
    over(&format!("{driver}::Defaults"), "NONE", &fields, complete)
}

/// A struct that takes what it does not name from a constant; clippy refuses the constant when
/// nothing is left for it.
fn over(path: &str, rest: &str, fields: &[String], complete: bool) -> String {
    match fields {
        [] => format!("{path}::{rest}"),
        _ if complete => format!("{path} {{ {} }}", fields.join(", ")),
        _ => format!("{path} {{ {}, ..{path}::{rest} }}", fields.join(", ")),
    }
}

/// Lints that depend on which keys there are, and must not fail a build that denies them.
fn lints_of_set(binds: &[Bind]) -> String {
    let mut lints = Vec::new();
    if binds.iter().filter(|bind| bind.module.chars().count() == 1).count() > 4 {
        lints.push("clippy::many_single_char_names");
    }
    if binds.len() > 1 {
        lints.push("clippy::similar_names");
    }
    if binds.len() > 2 {
        lints.push("clippy::struct_field_names");
    }
    lints.extend(["dead_code", "unreachable_pub"]);
    lints.join(", ")
}

/// Several expressions or patterns as one; a single one stays as it is.
fn tuple(items: &[String]) -> String {
    match items {
        [only] => only.clone(),
        _ => format!("({})", items.join(", ")),
    }
}
