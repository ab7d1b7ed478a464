//! The end of a scope with one session, which is the rule: there are no others to be asked first or
//! to be told of, so it makes no lists of what there is one of.

use std::sync::Arc;

use super::part::OpenPart;
use super::{cut_off, in_time, unknown};
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
    let under_way = UnderWay(Some(&*part.session));
    let committed = link.commit().await;
    under_way.done();
    committed.map_err(|error| {
        if error.kind() == ErrorKind::OutcomeUnknown {
            error.with_report(unknown_report::<B>())
        } else {
            failed::<B>(error)
        }
    })
}

/// A COMMIT on its way; dropped before its end, it tells that nobody knows how that was.
struct UnderWay<'a, B: Binding>(Option<&'a Inner<B>>);

impl<B: Binding> UnderWay<'_, B> {
    fn done(mut self) {
        self.0 = None;
    }
}

impl<B: Binding> Drop for UnderWay<'_, B> {
    fn drop(&mut self) {
        if let Some(session) = self.0 {
            cut_off(session, &unknown(B::KEY).with_report(unknown_report::<B>()));
        }
    }
}

fn unknown_report<B: Binding>() -> EndReport {
    EndReport { unknown: vec![B::KEY], ..EndReport::default() }
}

fn failed<B: Binding>(error: Error) -> Error {
    error.with_report(EndReport { failed: vec![B::KEY], ..EndReport::default() })
}
