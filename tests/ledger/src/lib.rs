//! A ledger over two databases at a time, as the generator writes their binds; `tests` runs it until
//! something breaks.

/// What `bindings.toml` declares.
pub mod db {
    bindery_runtime::include_bindings!();
}
