//! The order of creation: each table after those it refers to, otherwise that of the file.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::Draft;
use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::table::{Column, Table},
};

/// Most steps of a circle that a report points at.
const SHOWN: usize = 6;

/// Brings the tables into order. Tables that refer to each other in a circle are left out and
/// reported.
pub(super) fn order(drafts: Vec<Draft<'_>>, diagnostics: &mut Diagnostics) -> Vec<Table> {
    let before: Vec<Vec<usize>> = drafts.iter().enumerate().map(needed).collect();
    let (order, waiting) = sorted(&before);
    circles(&drafts, &before, &waiting, diagnostics);
    let mut place = vec![usize::MAX; drafts.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new;
    }
    let mut tables: Vec<(usize, Table)> = drafts
        .into_iter()
        .enumerate()
        .filter(|(old, _)| place[*old] != usize::MAX)
        .filter_map(|(old, draft)| Some((place[old], draft.finish()?)))
        .collect();
    tables.sort_by_key(|(new, _)| *new);
    let mut tables: Vec<Table> = tables.into_iter().map(|(_, table)| table).collect();
    let columns = tables.iter_mut().flat_map(|table| &mut table.columns);
    for reference in columns.filter_map(|column| column.references.as_mut()) {
        reference.table = place[reference.table];
    }
    tables
}

/// The tables that one refers to, apart from itself, each once.
fn needed((table, draft): (usize, &Draft<'_>)) -> Vec<usize> {
    let mut needed: Vec<usize> = draft
        .known()
        .filter_map(|(_, column)| Some(column.references.as_ref()?.table))
        .filter(|other| *other != table)
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

/// An order in which each comes after those before it, the first of the file first; and for each
/// table how many it still waits for.
fn sorted(before: &[Vec<usize>]) -> (Vec<usize>, Vec<usize>) {
    let mut waiting: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut after = vec![Vec::new(); before.len()];
    for (table, needed) in before.iter().enumerate() {
        for other in needed {
            after[*other].push(table);
        }
    }
    let ready = (0..before.len()).filter(|table| waiting[*table] == 0).map(Reverse);
    let mut ready: BinaryHeap<Reverse<usize>> = ready.collect();
    let mut order = Vec::new();
    while let Some(Reverse(table)) = ready.pop() {
        order.push(table);
        for other in &after[table] {
            waiting[*other] -= 1;
            if waiting[*other] == 0 {
                ready.push(Reverse(*other));
            }
        }
    }
    (order, waiting)
}

/// Reports one circle for each group of tables that wait for each other.
fn circles(
    drafts: &[Draft<'_>],
    before: &[Vec<usize>],
    waiting: &[usize],
    diagnostics: &mut Diagnostics,
) {
    // The walk on which a table was met; zero while it was not.
    let mut met = vec![0; drafts.len()];
    for start in 0..drafts.len() {
        let mut path = Vec::new();
        let mut table = start;
        // Whoever waits, waits for somebody who waits: the walk ends where it was before.
        while waiting[table] > 0 && met[table] == 0 {
            met[table] = start + 1;
            path.push(table);
            let next = before[table].iter().find(|next| waiting[**next] > 0);
            table = *next.unwrap_or(&table);
        }
        if waiting[table] > 0 && met[table] == start + 1 && !path.is_empty() {
            let circle = path.into_iter().skip_while(|step| *step != table).collect::<Vec<_>>();
            diagnostics.extend(circle_of(drafts, &circle));
        }
    }
}

fn circle_of(drafts: &[Draft<'_>], circle: &[usize]) -> Option<Diagnostic> {
    let next = circle.iter().cycle().skip(1);
    let mut steps = circle.iter().zip(next).filter_map(|(from, to)| {
        let refers = |column: &Column| {
            column.references.as_ref().is_some_and(|reference| reference.table == *to)
        };
        let (config, _) = drafts[*from].known().find(|(_, column)| refers(column))?;
        let what = format!("`{}` refers to `{}`", drafts[*from].name(), drafts[*to].name());
        Some((config.references.as_ref()?.span, what))
    });
    let (span, what) = steps.next()?;
    let message = "no table of this circle can be the first to be created";
    let diagnostic = Diagnostic::new(Code::ReferenceCycle, span, message).label(what);
    let diagnostic =
        steps.take(SHOWN).fold(diagnostic, |diagnostic, (span, what)| diagnostic.also(span, what));
    Some(diagnostic.help(
        "remove one of the references, or move it into a model of its own that refers to both",
    ))
}
