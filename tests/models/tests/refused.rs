//! What the compiler refuses of generated models, and its words, in `ui/*.stderr`.
//! `TRYBUILD=overwrite` accepts new words.
//!
//! They change from one compiler to the next, so they are pinned to one version; with any other
//! this test says so and does nothing.

use std::env;
use std::process::Command;

const PINNED: &str = "1.95";

#[test]
fn what_the_compiler_refuses() {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc can be run");
    let version = String::from_utf8_lossy(&output.stdout);
    if !version.starts_with(&format!("rustc {PINNED}.")) {
        #[expect(clippy::print_stderr, reason = "a test that does nothing must say so")]
        {
            eprintln!("NOT TESTED: the messages are pinned to rustc {PINNED}, this is {version}");
        }
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
