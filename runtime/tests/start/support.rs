//! What generated code would be: sets of one bind, with the settings that a test is about.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The URL of a server of the tests.
pub(crate) fn server(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests with `cargo xtask test`"))
}

/// A port on which nobody answers.
pub(crate) fn dead_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// A folder that is removed in the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("bindery-start-{}-{next}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("sqlite://{}/{name}", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A set of one bind whose key is the name of the module.
macro_rules! databases {
    ($(mod $module:ident: $backend:ident::$database:ident, $connect:ident, required: $required:literal, $defaults:expr;)+) => {$(
        mod $module {
            use std::sync::Arc;

            use bindery_runtime::$backend::{Defaults, Transaction};
            use bindery_runtime::{
                AnyBind, AnySlot, Bind, BindBuilder, Binding, Connect, Registry, ScopeKey, Slot,
                Start, StartError,
            };
            #[allow(unused_imports, reason = "only some defaults name them")]
            use bindery_runtime::Value;

            #[derive(Clone, Copy, Debug)]
            pub(crate) enum Key {}

            impl Binding for Key {
                type Database = bindery_runtime::sqlx::$database;
                type Registry = Databases;

                const KEY: &'static str = stringify!($module);
                const CONNECT: Connect = Connect::$connect;
                const REQUIRED: bool = $required;
                const TRANSACTION: Transaction = Transaction::DEFAULT;
                const DEFAULTS: Defaults = $defaults;

                fn slot(slots: &Slots) -> &Slot<Self> {
                    &slots.0
                }

                fn bind(databases: &Databases) -> &Bind<Self> {
                    &databases.0
                }
            }

            #[derive(Clone, Debug)]
            pub(crate) struct Databases(Arc<Bind<Key>>);

            #[allow(dead_code, reason = "not every test needs all of what is generated")]
            impl Databases {
                pub(crate) fn bind(&self) -> &Bind<Key> {
                    &self.0
                }

                /// As the generated `connect`.
                pub(crate) async fn start(
                    set: impl FnOnce(&mut BindBuilder<Key>),
                ) -> Result<Self, StartError> {
                    let mut builder = BindBuilder::default();
                    set(&mut builder);
                    let mut start = Start::default();
                    match start.bind(builder).await {
                        Some(bind) => Ok(Self(Arc::new(bind))),
                        None => Err(start.into_error()),
                    }
                }
            }

            impl Registry for Databases {
                type Slots = Slots;

                fn scope_key() -> &'static ScopeKey<Self> {
                    &SCOPE
                }

                fn is_same(&self, other: &Self) -> bool {
                    Arc::ptr_eq(&self.0, &other.0)
                }

                fn in_test_scope(&self) -> Self {
                    Self(Arc::new(self.0.in_test_scope()))
                }

    async fn with_test_databases(&self, maker: &mut bindery_runtime::DatabaseMaker) -> Result<Self, bindery_runtime::Error> {
        Ok(Self(Arc::new(maker.bind(&self.0).await?)))
                }

                fn binds(&self) -> Vec<&dyn AnyBind> {
                    vec![&*self.0]
                }
            }

            bindery_runtime::scope_key! {
                static SCOPE: Databases;
            }

            #[derive(Debug, Default)]
            pub(crate) struct Slots(Slot<Key>);

            impl bindery_runtime::Slots for Slots {
                fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn AnySlot)) {
                    visit(&self.0);
                }
            }
        }
    )+};
}
pub(crate) use databases;
