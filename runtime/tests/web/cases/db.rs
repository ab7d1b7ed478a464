//! What the generator writes for three binds, shortened: `main` is at hand in every request, the
//! sessions of `reports` and `audit` are asked for by name.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use bindery_runtime::{
    AnyBind, AnySlot, Bind, BindBuilder, Binding, Hooks, Registry, ScopeKey, Slot, Start, Target,
};

use super::backend::{Defaults, Driver, Transaction};

pub(super) type Error = bindery_runtime::Error;

#[derive(Clone, Debug)]
pub(super) struct Databases {
    binds: Arc<Binds>,
}

#[derive(Debug)]
struct Binds {
    main: Bind<main::Main>,
    reports: Bind<reports::Reports>,
    audit: Bind<audit::Audit>,
}

impl Databases {
    pub(super) async fn connect(url: impl Fn(&str) -> String) -> Self {
        Self::connect_to(url("main").into(), &url).await
    }

    /// As `connect`, with a target of its own for `main`.
    pub(super) async fn connect_to(main: Target<main::Main>, url: impl Fn(&str) -> String) -> Self {
        Self::start(builder(main), url).await
    }

    /// As `connect`, with hooks on `main`.
    pub(super) async fn connect_hooked(
        hooks: impl Hooks<main::Main>,
        url: impl Fn(&str) -> String,
    ) -> Self {
        let mut main = builder(url("main").into());
        main.hooks(hooks);
        Self::start(main, url).await
    }

    async fn start(main: BindBuilder<main::Main>, url: impl Fn(&str) -> String) -> Self {
        let mut start = Start::default();
        let main = start.bind(main).await;
        let reports = start.bind(builder(url("reports").into())).await;
        let audit = start.bind(builder(url("audit").into())).await;
        match (main, reports, audit) {
            (Some(main), Some(reports), Some(audit)) => {
                Self { binds: Arc::new(Binds { main, reports, audit }) }
            }
            _ => panic!("{}", start.into_error()),
        }
    }

    pub(super) fn main(&self) -> &Bind<main::Main> {
        &self.binds.main
    }

    pub(super) fn reports(&self) -> &Bind<reports::Reports> {
        &self.binds.reports
    }

    pub(super) fn audit(&self) -> &Bind<audit::Audit> {
        &self.binds.audit
    }

    pub(super) fn install<S>(&self, router: Router<Installed>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        self.install_with(|installed| router.with_state(installed))
    }

    pub(super) fn install_with<S>(&self, routes: impl FnOnce(Installed) -> Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        routes(Installed { databases: self.clone() }).layer(self.layer())
    }

    pub(super) fn layer(&self) -> bindery_runtime::axum::Layer<Self> {
        bindery_runtime::axum::Layer::new(self.clone())
    }
}

fn builder<B: Binding>(target: Target<B>) -> BindBuilder<B> {
    let mut builder = BindBuilder::default();
    builder.target(target);
    builder
}

impl Registry for Databases {
    type Slots = Slots;

    fn scope_key() -> &'static ScopeKey<Self> {
        &SCOPE
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.binds, &other.binds)
    }

    fn in_test_scope(&self) -> Self {
        let main = self.binds.main.in_test_scope();
        let reports = self.binds.reports.in_test_scope();
        let audit = self.binds.audit.in_test_scope();
        Self { binds: Arc::new(Binds { main, reports, audit }) }
    }

    async fn with_test_databases(
        &self,
        maker: &mut bindery_runtime::DatabaseMaker,
    ) -> Result<Self, bindery_runtime::Error> {
        let main = maker.bind(&self.binds.main).await?;
        let reports = maker.bind(&self.binds.reports).await?;
        let audit = maker.bind(&self.binds.audit).await?;
        Ok(Self { binds: Arc::new(Binds { main, reports, audit }) })
    }

    fn binds(&self) -> Vec<&dyn AnyBind> {
        vec![&self.binds.main, &self.binds.reports, &self.binds.audit]
    }
}

bindery_runtime::scope_key! {
    static SCOPE: Databases;
}

#[derive(Debug, Default)]
pub(super) struct Slots {
    main: Slot<main::Main>,
    reports: Slot<reports::Reports>,
    audit: Slot<audit::Audit>,
}

impl bindery_runtime::Slots for Slots {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnySlot)) {
        visit(&self.main);
        visit(&self.reports);
        visit(&self.audit);
    }
}

#[derive(Clone, Debug)]
pub(super) struct Installed {
    databases: Databases,
}

impl Installed {
    pub(super) fn databases(&self) -> &Databases {
        &self.databases
    }
}

pub(super) fn router() -> Router<Installed> {
    Router::new()
}

pub(super) struct Scope {
    main: main::Session,
}

impl Scope {
    pub(super) fn main(&self) -> main::Session {
        self.main.clone()
    }
}

fn here() -> Result<Scope, Error> {
    Ok(Scope { main: main::session()? })
}

pub(super) async fn run_in_new_scope<T, E: From<Error>>(
    work: impl AsyncFnOnce(&Scope) -> Result<T, E>,
) -> Result<T, E> {
    bindery_runtime::run_in_new_scope::<Databases, T, E>(async || work(&here()?).await).await
}

pub(super) async fn run_concurrently<I, T, E, F>(
    limit: usize,
    items: impl IntoIterator<Item = I>,
    work: impl Fn(Scope, I) -> F,
) -> Vec<Result<T, E>>
where
    E: From<Error>,
    F: Future<Output = Result<T, E>>,
{
    let work = &work;
    let piece = |item| async move { work(here()?, item).await };
    bindery_runtime::run_concurrently::<Databases, I, T, E, _>(limit, items, piece).await
}

macro_rules! bind {
    ($module:ident, $key:ident, $name:literal, { $($rest:item)* }) => {
        pub(super) mod $module {
            use super::*;

            #[derive(Clone, Copy, Debug)]
            pub(in super::super) enum $key {}

            impl Binding for $key {
                type Database = Driver;
                type Registry = Databases;

                const KEY: &'static str = $name;
                const TRANSACTION: Transaction = Transaction::DEFAULT;
                const DEFAULTS: Defaults = Defaults::NONE;

                fn slot(slots: &Slots) -> &Slot<Self> {
                    &slots.$module
                }

                fn bind(databases: &Databases) -> &Bind<Self> {
                    databases.$module()
                }
            }

            pub(in super::super) type Session = bindery_runtime::Session<$key>;

            $($rest)*
        }
    };
}

bind!(main, Main, "main", {
    pub(in super::super) fn session() -> Result<Session, Error> {
        bindery_runtime::session()
    }

    impl<S> bindery_runtime::axum::InstalledOn<S> for Main where Installed: FromRef<S> {}

    impl<S> bindery_runtime::axum::RoutedOn<S> for Main where Installed: FromRef<S> {}
});

bind!(reports, Reports, "reports", {
    pub(in super::super) fn scoped<H, T>(
        handler: H,
    ) -> bindery_runtime::axum::Scoped<Reports, H, T> {
        bindery_runtime::axum::Scoped::new(handler)
    }

    impl<S> bindery_runtime::axum::ScopedOn<S> for Reports where Installed: FromRef<S> {}

    impl<S> bindery_runtime::axum::RoutedOn<S> for Reports where Installed: FromRef<S> {}
});

bind!(audit, Audit, "audit", {
    pub(in super::super) type Autocommit = bindery_runtime::Autocommit<Audit>;

    pub(in super::super) fn scoped<H, T>(handler: H) -> bindery_runtime::axum::Scoped<Audit, H, T> {
        bindery_runtime::axum::Scoped::new(handler)
    }

    impl<S> bindery_runtime::axum::ScopedOn<S> for Audit where Installed: FromRef<S> {}
});
