//! What a `bindings.toml` means: plain, owned, without an invalid state.
//!
//! [`validate`](crate::validate) is the only maker of these values and the only place that decides
//! a default; rendering reads them and decides nothing. Names are final here: a template never
//! computes one.

pub mod table;

use std::time::Duration;

pub use self::table::Table;

/// Everything that the generated code depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Where the code goes and what it is for.
    pub output: Output,
    /// File name of the TOML, as the header of every generated file shows it.
    pub source: String,
    /// The binds, in the order of the TOML; that is also the order in which their sessions end.
    pub binds: Vec<Bind>,
}

/// The `[output]` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Folder that `bindery generate` writes, relative to the TOML, with `/` between its parts.
    pub dir: String,
    /// The web framework that the generated code serves.
    pub web: Web,
    /// The crate whose types hold dates and times.
    pub time: TimeCrate,
    /// Whether rows and what is written to them are types of serde.
    pub serde: bool,
}

/// The crate whose types hold dates and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeCrate {
    /// `chrono`
    Chrono,
    /// `time`
    Time,
}

/// The web framework that the generated code serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Web {
    /// Extractors, `router`, `install` and `layer` for axum.
    Axum,
    /// No web framework: a worker, a command line tool.
    None,
}

/// One named database.
#[derive(Clone, Debug, PartialEq)]
pub struct Bind {
    /// The key as typed: `sa-main`.
    pub key: String,
    /// Name of its module, method and field: `sa_main`. Never a keyword and never reserved.
    pub module: String,
    /// Name of its key type: `SaMain`.
    pub type_name: String,
    /// What kind of database it is.
    pub backend: Backend,
    /// Whether every request has its session at hand; otherwise only handlers that ask by name.
    pub middleware: bool,
    /// When it connects.
    pub connect: Connect,
    /// Whether the program refuses to start without it.
    pub required: bool,
    /// How its sessions begin and end. Only what the backend really has is ever set.
    pub transaction: Transaction,
    /// The settings that the TOML names, in the order of the settings table.
    pub settings: Vec<Setting>,
    /// The tables, each after those that it refers to; otherwise in the order of the TOML.
    pub tables: Vec<Table>,
    /// Folder of its migrations, relative to the crate's folder.
    pub migrations: Option<String>,
}

/// What kind of database a bind is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// `SQLite`, in a file or in memory.
    Sqlite,
    /// `PostgreSQL`.
    Postgres,
    /// `MySQL` or `MariaDB`.
    MySql,
}

/// When a bind connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connect {
    /// When the program starts.
    Eager,
    /// At the first statement.
    Lazy,
}

/// How the sessions of a bind begin and end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// Isolation level; `None` keeps that of the server.
    pub isolation: Option<Isolation>,
    /// Access mode; `None` keeps that of the server.
    pub access: Option<Access>,
    /// How `SQLite` begins; always `None` elsewhere.
    pub begin: Option<Begin>,
    /// Whether `PostgreSQL` may wait for a safe snapshot; always `false` elsewhere.
    pub deferrable: bool,
    /// What a refused statement does to the session.
    pub after_error: AfterError,
}

/// Isolation level of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// `READ UNCOMMITTED`
    ReadUncommitted,
    /// `READ COMMITTED`
    ReadCommitted,
    /// `REPEATABLE READ`
    RepeatableRead,
    /// `SERIALIZABLE`
    Serializable,
}

/// Access mode of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `READ WRITE`
    ReadWrite,
    /// `READ ONLY`
    ReadOnly,
}

/// How a transaction of `SQLite` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Locks at the first statement.
    Deferred,
    /// Locks against other writers at once.
    Immediate,
    /// Locks against everybody at once.
    Exclusive,
}

/// What a statement that the database refused does to its session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterError {
    /// The session can only be rolled back.
    #[default]
    Rollback,
    /// The session goes on.
    Continue,
}

/// A value that a running program may override; the TOML says from where, and what else it is.
///
/// At least one of the three places is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Field of the backend's `Defaults` in the runtime.
    pub field: &'static str,
    /// Environment variable that holds the value.
    pub env: Option<String>,
    /// Environment variable that holds the path of a file with the value.
    pub file_env: Option<String>,
    /// The value when neither variable is set.
    pub default: Option<Literal>,
}

/// A default value, checked against the kind of its setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// Any text: a URL, a path, a name.
    Text(String),
    /// A number within the range of its setting.
    Integer(u64),
    /// `true` or `false`.
    Switch(bool),
    /// A span of time, longer than zero.
    Duration(Duration),
    /// `"off"` for a limit that can be switched off: `idle_timeout`, `max_lifetime`.
    Off,
    /// A variant: its type and its name in the backend's module of the runtime, for example
    /// `("JournalMode", "Wal")`.
    Choice(&'static str, &'static str),
}
