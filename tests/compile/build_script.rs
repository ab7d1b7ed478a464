//! A project with a build script: what it includes, when it runs again, and how it fails.

use std::{error::Error, fs};

use crate::project::{Project, ROOT, RUNTIME, succeeded};

const TOML: &str = "[bind.main]\nbackend = \"sqlite\"\nurl = { env = \"MAIN_URL\" }\n";

fn project(name: &str) -> Result<Project, Box<dyn Error>> {
    let project = Project::new(name)?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\naxum = {{ version = \"0.8\", default-features = false }}\n\
         bindery-runtime = {{ path = {RUNTIME:?}, features = [\"axum\", \"sqlite\"] }}\n\n\
         [build-dependencies]\nbindery = {{ path = {ROOT:?}, default-features = false }}\n",
    );
    project.put("Cargo.toml", &manifest)?;
    project.put("build.rs", "fn main() {\n    bindery::build(\"bindings.toml\");\n}\n")?;
    let program = "mod db {\n    bindery_runtime::include_bindings!();\n}\n\n\
        fn main() {\n    let _builder = db::Databases::builder();\n    println!(\"{}\", KEY);\n}\n\n\
        const KEY: &str = <db::main::Main as bindery_runtime::Binding>::KEY;\n";
    project.put("src/main.rs", program)?;
    Ok(project)
}

#[test]
fn the_script_runs_again_only_when_the_toml_changed() -> Result<(), Box<dyn Error>> {
    let project = project("included")?;
    project.put("bindings.toml", TOML)?;
    succeeded(&project.cargo(&["build", "--quiet"])?)?;

    let again = project.cargo(&["build", "--verbose"])?;
    let said = String::from_utf8_lossy(&again.stderr);
    assert!(said.contains("Fresh included"), "{said}");
    // A variable that the program reads when it runs is none of the build's.
    let other =
        project.cargo(&["--config", "env.MAIN_URL='sqlite://a.db'", "build", "--verbose"])?;
    let said = String::from_utf8_lossy(&other.stderr);
    assert!(said.contains("Fresh included"), "{said}");

    project.put("bindings.toml", &TOML.replace("MAIN_URL", "OTHER_URL"))?;
    let changed = project.cargo(&["build", "--verbose"])?;
    let said = String::from_utf8_lossy(&changed.stderr);
    assert!(said.contains("Dirty included"), "{said}");
    Ok(())
}

#[test]
fn a_mistake_fails_the_build_with_our_text_alone() -> Result<(), Box<dyn Error>> {
    let project = project("mistaken")?;
    project.put("bindings.toml", &TOML.replace("sqlite", "oracle"))?;
    let output = project.cargo(&["check"])?;
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("error: mistaken@0.0.0: error[B0008]"), "{said}");
    assert!(said.contains("bindings.toml:2:"), "{said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");

    fs::remove_file(project.join("bindings.toml"))?;
    let output = project.cargo(&["check"])?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("error[B0001]"), "{said}");

    // The mistake is corrected, and that is noticed.
    project.put("bindings.toml", TOML)?;
    succeeded(&project.cargo(&["check", "--quiet"])?)
}
