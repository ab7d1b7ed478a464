//! What the generator writes for one bind with two tables, shortened.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use bindery_runtime::{
    AnyBind, AnySlot, Bind, BindBuilder, Binding, Connect, Registry, ScopeKey, Slot, Start,
};

use super::backend::{Defaults, Driver, Transaction};

mod items;
pub(super) mod note;
pub(super) mod policy;

pub(super) use self::items::{closed, own as item};

#[derive(Clone, Debug)]
pub(super) struct Databases {
    main: Arc<Bind<Main>>,
}

impl Databases {
    pub(super) async fn connect(url: &str) -> Self {
        let mut start = Start::default();
        let mut builder = BindBuilder::default();
        builder.target(url.to_owned().into());
        match start.bind(builder).await {
            Some(main) => Self { main: Arc::new(main) },
            None => panic!("{}", start.into_error()),
        }
    }

    pub(super) fn main(&self) -> &Bind<Main> {
        &self.main
    }

    pub(super) fn install(&self, router: Router<Installed>) -> Router {
        let layer = bindery_runtime::axum::Layer::new(self.clone());
        router.with_state(Installed).layer(layer)
    }
}

impl Registry for Databases {
    type Slots = Slots;

    fn scope_key() -> &'static ScopeKey<Self> {
        &SCOPE
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.main, &other.main)
    }

    fn in_test_scope(&self) -> Self {
        Self { main: Arc::new(self.main.in_test_scope()) }
    }

    async fn with_test_databases(
        &self,
        maker: &mut bindery_runtime::DatabaseMaker,
    ) -> Result<Self, bindery_runtime::Error> {
        Ok(Self { main: Arc::new(maker.bind(&self.main).await?) })
    }

    fn binds(&self) -> Vec<&dyn AnyBind> {
        vec![&*self.main]
    }
}

bindery_runtime::scope_key! {
    static SCOPE: Databases;
}

#[derive(Debug, Default)]
pub(super) struct Slots {
    main: Slot<Main>,
}

impl bindery_runtime::Slots for Slots {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnySlot)) {
        visit(&self.main);
    }
}

#[derive(Clone, Debug)]
pub(super) struct Installed;

#[derive(Clone, Copy, Debug)]
pub(super) enum Main {}

impl Binding for Main {
    type Database = Driver;
    type Registry = Databases;

    const KEY: &'static str = "main";
    const CONNECT: Connect = Connect::Lazy;
    const TRANSACTION: Transaction = Transaction::DEFAULT;
    const DEFAULTS: Defaults = Defaults::NONE;

    fn slot(slots: &Slots) -> &Slot<Self> {
        &slots.main
    }

    fn bind(databases: &Databases) -> &Bind<Self> {
        databases.main()
    }
}

impl<S> bindery_runtime::axum::InstalledOn<S> for Main where Installed: FromRef<S> {}

pub(super) type Session = bindery_runtime::Session<Main>;
