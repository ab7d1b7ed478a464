/// Key of the bind `main` (SQLite).
#[derive(Clone, Copy, Debug)]
pub enum Main {}

impl ::bindery_runtime::Binding for Main {
    type Database = ::bindery_runtime::sqlx::Sqlite;
    type Registry = super::Databases;

    const KEY: &'static str = "main";
    const CONNECT: ::bindery_runtime::Connect = ::bindery_runtime::Connect::Eager;
    const REQUIRED: bool = true;
    const TRANSACTION: ::bindery_runtime::sqlite::Transaction =
        ::bindery_runtime::sqlite::Transaction {
            begin: ::bindery_runtime::sqlite::Begin::Immediate,
            ..::bindery_runtime::sqlite::Transaction::DEFAULT
        };
    const DEFAULTS: ::bindery_runtime::sqlite::Defaults = ::bindery_runtime::sqlite::Defaults {
        url: ::bindery_runtime::Value::NONE.env("MAIN_URL").default("sqlite://notes.db?mode=rwc"),
        max_connections: ::bindery_runtime::Value::NONE.env("MAIN_POOL").default(10),
        acquire_timeout: ::bindery_runtime::Value::NONE
            .default(::core::time::Duration::from_secs(5)),
        ..::bindery_runtime::sqlite::Defaults::NONE
    };

    fn slot(slots: &super::Slots) -> &::bindery_runtime::Slot<Self> {
        &slots.main
    }

    fn bind(databases: &super::Databases) -> &::bindery_runtime::Bind<Self> {
        databases.main()
    }
}

/// The session of `main`: its connection and transaction within one scope.
///
/// Handlers take it as an argument; below them [`session`] reaches the same one. `&Session` is a
/// `sqlx::Executor`.
pub type Session = ::bindery_runtime::Session<Main>;

/// The session of `main` without a transaction: each statement stands for itself.
pub type Autocommit = ::bindery_runtime::Autocommit<Main>;

/// The session of `main` in the scope this code runs in, without passing it down.
///
/// # Errors
///
/// Outside any scope: on a task that was spawned, or on a route outside `Databases::install`.
pub fn session() -> ::core::result::Result<Session, super::Error> {
    ::bindery_runtime::session()
}

#[diagnostic::do_not_recommend]
impl<S> ::bindery_runtime::axum::InstalledOn<S> for Main where
    super::Installed: ::axum::extract::FromRef<S>
{
}

#[diagnostic::do_not_recommend]
impl<S> ::bindery_runtime::axum::RoutedOn<S> for Main where
    super::Installed: ::axum::extract::FromRef<S>
{
}
