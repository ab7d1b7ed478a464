//! Expectations that are files: compared, or written when `BINDERY_ACCEPT=1`.

use std::{env, fs, path::Path};

/// The top folder of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares `actual` with a file of the project.
pub(crate) fn expect(path: &str, actual: &str) {
    let file = root().join(path);
    if env::var_os("BINDERY_ACCEPT").is_some() {
        fs::write(&file, actual).unwrap_or_else(|error| panic!("cannot write {path}: {error}"));
        return;
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        expected == actual,
        "{path} is not as expected; it would be:\n\n{actual}\nRun the test with BINDERY_ACCEPT=1 to take it over."
    );
}
