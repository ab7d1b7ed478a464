//! What the generator writes for four binds, shortened. All of them are the same kind of database.

use std::sync::Arc;

use bindery_runtime::{
    AnyBind, AnySlot, Bind, BindBuilder, Binding, Connect, Events, Hooks, Observer, Registry,
    ScopeKey, Slot, Start, Target,
};

use super::backend::{Defaults, Driver, LENIENT, STRICT, Settings, Transaction};

#[derive(Clone, Debug)]
pub(in super::super) struct Databases {
    binds: Arc<Binds>,
}

#[derive(Debug)]
struct Binds {
    main: Bind<Main>,
    other: Bind<Other>,
    strict: Bind<Strict>,
    lenient: Bind<Lenient>,
}

impl Databases {
    pub(in super::super) async fn connect(url: &str, settings: &Settings) -> Self {
        Self::connect_to(url.into(), url, settings).await
    }

    /// As `connect`, with a target of its own for `main`.
    pub(in super::super) async fn connect_to(
        main: Target<Main>,
        url: &str,
        settings: &Settings,
    ) -> Self {
        Self::start(builder(main, settings), url, settings).await
    }

    /// As `connect`, with hooks on `main` and on `other`.
    pub(in super::super) async fn connect_hooked(
        hooks: impl Hooks<Main> + Hooks<Other> + Clone,
        url: &str,
        settings: &Settings,
    ) -> Self {
        let mut main = builder(url.into(), settings);
        main.hooks(hooks.clone());
        let mut other = builder(url.into(), settings);
        other.hooks(hooks);
        Self::start_both(main, other, url, settings).await
    }

    /// As `connect`, with an observer of every bind.
    pub(in super::super) async fn connect_observed(
        observer: impl Observer,
        main: &str,
        url: &str,
        settings: &Settings,
    ) -> Self {
        let start = Start::observed(Events::to(observer));
        let (main, other) = (builder(main.into(), settings), builder(url.into(), settings));
        Self::start_with(start, main, other, url, settings).await
    }

    async fn start(main: BindBuilder<Main>, url: &str, settings: &Settings) -> Self {
        Self::start_both(main, builder(url.into(), settings), url, settings).await
    }

    async fn start_both(
        main: BindBuilder<Main>,
        other: BindBuilder<Other>,
        url: &str,
        settings: &Settings,
    ) -> Self {
        Self::start_with(Start::default(), main, other, url, settings).await
    }

    async fn start_with(
        mut start: Start,
        main: BindBuilder<Main>,
        other: BindBuilder<Other>,
        url: &str,
        settings: &Settings,
    ) -> Self {
        let main = start.bind(main).await;
        let other = start.bind(other).await;
        let strict = start.bind(builder(url.into(), settings)).await;
        let lenient = start.bind(builder(url.into(), settings)).await;
        match (main, other, strict, lenient) {
            (Some(main), Some(other), Some(strict), Some(lenient)) => {
                Self { binds: Arc::new(Binds { main, other, strict, lenient }) }
            }
            _ => panic!("{}", start.into_error()),
        }
    }

    pub(in super::super) fn main(&self) -> &Bind<Main> {
        &self.binds.main
    }

    pub(in super::super) fn other(&self) -> &Bind<Other> {
        &self.binds.other
    }

    pub(in super::super) fn strict(&self) -> &Bind<Strict> {
        &self.binds.strict
    }

    pub(in super::super) fn lenient(&self) -> &Bind<Lenient> {
        &self.binds.lenient
    }
}

fn builder<B: Binding<Database = Driver>>(
    target: Target<B>,
    settings: &Settings,
) -> BindBuilder<B> {
    let mut builder = BindBuilder::default();
    builder.target(target);
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

    fn in_test_scope(&self) -> Self {
        let main = self.binds.main.in_test_scope();
        let other = self.binds.other.in_test_scope();
        let strict = self.binds.strict.in_test_scope();
        let lenient = self.binds.lenient.in_test_scope();
        Self { binds: Arc::new(Binds { main, other, strict, lenient }) }
    }

    async fn with_test_databases(
        &self,
        maker: &mut bindery_runtime::DatabaseMaker,
    ) -> Result<Self, bindery_runtime::Error> {
        let main = maker.bind(&self.binds.main).await?;
        let other = maker.bind(&self.binds.other).await?;
        let strict = maker.bind(&self.binds.strict).await?;
        let lenient = maker.bind(&self.binds.lenient).await?;
        Ok(Self { binds: Arc::new(Binds { main, other, strict, lenient }) })
    }

    fn binds(&self) -> Vec<&dyn AnyBind> {
        vec![&self.binds.main, &self.binds.other, &self.binds.strict, &self.binds.lenient]
    }
}

bindery_runtime::scope_key! {
    static SCOPE: Databases;
}

#[derive(Debug, Default)]
pub(in super::super) struct Slots {
    main: Slot<Main>,
    other: Slot<Other>,
    strict: Slot<Strict>,
    lenient: Slot<Lenient>,
}

impl bindery_runtime::Slots for Slots {
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnySlot)) {
        visit(&self.main);
        visit(&self.other);
        visit(&self.strict);
        visit(&self.lenient);
    }
}

macro_rules! bind {
    ($key:ident, $name:ident, $transaction:expr) => {
        #[derive(Clone, Copy, Debug)]
        pub(in super::super) enum $key {}

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
                databases.$name()
            }
        }
    };
}

bind!(Main, main, Transaction::DEFAULT);
bind!(Other, other, Transaction::DEFAULT);
bind!(Strict, strict, STRICT);
bind!(Lenient, lenient, LENIENT);
