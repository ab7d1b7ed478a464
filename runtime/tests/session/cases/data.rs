//! What is put into a scope: who sees it, and for how long.

use bindery_runtime::{get, put};

use super::db::Databases;
use super::*;

#[derive(Debug, PartialEq)]
struct Tenant(i32);

#[derive(Debug, PartialEq)]
struct User(&'static str);

#[tokio::test]
async fn what_is_put_into_a_scope() {
    async fn far_below() -> Outcome<i32> {
        Ok(get::<Databases, Tenant>()?.0)
    }

    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |_| {
            assert_eq!(kind(get::<Databases, Tenant>()), ErrorKind::NoData);
            put::<Databases>(Tenant(1))?;
            assert_eq!(kind(get::<Databases, User>()), ErrorKind::NoData);
            put::<Databases>(User("ada"))?;
            let before = get::<Databases, Tenant>()?;
            put::<Databases>(Tenant(2))?;
            assert_eq!(*before, Tenant(1), "what somebody has is not changed under him");
            assert_eq!(tokio::try_join!(far_below(), far_below())?, (2, 2));
            assert_eq!(*get::<Databases, User>()?, User("ada"));
            Ok(())
        })
        .await
        .expect("a scope with data");
    // Each scope has its own.
    fixture
        .scope(async |_| {
            assert_eq!(kind(get::<Databases, Tenant>()), ErrorKind::NoData);
            put::<Databases>(Tenant(3))?;
            fixture
                .scope(async |_| {
                    assert_eq!(kind(get::<Databases, Tenant>()), ErrorKind::NoData);
                    put::<Databases>(Tenant(4))
                })
                .await?;
            assert_eq!(far_below().await?, 3);
            Ok(())
        })
        .await
        .expect("the next scope");
    fixture.close().await;
}

#[tokio::test]
async fn outside_a_scope() {
    assert_eq!(kind(put::<Databases>(Tenant(1))), ErrorKind::NoScope);
    let error = get::<Databases, Tenant>().expect_err("no scope is open");
    assert_eq!((error.kind(), error.key()), (ErrorKind::NoScope, None));
    let error = bindery_runtime::ScopeData::default().get::<Tenant>().expect_err("it is empty");
    assert!(error.to_string().contains("Tenant"), "{error}");
}
