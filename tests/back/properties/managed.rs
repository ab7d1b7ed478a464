//! Columns that the runtime keeps.

use bindery::model::table::{Column, ColumnType, DefaultValue, Http, Table};

use super::Random;

/// Makes some columns the version of the row and its mark of deletion.
pub(super) fn manage(table: &mut Table, random: &mut Random) {
    let free: Vec<_> =
        (0..table.columns.len()).filter(|at| !table.columns[*at].primary_key).collect();
    let mut free = free.into_iter();
    if random.flip() {
        table.version = free.next();
    }
    if let Some(at) = table.version {
        let http = random.pick(&[Http::Read, Http::Hidden]);
        become_managed(&mut table.columns[at], ColumnType::I64, http);
    }
    if random.flip() {
        table.soft_delete = free.next();
    }
    if let Some(at) = table.soft_delete {
        let kind = random.pick(&[&ColumnType::Bool, &ColumnType::Timestamp, &ColumnType::DateTime]);
        let column = &mut table.columns[at];
        become_managed(column, kind.clone(), Http::Hidden);
        column.nullable = *kind != ColumnType::Bool;
        column.default = (*kind == ColumnType::Bool).then_some(DefaultValue::Bool(false));
    }
}

fn become_managed(column: &mut Column, kind: ColumnType, http: Http) {
    column.kind = kind;
    column.http = http;
    column.nullable = false;
    column.generated = false;
    column.default = None;
    column.sql = None;
}
