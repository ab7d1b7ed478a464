//! A network that stands still for longer than abandoned work is waited for.

use super::*;
use crate::proxy::Proxy;

/// What was begun and given up does not come back to the pool, whenever its answer arrives.
#[tokio::test]
async fn a_connection_that_never_answered_is_closed() {
    if backend::ONE_WRITER {
        // There is no network.
        return;
    }
    let fixture = Fixture::with(1).await;
    let proxy = Proxy::new(&fixture.home.url()).await;
    let mut settings = backend::settings();
    settings.pool.max_connections = Some(1);
    let databases =
        db::Databases::connect_to(proxy.url().into(), &fixture.home.url(), &settings).await;
    let pool = databases.main().pool();
    let work = async || -> Outcome {
        add(1).execute(&session::<Main>()?).await?;
        Ok(())
    };
    pool.execute("SELECT 1").await.expect("it connects");
    // sqlx gives it back in a task of its own, with a ping.
    crate::in_time("its return", async {
        while pool.num_idle() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;

    proxy.run(false);
    let waited = tokio::time::timeout(Duration::from_millis(50), run_scope(&databases, work)).await;
    assert!(waited.is_err(), "nobody answers its BEGIN");
    // Somebody waits for the connection that is given up in the background.
    let next = tokio::spawn(async move { pool.acquire().await });
    tokio::time::sleep(Duration::from_secs(6)).await;
    proxy.run(true);
    let mut conn = crate::in_time("the next borrower", next)
        .await
        .expect("no panic")
        .expect("another connection");
    backend::assert_clean(&mut conn).await;
    assert_eq!(count(&mut conn).await, 0);
    drop(conn);
    crate::in_time("close", close(&databases, Duration::from_secs(10))).await;
    fixture.close().await;
}

/// Whether it is stored cannot be known, so neither success nor failure is claimed.
#[tokio::test]
async fn a_commit_whose_answer_never_came_is_unknown() {
    if backend::ONE_WRITER {
        // There is no network.
        return;
    }
    let fixture = Fixture::with(1).await;
    let proxy = Proxy::new(&fixture.home.url()).await;
    let settings = backend::settings();
    let databases =
        db::Databases::connect_to(proxy.url().into(), &fixture.home.url(), &settings).await;
    let work = async || -> Outcome {
        add(1).execute(&session::<Main>()?).await?;
        proxy.run(false);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            // Without it every connection is cut.
            drop(proxy);
        });
        Ok(())
    };
    let error =
        crate::in_time("the end", run_scope(&databases, work)).await.expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    assert_eq!(error.report().expect("what became of each").unknown, ["main"]);
    crate::in_time("close", close(&databases, Duration::from_secs(10))).await;
    fixture.close().await;
}
