//! Lists and tables whose future is dropped half-way.

use bindery_runtime::{ErrorKind, autocommit, model, run_scope, session};
use model::{Filter, Select};

use super::db::Main;
use super::models::TABLES;
use super::models::note::Note;
use super::{Fixture, note};
use crate::polling::{Drop, polled};

const SIZE: u64 = 2_500;

const PLACES: [usize; 8] = [1, 2, 3, 4, 6, 9, 14, 30];

#[tokio::test]
async fn a_session_has_all_of_a_list_or_none() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    for (times, drop) in
        PLACES.into_iter().flat_map(|at| [(at, Drop::AtOnce), (at, Drop::WhenWoken)])
    {
        let outcome = run_scope(&fixture.databases, async || {
            let main = session::<Main>()?;
            let new = (0..SIZE).map(|number| note(&author, format!("n{number}")));
            let _ = polled(model::list_add::<Note>(&main, new), times, drop).await;
            Select::<Note>::new().count(&main).await
        })
        .await;
        match outcome {
            Ok(count) => assert!(count == 0 || count == SIZE, "{count} after {times}, {drop:?}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::RollbackOnly, "{error:?}"),
        }
        let mut conn = fixture.conn().await;
        let stored = model::list_delete::<Note>(&mut conn, Filter::all_rows()).await;
        let stored = stored.expect("notes");
        assert!(stored == 0 || stored == SIZE, "{stored} after {times}, {drop:?}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn so_has_a_session_without_a_transaction() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    for (times, drop) in
        PLACES.into_iter().flat_map(|at| [(at, Drop::AtOnce), (at, Drop::WhenWoken)])
    {
        run_scope(&fixture.databases, async || {
            let main = autocommit::<Main>()?;
            let new = (0..SIZE).map(|number| note(&author, format!("n{number}")));
            let _ = polled(model::list_add::<Note>(&main, new), times, drop).await;
            let count = Select::<Note>::new().count(&main).await?;
            assert!(count == 0 || count == SIZE, "{count} after {times}, {drop:?}");
            Ok::<_, bindery_runtime::Error>(())
        })
        .await
        .expect("it goes on");
        let mut conn = fixture.conn().await;
        let stored = model::list_delete::<Note>(&mut conn, Filter::all_rows()).await;
        let stored = stored.expect("notes");
        assert!(stored == 0 || stored == SIZE, "{stored} after {times}, {drop:?}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn the_lock_of_the_tables_is_free_again() {
    let fixture = Fixture::bare(2).await;
    let bind = fixture.databases.main();
    for times in PLACES {
        for drop in [Drop::AtOnce, Drop::WhenWoken] {
            let _ = polled(model::create_all(bind, TABLES), times, drop).await;
            model::create_all(bind, TABLES).await.expect("tables");
            let _ = polled(model::drop_all(bind, TABLES), times, drop).await;
            model::drop_all(bind, TABLES).await.expect("no tables");
        }
    }
    fixture.close().await;
}
