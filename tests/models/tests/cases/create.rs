//! Tables that are created and dropped.

use bindery_runtime::{ErrorKind, model};
use futures_util::future::join_all;

use super::bind::{self, note};
use super::{Fixture, kind, new_note};

#[tokio::test]
async fn twelve_at_once() {
    let fixture = Fixture::bare(12).await;
    let created = join_all((0..12).map(|_| bind::create_all(&fixture.databases))).await;
    for outcome in created {
        outcome.expect("each waits for the others");
    }
    let author = fixture.author("Ada").await;
    note::add(&mut fixture.conn().await, new_note(&author, "one")).await.expect("a note");
    bind::create_all(&fixture.databases).await.expect("they are there");
    assert_eq!(fixture.notes().await, 1, "what is there stays");

    let dropped = join_all((0..12).map(|_| bind::drop_all(&fixture.databases))).await;
    for outcome in dropped {
        outcome.expect("each waits for the others");
    }
    let gone = note::list().count(&mut fixture.conn().await).await;
    assert_eq!(kind(gone), ErrorKind::Database);
    fixture.close().await;
}

#[tokio::test]
async fn one_connection_is_enough() {
    let fixture = Fixture::bare(1).await;
    model::create_all(fixture.main(), &[]).await.expect("nothing to do");
    for _ in 0..3 {
        bind::create_all(&fixture.databases).await.expect("tables");
        assert_eq!(fixture.notes().await, 0);
        bind::drop_all(&fixture.databases).await.expect("no tables");
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_wrong_statement_says_so_and_frees_the_lock() {
    let fixture = Fixture::bare(4).await;
    let bind = fixture.main();
    let wrong =
        model::Ddl { name: "", columns: &[], create: &["CREATE TABLE"], drop: "DROP TABLE" };
    assert_eq!(kind(model::create_all(bind, &[wrong]).await), ErrorKind::Database);
    bind::create_all(&fixture.databases).await.expect("the lock is free");
    fixture.close().await;
}
