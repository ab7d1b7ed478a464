//! Tables that are created and dropped.

use bindery_runtime::{ErrorKind, model};
use futures_util::future::join_all;

use super::models::TABLES;
use super::models::note::Note;
use super::{Fixture, kind, note};
use model::Select;

#[tokio::test]
async fn twelve_at_once() {
    let fixture = Fixture::bare(12).await;
    let bind = fixture.databases.main();
    let created = join_all((0..12).map(|_| model::create_all(bind, TABLES))).await;
    for outcome in created {
        outcome.expect("each waits for the others");
    }
    let author = fixture.author("Ada").await;
    model::add::<Note>(&mut fixture.conn().await, note(&author, "one")).await.expect("a note");
    model::create_all(bind, TABLES).await.expect("they are there");
    assert_eq!(fixture.notes().await, 1, "what is there stays");

    let dropped = join_all((0..12).map(|_| model::drop_all(bind, TABLES))).await;
    for outcome in dropped {
        outcome.expect("each waits for the others");
    }
    let gone = Select::<Note>::new().count(&mut fixture.conn().await).await;
    assert_eq!(kind(gone), ErrorKind::Database);
    fixture.close().await;
}

#[tokio::test]
async fn one_connection_is_enough() {
    let fixture = Fixture::bare(1).await;
    let bind = fixture.databases.main();
    model::create_all(bind, &[]).await.expect("nothing to do");
    for _ in 0..3 {
        model::create_all(bind, TABLES).await.expect("tables");
        assert_eq!(fixture.notes().await, 0);
        model::drop_all(bind, TABLES).await.expect("no tables");
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_wrong_statement_says_so_and_frees_the_lock() {
    let fixture = Fixture::bare(4).await;
    let bind = fixture.databases.main();
    let wrong = model::Ddl { create: &["CREATE TABLE"], drop: "DROP TABLE" };
    assert_eq!(kind(model::create_all(bind, &[wrong]).await), ErrorKind::Database);
    model::create_all(bind, TABLES).await.expect("the lock is free");
    fixture.close().await;
}
