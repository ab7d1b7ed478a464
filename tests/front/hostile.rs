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
        refuse_in_time(text);
    }
}

#[test]
fn work_on_models_is_bounded() {
    let head = "[bind.main]\nbackend = \"mysql\"\n";
    let id = "id = { type = \"i64\", primary_key = true }\n";
    let note = format!("{head}[bind.main.model.Note.columns]\n{id}");
    let columns = |text: &dyn Fn(usize) -> String| {
        let columns: String = (0..10_000).map(text).collect();
        format!("{note}{columns}")
    };
    let models = |columns: &dyn Fn(usize) -> String| {
        let model = |at| format!("[bind.main.model.M{at}]\ncolumns.{id}{}", columns(at));
        head.to_owned() + &(0..6000).map(model).collect::<String>()
    };
    let lists = |text: &dyn Fn(usize) -> String| {
        let lists: Vec<String> = (0..20_000).map(text).collect();
        let lists = lists.join(", ");
        format!("{head}[bind.main.model.Note]\nunique = [{lists}]\nindex = [{lists}]\ncolumns.{id}")
    };
    let words: Vec<String> = (0..50_000).map(|at| format!("\"w-{at}\", \"W{at}\"")).collect();
    let files = [
        // A column for each variant that could be, and each named like another.
        columns(&|at| format!("c{at} = \"text\"\nc_{at} = \"text\"\n")),
        columns(&|at| format!("c{at} = {{ type = \"text\", column = \"ID\" }}\n")),
        columns(&|at| {
            format!("c{at} = {{ type = \"i64\", primary_key = true, generated = true }}\n")
        }),
        columns(&|at| format!("c{at} = {{ type = \"i64\", references = \"Note.d{at}\" }}\n")),
        columns(&|at| format!("c{at} = {{ type = \"i64\", references = \"Node{at}.id\" }}\n")),
        columns(&|at| {
            format!("c{at} = {{ type = \"text\", max_length = 16383, unique = true }}\n")
        }),
        columns(&|at| format!("c{at} = \"type{at}\"\n")),
        // One circle of all, many of two, and one in which all others wait.
        models(&|at| {
            let next = (at + 1) % 6000;
            format!("columns.a = {{ type = \"i64\", references = \"M{next}.id\" }}\n")
        }),
        models(&|at| {
            format!("columns.a = {{ type = \"i64\", references = \"M{}.id\" }}\n", at ^ 1)
        }),
        models(&|at| {
            let next = at.saturating_sub(1).max(usize::from(at == 0));
            format!("columns.a = {{ type = \"i64\", references = \"M{next}.id\" }}\n")
        }),
        models(&|at| format!("columns.a = {{ type = \"i64\", references = \"N{at}.id\" }}\n")),
        models(&|_| "table = \"same\"\n".to_owned()),
        lists(&|at| format!("[\"i{at}\"]")),
        lists(&|_| "[\"id\"]".to_owned()),
        format!("{note}kind = {{ enum = [{}], default = \"x\" }}\n", words.join(", ")),
        format!("{note}a = {{ type = \"text\", max_length = {} }}\n", "9".repeat(100_000)),
        format!("{note}a = {{ type = \"f64\", default = {}.0 }}\n", "9".repeat(100_000)),
        format!("{note}a = \"{}\"\n", "x".repeat(1 << 19)),
        format!("{note}a = {{ type = \"i64\", references = \"{}\" }}\n", "a.".repeat(1 << 18)),
        format!("{note}{} = \"text\"\n", "x".repeat(1 << 19)),
        format!("{head}[bind.main.model.{}.columns]\n{id}", "X".repeat(1 << 19)),
    ];
    for text in files {
        refuse_in_time(text);
    }
}

/// What ends up in Rust and in SQL: long, deep, many times, and with an end of its own.
#[test]
fn work_on_rust_and_routes_is_bounded() {
    let head = "[bind.main]\nbackend = \"mysql\"\n[bind.main.model.Note]\n";
    let id = "columns.id = { type = \"i64\", primary_key = true }\n";
    let deep = ["(", "[", "{", "<", "&", "!", "- ", "a<", "fn(", "|| ", "::", "#[", "/*", "r#"];
    let list =
        |text: &dyn Fn(usize) -> String| (0..20_000).map(text).collect::<Vec<_>>().join(", ");
    let many = [
        format!("derive = [{}]\n", list(&|at| format!("\"a::T{at}\", \"a::T{at}\""))),
        format!("attributes = [{}]\n", list(&|at| format!("\"a{at}(\""))),
        format!("crud.operations = [{}]\n", list(&|at| format!("\"add{at}\""))),
        format!("crud.routes = [{}]\n", list(&|_| "\"list\"".to_owned())),
        format!("crud.filter = [{}]\n", list(&|at| format!("\"c{at}\""))),
        format!("crud.default_order = [{}]\n", list(&|_| "\"-id\"".to_owned())),
        format!("crud.default_order = [\"{}\"]\n", "-".repeat(1 << 19)),
        format!("crud.default_order = [\"{}\"]\n", " ".repeat(1 << 19)),
        format!("crud.page_size = {}\n", "9".repeat(100_000)),
        format!("soft_delete = \"{}\"\nversion = \"é\"\n", "x".repeat(1 << 19)),
    ];
    let nested = deep.into_iter().flat_map(|open| {
        let [short, long] =
            [200 / open.len(), (1 << 18) / open.len()].map(|count| open.repeat(count));
        [short, long].into_iter().flat_map(|text| {
            [
                format!("derive = ['{text}']\n"),
                format!("attributes = ['a = {text}']\n"),
                format!("attributes = ['a({text}']\n"),
                format!("policy = 'crate::A<{text}'\n"),
                format!("columns.a = {{ rust = 'crate::A<{text}', sql = 'text' }}\n"),
                format!("columns.a = {{ rust = 'crate::A', sql = '{text}(' }}\n"),
            ]
        })
    });
    for text in many.into_iter().chain(nested) {
        refuse_in_time(format!("{head}{text}{id}"));
    }
    let digits = "9".repeat(1 << 19);
    let price = format!(
        "{head}{id}columns.a = {{ type = \"decimal\", precision = 28, scale = 9, default = \"{digits}.{digits}\" }}\n"
    );
    refuse_in_time(price);
}

/// A table as wide as databases take, and rows of tables that refer to the one before.
#[test]
fn large_models_are_accepted() {
    let id = "id = { type = \"i64\", primary_key = true }\n";
    let columns: Vec<String> = (1..1000).map(|at| format!("c{at} = \"i64\"\n")).collect();
    let columns = columns.concat();
    let chain = (1..5000).map(|at| {
        format!("[bind.main.model.M{at}]\ncolumns.{id}columns.a = {{ type = \"i64\", references = \"M{}.id\" }}\n", at + 1)
    });
    let text = format!(
        "[bind.main]\nbackend = \"mysql\"\n[bind.main.model.Wide.columns]\n{id}{columns}{}[bind.main.model.M5000]\ncolumns.{id}",
        chain.collect::<String>()
    );
    let source = Source::new("bindings.toml", text);
    let (model, diagnostics) = load(&source);
    let tables = model.unwrap_or_else(|| panic!("{}", diagnostics.human(&source, false))).binds;
    assert_eq!(tables[0].tables[0].columns.len(), 1000);
    assert_eq!(tables[0].tables[5000].type_name, "M1");
}

#[track_caller]
fn refuse_in_time(text: String) {
    let start = Instant::now();
    let head: String = text.chars().take(100).collect();
    let source = Source::new("bindings.toml", text);
    let (model, diagnostics) = load(&source);
    assert!(model.is_none() && diagnostics.errors() > 0, "{head:?}");
    let human = diagnostics.human(&source, true);
    assert!(human.len() < 1 << 20, "{head:?}: {} bytes", human.len());
    let _ = (diagnostics.short(&source), diagnostics.json(&source));
    assert!(start.elapsed() < LIMIT, "{head:?} took {:?}", start.elapsed());
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
