//! What the real rustfmt does to generated code, and what `check` says to it afterwards.

use std::{
    error::Error,
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use bindery::{check::compare, write};

use crate::{
    golden::{cases, tree},
    scratch::Scratch,
};

fn rustfmt(config: &str, check: bool, paths: &[PathBuf]) -> std::io::Result<Output> {
    Command::new("rustfmt")
        .args(["--config", config])
        .args(check.then_some("--check"))
        .args(paths)
        .output()
}

/// `mod db;` needs no attribute in the project that has the code in its tree.
#[test]
fn formatting_a_project_leaves_generated_files_alone() -> Result<(), Box<dyn Error>> {
    for (name, dir) in cases() {
        let project = Scratch::new();
        project.put("lib.rs", "mod db;\n");
        let db = project.join("db");
        let expected = tree(&fs::read_to_string(dir.join("bindings.toml"))?);
        write::write(&expected, &db, &write::read(&db)?)?;
        for edition in ["2021", "2024"] {
            let output = rustfmt(&format!("edition={edition}"), true, &[project.join("lib.rs")])?;
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{name}, edition {edition}:\n{said}");
        }
    }
    Ok(())
}

/// An editor formats the one file that is open.
#[test]
fn a_file_that_was_formatted_by_itself_is_up_to_date() -> Result<(), Box<dyn Error>> {
    let mut formatted = 0;
    for (name, dir) in cases() {
        let expected = tree(&fs::read_to_string(dir.join("bindings.toml"))?);
        for config in ["edition=2021", "edition=2024,max_width=60,use_small_heuristics=Max"] {
            let project = Scratch::new();
            let db = project.join("db");
            write::write(&expected, &db, &write::read(&db)?)?;
            // `mod.rs` leads to the others, and says that they are to be skipped.
            let paths: Vec<_> =
                expected.iter().map(|(path, _)| path).filter(|path| *path != "mod.rs").collect();
            let output = rustfmt(
                config,
                false,
                &paths.iter().map(|path| db.join(path)).collect::<Vec<_>>(),
            )?;
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            let disk = write::read(&db)?;
            formatted += paths
                .iter()
                .filter(|path| disk.get(**path).map(|text| &**text) != expected.get(path))
                .count();
            let differing: Vec<_> = compare(&expected, &disk).iter().map(|it| it.path).collect();
            assert_eq!(differing, [""; 0], "{name} with {config}");
            assert_eq!(
                write::write(&expected, &db, &disk)?.written,
                [""; 0],
                "{name} with {config}"
            );
        }
    }
    assert!(formatted > 0, "rustfmt changed nothing, so nothing was tested");
    Ok(())
}
