//! Lists and tables whose future is dropped half-way.

use bindery_runtime::model::Filter;
use bindery_runtime::{Error, ErrorKind};

use super::bind::{self, note};
use super::{Fixture, new_note};
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
        let outcome = fixture
            .databases
            .scope(async |_| {
                let main = bind::session()?;
                let new = (0..SIZE).map(|number| new_note(&author, format!("n{number}")));
                let _ = polled(note::list_add(&main, new), times, drop).await;
                note::list().count(&main).await
            })
            .await;
        match outcome {
            Ok(count) => assert!(count == 0 || count == SIZE, "{count} after {times}, {drop:?}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::RollbackOnly, "{error:?}"),
        }
        let mut conn = fixture.conn().await;
        let stored = note::list_delete(&mut conn, Filter::all_rows()).await;
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
        fixture
            .databases
            .scope(async |_| {
                let main = bind::autocommit()?;
                let new = (0..SIZE).map(|number| new_note(&author, format!("n{number}")));
                let _ = polled(note::list_add(&main, new), times, drop).await;
                let count = note::list().count(&main).await?;
                assert!(count == 0 || count == SIZE, "{count} after {times}, {drop:?}");
                Ok::<_, Error>(())
            })
            .await
            .expect("it goes on");
        let mut conn = fixture.conn().await;
        let stored = note::list_delete(&mut conn, Filter::all_rows()).await;
        let stored = stored.expect("notes");
        assert!(stored == 0 || stored == SIZE, "{stored} after {times}, {drop:?}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn the_lock_of_the_tables_is_free_again() {
    let fixture = Fixture::bare(2).await;
    for times in PLACES {
        for drop in [Drop::AtOnce, Drop::WhenWoken] {
            let _ = polled(bind::create_all(&fixture.databases), times, drop).await;
            bind::create_all(&fixture.databases).await.expect("tables");
            let _ = polled(bind::drop_all(&fixture.databases), times, drop).await;
            bind::drop_all(&fixture.databases).await.expect("no tables");
        }
    }
    fixture.close().await;
}
