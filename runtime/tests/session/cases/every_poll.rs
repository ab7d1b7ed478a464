//! Work that is dropped at every poll: what is stored, and what the next borrower gets.

use std::collections::BTreeSet;

use super::*;
use crate::polling::{Drop, polled};

/// How often each place is tried.
const TURNS: i32 = 12;

/// Drops `work` at every poll until it comes to its end. `work(fixture, round)` adds `rows` notes
/// of its round or none.
pub(super) async fn everywhere(
    fixture: &Fixture,
    rows: &[i64],
    work: impl AsyncFn(&Fixture, i32) -> Outcome,
) {
    everywhere_until(0, fixture, rows, work).await;
}

/// As [`everywhere`], until `work` was dropped on its way for `enough` times.
pub(super) async fn everywhere_until(
    enough: i32,
    fixture: &Fixture,
    rows: &[i64],
    work: impl AsyncFn(&Fixture, i32) -> Outcome,
) {
    let (connections, round) = connections_of(enough, fixture, rows, work).await;
    // One that a busy machine does not bring to a known state in time is closed.
    let few = 2 + usize::try_from(round / 100).expect("a count");
    assert!(connections <= few, "{connections} connections in {round} rounds");
}

/// As [`everywhere_until`]; returns how many connections there were, one after the other, and in how many
/// rounds.
pub(super) async fn connections_of(
    enough: i32,
    fixture: &Fixture,
    rows: &[i64],
    work: impl AsyncFn(&Fixture, i32) -> Outcome,
) -> (usize, i32) {
    let mut round = 0;
    let mut on_the_way = 0;
    let mut connections = BTreeSet::new();
    let mut observer = fixture.observer().await;
    for turn in 0.. {
        if turn >= TURNS && on_the_way >= enough {
            break;
        }
        let drop = if turn % 2 == 0 { Drop::AtOnce } else { Drop::WhenWoken };
        for times in 0.. {
            round += 1;
            let ended = polled(work(fixture, round), times, drop).await;
            let place = format!("{drop:?} after {times} polls, round {round}");
            // MariaDB shows transactions with a delay of 0.1 s: many rounds are looked at in part.
            if enough == 0 || ended.is_some() {
                let id = crate::in_time(&place, async {
                    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
                    backend::assert_clean(&mut conn).await
                })
                .await;
                connections.insert(id);
            }
            let stored: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
                "SELECT COUNT(*) FROM notes WHERE round = {round}"
            )))
            .fetch_one(&mut observer)
            .await
            .expect("the table is there");
            assert!(rows.contains(&stored), "{place}: {stored} rows");
            match ended {
                None => {
                    assert!(times < 500, "{place}: it never ends");
                    on_the_way += i32::from(times > 0);
                }
                Some(Ok(())) => {
                    assert_eq!(Some(&stored), rows.last(), "{place}: it said that it is stored");
                    break;
                }
                Some(Err(error)) => panic!("{place}: {error:?}"),
            }
        }
    }
    assert!(round > 2 * TURNS, "only {round} rounds");
    (connections.len(), round)
}
