//! A server that belongs to one test, which may end it.

use test_servers::{Home, Lifetime, Programs, Server, install};

/// A private server; it ends with this value, and with the thread that started it.
pub(crate) struct Own {
    // Fields are dropped in this order: the folder goes last.
    pub(crate) server: Server,
    _files: Home,
}

impl Own {
    pub(crate) fn start(start: impl FnOnce(&Home, &Programs) -> Started) -> Self {
        let programs = install::find().expect("`cargo xtask test` installs the servers");
        let files = Home::new(Lifetime::Bound).expect("a folder");
        let server = start(&files, &programs).expect("the server starts");
        Self { server, _files: files }
    }
}

/// What starting a server gives.
pub(crate) type Started = Result<Server, Box<dyn std::error::Error + Send + Sync>>;
