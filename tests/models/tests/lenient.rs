//! Sessions that go on after a refused statement, on backends that let them.

use bindery_runtime::{Error, ErrorKind};

use super::cases::{Fixture, kind};
use super::other as bind;
use bind::member::{self, Member, NewMember};

#[tokio::test]
async fn a_list_that_was_refused_leaves_nothing_in_a_session_that_goes_on() {
    let fixture = Fixture::new().await;
    fixture
        .databases
        .scope(async |_| {
            let lenient = bind::session()?;
            let new = |number| NewMember::new(number, "red");
            member::list_add(&lenient, [new(-1)]).await?;
            let doubled = (0..2_500).chain([0]).map(new);
            assert_eq!(kind(member::list_add(&lenient, doubled).await), ErrorKind::Conflict);
            let left = member::list().all(&lenient).await?;
            assert_eq!(left, [Member { author_id: -1, team: "red".to_owned(), part: None }]);
            Ok::<_, Error>(())
        })
        .await
        .expect("a commit");
    fixture.close().await;
}
