//! How several sessions of a scope end.
//!
//! First all connections are taken from their sessions; then hooks run, and everything that can still
//! fail before a COMMIT is made to fail; then they commit one after the other in the order of the TOML. One
//! that fails makes the rest roll back, and the error says what became of each.

use std::collections::VecDeque;
use std::sync::Arc;

use super::part::Part;
use super::{Member, cut_off, in_time, unknown};
use crate::error::{EndReport, Error, ErrorKind};
use crate::scope::Decision;

pub(super) async fn end(members: Vec<Arc<dyn Member>>, decision: Decision) -> Result<(), Error> {
    let Some(observer) = members.first().cloned() else { return Ok(()) };
    let mut report = EndReport::default();
    let mut parts = Vec::with_capacity(members.len());
    let mut first_error = None;
    for member in members {
        let key = member.key();
        match in_time(key, member.seal()).await {
            Ok(part) => parts.extend(part),
            Err(error) => {
                report.failed.push(key);
                first_error.get_or_insert(error);
            }
        }
    }
    if decision == Decision::RollBack {
        roll_back_all(parts, &mut report).await;
        return Ok(());
    }
    if first_error.is_none() && doomed(&parts).is_none() {
        for part in &mut parts {
            let Some(hook) = part.before_commit() else { continue };
            if let Err(error) = hook.await {
                report.failed.push(part.key());
                first_error = Some(error);
                break;
            }
        }
    }
    if first_error.is_none()
        && let Some((key, why)) = doomed(&parts)
    {
        tracing::debug!(key, why, "a scope rolls back as it was told");
        roll_back_all(parts, &mut report).await;
        return Ok(());
    }
    if first_error.is_none() {
        // With one bind its own COMMIT says it all; with several, none may commit before the others
        // were asked.
        let several = parts.len() > 1;
        for part in &mut parts {
            if let Err(error) = part.check(several).await {
                report.failed.push(part.key());
                first_error = Some(error);
                break;
            }
        }
    }
    if let Some(error) = first_error {
        roll_back_all(parts, &mut report).await;
        return Err(error.with_report(report));
    }
    Commits { report, left: parts.into(), under_way: None, observer }.run().await
}

/// The first bind that was told to roll back, and why.
fn doomed(parts: &[Box<dyn Part>]) -> Option<(&'static str, &str)> {
    parts.iter().find_map(|part| Some((part.key(), part.doomed()?)))
}

/// The commits of several binds under way. Dropped in the middle of them, when the time of an end in
/// the background is over, they tell what was stored: nobody else does.
struct Commits {
    report: EndReport,
    /// Those that have not committed, the one that is about to first.
    left: VecDeque<Box<dyn Part>>,
    /// The one whose COMMIT is on its way.
    under_way: Option<&'static str>,
    /// All binds of a scope have the same observer.
    observer: Arc<dyn Member>,
}

impl Commits {
    /// Commits one after the other; after one that failed the rest roll back.
    async fn run(mut self) -> Result<(), Error> {
        while let Some(part) = self.left.pop_front() {
            let key = part.key();
            self.under_way = Some(key);
            let committed = part.commit().await;
            self.under_way = None;
            let Err(error) = committed else {
                self.report.committed.push(key);
                continue;
            };
            if error.kind() == ErrorKind::OutcomeUnknown {
                self.report.unknown.push(key);
            } else {
                self.report.failed.push(key);
            }
            let left = std::mem::take(&mut self.left).into();
            let mut report = std::mem::take(&mut self.report);
            roll_back_all(left, &mut report).await;
            if report.committed.is_empty() {
                return Err(error.with_report(report));
            }
            return Err(partial(key, report).with_source(error));
        }
        Ok(())
    }
}

impl Drop for Commits {
    fn drop(&mut self) {
        let Some(under_way) = self.under_way else { return };
        let mut report = std::mem::take(&mut self.report);
        report.unknown.push(under_way);
        report.rolled_back.extend(self.left.iter().map(|part| part.key()));
        let error = if report.committed.is_empty() {
            unknown(under_way).with_report(report)
        } else {
            partial(under_way, report)
        };
        cut_off(&*self.observer, &error);
    }
}

fn partial(key: &'static str, report: EndReport) -> Error {
    let message = format!(
        "not every bind committed: stored {:?}, failed {:?}, unknown {:?}, rolled back {:?}",
        report.committed, report.failed, report.unknown, report.rolled_back
    );
    Error::new(ErrorKind::PartialCommit, key, message).with_report(report)
}

async fn roll_back_all(parts: Vec<Box<dyn Part>>, report: &mut EndReport) {
    for part in parts {
        let key = part.key();
        if !report.failed.contains(&key) {
            report.rolled_back.push(key);
        }
        part.roll_back().await;
    }
}
