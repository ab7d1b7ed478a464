//! What HTTP may do with a table: the bodies of requests, and the routes.

use std::collections::BTreeSet;

use super::{Context, MOST_ARGUMENTS, arguments, column::Column};
use crate::{
    model::table::{HttpTable, Operation, Paging},
    render::{
        docs::{code, sentence_list},
        literal,
    },
};

/// What HTTP may do with a table.
pub(super) struct Http {
    /// The body of a request that adds a row, if there is one.
    pub(super) add: Option<Add>,
    /// The fields of a patch that the body of a request sets, if there is one.
    pub(super) edit: Option<Edit>,
    /// Columns, as the elements of an array.
    pub(super) filter: String,
    pub(super) order: String,
    /// The order when a query names none, as the elements of an array.
    pub(super) default_order: String,
    pub(super) paging: &'static str,
    pub(super) page_size: String,
    pub(super) max_page_size: String,
    pub(super) max_body: String,
    /// The fields of the key.
    pub(super) key: String,
    /// The fields of the key, each parsed.
    pub(super) parsed_key: String,
    /// The routes, for the docs.
    pub(super) routes: Vec<Route>,
    /// What may be asked of a list, for the docs.
    pub(super) asked: Option<String>,
    /// The calls that put the routes on a router.
    pub(super) router: String,
    /// What a mixin has to implement.
    pub(super) mixin: String,
}

/// The body of a request that adds a row.
pub(super) struct Add {
    /// Whether it may be empty.
    pub(super) is_all_optional: bool,
    /// Whether it says nothing at all.
    pub(super) is_empty: bool,
    /// What it cannot say and a new row requires, for the docs; empty if it is complete.
    pub(super) missing: String,
    /// The same as arguments, if a function may have so many.
    pub(super) arguments: Option<String>,
    /// The fields of a new row, made of those of `body` alone.
    pub(super) of_body: Vec<String>,
    /// The same, made of those of `self` and of the arguments.
    pub(super) of_self: Vec<String>,
}

/// The body of a request that changes a row.
pub(super) struct Edit {
    /// The fields of a patch, made of those of `body`.
    pub(super) of_body: Vec<String>,
    /// Whether these are all the fields of a patch.
    pub(super) is_complete: bool,
}

/// A route, for the docs.
pub(super) struct Route {
    pub(super) request: String,
    pub(super) answer: &'static str,
}

impl Http {
    pub(super) fn new(context: &Context<'_>, http: &HttpTable, columns: &[Column]) -> Self {
        let HttpTable { routes, filter, order, default_order, .. } = http;
        let of = |at: &usize| columns.get(*at);
        let type_name = &context.table.type_name;
        let variants = |columns: &[usize]| {
            let columns = columns.iter().filter_map(of);
            columns
                .map(|column| format!("{type_name}Column::{}", column.variant))
                .collect::<Vec<_>>()
        };
        let default_order = default_order.iter().filter_map(|(at, descending)| {
            let method = if *descending { "desc" } else { "asc" };
            Some(format!("Self::{}.{method}()", of(at)?.constant))
        });
        let key: Vec<_> = columns.iter().filter(|column| column.primary_key).collect();
        let fields: Vec<_> = key.iter().map(|column| column.field.clone()).collect();
        let parsed = fields.iter().map(|field| format!("{field}: model::Text::parse({field})?"));
        let path = fields.iter().fold(String::new(), |path, field| path + "/{" + field + "}");
        let has = |operation| routes.contains(&operation);
        Self {
            add: (has(Operation::Add) || has(Operation::ListAdd))
                .then(|| Add::new(context, columns)),
            edit: has(Operation::Edit).then(|| Edit::new(columns)),
            filter: elements(&variants(filter)),
            order: elements(&variants(order)),
            default_order: elements(&default_order.collect::<Vec<_>>()),
            paging: match http.paging {
                Paging::Offset => "model::Paging::Offset",
                Paging::Keyset => "model::Paging::Keyset",
            },
            page_size: literal::number(http.page_size.into()),
            max_page_size: literal::number(http.max_page_size.into()),
            max_body: literal::number(http.max_body.into()),
            parsed_key: parsed.collect::<Vec<_>>().join(", "),
            key: fields.join(", "),
            routes: shown(routes, &path),
            asked: has(Operation::List).then(|| asked(http, columns)),
            router: router(routes, &path),
            mixin: mixin(routes),
        }
    }

    /// Whether every route works without a mixin of the application.
    pub(super) fn is_complete(&self) -> bool {
        self.add.as_ref().is_none_or(|add| add.missing.is_empty())
    }
}

impl Add {
    fn new(context: &Context<'_>, columns: &[Column]) -> Self {
        let new = || columns.iter().filter(|column| column.is_new());
        let added = || new().filter(|column| column.is_added());
        let missing = || new().filter(|column| !column.is_added() && !column.is_optional);
        let made = |of: &str| {
            new()
                .map(|column| {
                    if column.is_added() {
                        format!("{0}: {of}.{0}", column.field)
                    } else {
                        column.given_if_required()
                    }
                })
                .collect()
        };
        let arguments = arguments(context.names, missing());
        Self {
            is_all_optional: added().all(|column| column.is_optional),
            is_empty: added().next().is_none(),
            missing: sentence_list(&missing().map(|it| code(&it.field)).collect::<Vec<_>>()),
            // The body itself is the first of them.
            arguments: (1..MOST_ARGUMENTS).contains(&arguments.len()).then(|| arguments.join(", ")),
            of_body: made("body"),
            of_self: made("self"),
        }
    }
}

impl Edit {
    fn new(columns: &[Column]) -> Self {
        let edited = columns.iter().filter(|column| column.is_edited());
        let of_body: Vec<_> = edited.map(|column| format!("{0}: body.{0}", column.field)).collect();
        let patched = columns.iter().filter(|column| !column.primary_key).count();
        Self { is_complete: of_body.len() == patched, of_body }
    }
}

/// The routes, for the docs.
fn shown(routes: &BTreeSet<Operation>, path: &str) -> Vec<Route> {
    let has = |operation| routes.contains(&operation);
    let add = match (has(Operation::Add), has(Operation::ListAdd)) {
        (true, true) => Some("201: the new row; for an array, how many"),
        (true, false) => Some("201: the new row"),
        (false, true) => Some("201: how many rows"),
        (false, false) => None,
    };
    [
        ("GET /", has(Operation::List).then_some("200: a page of rows")),
        ("POST /", add),
        ("GET", has(Operation::View).then_some("200: the row")),
        ("PATCH", has(Operation::Edit).then_some("200: the changed row")),
        ("DELETE", has(Operation::Delete).then_some("204")),
    ]
    .into_iter()
    .filter_map(|(method, answer)| {
        let request = match method.split_once(' ') {
            Some(_) => code(method),
            None => code(&format!("{method} {path}")),
        };
        Some(Route { request, answer: answer? })
    })
    .collect()
}

/// What may be asked of a list, for the docs.
fn asked(http: &HttpTable, columns: &[Column]) -> String {
    let names = |of: &[usize]| -> Vec<_> {
        of.iter().filter_map(|at| columns.get(*at)).map(|column| code(&column.field)).collect()
    };
    let filter = names(&http.filter);
    let order = names(&http.order);
    let mut asked = Vec::new();
    if !filter.is_empty() {
        asked.push(format!("is filtered by {}", sentence_list(&filter)));
    }
    if !order.is_empty() {
        asked.push(format!("is ordered by {} (`?order=`)", sentence_list(&order)));
    }
    let HttpTable { page_size, max_page_size, .. } = http;
    asked.push(format!("has {page_size} rows a page, and at most {max_page_size} (`?size=`)"));
    format!("A list {}.", sentence_list(&asked))
}

/// The calls that put the routes on a router.
fn router(routes: &BTreeSet<Operation>, path: &str) -> String {
    let has = |operation| routes.contains(&operation);
    let add = match (has(Operation::Add), has(Operation::ListAdd)) {
        (true, true) => Some("add_one_or_many"),
        (true, false) => Some("add"),
        (false, true) => Some("list_add"),
        (false, false) => None,
    };
    let all = [("get", has(Operation::List).then_some("list")), ("post", add)];
    let one = [
        ("get", has(Operation::View).then_some("view")),
        ("patch", has(Operation::Edit).then_some("edit")),
        ("delete", has(Operation::Delete).then_some("delete")),
    ];
    route("/", &all) + &route(path, &one)
}

fn route(path: &str, methods: &[(&str, Option<&str>)]) -> String {
    let handlers: Vec<_> = methods
        .iter()
        .filter_map(|(method, handler)| Some(format!("{method}(crud.{}())", (*handler)?)))
        .collect();
    if handlers.is_empty() {
        String::new()
    } else {
        format!(".route({path:?}, ::axum::routing::{})", handlers.join("."))
    }
}

/// What a mixin has to implement for these routes.
fn mixin(routes: &BTreeSet<Operation>) -> String {
    let of = |operation: &Operation| match operation {
        Operation::Add => Some("model::UnitAdd"),
        Operation::View => Some("model::UnitView"),
        Operation::Edit => Some("model::UnitEdit"),
        Operation::Delete => Some("model::UnitDelete"),
        Operation::List => Some("model::ListView"),
        Operation::ListAdd => Some("model::ListAdd"),
        Operation::Save | Operation::ListEdit | Operation::ListDelete => None,
    };
    let adds = routes.contains(&Operation::Add) || routes.contains(&Operation::ListAdd);
    let body = adds.then_some("::bindery_runtime::axum::AddBody");
    let traits: Vec<_> = routes.iter().filter_map(of).chain(body).collect();
    traits.join(" + ")
}

fn elements(elements: &[String]) -> String {
    elements.join(", ")
}
