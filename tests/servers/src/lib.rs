//! Private database servers that tests may do anything to: found or installed, started on a free port of
//! 127.0.0.1, killed, stopped, and started again on the same port and data.
//!
//! `cargo xtask` keeps one of each up for all tests; a test that has to kill a server starts one of its own.
//! Linux only: privileges are dropped with `setpriv`.

#![allow(clippy::print_stderr, reason = "whoever waits for a server wants to know what for")]

mod account;
pub mod install;
pub mod interrupt;
mod mariadb;
mod postgres;
pub mod process;
mod server;

pub use self::account::Lifetime;
pub use self::install::Programs;
pub use self::server::{Home, Server};
