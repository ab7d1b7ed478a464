//! Each code has a `.toml` and what is said about it, and its explanation holds.

use std::{fs, path::Path};

use bindery::{
    diagnostics::{Code, Diagnostic},
    load::load,
    source::Source,
};

use crate::expect::{expect, root};

const FOLDER: &str = "tests/front/diagnostics";

#[test]
fn every_pair_matches() {
    let mut cases: Vec<String> = fs::read_dir(root().join(FOLDER))
        .expect("the folder of cases")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(".toml")?.to_owned()))
        .collect();
    cases.sort();
    for case in &cases {
        let file = root().join(FOLDER).join(format!("{case}.toml"));
        let source = Source::new(format!("{case}.toml"), fs::read_to_string(file).expect("a case"));
        check(case, &source);
    }
    for code in Code::ALL.iter().filter(|code| **code != Code::Unreadable) {
        let id = code.id();
        assert!(cases.iter().any(|case| case.starts_with(id)), "{id} has no case in {FOLDER}");
    }
}

#[test]
fn a_missing_file_is_a_diagnostic() {
    check("B0001", &Source::read(Path::new("does/not/exist.toml")));
}

fn check(case: &str, source: &Source) {
    let (model, diagnostics) = load(source);
    let id = case.split('-').next().unwrap_or(case);
    assert!(diagnostics.iter().any(|it| it.code().id() == id), "{case} does not give {id}");
    assert_eq!(model.is_none(), diagnostics.errors() > 0, "{case}: errors and a model");
    expect(&format!("{FOLDER}/{case}.stderr"), &diagnostics.human(source, false));
}

#[test]
fn the_list_of_codes() {
    let line =
        |code: &Code| format!("{} {:7} {}\n", code.id(), code.severity().word(), code.title());
    expect("tests/front/codes.txt", &Code::ALL.iter().map(line).collect::<String>());
}

#[test]
fn examples_of_explanations_are_true() {
    for code in Code::ALL {
        let text = code.explain();
        if *code != Code::Unreadable {
            let wrong =
                example(&text, "## Wrong").unwrap_or_else(|| panic!("{code} has no wrong example"));
            let codes = codes(wrong);
            assert!(
                !codes.is_empty() && codes.iter().all(|found| found == code),
                "{code}, wrong: {codes:?}"
            );
        }
        let right =
            example(&text, "## Right").unwrap_or_else(|| panic!("{code} has no right example"));
        assert_eq!(codes(right), [], "{code}, right");
    }
}

fn example<'a>(text: &'a str, heading: &str) -> Option<&'a str> {
    let (_, section) = text.split_once(heading)?;
    let (_, block) = section.split_once("```toml\n")?;
    Some(block.split_once("```")?.0)
}

fn codes(text: &str) -> Vec<Code> {
    let (_, diagnostics) = load(&Source::new("bindings.toml", text));
    diagnostics.iter().map(Diagnostic::code).collect()
}
