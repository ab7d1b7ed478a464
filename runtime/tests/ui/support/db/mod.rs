// What the generator writes, for the compile-fail tests.

/// The bind `main`: a SQLite database, at hand in every request.
pub mod main;

/// The bind `reports`: a PostgreSQL database, for handlers that ask for it with [`reports::scoped`].
pub mod reports;

/// What can go wrong with a session; [`Error::kind`](::bindery_runtime::Error::kind) says which case it is.
pub type Error = ::bindery_runtime::Error;

/// The databases of this application: `main` and `reports`.
///
/// Cheap to clone; every clone is the same set of pools.
#[derive(Clone, Debug)]
pub struct Databases {
    binds: ::std::sync::Arc<Binds>,
}

#[derive(Debug)]
struct Binds {
    main: ::bindery_runtime::Bind<main::Main>,
    reports: ::bindery_runtime::Bind<reports::Reports>,
}

impl Databases {
    /// Connects every bind with the settings of `bindings.toml` and of the environment.
    ///
    /// # Errors
    ///
    /// [`StartError`](::bindery_runtime::StartError) lists, per key, every setting that is missing or wrong and every database that did not answer.
    pub async fn connect() -> ::core::result::Result<Self, ::bindery_runtime::StartError> {
        Self::builder().connect().await
    }

    /// Connects with settings that the application filled itself; what they leave out comes from
    /// the environment and `bindings.toml`.
    ///
    /// # Errors
    ///
    /// As [`Databases::connect`].
    pub async fn connect_with(
        settings: Settings,
    ) -> ::core::result::Result<Self, ::bindery_runtime::StartError> {
        Self::builder().settings(settings).connect().await
    }

    /// Starts a set of databases whose targets are chosen one by one.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The bind `main`: its plain pool and its state.
    #[must_use]
    pub fn main(&self) -> &::bindery_runtime::Bind<main::Main> {
        &self.binds.main
    }

    /// The bind `reports`: its plain pool and its state.
    #[must_use]
    pub fn reports(&self) -> &::bindery_runtime::Bind<reports::Reports> {
        &self.binds.reports
    }

    /// Gives every request of `router` its own scope of sessions.
    ///
    /// A scope commits when the response status is below 400 and rolls back otherwise, before the response head leaves.
    pub fn install<S>(&self, router: ::axum::Router<Installed>) -> ::axum::Router<S>
    where
        S: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        self.install_with(|installed| router.with_state(installed))
    }

    /// Like [`Databases::install`], for a router with a state of its own: put the [`Installed`] into it.
    pub fn install_with<S>(
        &self,
        routes: impl ::core::ops::FnOnce(Installed) -> ::axum::Router<S>,
    ) -> ::axum::Router<S>
    where
        S: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        let installed = Installed { databases: self.clone() };
        routes(installed).layer(self.layer())
    }

    /// The layer behind [`Databases::install`], for a `tower` stack or to change its commit rule.
    #[must_use]
    pub fn layer(&self) -> ::bindery_runtime::axum::Layer<Self> {
        ::bindery_runtime::axum::Layer::new(self.clone())
    }

    /// Runs `work` in a scope of its own, outside HTTP: `Ok` commits every session, `Err` rolls back.
    ///
    /// # Errors
    ///
    /// What `work` returns, or the error of a commit that failed.
    pub async fn scope<T, E>(
        &self,
        work: impl ::core::ops::AsyncFnOnce(&Scope) -> ::core::result::Result<T, E>,
    ) -> ::core::result::Result<T, E>
    where
        E: ::core::convert::From<Error>,
    {
        ::bindery_runtime::run_scope(self, async || {
            let scope = Scope {
                main: ::bindery_runtime::session()?,
                reports: ::bindery_runtime::session()?,
            };
            work(&scope).await
        })
        .await
    }

    /// Asks every database whether it answers, for at most `limit`.
    pub async fn health(&self, limit: ::core::time::Duration) -> ::bindery_runtime::Health {
        ::bindery_runtime::health(self, limit).await
    }

    /// Closes every pool; connections in use get ten seconds to come back.
    pub async fn close(&self) {
        self.close_within(::core::time::Duration::from_secs(10)).await;
    }

    /// Closes every pool; connections in use get `limit` to come back.
    pub async fn close_within(&self, limit: ::core::time::Duration) {
        ::bindery_runtime::close(self, limit).await;
    }
}

impl ::bindery_runtime::Registry for Databases {
    type Slots = Slots;

    fn scope_key() -> &'static ::bindery_runtime::ScopeKey<Self> {
        &SCOPE
    }

    fn is_same(&self, other: &Self) -> bool {
        ::std::sync::Arc::ptr_eq(&self.binds, &other.binds)
    }

    fn in_test_scope(&self) -> Self {
        unreachable!("nothing here is run")
    }

    async fn with_test_databases(
        &self,
        _: &mut ::bindery_runtime::DatabaseMaker,
    ) -> ::core::result::Result<Self, Error> {
        unreachable!("nothing here is run")
    }

    fn binds(&self) -> ::std::vec::Vec<&dyn ::bindery_runtime::AnyBind> {
        ::std::vec![&self.binds.main, &self.binds.reports]
    }
}

::bindery_runtime::scope_key! {
    static SCOPE: Databases;
}

/// The sessions of one scope, in the order in which they commit.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Slots {
    main: ::bindery_runtime::Slot<main::Main>,
    reports: ::bindery_runtime::Slot<reports::Reports>,
}

impl ::bindery_runtime::Slots for Slots {
    fn visit<'a>(&'a self, visit: &mut dyn ::core::ops::FnMut(&'a dyn ::bindery_runtime::AnySlot)) {
        visit(&self.main);
        visit(&self.reports);
    }
}

/// The sessions of a [`Databases::scope`].
#[derive(Debug)]
pub struct Scope {
    main: main::Session,
    reports: reports::Session,
}

impl Scope {
    /// The session of `main` in this scope.
    #[must_use]
    pub fn main(&self) -> main::Session {
        self.main.clone()
    }

    /// The session of `reports` in this scope.
    #[must_use]
    pub fn reports(&self) -> reports::Session {
        self.reports.clone()
    }
}

/// Proof that [`Databases::install`] was called: the state of [`router`], and part of your own
/// state with [`Databases::install_with`].
#[derive(Clone, Debug)]
pub struct Installed {
    databases: Databases,
}

impl Installed {
    /// The databases that are installed.
    #[must_use]
    pub fn databases(&self) -> &Databases {
        &self.databases
    }
}

/// A router that can be served once it went through [`Databases::install`].
#[must_use]
pub fn router() -> ::axum::Router<Installed> {
    ::axum::Router::new()
}

/// Settings that an application hands to [`Databases::connect_with`], for example out of its own configuration.
///
/// A field that is `None` keeps what the environment or `bindings.toml` says.
#[derive(Clone, Debug, Default, ::bindery_runtime::serde::Deserialize)]
#[serde(crate = "::bindery_runtime::serde", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Settings of `main`.
    pub main: ::bindery_runtime::sqlite::Settings,
    /// Settings of `reports`.
    pub reports: ::bindery_runtime::postgres::Settings,
}

/// Chooses where each bind connects to; made by [`Databases::builder`].
#[derive(Debug, Default)]
pub struct Builder {
    main: ::bindery_runtime::BindBuilder<main::Main>,
    reports: ::bindery_runtime::BindBuilder<reports::Reports>,
}

impl Builder {
    /// Takes settings over those of the environment and `bindings.toml`.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.main.settings(settings.main);
        self.reports.settings(settings.reports);
        self
    }

    /// Where `main` connects to: a pool, a URL, connect options or a factory of them.
    #[must_use]
    pub fn main(
        mut self,
        target: impl ::core::convert::Into<::bindery_runtime::Target<main::Main>>,
    ) -> Self {
        self.main.target(target.into());
        self
    }

    /// Where `reports` connects to: a pool, a URL, connect options or a factory of them.
    #[must_use]
    pub fn reports(
        mut self,
        target: impl ::core::convert::Into<::bindery_runtime::Target<reports::Reports>>,
    ) -> Self {
        self.reports.target(target.into());
        self
    }

    /// Connects every bind.
    ///
    /// # Errors
    ///
    /// As [`Databases::connect`].
    pub async fn connect(self) -> ::core::result::Result<Databases, ::bindery_runtime::StartError> {
        let mut start = ::bindery_runtime::Start::default();
        let main = start.bind(self.main).await;
        let reports = start.bind(self.reports).await;
        match (main, reports) {
            (Some(main), Some(reports)) => {
                Ok(Databases { binds: ::std::sync::Arc::new(Binds { main, reports }) })
            }
            _ => Err(start.into_error()),
        }
    }
}
