//! Each folder in `golden/` is a `bindings.toml` and the files that it becomes.
//!
//! `BINDERY_ACCEPT=1 cargo test -p bindery` writes the files anew; read the diff afterwards.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use bindery::{load::load, output::Tree, output::output, render::render, source::Source, write};
use similar::TextDiff;

/// The cases: name and folder.
pub(crate) fn cases() -> Vec<(String, PathBuf)> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/back/golden");
    let entries = fs::read_dir(&all).into_iter().flatten().flatten();
    let mut cases: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "{} is empty", all.display());
    cases
}

/// The files that a TOML becomes.
#[track_caller]
pub(crate) fn tree(text: &str) -> Tree {
    let source = Source::new("bindings.toml", text);
    let (model, diagnostics) = load(&source);
    match model {
        Some(model) => output(&model, render(&model), &BTreeMap::new()),
        None => panic!("{}", diagnostics.human(&source, false)),
    }
}

#[test]
fn every_tree_is_as_accepted() -> Result<(), Box<dyn std::error::Error>> {
    let accept = env::var_os("BINDERY_ACCEPT").is_some_and(|value| value == "1");
    let mut failures = String::new();
    for (name, dir) in cases() {
        let expected = tree(&fs::read_to_string(dir.join("bindings.toml"))?);
        let dir = dir.join("db");
        if accept {
            write::write(&expected, &dir, &write::read(&dir)?)?;
            // Layout counts here, which `write` rightly does not care about.
            for (path, text) in expected.iter() {
                fs::write(dir.join(path), text)?;
            }
        }
        let disk = write::read(&dir)?;
        let paths = expected.iter().map(|(path, _)| path).chain(disk.keys().map(|path| &**path));
        for path in paths.collect::<std::collections::BTreeSet<_>>() {
            let accepted = disk.get(path).map_or("", |text| text);
            let generated = expected.get(path).unwrap_or_default();
            if accepted != generated {
                let diff = TextDiff::from_lines(accepted, generated);
                failures += &diff
                    .unified_diff()
                    .header("accepted", &format!("{name}/db/{path}"))
                    .to_string();
            }
        }
    }
    assert!(failures.is_empty(), "{failures}\nBINDERY_ACCEPT=1 accepts these trees");
    Ok(())
}
