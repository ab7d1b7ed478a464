//! The two files that show how a `bindings.toml` looks: every setting, and a start.
//!
//! Both are made from the settings table, so that neither can fall behind it; models are shown by
//! `model`.

mod model;

use crate::{
    model::Backend,
    settings::{Section, Spec},
};

/// Editors find the schema by this line.
const SCHEMA: &str = "#:schema bindings.schema.json\n";

/// The backend whose bind shows the models: it has every setting of them.
const MODELS_OF: Backend = Backend::Postgres;

/// Width of comments.
const WIDTH: usize = 100;

/// The text of `bindings.example.toml`: every setting once, with what it does.
#[must_use]
pub fn example() -> String {
    let mut page = Page { text: SCHEMA.to_owned(), ..Page::default() };
    page.comment(
        "Every setting of Bindery, once. Structure is fixed when the code is generated. The other settings take \
         a plain value, or a table that says where the running program finds it: `env` is an environment variable, \
         `file_env` a variable with the path of a file (for mounted secrets), and `default` counts when neither is set.",
    );
    page.section(Section::Output, "", Backend::Sqlite);
    let binds =
        [("reports", Backend::Postgres), ("main", Backend::Sqlite), ("legacy", Backend::MySql)];
    for (key, backend) in binds {
        for section in Section::ALL.into_iter().skip(1) {
            page.section(section, key, backend);
        }
        if backend == MODELS_OF {
            model::models(&mut page, key);
        }
    }
    page.text
}

/// The text of the file that `bindery init` writes: one bind that works, and what else could be
/// said about it, commented out.
#[must_use]
pub fn starter() -> String {
    let mut page = Page { optional: "# ", ..Page::default() };
    page.comment(
        "The databases of this application: `bindery generate` makes a typed module of each.",
    );
    page.section(Section::Output, "", Backend::Sqlite);
    for section in Section::ALL.into_iter().skip(1) {
        page.section(section, "main", Backend::Sqlite);
    }
    model::start(&mut page, "main");
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
    shown: Vec<(Section, &'static str)>,
    /// Stands before a setting that may be left out.
    optional: &'static str,
}

impl Page {
    /// Shows what `backend` has in a section and was not shown before.
    fn section(&mut self, section: Section, key: &str, backend: Backend) {
        let is_new = |spec: &&Spec| !self.shown.contains(&(spec.section, spec.name));
        let specs = section.specs().filter(|spec| spec.backends.contains(&backend));
        let specs: Vec<_> = specs.filter(|spec| is_needed(spec) || is_new(spec)).collect();
        if specs.is_empty() {
            return;
        }
        let before = if specs.iter().any(|spec| is_needed(spec)) { "" } else { self.optional };
        self.text.extend(["\n", before, &section.header(key), "\n"]);
        for spec in specs {
            self.setting(spec, key, backend);
        }
    }

    fn setting(&mut self, spec: &'static Spec, key: &str, backend: Backend) {
        if !self.shown.contains(&(spec.section, spec.name)) {
            self.shown.push((spec.section, spec.name));
            self.comment(&format!("{} Default: {}.", spec.doc, spec.default));
        }
        let before = if is_needed(spec) { "" } else { self.optional };
        self.text.extend([before, spec.name, " = ", &value(spec, key, backend), "\n"]);
    }

    /// A comment, wrapped.
    fn comment(&mut self, text: &str) {
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.len() + 1 + word.len() > WIDTH {
                self.text += &line;
                self.text.push('\n');
                line = String::from("#");
            }
            line.push(' ');
            line += word;
        }
        self.text += &line;
        self.text.push('\n');
    }
}

/// What every file should say.
fn is_needed(spec: &Spec) -> bool {
    spec.section == Section::Output
        || (spec.section == Section::Bind && matches!(spec.name, "backend" | "url"))
}

fn value(spec: &Spec, key: &str, backend: Backend) -> String {
    let prefix = format!("{}_", key.to_uppercase());
    match (spec.name, backend) {
        ("backend", _) => format!("\"{}\"", backend.word()),
        ("url", Backend::Postgres | Backend::MySql) => format!("{{ env = \"{prefix}URL\" }}"),
        _ => spec.example.replace("KEY_", &prefix),
    }
}
