//! Generated code is clean wherever it stands: in a library and in a program that uses one thing of
//! it, in two editions, with only the drivers that it needs, without axum and without serde, with
//! either crate for dates and times.

use std::{error::Error, fs, path::Path};

use bindery::{
    load::load,
    model::table::ColumnType,
    model::{Backend, Model, Web},
    output::output,
    render::render,
    source::Source,
    write,
};

use crate::project::{Project, ROOT, RUNTIME, succeeded};

/// A person who asks for all of it.
const LINTS: &str = r#"
[lints.rust]
warnings = { level = "deny", priority = -1 }
missing_docs = "warn"
missing_debug_implementations = "warn"
rust_2018_idioms = { level = "warn", priority = -1 }
trivial_casts = "warn"
unreachable_pub = "warn"
unsafe_code = "forbid"

[lints.clippy]
all = { level = "deny", priority = -1 }
pedantic = { level = "deny", priority = -1 }
"#;

/// What the application has of its own where a TOML names it.
const OWN: &str = r#"
/// Who may see and write what.
pub mod policy {
    /// Everybody everything.
    #[derive(Debug)]
    pub enum OwnNotes {}

    impl<M: bindery_runtime::model::Model> bindery_runtime::model::Policy<M> for OwnNotes {}
}

/// A type of the application.
#[derive(Clone, Debug, PartialEq, Eq, Hash, bindery_runtime::serde::Deserialize, bindery_runtime::serde::Serialize, sqlx::Type)]
#[serde(crate = "bindery_runtime::serde")]
#[sqlx(transparent)]
pub struct Money(i64);
"#;

/// Models that are called like what every file of Rust has at hand.
const PRELUDE: [&str; 20] = [
    "AsRef",
    "Vec",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "IntoIterator",
    "From",
    "Hash",
    "Into",
    "Iterator",
    "Ok",
    "Option",
    "Result",
    "Send",
    "String",
    "Sync",
];

/// One TOML and what it becomes.
struct Case {
    name: String,
    model: Model,
}

impl Case {
    fn new(name: &str, text: &str) -> Result<Self, Box<dyn Error>> {
        let source = Source::new("bindings.toml", text);
        let (model, diagnostics) = load(&source);
        let model = model.ok_or_else(|| diagnostics.human(&source, false))?;
        Ok(Self { name: name.to_owned(), model })
    }

    /// The golden trees, the file that shows every setting, and variants of both.
    fn all() -> Result<Vec<Self>, Box<dyn Error>> {
        let golden = Path::new(ROOT).join("tests/back/golden");
        let crud = fs::read_to_string(golden.join("crud/bindings.toml"))?;
        let models = fs::read_to_string(golden.join("models/bindings.toml"))?;
        let mut cases = vec![
            Self::new("example", &bindery::example::example())?,
            Self::new("crud-time", &format!("output = {{ time = \"time\" }}\n{crud}"))?,
            Self::new(
                "models-plain",
                &format!("output = {{ serde = false, web = \"none\" }}\n{models}"),
            )?,
            Self::new("prelude", &prelude())?,
            Self::new("fifty", &fifty())?,
        ];
        for entry in fs::read_dir(golden)? {
            let dir = entry?.path();
            let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
            cases.push(Self::new(&name, &fs::read_to_string(dir.join("bindings.toml"))?)?);
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }

    /// The features of the runtime that the code needs. Each driver is tried alone; what has several
    /// gets all of them with the types of columns, since every set of features is a build of sqlx.
    fn features(&self) -> Vec<&'static str> {
        let mut features: Vec<_> = (self.model.binds.iter())
            .map(|bind| match bind.backend {
                Backend::Sqlite => "sqlite",
                Backend::Postgres => "postgres",
                Backend::MySql => "mysql",
            })
            .collect();
        features.sort_unstable();
        features.dedup();
        if features.len() > 1 || self.model.binds.iter().any(|bind| !bind.tables.is_empty()) {
            features = vec![
                "chrono", "decimal", "json", "migrate", "mysql", "postgres", "sqlite", "time",
                "uuid",
            ];
        }
        if self.model.output.web == Web::Axum {
            features.push("axum");
        }
        features
    }

    /// Whether the code names things of the application.
    fn has_own(&self) -> bool {
        let mut tables = self.model.binds.iter().flat_map(|bind| &bind.tables);
        let is_own = |kind: &ColumnType| matches!(kind, ColumnType::Custom { .. });
        tables.any(|table| {
            table.policy.is_some() || table.columns.iter().any(|column| is_own(&column.kind))
        })
    }

    /// The name of the package in one edition.
    fn package(&self, edition: &str) -> String {
        format!("{}-{edition}", self.name)
    }

    /// Writes a package with a library that shows all of the module, and a program that keeps it
    /// to itself and uses one thing of it.
    fn put(&self, project: &Project, edition: &str) -> Result<(), Box<dyn Error>> {
        let package = self.package(edition);
        let axum = match self.model.output.web {
            Web::Axum => "axum = { version = \"0.8\", default-features = false }\n",
            Web::None => "",
        };
        let sqlx = if self.has_own() {
            "sqlx = { version = \"0.9\", default-features = false, features = [\"macros\", \"migrate\"] }\n"
        } else {
            ""
        };
        let manifest = format!(
            "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n\
             [dependencies]\n{axum}{sqlx}bindery-runtime = {{ path = {RUNTIME:?}, features = {:?} }}\n{LINTS}",
            self.features(),
        );
        project.put(&format!("{package}/Cargo.toml"), &manifest)?;
        let own = if self.has_own() { OWN } else { "" };
        let library = format!("//! Shows everything.\n\n/// The databases.\npub mod db;\n{own}");
        project.put(&format!("{package}/src/lib.rs"), &library)?;
        let program = format!(
            "//! Uses one thing.\n\nmod db;\n\nfn main() {{\n    let _builder = db::Databases::builder();\n}}\n{own}"
        );
        project.put(&format!("{package}/src/main.rs"), &program)?;
        for folder in self.model.binds.iter().filter_map(|bind| bind.migrations.as_ref()) {
            project.put(&format!("{package}/{folder}/1_start.sql"), "SELECT 1;\n")?;
        }
        let dir = project.join(&format!("{package}/src/db"));
        let disk = write::read(&dir)?;
        write::write(&output(&self.model, render(&self.model), &disk), &dir, &disk)?;
        Ok(())
    }
}

/// A model of each name, with all that may name something of the prelude.
fn prelude() -> String {
    let mut text = "[bind.main]\nbackend = \"mysql\"\nurl = \"mysql://localhost/a\"\n".to_owned();
    for name in PRELUDE {
        let model = format!(
            "[bind.main.model.{name}]\nversion = \"version\"\nsoft_delete = \"gone\"\n\
             [bind.main.model.{name}.columns]\n\
             id = {{ type = \"text\", max_length = 9, primary_key = true }}\n\
             data = {{ type = \"bytes\", http = \"read\" }}\nname = \"text?\"\n\
             version = \"i64\"\ngone = \"timestamp?\"\n\
             [bind.main.model.{name}.crud]\norder = [\"name\"]\ndefault_order = [\"name\"]\n\
             routes = [\"list\", \"view\", \"add\", \"edit\", \"delete\", \"list_add\"]\n"
        );
        text.push_str(&model);
    }
    text
}

/// Fifty tables of eight columns, each with routes and a reference to the one before it.
fn fifty() -> String {
    let mut text =
        "[bind.main]\nbackend = \"postgres\"\nurl = \"postgres://localhost/a\"\n".to_owned();
    for number in 0..50 {
        let parent = match number {
            0 => String::new(),
            _ => format!(
                "parent_id = {{ type = \"i64?\", references = \"Table{}.id\" }}\n",
                number - 1
            ),
        };
        let model = format!(
            "[bind.main.model.Table{number}]\n[bind.main.model.Table{number}.columns]\n\
             id = {{ type = \"i64\", primary_key = true, generated = true }}\n\
             title = {{ type = \"text\", max_length = 200 }}\nbody = \"text?\"\n{parent}\
             status = {{ enum = [\"draft\", \"published\"], default = \"draft\" }}\n\
             score = {{ type = \"f64\", default = 0.5 }}\nopen = {{ type = \"bool\", default = true }}\n\
             created_at = {{ type = \"timestamp\", default = \"now\" }}\n\
             [bind.main.model.Table{number}.crud]\nfilter = [\"status\"]\norder = [\"created_at\"]\n\
             routes = [\"list\", \"view\", \"add\", \"edit\", \"delete\"]\n"
        );
        text.push_str(&model);
    }
    text
}

/// All cases as packages of one workspace.
fn workspace() -> Result<(Project, Vec<Case>), Box<dyn Error>> {
    let project = Project::new("generated")?;
    let cases = Case::all()?;
    let mut members = Vec::new();
    for case in &cases {
        for edition in ["2021", "2024"] {
            case.put(&project, edition)?;
            members.push(case.package(edition));
        }
    }
    project
        .put("Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"))?;
    Ok((project, cases))
}

/// One test, because one target folder takes one cargo at a time.
#[test]
fn generated_code_is_clean_everywhere() -> Result<(), Box<dyn Error>> {
    let (project, mut cases) = workspace()?;
    // Packages that are built together get the features of each other: what needs the same is
    // built together, and nothing else.
    cases.sort_by_key(Case::features);
    for cases in cases.chunk_by(|a, b| a.features() == b.features()) {
        let mut clippy = vec!["clippy".to_owned()];
        let mut doc = vec!["doc".to_owned(), "--no-deps".to_owned(), "--lib".to_owned()];
        for case in cases {
            let [old, new] = ["2021", "2024"].map(|edition| case.package(edition));
            clippy.extend(["--package".to_owned(), old, "--package".to_owned(), new.clone()]);
            doc.extend(["--package".to_owned(), new]);
        }
        for arguments in [clippy, doc] {
            let arguments: Vec<_> = arguments.iter().map(|argument| &**argument).collect();
            succeeded(&project.cargo(&arguments)?)
                .map_err(|error| format!("{arguments:?}:\n{error}"))?;
        }
    }
    Ok(())
}
