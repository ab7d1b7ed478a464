fn main() {
    bindery::build("bindings.toml");
}
