//! What the generator writes for a bind, shortened.

use std::sync::Arc;

use bindery_runtime::{
    AnyBind, AnySlot, Bind, BindBuilder, Binding, Connect, Registry, ScopeKey, Slot, Start,
};

use super::backend::{Defaults, Driver, Settings, Transaction};

#[derive(Clone, Debug)]
pub(crate) struct Databases {
    binds: Arc<Binds>,
}

#[derive(Debug)]
struct Binds {
    main: Bind<Main>,
}

impl Databases {
    pub(crate) async fn connect(url: &str, settings: &Settings) -> Self {
        let mut start = Start::default();
        let mut builder = BindBuilder::default();
        builder.target(url.into());
        builder.settings(settings.clone());
        match start.bind(builder).await {
            Some(main) => Self { binds: Arc::new(Binds { main }) },
            None => panic!("{}", start.into_error()),
        }
    }

    pub(crate) fn main(&self) -> &Bind<Main> {
        &self.binds.main
    }
}

impl Registry for Databases {
    type Slots = Slots;

    fn scope_key() -> &'static ScopeKey<Self> {
        &SCOPE
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.binds, &other.binds)
    }

    fn binds(&self) -> Vec<&dyn AnyBind> {
        vec![&self.binds.main]
    }
}

bindery_runtime::scope_key! {
    static SCOPE: Databases;
}

#[derive(Debug, Default)]
pub(crate) struct Slots {
    main: Slot<Main>,
}

impl bindery_runtime::Slots for Slots {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnySlot)) {
        visit(&self.main);
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Main {}

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
