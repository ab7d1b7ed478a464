//! The stream of events: what is told, and that every transaction ends in it.

use std::sync::{Arc, Mutex};

use bindery_runtime::{Event, Observer, Outcome as How, Step, autocommit};

use super::*;
use crate::polling::{Drop, polled};
use crate::proxy::Proxy;

/// Writes down what it is told.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn push(&self, line: String) {
        self.0.lock().expect("no test panicked with it").push(line);
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no test panicked with it"))
    }

    fn count(&self, starts: &[&str]) -> usize {
        let lines = self.0.lock().expect("no test panicked with it");
        lines.iter().filter(|line| starts.iter().any(|start| line.starts_with(start))).count()
    }
}

impl Observer for Log {
    fn event(&self, event: &Event<'_>) {
        let how = match event.outcome {
            How::Done => "done".to_owned(),
            How::Failed(error) => match error.downcast_ref::<Error>() {
                Some(error) => format!("{:?}", error.kind()),
                None => "failed".to_owned(),
            },
            other => format!("{other:?}"),
        };
        let bind = if event.key == "main" { String::new() } else { format!(" of {}", event.key) };
        self.push(format!("{}{bind} {how}", event.step));
        assert!(event.step != Step::Statement || how == "failed", "{how}");
    }

    fn end_failed(&self, error: &Error) {
        let report = error.report().expect("a report");
        let (failed, rolled_back) = (&report.failed, &report.rolled_back);
        self.push(format!("end {:?} {failed:?} {rolled_back:?}", error.kind()));
        assert_eq!(report.committed, [""; 0]);
    }
}

async fn observed(max: u32) -> (Fixture, Log) {
    let log = Log::default();
    let fixture = Fixture::with(max).await;
    let mut settings = backend::settings();
    settings.pool.max_connections = Some(max);
    settings.pool.acquire_timeout = Some(Duration::from_secs(1));
    let url = fixture.home.url();
    let databases = db::Databases::connect_observed(log.clone(), &url, &url, &settings).await;
    (Fixture { databases, ..fixture }, log)
}

#[tokio::test]
async fn what_a_session_does_is_told() {
    let (fixture, log) = observed(1).await;
    fixture.scope(async |_| Ok(())).await.expect("nothing is done");
    assert_eq!(log.taken(), [""; 0]);

    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            add(2).execute(&main).await?;
            Ok(())
        })
        .await
        .expect("a commit");
    assert_eq!(log.taken(), ["acquire done", "begin done", "commit done"]);

    let refused = fixture.scope(async |main| {
        add(1).execute(&main).await?;
        Ok(())
    });
    refused.await.expect_err("there is such a note");
    let told = ["acquire done", "begin done", "statement failed", "rollback done"];
    assert_eq!(log.taken(), told);

    let swallowed = fixture.scope(async |main| {
        assert_eq!(kind(add(1).execute(&main).await), ErrorKind::Database);
        Ok(())
    });
    swallowed.await.expect_err("nothing is stored");
    assert_eq!(log.taken()[4..], ["end RollbackOnly [\"main\"] []"]);

    let by_hand = fixture.scope(async |main| {
        add(3).execute(&main).await?;
        main.commit().await?;
        main.atomic(async |tx| add(4).execute(tx).await.map(drop)).await?;
        autocommit::<Main>()?;
        Ok(())
    });
    by_hand.await.expect("two commits");
    let once = ["acquire done", "begin done", "commit done"];
    assert_eq!(log.taken(), [once, once].concat());
    fixture.close().await;
}

#[tokio::test]
async fn binds_commit_in_the_order_of_the_toml_whichever_was_first_used() {
    let (fixture, log) = observed(1).await;
    let both = fixture.scope(async |main| {
        let other = session::<db::Other>()?;
        sqlx::query("SELECT COUNT(*) FROM notes").execute(&other).await?;
        add(1).execute(&main).await?;
        Ok(())
    });
    both.await.expect("both commit");
    let told = log.taken();
    assert_eq!(told[told.len() - 2..], ["commit done", "commit of other done"], "{told:?}");
    fixture.close().await;
}

#[tokio::test]
async fn an_end_of_several_binds_that_fails_is_told_with_what_became_of_each() {
    let (fixture, log) = observed(1).await;
    let ended = fixture.scope(async |main| {
        add(1).execute(&main).await?;
        let other = session::<db::Other>()?;
        let refused = sqlx::query("SELECT id FROM missing").execute(&other).await;
        assert_eq!(kind(refused), ErrorKind::Database);
        Ok(())
    });
    let error = ended.await.expect_err("one of them cannot commit");
    assert_eq!((error.kind(), error.key()), (ErrorKind::RollbackOnly, Some("other")));
    let told = log.taken();
    assert_eq!(told.last().map(String::as_str), Some(r#"end RollbackOnly ["other"] ["main"]"#));
    assert_eq!(fixture.count().await, 0);
    fixture.close().await;
}

#[tokio::test]
async fn a_connection_that_is_not_had() {
    let (fixture, log) = observed(1).await;
    let busy = fixture.pool().acquire().await.expect("the only connection");
    let waited = fixture.scope(async |main| {
        add(1).execute(&main).await?;
        Ok(())
    });
    assert_eq!(kind(waited.await), ErrorKind::AcquireTimeout);
    assert_eq!(log.taken(), ["acquire AcquireTimeout"]);
    drop(busy);
    fixture.close().await;
}

#[tokio::test]
async fn every_transaction_that_began_ends() {
    let (fixture, log) = observed(2).await;
    let mut id = 0;
    for polls in 1.. {
        id += 10;
        let work = fixture.scope(async |main| {
            add(id).execute(&main).await?;
            let nested = main.atomic(async |tx| -> Outcome {
                add(id).execute(tx).await?;
                Ok(())
            });
            assert_eq!(kind(nested.await), ErrorKind::Database);
            main.commit().await?;
            add(id + 1).execute(&main).await?;
            sqlx::query("SELECT id FROM missing").execute(&main).await?;
            Ok(())
        });
        if polled(work, polls, Drop::AtOnce).await.is_some() {
            break;
        }
    }
    fixture.close().await;
    assert!(log.count(&["begin done"]) > 3, "{:?}", log.taken());
    let (begun, ended) = (log.count(&["begin done"]), log.count(&["commit", "rollback"]));
    assert_eq!(begun, ended, "{:?}", log.taken());
}

/// Lets the network stand still as soon as `main` has committed.
struct Cut {
    log: Log,
    proxy: Arc<Proxy>,
}

impl Observer for Cut {
    fn event(&self, event: &Event<'_>) {
        if event.step == Step::Commit && event.key == "main" {
            self.proxy.run(false);
        }
        if event.step == Step::Commit {
            self.log.push(format!("{} {:?}", event.key, matches!(event.outcome, How::Unknown(_))));
        }
    }

    fn end_failed(&self, error: &Error) {
        self.log.push(format!("{:?} {:?}", error.kind(), error.report().expect("a report")));
    }
}

/// For backends with a server: an end that nobody waits for, whose time is over between two COMMITs.
#[allow(dead_code, reason = "SQLite has no server")]
pub(in super::super) async fn an_end_that_is_cut_off_between_two_commits_tells_what_is_stored() {
    let fixture = Fixture::with(2).await;
    let url = fixture.home.url();
    let proxy = Arc::new(Proxy::new(&url).await);
    let log = Log::default();
    let cut = Cut { log: log.clone(), proxy: Arc::clone(&proxy) };
    let settings = backend::settings();
    let databases = db::Databases::connect_observed(cut, &url, proxy.url(), &settings).await;
    let work = run_scope(&databases, async || {
        add(1).execute(&session::<Main>()?).await?;
        add(2).execute(&session::<db::Other>()?).await?;
        Outcome::Ok(())
    });
    let waited = tokio::time::timeout(Duration::from_secs(1), work).await;
    assert!(waited.is_err(), "the answer cannot have come");
    crate::in_time("the time of an end in the background", async {
        while log.count(&["PartialCommit"]) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let told = log.taken();
    assert_eq!(told[0], "main false");
    assert!(told.contains(&"other true".to_owned()), "{told:?}");
    let report = "committed: [\"main\"], failed: [], unknown: [\"other\"], rolled_back: []";
    assert!(told.iter().any(|line| line.contains(report)), "{told:?}");
    assert!(fixture.ids().await.contains(&1));
}
