//! Two binds on each backend, as the generator writes them; `tests` makes everything go wrong on them.

/// What `bindings.toml` declares.
pub mod db {
    bindery_runtime::include_bindings!();
}
