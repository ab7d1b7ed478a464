//! Bindery.
fn main() {}
