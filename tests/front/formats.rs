//! Ten mistakes in one file, in every format.

use bindery::{
    diagnostics::{Code, Diagnostic},
    load::load,
    source::Source,
};
use serde_json::Value;

const TEN: &str = "\
[output]
dir = \"/srv/db\"

[bind.main]
backend = \"sqlite\"
url = \"postgres://localhost/main\"
middelware = true

[bind.main.pool]
acquire_timeout = \"5 seconds\"
max_connections = 0

[bind.Main]
backend = \"postgress\"

[bind.1st]
backend = \"mysql\"
connect = \"later\"

[bind.reports]
backend = \"postgres\"
password = { env = \"$ö\" }

[bind.reports.options]
journal_mode = \"wal\"
";

/// What is wrong, and where: line and column as an editor counts them.
const PLACES: [(Code, u64, u64); 10] = [
    (Code::OutputFolder, 2, 7),
    (Code::UrlScheme, 6, 7),
    (Code::UnknownName, 7, 1),
    (Code::BadDuration, 10, 19),
    (Code::OutOfRange, 11, 19),
    (Code::KeyClash, 13, 7),
    (Code::UnknownBackend, 14, 11),
    (Code::UnusableKey, 16, 7),
    (Code::UnknownChoice, 18, 11),
    (Code::BadVariableName, 22, 20),
];

#[test]
fn ten_mistakes_are_ten_diagnostics_in_one_run() {
    let source = Source::new("bindings.toml", TEN);
    let (model, diagnostics) = load(&source);
    assert!(model.is_none());
    let found: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| {
            let place = source.position(diagnostic.span().expect("a place").start);
            (diagnostic.code(), place.line as u64, place.column as u64)
        })
        .collect();
    let all = [&PLACES[..], &[(Code::OtherBackend, 25, 1)]].concat();
    assert_eq!(found, all);
    assert_eq!(diagnostics.summary().as_deref(), Some("11 errors"));
}

#[test]
fn json_is_one_object_a_line_with_the_same_places() {
    let source = Source::new("config/bindings.toml", TEN);
    let (_, diagnostics) = load(&source);
    let text = diagnostics.json(&source);
    let objects: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect();
    for (object, (code, line, column)) in objects.iter().zip(PLACES) {
        assert_eq!(object["code"], code.id());
        assert_eq!(object["severity"], "error");
        assert_eq!(object["file"], "config/bindings.toml");
        assert_eq!(
            (object["line"].as_u64(), object["column"].as_u64()),
            (Some(line), Some(column))
        );
        assert!(object["message"].is_string() && object["end_column"].is_u64());
    }
    let clash = &objects[5]["also"][0];
    assert_eq!((clash["line"].as_u64(), clash["column"].as_u64()), (Some(4), Some(7)));
}

#[test]
fn short_is_one_line_each() {
    let source = Source::new("bindings.toml", TEN);
    let (_, diagnostics) = load(&source);
    let text = diagnostics.short(&source);
    assert_eq!(text.lines().count(), 11);
    let first = "bindings.toml:2:7: error[B0026]: `dir` is an absolute path";
    assert_eq!(text.lines().next(), Some(first));
}

#[test]
fn color_changes_nothing_but_the_color() {
    let source = Source::new("bindings.toml", TEN);
    let (_, diagnostics) = load(&source);
    let (plain, styled) = (diagnostics.human(&source, false), diagnostics.human(&source, true));
    assert!(!plain.contains('\u{1b}') && styled.contains("\u{1b}["));
}

#[test]
fn passwords_are_never_shown() {
    let secrets = "\
[bind.a]
backend = \"postgres\"
url = \"postgres://app:geheim@localhost/app\"
password = { env = \"1\", default = \"geheim\" }
[bind.b]
backend = \"sqlite\"
url = \"postgres://app:geheim@localhost/app
password = geheim
password = 'geheim'
";
    let source = Source::new("bindings.toml", secrets);
    let (_, diagnostics) = load(&source);
    assert!(diagnostics.errors() >= 3);
    for text in
        [diagnostics.human(&source, false), diagnostics.short(&source), diagnostics.json(&source)]
    {
        assert!(!text.contains("geheim"), "{text}");
    }
}

#[test]
fn a_broken_line_is_reported_once() {
    let source = Source::new(
        "bindings.toml",
        "[bind.main]\nbackend = sqlite\n[bind.other]\nbackend = \"x\"\n",
    );
    let (_, diagnostics) = load(&source);
    let codes: Vec<Code> = diagnostics.iter().map(Diagnostic::code).collect();
    assert_eq!(codes, [Code::Syntax, Code::UnknownBackend]);
}

#[test]
fn text_of_the_file_cannot_break_a_report() {
    let source =
        Source::new("bindings.toml", "[bind.\"a\\nb\\u001b[31m\"]\nbackend = \"sqlite\"\n");
    let (_, diagnostics) = load(&source);
    assert_eq!(diagnostics.short(&source).lines().count(), 1);
    assert!(!diagnostics.human(&source, false).contains('\u{1b}'));
}
