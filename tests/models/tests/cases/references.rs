//! What happens to rows that refer to a row that is deleted.

use bindery_runtime::ErrorKind;
use bindery_runtime::model::Filter;

use super::bind::{
    folder::{self, Folder, NewFolder, SaveFolder},
    following::{self, NewFollowing},
    keeping::{self, NewKeeping},
    owner::{self, NewOwner, Owner},
    restricting::{self, NewRestricting},
    staying::{self, NewStaying, Staying},
};
use super::{Fixture, failure, kind};

async fn owner(fixture: &Fixture) -> Owner {
    owner::add(&mut fixture.conn().await, NewOwner {}).await.expect("an owner")
}

#[tokio::test]
async fn no_action_and_restrict_refuse() {
    let fixture = Fixture::new().await;
    let (first, second) = (owner(&fixture).await, owner(&fixture).await);
    let mut conn = fixture.conn().await;
    let kept = keeping::add(&mut conn, NewKeeping::new(first.id)).await.expect("a row");
    let new = NewRestricting::new(second.id);
    let restricting = restricting::add(&mut conn, new).await.expect("a row");
    for id in [first.id, second.id] {
        let error = failure(owner::delete(&mut conn, id).await);
        assert_eq!((error.kind(), error.table()), (ErrorKind::ForeignKey, Some("owners")));
    }
    let all = owner::list_delete(&mut conn, Filter::all_rows()).await;
    assert_eq!(kind(all), ErrorKind::ForeignKey);
    assert_eq!(owner::list().count(&mut conn).await.expect("a number"), 2);

    keeping::delete(&mut conn, kept.id).await.expect("a row");
    restricting::delete(&mut conn, restricting.id).await.expect("a row");
    for id in [first.id, second.id] {
        owner::delete(&mut conn, id).await.expect("nothing refers to it");
    }
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn cascade_deletes_and_set_null_empties() {
    let fixture = Fixture::new().await;
    let (gone, other) = (owner(&fixture).await, owner(&fixture).await);
    let mut conn = fixture.conn().await;
    let mut following = Vec::new();
    let mut staying = Vec::new();
    for owner in [&gone, &other] {
        let new = NewFollowing::new(owner.id);
        following.push(following::add(&mut conn, new).await.expect("a row"));
        let new = NewStaying { owner_id: Some(owner.id) };
        staying.push(staying::add(&mut conn, new).await.expect("a row"));
    }
    owner::delete(&mut conn, gone.id).await.expect("an owner");
    assert_eq!(following::list().all(&mut conn).await.expect("rows"), following[1..]);
    staying[0].owner_id = None;
    let rows = staying::list().order(Staying::ID.asc()).all(&mut conn).await;
    assert_eq!(rows.expect("rows"), staying);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_tree_goes_with_its_root() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    // Folder 1 stands for itself; each of the others is in the one before.
    let inside = |id| NewFolder { parent: (id > 2).then_some(id - 1), ..NewFolder::new(id) };
    for id in 1..=12 {
        folder::add(&mut conn, inside(id)).await.expect("a folder");
    }
    folder::delete(&mut conn, 2).await.expect("a folder");
    let left = folder::list().all(&mut conn).await;
    assert_eq!(left.expect("folders"), [Folder { id: 1, parent: None }]);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn a_row_may_refer_to_itself() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let own = Folder { id: 7, parent: Some(7) };
    let new = NewFolder { parent: Some(7), ..NewFolder::new(7) };
    assert_eq!(folder::add(&mut conn, new).await.expect("a folder"), own);
    for _ in 0..2 {
        let save = SaveFolder { parent: Some(7).into(), ..SaveFolder::new(7) };
        assert_eq!(folder::save(&mut conn, save).await.expect("a folder"), own);
    }
    let missing = SaveFolder { parent: Some(8).into(), ..SaveFolder::new(7) };
    assert_eq!(kind(folder::save(&mut conn, missing).await), ErrorKind::ForeignKey);
    folder::delete(&mut conn, 7).await.expect("a folder");
    assert_eq!(folder::list().count(&mut conn).await.expect("a number"), 0);
    drop(conn);
    fixture.close().await;
}
