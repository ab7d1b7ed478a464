//! The end of a scope with one session, which is the rule: there are no others to be asked first or
//! to be told of, so it makes no lists of what there is one of.

use std::sync::Arc;

use super::{OpenPart, in_time};
use crate::binding::Binding;
use crate::error::{EndReport, Error, ErrorKind};
use crate::scope::Decision;
use crate::session::{Inner, roll_back};

pub(super) async fn end<B: Binding>(
    session: Arc<Inner<B>>,
    decision: Decision,
) -> Result<(), Error> {
    let ended = match in_time(B::KEY, session.part()).await {
        Ok(None) => Ok(()),
        Ok(Some(part)) => ended(part, decision).await,
        Err(_) if decision == Decision::RollBack => Ok(()),
        Err(error) => Err(failed::<B>(error)),
    };
    ended.inspect_err(|error| session.supply.events().end_failed(error))
}

async fn ended<B: Binding>(mut part: OpenPart<B>, decision: Decision) -> Result<(), Error> {
    if decision == Decision::Commit {
        if part.doomed.is_none() {
            part.run_hook().await.map_err(failed::<B>)?;
        }
        if let Some(why) = &part.doomed {
            tracing::debug!(key = B::KEY, why, "a scope rolls back as it was told");
        }
    }
    // There is always one: only a hook that refused takes it away.
    let Some(mut link) = part.link else { return Ok(()) };
    if decision == Decision::RollBack || part.doomed.is_some() {
        roll_back(link).await;
        return Ok(());
    }
    // No other bind commits after this one, so its COMMIT says it all.
    if let Err(error) = link.check(false).await {
        roll_back(link).await;
        return Err(failed::<B>(error));
    }
    link.commit().await.map_err(|error| {
        if error.kind() == ErrorKind::OutcomeUnknown {
            error.with_report(EndReport { unknown: vec![B::KEY], ..EndReport::default() })
        } else {
            failed::<B>(error)
        }
    })
}

fn failed<B: Binding>(error: Error) -> Error {
    error.with_report(EndReport { failed: vec![B::KEY], ..EndReport::default() })
}
