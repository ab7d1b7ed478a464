//! The same declared models on every backend, as the generator writes them; `tests` runs them.

/// What `bindings.toml` declares.
pub mod db {
    bindery_runtime::include_bindings!();
}
