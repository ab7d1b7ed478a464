//! Generates the modules that the session variants use: one bind and three binds, on each backend.

use std::path::Path;

fn main() {
    let out = std::env::var_os("OUT_DIR").expect("cargo sets it");
    for name in ["one_sqlite", "one_postgres", "three_sqlite", "three_postgres"] {
        bindery::Builder::new(format!("bindings/{name}.toml"))
            .out_dir(Path::new(&out).join(name))
            .build();
    }
}
