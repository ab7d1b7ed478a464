//! Columns one by one: their names, and what each says about itself.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};

use super::{
    comment, decimals, defaults, is, kinds,
    names::{Taken, in_database},
    rust_paths, sql,
};
use crate::{
    config::{ColumnConfig, ModelConfig},
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::{
        Backend,
        table::{Column, Http},
    },
    names::{self, model::ColumnNames},
    source::Spanned,
};

/// The columns of a model; none where the type is unknown.
pub(super) fn columns(
    model: &ModelConfig,
    backend: Option<Backend>,
    diagnostics: &mut Diagnostics,
) -> Vec<Option<Column>> {
    let mut variants = Taken::new(
        "variants",
        Code::ColumnClash,
        "rename one of them; `column` is its name in the database",
    );
    let mut stored = Taken::new(
        "columns",
        Code::ColumnClash,
        "name another column: `column = \"…\"`; case alone is no difference to every database",
    );
    let mut columns = Vec::new();
    for config in &model.columns {
        let Spanned { value: field, span } = &config.name;
        let names = names::model::column(field);
        let column = config.column.as_ref().unwrap_or(&config.name);
        if config.column.is_some() || names.is_ok() {
            diagnostics.extend(in_database("column", &column.value, column.span, backend));
        }
        let names = names.unwrap_or_else(|why| {
            diagnostics.push(unusable(&config.name, why));
            ColumnNames {
                variant: field.to_upper_camel_case(),
                constant: field.to_shouty_snake_case(),
            }
        });
        let clash = variants
            .take(&names.variant, *span, format!("the variant of `{field}`"))
            .and_then(|()| {
                let what = format!("the column `{}` of the field `{field}`", column.value);
                stored.take(&column.value.to_lowercase(), column.span, what)
            });
        diagnostics.extend(clash.err());
        let column = column.value.clone();
        columns.push(self::column((model, config), names, column, backend, diagnostics));
    }
    columns
}

fn column(
    (model, config): (&ModelConfig, &ColumnConfig),
    names: ColumnNames,
    column: String,
    backend: Option<Backend>,
    diagnostics: &mut Diagnostics,
) -> Option<Column> {
    let kind = kinds::kind(model, config, backend, diagnostics);
    let nullable = kinds::nullable(config, diagnostics);
    let sql = sql::of(config, backend, diagnostics);
    let attributes = rust_paths::attributes(config.attributes.as_ref(), diagnostics);
    let kind = kind?;
    decimals::only(config, &kind, diagnostics);
    diagnostics.extend(kinds::length(config, &kind).err());
    let default = defaults::default(config, &kind).unwrap_or_else(|problem| {
        diagnostics.push(problem);
        None
    });
    Some(Column {
        field: config.name.value.clone(),
        variant: names.variant,
        constant: names.constant,
        column,
        comment: comment(config.comment.as_ref()),
        kind,
        nullable,
        primary_key: is(config.primary_key.as_ref()),
        generated: is(config.generated.as_ref()),
        unique: is(config.unique.as_ref()),
        default,
        references: None,
        sql,
        // What HTTP may do depends on the model too, and is decided with it.
        http: Http::Write,
        attributes,
    })
}

fn unusable(name: &Spanned<String>, why: &str) -> Diagnostic {
    let typed = &name.value;
    let message = format!("`{typed}` cannot be the name of a column: {why}");
    let diagnostic = Diagnostic::new(Code::ColumnName, name.span, message)
        .label("becomes a field, a variant and a constant");
    let candidates = [typed.to_snake_case(), format!("{}_", typed.to_snake_case())];
    match candidates.into_iter().find(|name| names::model::column(name).is_ok()) {
        Some(usable) => diagnostic.help(format!(
            "take another name and keep that of the database: `{usable} = {{ column = \"{typed}\", … }}`"
        )),
        None => diagnostic.help("a name has small letters, digits and `_`, and starts with a letter"),
    }
}
