/// Key of the bind `reports` (PostgreSQL).
#[derive(Clone, Copy, Debug)]
pub enum Reports {}

impl ::bindery_runtime::Binding for Reports {
    type Database = ::bindery_runtime::sqlx::Postgres;
    type Registry = super::Databases;

    const KEY: &'static str = "reports";
    const TRANSACTION: ::bindery_runtime::postgres::Transaction =
        ::bindery_runtime::postgres::Transaction {
            isolation: ::core::option::Option::Some(::bindery_runtime::Isolation::RepeatableRead),
            access: ::bindery_runtime::Access::ReadOnly,
            ..::bindery_runtime::postgres::Transaction::DEFAULT
        };
    const DEFAULTS: ::bindery_runtime::postgres::Defaults = ::bindery_runtime::postgres::Defaults {
        url: ::bindery_runtime::Value::NONE.env("REPORTS_URL"),
        ..::bindery_runtime::postgres::Defaults::NONE
    };

    fn slot(slots: &super::Slots) -> &::bindery_runtime::Slot<Self> {
        &slots.reports
    }

    fn bind(databases: &super::Databases) -> &::bindery_runtime::Bind<Self> {
        databases.reports()
    }
}

/// The session of `reports`: its connection and transaction within one scope.
///
/// Only a handler inside [`scoped`] can take it. `&Session` is a `sqlx::Executor`.
pub type Session = ::bindery_runtime::Session<Reports>;

/// The session of `reports` without a transaction: each statement stands for itself.
pub type Autocommit = ::bindery_runtime::Autocommit<Reports>;

/// Lets one handler take the [`Session`] of `reports`: `get(db::reports::scoped(handler))`.
pub fn scoped<H, T>(handler: H) -> ::bindery_runtime::axum::Scoped<Reports, H, T> {
    ::bindery_runtime::axum::Scoped::new(handler)
}

#[diagnostic::do_not_recommend]
impl<S> ::bindery_runtime::axum::ScopedOn<S> for Reports where
    super::Installed: ::axum::extract::FromRef<S>
{
}

#[diagnostic::do_not_recommend]
impl<S> ::bindery_runtime::axum::RoutedOn<S> for Reports where
    super::Installed: ::axum::extract::FromRef<S>
{
}
