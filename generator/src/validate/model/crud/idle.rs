//! Settings of routes that are not there.

use crate::{
    config::CrudConfig,
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::table::{HttpTable, Operation},
    source::Span,
};

/// Warns of settings of lists without the route of the list, and of bodies without a route that
/// has one.
pub(super) fn check(crud: &CrudConfig, table: &HttpTable, diagnostics: &mut Diagnostics) {
    // What could not be read may have been the route.
    if !crud.sound
        || crud.routes.as_ref().is_some_and(|typed| typed.value.len() != table.routes.len())
    {
        return;
    }
    let place = |typed: Option<Span>, setting: &'static str| Some((typed?, setting));
    let of_list = [
        place(crud.filter.as_ref().map(|typed| typed.span), "filter"),
        place(crud.order.as_ref().map(|typed| typed.span), "order"),
        place(crud.default_order.as_ref().map(|typed| typed.span), "default_order"),
        place(crud.paging.as_ref().map(|typed| typed.span), "paging"),
        place(crud.page_size.as_ref().map(|typed| typed.span), "page_size"),
        place(crud.max_page_size.as_ref().map(|typed| typed.span), "max_page_size"),
    ];
    let of_body = [place(crud.max_body.as_ref().map(|typed| typed.span), "max_body")];
    let bodies = [Operation::Add, Operation::Edit, Operation::ListAdd];
    let groups = [
        (&of_list[..], &[Operation::List][..], "`list`"),
        (&of_body, &bodies, "`add`, `edit` or `list_add`"),
    ];
    for (settings, routes, what) in groups {
        if routes.iter().any(|route| table.routes.contains(route)) {
            continue;
        }
        let mut settings: Vec<_> = settings.iter().flatten().collect();
        settings.sort();
        let Some(((span, setting), others)) = settings.split_first() else { continue };
        let message = format!("`{setting}` has no effect here");
        let help = format!("add {what} to `routes`, or remove it");
        let diagnostic = Diagnostic::new(Code::IdleCrud, *span, message).help(help);
        let diagnostic = others.iter().fold(diagnostic, |diagnostic, (span, setting)| {
            diagnostic.also(*span, format!("nor has `{setting}`"))
        });
        diagnostics.push(diagnostic);
    }
}
