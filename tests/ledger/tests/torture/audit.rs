//! Holds what the databases have against the service's own record.

use std::collections::BTreeMap;

use bindery_runtime::sqlx::Pool;

use crate::book::{Book, Early, Entry};
use crate::engine::{BALANCES, ENTRIES, Engine, Side};
use crate::logs::Abandoned;
use crate::plan::{ACCOUNTS, Fault, Leg, Outside, Plan};
use crate::run::BALANCE;
use crate::support::client::Seen;

/// The journal of one side by request, in order.
pub(crate) type Stored = BTreeMap<usize, Vec<Leg>>;

/// Reads the journal, and sees that the balances are those that it makes.
pub(crate) async fn side<S: Side>(pool: &Pool<S::Database>, wrong: &mut Vec<String>) -> Stored {
    let entries = S::Database::triples(pool, ENTRIES).await.expect("the journal");
    let balances = S::Database::triples(pool, BALANCES).await.expect("the balances");
    let mut expected: BTreeMap<i64, (i64, i64)> =
        (0..ACCOUNTS).map(|account| (account, (BALANCE, 0))).collect();
    let mut stored = Stored::new();
    for (id, account, amount) in entries {
        let (balance, changes) = expected.get_mut(&account).expect("an account");
        *balance += amount;
        *changes += 1;
        let legs = stored.entry(usize::try_from(id).expect("a request")).or_default();
        legs.push(Leg { account, amount });
    }
    for (account, balance, version) in balances {
        if expected[&account] != (balance, version) {
            wrong.push(format!(
                "{}: account {account} has {balance} after {version} changes, the journal says {:?}",
                S::KEY, expected[&account]
            ));
        }
    }
    stored
}

/// Everything that is not as the record says.
pub(crate) fn requests(
    book: &Book,
    plan: impl Fn(usize) -> Plan,
    keys: [&'static str; 2],
    stored: &[Stored; 2],
    abandoned: &[Abandoned],
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut background = Vec::new();
    let mut ended = 0;
    for number in 0..book.requests() {
        let (plan, entry) = (plan(number), book.entry(number).clone());
        let mut found = Vec::new();
        let early = entry.early != [None, None];
        ended += usize::from(early && entry.succeeded && entry.status.is_none());
        seen(&plan, &entry, &mut found);
        let has = [0, 1].map(|side| stored[side].get(&number).cloned().unwrap_or_default());
        match expected(&plan, &entry, keys) {
            Expected::Each(sides) => {
                for side in [0, 1] {
                    if !sides[side].iter().any(|legs| is_same(legs, &has[side])) {
                        found.push(format!(
                            "{} has {:?}, not one of {:?}",
                            keys[side], has[side], sides[side]
                        ));
                    }
                }
            }
            Expected::InBackground => {
                let whole = [0, 1].map(|side| is_same(&plan.legs[side], &has[side]));
                book.count("dropped when it was to commit");
                let none = [0, 1].map(|side| has[side].is_empty());
                if !(0..2).all(|side| whole[side] || none[side]) {
                    found.push(format!("an end in the background stored parts: {has:?}"));
                }
                if whole != [true, true] {
                    background.push((number, whole));
                }
            }
        }
        wrong.extend(
            found
                .into_iter()
                .map(|what| format!("request {number}: {what}\n    {plan:?}\n    {entry:?}")),
        );
    }
    for number in stored.iter().flat_map(BTreeMap::keys) {
        if *number >= book.requests() {
            wrong.push(format!("request {number} was never sent"));
        }
    }
    in_background(background, ended, keys, abandoned, &mut wrong);
    wrong
}

/// Ends that nobody waited for and that did not store everything, against those that the log names.
/// `ended` of those that the log may name had ended one side before, and were judged by that.
fn in_background(
    mut unstored: Vec<(usize, [bool; 2])>,
    mut ended: usize,
    keys: [&'static str; 2],
    abandoned: &[Abandoned],
    wrong: &mut Vec<String>,
) {
    let says = |failure: &Abandoned| keys.map(|key| failure.stored(key));
    let (known, unknown): (Vec<_>, Vec<_>) =
        abandoned.iter().partition(|failure| says(failure).iter().all(Option::is_some));
    for failure in known.into_iter().chain(unknown.clone()) {
        let says = says(failure);
        let fits = |stored: &[bool; 2]| {
            (0..2).all(|side| says[side].is_none_or(|says| says == stored[side]))
        };
        if let Some(at) = unstored.iter().position(|(_, stored)| fits(stored)) {
            unstored.remove(at);
        } else if says.contains(&None) {
            // A commit without an answer may have been done, and then there was nothing to notice.
        } else if ended > 0 {
            ended -= 1;
        } else {
            wrong.push(format!("the log says that an end failed that did not: {failure:?}"));
        }
    }
    for (number, stored) in unstored {
        wrong.push(format!(
            "request {number}: dropped when it was to commit, stored {stored:?}, and no word in the log"
        ));
    }
}

enum Expected {
    /// What each side may have.
    Each([Vec<Vec<Leg>>; 2]),
    /// Dropped after it was decided to commit: both, or as the log says.
    InBackground,
}

fn expected(plan: &Plan, entry: &Entry, keys: [&'static str; 2]) -> Expected {
    let is_success = entry.status.is_some_and(|status| status < 300);
    let cut = entry.status.is_none();
    if cut && entry.succeeded && entry.early == [None, None] {
        return Expected::InBackground;
    }
    Expected::Each([0, 1].map(|side| {
        let (all, none) = (plan.legs[side].clone(), Vec::new());
        match entry.early[side] {
            Some(Early::Stored(written)) => return vec![all[..written].to_vec()],
            Some(Early::Sent(written)) => return vec![none, all[..written].to_vec()],
            None => {}
        }
        if is_success {
            return vec![all];
        }
        let Some((_, _, report)) = &entry.report else {
            return vec![none];
        };
        if report.committed.contains(&keys[side]) {
            vec![all]
        } else if report.unknown.contains(&keys[side]) {
            vec![none, all]
        } else {
            vec![none]
        }
    }))
}

/// What the client saw against what left the service.
fn seen(plan: &Plan, entry: &Entry, wrong: &mut Vec<String>) {
    match (entry.seen, entry.status) {
        (None, _) => wrong.push("was never ended".to_owned()),
        (Some(Seen::Status(seen)), Some(status)) if seen != status => {
            wrong.push(format!("the client saw {seen}, the service said {status}"));
        }
        (Some(Seen::Status(seen)), None) => {
            let cuts = matches!(
                plan.outside,
                Outside::CancelledAfter(_) | Outside::CancelledInEnd(_) | Outside::TimedOutAfter(_)
            );
            if seen != 504 || !cuts {
                wrong.push(format!("the client saw {seen}, and nothing left the scope"));
            }
        }
        (Some(Seen::Closed), _) => {
            if !matches!(plan.fault, Fault::Panic | Fault::PanicInSavepoint) {
                wrong.push("closed without an answer".to_owned());
            }
        }
        (Some(Seen::Status(_)), Some(_)) => {}
        (Some(Seen::Left), _) => {
            if !matches!(plan.outside, Outside::ClientLeavesAfter(_)) {
                wrong.push("a client left that was to stay".to_owned());
            }
        }
    }
    let is_success = entry.status.is_some_and(|status| status < 300);
    if is_success && !entry.succeeded {
        wrong.push("a success that the handler did not speak of".to_owned());
    }
    if is_success && entry.early != [None, None] {
        wrong.push("a transaction that ended by itself was answered as a success".to_owned());
    }
    if entry.report.is_some() && is_success {
        wrong.push("a success whose end failed".to_owned());
    }
    if entry.succeeded && entry.status.is_some() && !is_success && entry.report.is_none() {
        wrong.push("the answer of the handler was replaced without a word".to_owned());
    }
}

fn is_same(expected: &[Leg], stored: &[Leg]) -> bool {
    let mut expected = expected.to_vec();
    expected.sort_by_key(|leg| (leg.account, leg.amount));
    expected == stored
}
