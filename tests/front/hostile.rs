//! Files that nobody wrote by hand: no panic, and no work that grows out of proportion.

use std::time::{Duration, Instant};

use bindery::{load::load, source::Source};

/// Far beyond what each takes, also on a slow machine and without optimization; a quadratic step
/// over a megabyte takes hours.
const LIMIT: Duration = Duration::from_mins(1);

#[test]
fn work_is_bounded() {
    let big = 1 << 19;
    let repeated =
        |count: usize, text: fn(usize) -> String| (0..count).map(text).collect::<String>();
    let names = repeated(20_000, |at| format!("n{at} = 1\n"));
    let inline = repeated(20_000, |at| format!("n{at} = 1, "));
    let binds = repeated(5000, |at| format!("[bind.b{at}]\nurl = \"postgres://u:p@h\"\n"));
    let again = "backend = \"sqlite\"\n".repeat(5000);
    let files = [
        String::new(),
        "\u{feff}".to_owned(),
        "\0".repeat(1000),
        "\r".repeat(1000),
        "[".repeat(big),
        "{".repeat(big),
        format!("a = {}", "[".repeat(big)),
        format!("a = {}", "{a=".repeat(big / 3)),
        "a.".repeat(big / 2),
        format!("[bind.{}]\n", "x".repeat(big)),
        format!("[bind.main]\nbackend = \"{}\"\n", "sqlite".repeat(big / 6)),
        format!("[bind.main]\nbackend = \"sqlite\"\nurl = \"sqlite:{}", "é".repeat(big / 2)),
        format!("[bind.main]\nbackend = \"sqlite\"\npool = {{ {inline} }}\n"),
        format!("[bind.main]\nbackend = \"sqlite\"\n{names}"),
        names,
        binds,
        format!("[bind.main]\n{again}"),
        "[bind.main]\n".repeat(2000),
        "= \n".repeat(big / 8),
        "\"".repeat(big / 4),
        "://a:b@".repeat(big / 8),
    ];
    for text in files {
        let start = Instant::now();
        let head: String = text.chars().take(20).collect();
        let source = Source::new("bindings.toml", text);
        let (model, diagnostics) = load(&source);
        assert!(model.is_none() && diagnostics.errors() > 0, "{head:?}");
        let human = diagnostics.human(&source, true);
        assert!(human.len() < 1 << 20, "{head:?}: {} bytes", human.len());
        let _ = (diagnostics.short(&source), diagnostics.json(&source));
        assert!(start.elapsed() < LIMIT, "{head:?} took {:?}", start.elapsed());
    }
}

#[test]
fn every_prefix_of_a_file_is_read() {
    let text = bindery::example::example();
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)).step_by(7) {
        let source = Source::new("bindings.toml", &text[..end]);
        let (_, diagnostics) = load(&source);
        let _ = diagnostics.human(&source, false);
    }
}

#[test]
fn every_changed_byte_is_read() {
    let text = bindery::example::example();
    for (at, letter) in ['"', '[', ']', '=', '{', '\n', '.', 'ß', '\u{0}']
        .into_iter()
        .cycle()
        .enumerate()
        .step_by(5)
    {
        let Some((start, old)) = text.char_indices().nth(at) else { break };
        let changed =
            [&text[..start], &letter.to_string(), &text[start + old.len_utf8()..]].concat();
        let source = Source::new("bindings.toml", changed);
        let (_, diagnostics) = load(&source);
        let _ = (diagnostics.human(&source, false), diagnostics.json(&source));
    }
}
