//! What the policy of a model and its marks of deleted rows mean for one operation.

use crate::error::Error;

use super::Model;
use super::filter::Filter;
use super::lease::Lease;
use super::policy::{Policy, Write};

/// The rows that are there for an operation on `lease`, of those that `also` holds for. Every
/// statement has it among its conditions.
///
/// For a model with neither it is [`Filter::all_rows`], and statements stay as they were generated.
pub(super) fn rows_for<M: Model>(
    lease: &Lease<'_, M::Bind>,
    also: Option<Filter<M>>,
) -> Result<Filter<M>, Error> {
    let mut rows = if lease.restricted {
        let allowed = M::Policy::rows()?;
        match M::live() {
            Some(live) => allowed.and(live),
            None => allowed,
        }
    } else {
        Filter::all_rows()
    };
    if let Some(also) = also {
        rows = rows.and(also);
    }
    Ok(rows)
}

/// Lets the policy look at what is about to be written, unless the operation goes around it.
pub(super) fn allow<M: Model>(restricted: bool, row: Write<'_, M>) -> Result<(), Error> {
    if restricted { M::Policy::write(row) } else { Ok(()) }
}

/// Whether an operation on `lease` marks rows as deleted instead of deleting them.
pub(super) fn buries<M: Model>(lease: &Lease<'_, M::Bind>) -> bool {
    lease.restricted && M::live().is_some()
}
