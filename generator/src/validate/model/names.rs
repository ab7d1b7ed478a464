//! Names of models: whether each can be used, and whether two become the same one.

use std::collections::BTreeMap;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use super::table_name;
use crate::{
    config::{BindConfig, ModelConfig},
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::Backend,
    names::{self, Names, Problem},
    source::{Span, Spanned},
};

/// Longest name that every database takes, in bytes.
pub(super) const LONGEST: usize = 63;

/// Names that are taken, and by what.
pub(super) struct Taken {
    /// What kind of things they name, for the message.
    kind: &'static str,
    code: Code,
    help: &'static str,
    names: BTreeMap<String, (Span, String)>,
}

impl Taken {
    pub(super) fn new(kind: &'static str, code: Code, help: &'static str) -> Self {
        Self { kind, code, help, names: BTreeMap::new() }
    }

    /// Takes a name for something. The second that wants the same is reported.
    pub(super) fn take(&mut self, name: &str, span: Span, what: String) -> Result<(), Diagnostic> {
        let Some((first, other)) = self.names.get(name) else {
            self.names.insert(name.to_owned(), (span, what));
            return Ok(());
        };
        let message = format!("two {} would be called `{name}`", self.kind);
        let diagnostic = Diagnostic::new(self.code, span, message).label(what).help(self.help);
        Err(diagnostic.also(*first, other.as_str()))
    }
}

/// The module of each model. Reports names that cannot be used, and that are used twice.
pub(super) fn modules(
    bind: &BindConfig,
    names: Option<&Names>,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let help = "rename one of them";
    let mut types = Taken::new("types", Code::ModelClash, help);
    let mut modules = Taken::new("modules", Code::ModelClash, help);
    if let Some(Names { module, type_name }) = names {
        // Nothing is taken yet, so this cannot fail.
        _ = types.take(type_name, bind.key.span, "the key type of the bind".to_owned());
        _ = modules.take(module, bind.key.span, "the module of the bind".to_owned());
    }
    let mut usable = Vec::new();
    for model in &bind.models {
        let name = &model.name.value;
        let module = name.to_snake_case();
        if let Err(problem) = names::model::module(name) {
            diagnostics.push(unusable(&bind.key.value, &model.name, &problem));
        } else {
            let clash = own_types(model)
                .try_for_each(|(name, span, what)| types.take(&name, span, what))
                .and_then(|()| {
                    modules.take(&module, model.name.span, format!("the module of `{name}`"))
                });
            diagnostics.extend(clash.err());
        }
        usable.push(module);
    }
    usable
}

/// The types that the generated code has for a model, each with what it is.
fn own_types(model: &ModelConfig) -> impl Iterator<Item = (String, Span, String)> {
    let Spanned { value: name, span } = &model.name;
    let own = [
        (name.clone(), format!("the model `{name}`")),
        (format!("New{name}"), format!("the new row of `{name}`")),
        (format!("Save{name}"), format!("the row to save of `{name}`")),
        (format!("{name}Patch"), format!("the patch of `{name}`")),
        (format!("{name}Key"), format!("the key of `{name}`")),
        (format!("{name}Column"), format!("the columns of `{name}`")),
    ];
    let routes = model.crud.as_ref().and_then(|crud| crud.routes.as_ref());
    let bodies = routes.filter(|routes| !routes.value.is_empty()).map(|_| {
        [
            (format!("Add{name}"), format!("the body that adds a row of `{name}`")),
            (format!("Edit{name}"), format!("the body that changes a row of `{name}`")),
        ]
    });
    let own = own.into_iter().chain(bodies.into_iter().flatten());
    let enums = model.columns.iter().filter(|column| column.words.is_some()).map(move |column| {
        let Spanned { value: column, span } = &column.name;
        (enum_name(model, column), *span, format!("the enum of `{column}` of `{name}`"))
    });
    own.map(|(name, what)| (name, *span, what)).chain(enums)
}

/// The name of the type of an enum column.
pub(super) fn enum_name(model: &ModelConfig, column: &str) -> String {
    format!("{}{}", model.name.value, column.to_upper_camel_case())
}

fn unusable(key: &str, name: &Spanned<String>, problem: &Problem) -> Diagnostic {
    let Spanned { value: typed, span } = name;
    let (message, nicer) = match problem {
        Problem::Unusable(why) => {
            (format!("`{typed}` cannot be the name of a model: {why}"), typed.to_upper_camel_case())
        }
        Problem::Reserved(what) => {
            (format!("the name `{typed}` is taken: it is {what}"), String::new())
        }
    };
    let diagnostic = Diagnostic::new(Code::ModelName, *span, message)
        .label("becomes a type, a module and a file");
    let longer = format!("{}Row", typed.to_upper_camel_case());
    if nicer != *typed && names::model::module(&nicer).is_ok() {
        diagnostic.help(format!("write `[bind.{key}.model.{nicer}]`"))
    } else if names::model::module(&longer).is_ok() {
        let help = format!(
            "take another name, for example `{longer}`; `table` is its name in the database"
        );
        diagnostic.help(help)
    } else {
        diagnostic.help("a name has letters and digits, and starts with a capital letter")
    }
}

/// Reports tables that cannot have their name, and those that are one table.
pub(super) fn tables(
    models: &[ModelConfig],
    backend: Option<Backend>,
    diagnostics: &mut Diagnostics,
) {
    let help = "name another table: `table = \"…\"`; case alone is no difference to every database";
    let mut taken = Taken::new("tables", Code::ModelClash, help);
    for model in models {
        let module = model.name.value.to_snake_case();
        let table = table_name(model, &module);
        let span = model.table.as_ref().map_or(model.name.span, |table| table.span);
        diagnostics.extend(in_database("table", table, span, backend));
        if let Some(schema) = &model.schema {
            diagnostics.extend(in_database("schema", &schema.value, schema.span, backend));
        }
        // Without a schema it may still be the same one, but only the database knows.
        let schema = model.schema.as_ref().map(|schema| format!("{}.", schema.value));
        let full = schema.unwrap_or_default() + table;
        let what = format!("the table `{full}` of `{}`", model.name.value);
        diagnostics.extend(taken.take(&full.to_lowercase(), span, what).err());
    }
}

/// What is wrong with the name of a table, a column or a schema in the database.
pub(super) fn in_database(
    setting: &str,
    name: &str,
    span: Span,
    backend: Option<Backend>,
) -> Option<Diagnostic> {
    if name.trim().is_empty() {
        let message = format!("`{setting}` is empty");
        let help = "leave the setting out if there is nothing to say";
        return Some(Diagnostic::new(Code::EmptyText, span, message).help(help));
    }
    let is_rare = |letter: char| u32::from(letter) > 0xffff;
    let (why, label) = if name.len() > LONGEST {
        ("it is too long", format!("{} bytes, of at most {LONGEST}", name.len()))
    } else if name.contains(char::is_control) {
        ("it has a control character", String::new())
    } else if name.trim() != name {
        ("it starts or ends with a space", String::new())
    } else if backend == Some(Backend::MySql) && name.contains(is_rare) {
        ("MySQL takes only characters up to U+FFFF", String::new())
    } else if backend == Some(Backend::Postgres) && setting == "column" && SYSTEM.contains(&name) {
        ("every table of PostgreSQL has a column of this name", String::new())
    } else if backend == Some(Backend::Sqlite) && setting == "table" && is_internal(name) {
        ("SQLite keeps names with `sqlite_` for itself", String::new())
    } else {
        return None;
    };
    let message = format!("the database does not take this name of a {setting}: {why}");
    let help = format!("name it with `{setting} = \"…\"`");
    Some(Diagnostic::new(Code::DatabaseName, span, message).label(label).help(help))
}

/// Columns that `PostgreSQL` adds to every table.
const SYSTEM: &[&str] = &["cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"];

fn is_internal(table: &str) -> bool {
    table.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"))
}
