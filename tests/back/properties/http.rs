//! What HTTP may do with tables that nobody thought of.

use bindery::model::{
    Output, Web,
    table::{HttpTable, Operation, Paging, Table},
};

use super::Random;

const ROUTES: [Operation; 6] = [
    Operation::Add,
    Operation::View,
    Operation::Edit,
    Operation::Delete,
    Operation::List,
    Operation::ListAdd,
];

/// At least one route, where there may be one.
pub(super) fn http(output: &Output, table: &Table, random: &mut Random) -> Option<HttpTable> {
    if output.web != Web::Axum || !output.serde || random.flip() {
        return None;
    }
    let mut some = |of: usize| -> Vec<_> { (0..of).filter(|_| random.flip()).collect() };
    let columns = table.columns.len();
    let (routes, filter, order) = (some(ROUTES.len()), some(columns), some(columns));
    let default_order = some(columns).into_iter().map(|at| (at, random.flip())).collect();
    let routes = routes.into_iter().map(|at| ROUTES[at]).chain([random.pick(&ROUTES)]).collect();
    Some(HttpTable {
        routes,
        filter,
        order,
        default_order,
        paging: random.pick(&[Paging::Offset, Paging::Keyset]),
        page_size: 20,
        max_page_size: 1000,
        max_body: random.pick(&[1, 1_048_576]),
    })
}
