//! What the generator writes for two binds of the same database, shortened.

use std::sync::Arc;

use bindery_runtime::{
    AnyBind, AnySlot, Bind, BindBuilder, Binding, Connect, Registry, ScopeKey, Slot, Start,
};

use super::backend::{Defaults, Driver, LENIENT, Settings, Transaction};

#[derive(Clone, Debug)]
pub(crate) struct Databases {
    binds: Arc<Binds>,
}

#[derive(Debug)]
struct Binds {
    main: Bind<Main>,
    lenient: Bind<Lenient>,
}

impl Databases {
    pub(crate) async fn connect(url: &str, settings: &Settings) -> Self {
        let mut start = Start::default();
        let main = start.bind(builder(url, settings)).await;
        let lenient = start.bind(builder(url, settings)).await;
        match (main, lenient) {
            (Some(main), Some(lenient)) => Self { binds: Arc::new(Binds { main, lenient }) },
            _ => panic!("{}", start.into_error()),
        }
    }

    pub(crate) fn main(&self) -> &Bind<Main> {
        &self.binds.main
    }
}

fn builder<B: Binding<Database = Driver>>(url: &str, settings: &Settings) -> BindBuilder<B> {
    let mut builder = BindBuilder::default();
    builder.target(url.into());
    builder.settings(settings.clone());
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

    fn binds(&self) -> Vec<&dyn AnyBind> {
        vec![&self.binds.main, &self.binds.lenient]
    }
}

bindery_runtime::scope_key! {
    static SCOPE: Databases;
}

#[derive(Debug, Default)]
pub(crate) struct Slots {
    main: Slot<Main>,
    lenient: Slot<Lenient>,
}

impl bindery_runtime::Slots for Slots {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnySlot)) {
        visit(&self.main);
        visit(&self.lenient);
    }
}

macro_rules! bind {
    ($key:ident, $name:ident, $transaction:expr) => {
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum $key {}

        impl Binding for $key {
            type Database = Driver;
            type Registry = Databases;

            const KEY: &'static str = stringify!($name);
            const CONNECT: Connect = Connect::Lazy;
            const TRANSACTION: Transaction = $transaction;
            const DEFAULTS: Defaults = Defaults::NONE;

            fn slot(slots: &Slots) -> &Slot<Self> {
                &slots.$name
            }

            fn bind(databases: &Databases) -> &Bind<Self> {
                &databases.binds.$name
            }
        }
    };
}

bind!(Main, main, Transaction::DEFAULT);
bind!(Lenient, lenient, LENIENT);
