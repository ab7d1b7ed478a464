//! The TOML front end and the code that it leads to, with texts of libFuzzer.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/front/fuzz/check.rs"]
mod check;

fuzz_target!(|text: &str| {
    let outcome = check::check(text);
    assert!(outcome.is_model || !outcome.codes.is_empty());
});
