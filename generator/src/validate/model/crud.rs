//! The functions and the routes of a model.

mod lists;
mod words;
mod idle;

use super::Draft;
use crate::{
    config::{CrudConfig, Names, listed},
    diagnostics::{Code, Diagnostic, Diagnostics, nearest},
    model::{
        Web,
        table::{Column, ColumnType, Http, HttpTable, Operation, Paging},
    },
    settings::model::{MAX_BODY, MAX_PAGE, PAGING},
    source::Spanned,
    validate::output::Shape,
};

/// Rows of a page, the most rows of one, and the most bytes of a body.
const PAGE_SIZE: u32 = 20;
const MAX_PAGE_SIZE: u32 = 100;
const BODY: u32 = 1024 * 1024;

/// Reads `crud` of a model.
pub(super) fn read(draft: &mut Draft<'_>, shape: Shape<'_>, diagnostics: &mut Diagnostics) {
    let Some(crud) = &draft.config.crud else { return };
    if let Some(typed) = &crud.operations {
        draft.operations = words::operations(typed, diagnostics);
        diagnostics.extend(never_saved(draft, typed));
    }
    let routes = match &crud.routes {
        Some(typed) => words::routes(typed, diagnostics),
        None => [].into(),
    };
    let (page_size, max_page_size) = pages(crud, diagnostics);
    let table = HttpTable {
        filter: lists::filter(draft, crud, diagnostics),
        order: lists::order(draft, crud, diagnostics),
        default_order: lists::default_order(draft, crud, diagnostics),
        paging: paging(crud, diagnostics),
        page_size,
        max_page_size,
        max_body: number("max_body", crud.max_body.as_ref(), MAX_BODY, diagnostics)
            .unwrap_or(BODY)
            .into(),
        routes,
    };
    idle::check(crud, &table, diagnostics);
    if table.routes.is_empty() {
        return;
    }
    needed(crud, shape, diagnostics);
    shown(draft, crud, diagnostics);
    nothing_to_edit(draft, crud, &table, diagnostics);
    draft.http = Some(table);
}

/// A row is saved by a key that is given, and the database does not know of a number that it did
/// not make. Left out, `operations` are all that the model can have.
fn never_saved(draft: &Draft<'_>, operations: &Names) -> Option<Diagnostic> {
    let word = Operation::Save.word();
    let save = operations.value.iter().find(|typed| typed.value == word)?;
    let is_counted = |column: &Column| {
        column.generated && matches!(column.kind, ColumnType::I32 | ColumnType::I64)
    };
    let (config, _) = draft.known().find(|(_, column)| is_counted(column))?;
    let message = format!("no row of `{}` can be saved by its key", draft.name());
    let diagnostic = Diagnostic::new(Code::CrudSetting, save.span, message)
        .also(config.generated.as_ref()?.span, "made by the database");
    Some(diagnostic.help("remove `save`: a row is new, for `add`, or it is there, for `edit`"))
}

fn paging(crud: &CrudConfig, diagnostics: &mut Diagnostics) -> Paging {
    let Some(typed) = &crud.paging else { return Paging::Offset };
    let words = || PAGING.iter().map(|(word, _)| *word);
    let found = PAGING.iter().find(|(word, _)| *word == typed.value);
    found.map_or_else(
        || {
            let help = match nearest(&typed.value, words()) {
                Some(meant) => format!("did you mean `paging = \"{meant}\"`?"),
                None => format!("there is {}", listed(words())),
            };
            let message = "`paging` has no such choice";
            diagnostics.push(Diagnostic::new(Code::UnknownChoice, typed.span, message).help(help));
            Paging::Offset
        },
        |(_, paging)| *paging,
    )
}

/// Rows of a page, and the most of one. Who names one of them does not have to name the other.
fn pages(crud: &CrudConfig, diagnostics: &mut Diagnostics) -> (u32, u32) {
    let size = number("page_size", crud.page_size.as_ref(), MAX_PAGE, diagnostics);
    let most = number("max_page_size", crud.max_page_size.as_ref(), MAX_PAGE, diagnostics);
    if let (Some(size), Some(most), Some(typed), Some(limit)) =
        (size, most, &crud.page_size, &crud.max_page_size)
        && size > most
    {
        let message = "`page_size` is larger than `max_page_size`";
        let diagnostic = Diagnostic::new(Code::CrudSetting, typed.span, message);
        let diagnostic = diagnostic.also(limit.span, "the most that a query may ask for");
        diagnostics.push(diagnostic.help("lower the one, or raise the other"));
    }
    let size = size.unwrap_or(PAGE_SIZE.min(most.unwrap_or(PAGE_SIZE)));
    (size, most.unwrap_or(MAX_PAGE_SIZE.max(size)))
}

fn number(
    setting: &str,
    typed: Option<&Spanned<i128>>,
    most: u32,
    diagnostics: &mut Diagnostics,
) -> Option<u32> {
    let typed = typed?;
    let found = u32::try_from(typed.value).ok().filter(|value| (1..=most).contains(value));
    if found.is_none() {
        let message = format!("`{setting}` is out of range");
        let diagnostic = Diagnostic::new(Code::OutOfRange, typed.span, message);
        diagnostics.push(diagnostic.label(format!("allowed are 1 to {most}")));
    }
    found
}

/// Routes are axum's, and rows are written and read by serde.
fn needed(crud: &CrudConfig, shape: Shape<'_>, diagnostics: &mut Diagnostics) {
    let Some(routes) = &crud.routes else { return };
    let missing = [
        (shape.output.web != Web::Axum, "web", "web = \"axum\""),
        (!shape.output.serde, "serde", "serde = true"),
    ];
    for (_, setting, needed) in missing.into_iter().filter(|(missing, ..)| *missing) {
        let message = format!("routes need `{needed}`");
        let diagnostic = Diagnostic::new(Code::CrudSetting, routes.span, message);
        let diagnostic = match shape.place(setting) {
            Some(span) => diagnostic.also(span, "for all binds"),
            None => diagnostic,
        };
        let help = format!("write `{needed}` in `[output]`, or remove `routes`");
        diagnostics.push(diagnostic.help(help));
    }
}

/// The key of a row stands in its URL.
fn shown(draft: &Draft<'_>, crud: &CrudConfig, diagnostics: &mut Diagnostics) {
    let Some(routes) = &crud.routes else { return };
    for (config, column) in draft.known().filter(|(_, column)| column.primary_key) {
        let (why, place, what, help) = match (&column.kind, column.http) {
            (ColumnType::Custom { .. }, _) => (
                "a type of the application has no text",
                &config.rust,
                "a type of the application",
                "take another primary key, or remove `routes`",
            ),
            (_, Http::Hidden) => (
                "it is hidden",
                &config.http,
                "hidden",
                "take another primary key, or `http = \"read\"`",
            ),
            _ => continue,
        };
        let message = format!("`{}` cannot be in a URL: {why}", config.name.value);
        let diagnostic = Diagnostic::new(Code::CrudSetting, routes.span, message)
            .label("the URL of a row has its key");
        let span = place.as_ref().map_or(config.name.span, |typed| typed.span);
        diagnostics.push(diagnostic.also(span, what).help(help));
    }
}

fn nothing_to_edit(
    draft: &Draft<'_>,
    crud: &CrudConfig,
    table: &HttpTable,
    diagnostics: &mut Diagnostics,
) {
    // A column of unknown type may be one.
    let can_edit =
        |column: &Option<Column>| column.as_ref().is_none_or(|column| column.http == Http::Write);
    if !table.routes.contains(&Operation::Edit) || draft.columns.iter().any(can_edit) {
        return;
    }
    let word = Operation::Edit.word();
    let typed = crud.routes.iter().flat_map(|routes| &routes.value);
    let Some(edit) = typed.into_iter().find(|typed| typed.value == word) else { return };
    let message = format!("the route `{word}` has no column to set");
    let help = "remove the route, or give a column `http = \"write\"`";
    diagnostics.push(Diagnostic::new(Code::CrudSetting, edit.span, message).help(help));
}
