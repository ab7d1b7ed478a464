//! A type of the application in place of the usual operations, with one piece changed.

use bindery_runtime::Error;
use bindery_runtime::axum::AddBody;
use bindery_runtime::model::{
    Change, Filter, ListAdd, ListView, Mixin, Order, SessionOf, UnitAdd, UnitDelete, UnitEdit,
    UnitView,
};
use serde_json::json;

use super::note::{AddNote, NewNote, Note, NoteKey, NotePatch};
use super::{Fixture, db, note, refused};

/// Notes that go to others in capital letters, whose list shows those with stars only.
#[derive(Clone)]
struct LoudNotes;

impl Mixin for LoudNotes {
    type Model = Note;
}

impl UnitView for LoudNotes {}
impl UnitDelete for LoudNotes {}
impl ListAdd for LoudNotes {}

impl UnitAdd for LoudNotes {
    async fn before_add(&self, _: &SessionOf<Self>, mut new: NewNote) -> Result<NewNote, Error> {
        new.title = new.title.to_uppercase();
        Ok(new)
    }
}

impl UnitEdit for LoudNotes {
    async fn before_edit(
        &self,
        session: &SessionOf<Self>,
        key: &NoteKey,
        mut patch: NotePatch,
    ) -> Result<NotePatch, Error> {
        if let Change::Set(title) = &mut patch.title {
            let before = UnitView::view(self, session, *key).await?;
            *title = format!("{} {}", before.title, title.to_uppercase());
        }
        Ok(patch)
    }
}

impl ListView for LoudNotes {
    fn list_filter(&self) -> Option<Filter<Note>> {
        Some(Note::STARS.gt(0))
    }

    fn list_order(&self) -> Vec<Order<Note>> {
        vec![Note::TITLE.desc()]
    }
}

#[tokio::test]
async fn one_piece_changed_and_the_rest_as_it_is() {
    let fixture = Fixture::with_models().await;
    let routes = db::router().nest("/loud", note::routes_with(LoudNotes));
    let client = fixture.serve(routes).await;

    let row = client.added("/loud", r#"{"title": "one", "stars": 1}"#).await;
    assert_eq!(row["title"], "ONE");
    let path = format!("/loud/{}", row["id"]);
    let edited = client.patch(&path, r#"{"title": "more"}"#).await;
    assert_eq!(edited.json()["title"], "ONE MORE", "{}", edited.body);
    client.added("/loud", r#"[{"title": "two", "stars": 2}, {"title": "three"}]"#).await;

    assert_eq!(client.titles("/loud").await, ["two", "ONE MORE"]);
    assert_eq!(client.titles("/loud?order=title").await, ["ONE MORE", "two"]);
    assert_eq!(client.titles("/loud?stars.lt=2").await, ["ONE MORE"]);
    let page = client.get("/loud?total=true").await.json();
    assert_eq!(page["total"], 2);
    assert_eq!(client.delete(&path).await.status, 204);
}

/// What a hook says no with.
#[derive(Clone)]
struct Refusing(fn() -> Error);

impl Mixin for Refusing {
    type Model = Note;
}

impl UnitView for Refusing {}
impl UnitDelete for Refusing {}
impl ListAdd for Refusing {}
impl UnitEdit for Refusing {}

impl UnitAdd for Refusing {
    /// Refuses after the row was written.
    async fn after_add(&self, _: &SessionOf<Self>, _: Note) -> Result<Note, Error> {
        Err((self.0)())
    }
}

impl ListView for Refusing {
    async fn after_list(&self, _: &SessionOf<Self>, _: Vec<Note>) -> Result<Vec<Note>, Error> {
        Err((self.0)())
    }
}

#[tokio::test]
async fn a_refusal_after_the_row_was_written_stores_nothing() {
    let fixture = Fixture::with_models().await;
    let forbidden = || Error::forbidden::<Note>("Not \"today\".");
    let invalid = || Error::invalid(Note::TITLE, "Titles are in \u{e9}.");
    let routes = db::router()
        .nest("/forbidden", note::routes_with(Refusing(forbidden)))
        .nest("/invalid", note::routes_with(Refusing(invalid)));
    let client = fixture.serve(routes).await;

    let body = r#"{"title": "one"}"#;
    assert_eq!(refused(&client.post("/forbidden", body).await, 403), "Not \"today\".");
    assert_eq!(refused(&client.get("/forbidden").await, 403), "Not \"today\".");
    let answer = client.post("/invalid", body).await;
    assert_eq!(refused(&answer, 422), "Titles are in \u{e9}.");
    assert_eq!(answer.json()["field"], "title");
    // In a list it is the query that asked for it.
    assert_eq!(refused(&client.get("/invalid").await, 400), "Titles are in \u{e9}.");
    assert_eq!(fixture.stored_notes().await, 0);
    let many = client.post("/forbidden", r#"[{"title": "one"}]"#).await;
    assert_eq!(many.json(), json!({"rows": 1}));
}

#[tokio::test]
async fn what_the_body_cannot_say_comes_from_the_application() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;

    let row = client.added("/api/entries", r#"{"team": "a", "number": 1, "title": "t"}"#).await;
    assert_eq!(row, json!({"team": "a", "number": 1, "title": "t", "author": "somebody"}));
    let rows = client.added("/api/entries", r#"[{"team": "a", "number": 2}]"#).await;
    assert_eq!(rows, json!({"rows": 1}));
    let body = r#"{"team": "a", "number": 3, "author": "me"}"#;
    let detail = refused(&client.post("/api/entries", body).await, 422);
    assert!(detail.contains("unknown field `author`"), "{detail}");
    let patch = client.patch("/api/entries/a/1", r#"{"number": 9}"#).await;
    refused(&patch, 422);
}

/// A body that is complete goes into a row by itself.
#[tokio::test]
async fn every_mixin_takes_a_body_that_is_complete() {
    fn takes<X: AddBody>(_: &X) {}

    takes(&LoudNotes);
    takes(&super::OwnEntries);
    let body: AddNote = serde_json::from_str(r#"{"title": "one"}"#).expect("a body");
    assert_eq!(NewNote::from(body).title, "one");
}
