//! What becomes of URLs and passwords: those of the environment are in nothing that is written or said,
//! and those that somebody wrote into the TOML, which is warned of, are where they have to be.

use std::fs;

use crate::scratch::Scratch;

const WRITTEN: &str = "pl4nted-in-the-toml";
const OUTSIDE: &str = "pl4nted-outside";

/// A secret in every place that takes one.
fn config(host: &str) -> String {
    format!(
        r#"
[bind.main]
backend = "postgres"
url = "postgres://app:{WRITTEN}@{host}/app"
[bind.other]
backend = "mysql"
url = {{ env = "PL4NTED_URL", file_env = "PL4NTED_URL_FILE" }}
password = {{ env = "PL4NTED_PASSWORD", default = "{WRITTEN}" }}
[bind.more]
backend = "postgres"
url = {{ env = "PL4NTED_URL", default = "postgres://app@{host}/x?password={WRITTEN}" }}
password = {{ file_env = "PL4NTED_PASSWORD_FILE" }}
[bind.lite]
backend = "sqlite"
url = {{ env = "PL4NTED_URL" }}
[bind.lite.model.Note.columns]
id = {{ type = "i64", primary_key = true, generated = true }}
"#
    )
}

/// The variables that the TOML names, as they are when the program is built.
fn variables(scratch: &Scratch) -> Vec<(&'static str, String)> {
    scratch.put("secret", OUTSIDE);
    let file = scratch.join("secret").display().to_string();
    vec![
        ("PL4NTED_URL", format!("postgres://app:{OUTSIDE}@h/x")),
        ("PL4NTED_PASSWORD", OUTSIDE.to_owned()),
        ("PL4NTED_URL_FILE", file.clone()),
        ("PL4NTED_PASSWORD_FILE", file),
    ]
}

#[test]
fn no_secret_is_written_or_said_but_the_default_that_was_asked_for() {
    let scratch = Scratch::with(&config("one"));
    let variables = variables(&scratch);
    let mut said = Vec::new();
    let mut run = |arguments: &[&str], code: i32| {
        let run = scratch.bindery_with(arguments, &variables).exits(code);
        said.push(format!("{arguments:?}: {}{}", run.stdout, run.stderr));
    };
    run(&["generate"], 0);
    run(&["check"], 0);
    run(&["ddl"], 0);
    run(&["schema"], 0);
    scratch.put("bindings.toml", &config("two"));
    run(&["check"], 1);
    scratch.edit("src/db/other.rs", WRITTEN, "pl4nted-by-hand");
    run(&["check"], 1);
    scratch.put("bindings.toml", &format!("{}[bind.main]\n", config("two")));
    for format in ["human", "short", "json"] {
        run(&["check", "--message-format", format], 2);
    }
    for text in &said {
        for secret in [WRITTEN, OUTSIDE, "pl4nted-by-hand"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    assert!(said[4].contains("@two/app"), "the rest of a difference is shown: {}", said[4]);
    assert!(said[0].contains("B0020"), "what is written there is warned of: {}", said[0]);

    scratch.put("bindings.toml", &config("one"));
    scratch.bindery_with(["generate"], &variables).exits(0);
    let mut defaults = 0;
    for name in files(&scratch, "src/db") {
        let text = scratch.get(&name);
        assert!(!text.contains(OUTSIDE), "{name}: {text}");
        for line in text.lines().filter(|line| line.contains(WRITTEN)) {
            assert!(line.trim_start().starts_with(".default(\""), "{name}: {line}");
            defaults += 1;
        }
    }
    assert_eq!(defaults, 3, "each of them once");
}

/// Every file below a folder.
fn files(scratch: &Scratch, folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(scratch.join(folder)).into_iter().flatten().flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files(scratch, &path));
        } else {
            found.push(path);
        }
    }
    found
}
