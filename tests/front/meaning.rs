//! What accepted files mean.

use std::{fs, time::Duration};

use bindery::{
    load::load,
    model::{
        Access, AfterError, Backend, Begin, Bind, Connect, Isolation, Literal, Model, Setting,
        Transaction, Web,
    },
    names::{Problem, names},
    settings::{Role, SPECS, Section},
    source::Source,
};

use crate::expect::root;

fn model(text: &str) -> Model {
    let source = Source::new("config/bindings.toml", text);
    let (model, diagnostics) = load(&source);
    model.unwrap_or_else(|| panic!("{}", diagnostics.human(&source, false)))
}

#[test]
fn the_least_file_gets_its_defaults() {
    let model = model("[bind.sa-main]\nbackend = \"sqlite\"\n");
    assert_eq!(model.source, "bindings.toml");
    assert_eq!((model.output.dir.as_str(), model.output.web), ("src/db", Web::Axum));
    let expected = Bind {
        key: "sa-main".into(),
        module: "sa_main".into(),
        type_name: "SaMain".into(),
        backend: Backend::Sqlite,
        middleware: true,
        connect: Connect::Eager,
        required: true,
        transaction: Transaction {
            isolation: None,
            access: None,
            begin: None,
            deferrable: false,
            after_error: AfterError::Rollback,
        },
        settings: Vec::new(),
        migrations: None,
        tables: Vec::new(),
    };
    assert_eq!(model.binds, [expected]);
}

#[test]
fn what_is_written_is_taken() {
    let model = model(
        "[bind.main.transaction]
        begin = \"immediate\"
        after_error = \"continue\"
        [bind.main]
        middleware = false
        connect = \"lazy\"
        required = false
        backend = \"sqlite\"
        [bind.main.options]
        journal_mode = { env = \"MODE\", default = \"wal\" }
        [bind.main.pool]
        ping = false
        idle_timeout = \"off\"
        max_connections = 0x10
        acquire_timeout = \"1m500ms\"
        [bind.main.url]
        file_env = \"URL_FILE\"
        [bind.other]
        backend = \"postgres\"
        transaction = { isolation = \"serializable\", access = \"read only\", deferrable = true }
        tls.mode = \"verify-full\"
        [output]
        dir = \"./src//generated/\"
        web = \"none\"
        ",
    );
    assert_eq!((model.output.dir.as_str(), model.output.web), ("src/generated", Web::None));
    let [main, other] = &model.binds[..] else { panic!("two binds in the order of the file") };
    assert!(!main.middleware && !main.required && main.connect == Connect::Lazy);
    assert_eq!(main.transaction.begin, Some(Begin::Immediate));
    assert_eq!(main.transaction.after_error, AfterError::Continue);
    let setting = |field, env: Option<&str>, file_env: Option<&str>, default| Setting {
        field,
        env: env.map(Into::into),
        file_env: file_env.map(Into::into),
        default,
    };
    let expected = [
        setting("url", None, Some("URL_FILE"), None),
        setting("max_connections", None, None, Some(Literal::Integer(16))),
        setting(
            "acquire_timeout",
            None,
            None,
            Some(Literal::Duration(Duration::from_millis(60_500))),
        ),
        setting("idle_timeout", None, None, Some(Literal::Off)),
        setting("ping", None, None, Some(Literal::Switch(false))),
        setting("journal_mode", Some("MODE"), None, Some(Literal::Choice("JournalMode", "Wal"))),
    ];
    assert_eq!(main.settings, expected);
    assert_eq!(other.transaction.isolation, Some(Isolation::Serializable));
    assert_eq!(other.transaction.access, Some(Access::ReadOnly));
    assert!(other.transaction.deferrable);
    assert_eq!(
        other.settings,
        [setting("tls_mode", None, None, Some(Literal::Choice("TlsMode", "VerifyFull")))]
    );
}

/// The table tells people the defaults of the structure, `validate` decides them.
#[test]
fn told_defaults_are_the_real_ones() {
    for spec in SPECS.iter().filter(|spec| spec.role == Role::Structure) {
        for backend in spec.backends {
            let least = format!("[bind.main]\nbackend = \"{}\"\n", backend.word());
            // Some structure has no default of our own: its text is a phrase, not a value.
            let is_value =
                spec.default.starts_with('"') || matches!(spec.default, "true" | "false");
            // SQLite begins deferred by itself; leaving it out generates nothing.
            if !is_value || spec.name == "begin" {
                continue;
            }
            let header = if spec.section == Section::Bind {
                String::new()
            } else {
                spec.section.header("main") + "\n"
            };
            let told = format!("{least}{header}{} = {}\n", spec.name, spec.default);
            assert_eq!(model(&told), model(&least), "{}", spec.name);
        }
    }
}

/// A key of such a name would hide the item, or not compile.
#[test]
fn every_public_name_of_the_generated_code_is_reserved() {
    let templates = root().join("templates");
    let mut found = 0;
    for entry in fs::read_dir(templates).expect("the templates") {
        let path = entry.expect("a template").path();
        // What a table has stands in a module of its own.
        if path.is_dir() || path.ends_with("table.rs.jinja") {
            continue;
        }
        let text = fs::read_to_string(path).expect("a text");
        for name in text.lines().filter_map(public_name) {
            found += 1;
            assert!(matches!(names(name), Err(Problem::Reserved(_))), "`{name}` can be a key");
        }
    }
    assert!(found > 10, "the templates name only {found} items");
}

/// The name after `pub fn` and the like; none where the template fills it in, or its end.
fn public_name(line: &str) -> Option<&str> {
    let item = line.trim_start().strip_prefix("pub ")?;
    let item = item.strip_prefix("async ").unwrap_or(item);
    let name =
        ["fn ", "struct ", "type ", "mod "].into_iter().find_map(|word| item.strip_prefix(word))?;
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
    Some(&name[..end]).filter(|name| !name.is_empty() && !name.ends_with('_'))
}
