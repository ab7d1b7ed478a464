//! Thousands of requests move money between two databases while everything goes wrong that can: what
//! was answered, reported and stored has to fit to the last row.
//!
//! `BINDERY_SEED` repeats the faults of a run, `BINDERY_LEDGER_REQUESTS` says how many requests each
//! pair of databases gets.

mod audit;
mod book;
mod engine;
mod faults;
mod logs;
mod mixed;
mod mysql;
mod plan;
mod postgres;
mod run;
mod service;
mod sqlite;
#[path = "../support/mod.rs"]
mod support;
