//! Generates the module of `bindings.toml`.

fn main() {
    bindery::build("bindings.toml");
}
