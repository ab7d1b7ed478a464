//! The program, as a person and as a script see it: exit codes, and which stream says what.

use crate::scratch::Scratch;

const GOOD: &str = "[bind.main]\nbackend = \"sqlite\"\nurl = \"sqlite://a.db\"\n";
const TWO: &str = "[bind.main]\nbackend = \"sqlite\"\nurl = \"sqlite://a.db\"\n
[bind.old]\nbackend = \"sqlite\"\nurl = \"sqlite://b.db\"\n";

/// Ten mistakes of ten kinds, one a line.
const TEN: &str = r#"[output]
web = "rocket"
[bind.1st]
backend = "sqlite"
[bind.main]
backend = "oracle"
[bind.notes]
backend = "sqlite"
midleware = true
connect = 1
url = { env = "NOT A NAME" }
[bind.notes.transaction]
isolation = "repeatable read"
deferrable = true
[bind.notes.pool]
acquire_timeout = "5 parsecs"
max_connections = 0
[bind.self]
backend = "sqlite"
"#;

#[test]
fn generate_then_check() {
    let scratch = Scratch::with(GOOD);
    let run = scratch.bindery(["generate"]).exits(0);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr, "src/db: wrote databases.rs, main.rs, mod.rs\n");
    assert_eq!(scratch.list("src/db"), ["databases.rs", "main.rs", "mod.rs"]);

    let run = scratch.bindery(["generate"]).exits(0);
    assert_eq!(run.stderr, "src/db: 3 files up to date\n");
    let run = scratch.bindery(["check"]).exits(0);
    assert_eq!((&*run.stdout, &*run.stderr), ("", "src/db: 3 files up to date\n"));
    let run = scratch.bindery(["--quiet", "check"]).exits(0);
    assert_eq!((&*run.stdout, &*run.stderr), ("", ""));
}

#[test]
fn check_shows_one_changed_line_and_writes_nothing() {
    let scratch = Scratch::with(GOOD);
    scratch.bindery(["generate"]).exits(0);
    scratch.edit("src/db/main.rs", "pub enum Main {}", "pub enum Mine {}");
    let before = scratch.get("src/db/main.rs");

    let run = scratch.bindery(["check"]).exits(1);
    for line in
        ["--- src/db/main.rs", "+++ src/db/main.rs", "-pub enum Mine {}", "+pub enum Main {}"]
    {
        assert!(run.stdout.lines().any(|found| found == line), "{line}\n{}", run.stdout);
    }
    let expected = "src/db/main.rs: out of date\n1 file not up to date: run `bindery generate`\n";
    assert_eq!(run.stderr, expected);
    assert_eq!(scratch.get("src/db/main.rs"), before);

    let run = scratch.bindery(["check", "--quiet", "--color", "always"]).exits(1);
    assert!(run.stdout.contains("\u{1b}[32m+pub enum Main {}\u{1b}[0m\n"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn check_sees_what_is_missing_and_what_is_stale() {
    let scratch = Scratch::with(GOOD);
    let run = scratch.bindery(["check"]).exits(1);
    assert!(run.stdout.contains("--- /dev/null\n+++ src/db/mod.rs\n"), "{}", run.stdout);
    assert_eq!(run.stderr.matches(": missing\n").count(), 3, "{}", run.stderr);
    assert_eq!(scratch.list("."), ["bindings.toml"]);

    scratch.put("bindings.toml", TWO);
    scratch.bindery(["generate"]).exits(0);
    scratch.put("bindings.toml", GOOD);
    let run = scratch.bindery(["check"]).exits(1);
    assert!(run.stdout.contains("--- src/db/old.rs\n+++ /dev/null\n"), "{}", run.stdout);
    assert!(run.stderr.contains("src/db/old.rs: stale\n"), "{}", run.stderr);
    let run = scratch.bindery(["generate"]).exits(0);
    assert_eq!(
        run.stderr,
        "src/db: wrote databases.rs, mod.rs; removed old.rs; 1 file unchanged\n"
    );
    scratch.bindery(["check"]).exits(0);
}

#[test]
fn check_notices_a_comment_that_generating_would_lose() {
    let scratch = Scratch::with(GOOD);
    scratch.bindery(["generate"]).exits(0);
    scratch.edit("src/db/main.rs", "pub enum", "// by hand\npub enum");
    scratch.bindery(["check"]).exits(1);
}

#[test]
fn ten_mistakes_are_reported_at_once_and_nothing_is_written() {
    for command in ["generate", "check"] {
        let scratch = Scratch::with(TEN);
        let run = scratch.bindery([command, "--message-format", "json"]).exits(2);
        assert_eq!(run.stdout, "");
        let lines: Vec<_> = run.stderr.lines().collect();
        assert!(lines.len() >= 10, "{}", run.stderr);
        for line in lines {
            for part in [
                "{\"code\":\"B0",
                "\"severity\":\"error\"",
                "\"file\":\"bindings.toml\"",
                "\"line\":",
                "\"column\":",
            ] {
                assert!(line.contains(part), "{part}: {line}");
            }
        }
        let short = scratch.bindery([command, "--message-format", "short"]).exits(2);
        assert!(short.stderr.starts_with("bindings.toml:2:"), "{}", short.stderr);
        let human = scratch.bindery([command]).exits(2);
        assert!(human.stderr.contains("--> bindings.toml:2:"), "{}", human.stderr);
        assert_eq!(scratch.list("."), ["bindings.toml"]);
    }
}

#[test]
fn a_file_that_is_not_ours_is_kept() {
    let scratch = Scratch::with(GOOD);
    scratch.put("src/db/mod.rs", "pub struct Mine;\n");
    let run = scratch.bindery(["generate"]).exits(2);
    assert!(run.stderr.starts_with("error: will not overwrite `src/db/mod.rs`"), "{}", run.stderr);
    assert!(run.stderr.contains("help: "), "{}", run.stderr);
    assert_eq!(scratch.list("src/db"), ["mod.rs"]);
    let run = scratch.bindery(["generate", "--message-format", "json"]).exits(2);
    assert!(run.stderr.starts_with('{') && run.stderr.ends_with("}\n"), "{}", run.stderr);
    let run = scratch.bindery(["check"]).exits(1);
    assert!(run.stderr.contains("src/db/mod.rs: not written by Bindery"), "{}", run.stderr);
}

#[test]
fn the_folder_is_beside_the_toml_unless_it_is_given() {
    let scratch = Scratch::new();
    scratch.put("deep/db.toml", &format!("[output]\ndir = \"out/db\"\n{GOOD}"));
    let run = scratch.bindery(["generate", "--config", "deep/db.toml"]).exits(0);
    assert!(run.stderr.starts_with("deep/out/db: wrote"), "{}", run.stderr);
    assert!(scratch.get("deep/out/db/mod.rs").contains("from `db.toml`"));

    scratch.bindery(["--config", "deep/db.toml", "generate", "--out-dir", "other"]).exits(0);
    assert_eq!(scratch.list("other"), ["databases.rs", "main.rs", "mod.rs"]);
    scratch.edit("other/mod.rs", "pub mod main;", "pub mod mine;");
    let run = scratch.bindery(["check", "--config", "deep/db.toml", "--out-dir", "other"]).exits(1);
    assert!(
        run.stderr.contains("run `bindery generate --config deep/db.toml --out-dir other`"),
        "{}",
        run.stderr
    );
}

#[test]
fn init_writes_a_start_and_never_again() {
    let scratch = Scratch::new();
    let run = scratch.bindery(["init"]).exits(0);
    assert_eq!(run.stdout, "");
    scratch.bindery(["generate"]).exits(0);
    scratch.bindery(["check"]).exits(0);

    scratch.put("bindings.toml", "mine");
    let run = scratch.bindery(["init"]).exits(2);
    assert!(
        run.stderr.starts_with("error: `bindings.toml` exists and is not overwritten\n"),
        "{}",
        run.stderr
    );
    assert_eq!(scratch.get("bindings.toml"), "mine");

    scratch.bindery(["init", "--config", "other.toml"]).exits(0);
    scratch.bindery(["init", "--config", "missing/other.toml"]).exits(2);
}

#[test]
fn schema_and_explanations_are_data() {
    let scratch = Scratch::new();
    let run = scratch.bindery(["schema"]).exits(0);
    assert!(run.stdout.starts_with("{\n") && run.stdout.ends_with("}\n"), "{}", run.stdout);
    assert_eq!(run.stderr, "");

    let run = scratch.bindery(["explain", "B0012"]).exits(0);
    assert!(run.stdout.starts_with("# B0012"), "{}", run.stdout);
    let run = scratch.bindery(["explain"]).exits(0);
    assert!(run.stdout.contains("B0012  "), "{}", run.stdout);
    let run = scratch.bindery(["explain", "B9999"]).exits(2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.starts_with("error: there is no code `B9999`\n"), "{}", run.stderr);
}

#[test]
fn wrong_usage_is_2_and_help_is_data() {
    let scratch = Scratch::new();
    for arguments in
        [&["generat"][..], &[], &["generate", "--colour", "always"], &["check", "--color", "maybe"]]
    {
        let run = scratch.bindery(arguments).exits(2);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
    let run = scratch.bindery(["--help"]).exits(0);
    assert!(
        run.stdout.contains("Examples:") && run.stdout.contains("Exit codes:"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stderr, "");
    let run = scratch.bindery(["--version"]).exits(0);
    assert_eq!(run.stdout, format!("bindery {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_missing_toml_is_reported() {
    let run = Scratch::new().bindery(["generate"]).exits(2);
    assert!(run.stderr.contains("bindings.toml"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() -> std::io::Result<()> {
    use std::process::{Command, Stdio};

    let scratch = Scratch::with(GOOD);
    for (command, code) in [("schema", 0), ("check", 1)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bindery"))
            .arg(command)
            .current_dir(scratch.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        drop(child.stdout.take());
        let output = child.wait_with_output()?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
    Ok(())
}
