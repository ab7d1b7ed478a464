//! Types of the application that take one piece of an operation over and keep the rest.

use std::sync::atomic::{AtomicUsize, Ordering};

use bindery_runtime::model::{
    Change, Filter, KeysetRequest, ListAdd, ListDelete, ListEdit, ListView, Mixin, Model, Order,
    PageRequest, Select, Standard, UnitAdd, UnitDelete, UnitEdit, UnitView,
};
use bindery_runtime::{Error, ErrorKind};

use super::db::Session;
use super::db::note::{NewNote, Note, NoteKey, NotePatch};
use super::{Fixture, Outcome, kind, of, titled, titles};

/// Notes whose title starts with `open`, and what was looked at.
#[derive(Debug, Default)]
struct OpenNotes {
    seen: AtomicUsize,
}

impl OpenNotes {
    fn open() -> Filter<Note> {
        Note::TITLE.starts_with("open").or(Note::TITLE.eq("ajar"))
    }
}

impl Mixin for OpenNotes {
    type Model = Note;
}

impl UnitAdd for OpenNotes {
    async fn before_add(&self, main: &Session, new: NewNote) -> Outcome<NewNote> {
        // A statement of its own, in the same transaction.
        let number = Select::<Note>::new().count(main).await?;
        Ok(NewNote { title: format!("open {} {number}", new.title), ..new })
    }
}

impl UnitView for OpenNotes {
    fn view_filter(&self) -> Option<Filter<Note>> {
        Some(Self::open())
    }

    async fn after_view(&self, _: &Session, row: Note) -> Outcome<Note> {
        self.seen.fetch_add(1, Ordering::Relaxed);
        Ok(row)
    }
}

impl UnitEdit for OpenNotes {
    fn edit_filter(&self) -> Option<Filter<Note>> {
        Some(Self::open())
    }

    async fn before_edit(
        &self,
        _: &Session,
        key: &NoteKey,
        patch: NotePatch,
    ) -> Outcome<NotePatch> {
        if patch.title == Change::Set(key.id.to_string()) {
            return Err(Error::forbidden::<Note>("not its own number"));
        }
        Ok(patch)
    }
}

impl UnitDelete for OpenNotes {
    fn delete_filter(&self) -> Option<Filter<Note>> {
        Some(Self::open())
    }
}

impl ListView for OpenNotes {
    fn list_filter(&self) -> Option<Filter<Note>> {
        Some(Self::open())
    }

    fn list_order(&self) -> Vec<Order<Note>> {
        vec![Note::TITLE.desc()]
    }
}

impl ListAdd for OpenNotes {
    async fn before_list_add(&self, _: &Session, mut new: Vec<NewNote>) -> Outcome<Vec<NewNote>> {
        new.retain(|new| new.title != "none");
        Ok(new)
    }
}

impl ListEdit for OpenNotes {
    fn list_edit_filter(&self) -> Option<Filter<Note>> {
        Some(Self::open())
    }
}

impl ListDelete for OpenNotes {
    fn list_delete_filter(&self) -> Option<Filter<Note>> {
        Some(Self::open())
    }
}

/// Everything of it as it is.
#[derive(Debug)]
struct Untouched;

impl Mixin for Untouched {
    type Model = Note;
}

impl UnitView for Untouched {}

#[tokio::test]
async fn filters_are_joined_with_the_policy() {
    let fixture = Fixture::new().await;
    let open = fixture.note(1, "open a").await;
    let shut = fixture.note(1, "shut").await;
    let ajar = fixture.note(1, "ajar").await;
    let other = fixture.note(2, "open c").await;
    let mixin = OpenNotes::default();
    let work = fixture.scope(async |main| {
        assert_eq!(mixin.view(&main, open.key()).await?, open);
        let page = mixin.page(&main, Select::new(), PageRequest::default()).await?;
        assert_eq!(titles(&page.items), ["open a", "ajar"], "in its order");
        let sorted = Select::new().order(Note::TITLE.asc());
        let page = mixin.page(&main, sorted, PageRequest::default().with_total()).await?;
        assert_eq!((titles(&page.items), page.total), (vec!["ajar", "open a"], Some(2)));
        let page = mixin.keyset(&main, Select::new(), KeysetRequest::default()).await?;
        assert_eq!(titles(&page.items), ["open a", "ajar"]);
        for hidden in [shut.key(), other.key()] {
            assert_eq!(kind(mixin.view(&main, hidden).await), ErrorKind::NotFound);
            let edited = mixin.edit(&main, hidden, titled("open x")).await;
            assert_eq!(kind(edited), ErrorKind::NotFound);
            let patch = NotePatch { version: Some(9), ..titled("open x") };
            assert_eq!(kind(mixin.edit(&main, hidden, patch).await), ErrorKind::NotFound);
            assert_eq!(kind(mixin.delete(&main, hidden, None).await), ErrorKind::NotFound);
            assert_eq!(kind(mixin.delete(&main, hidden, Some(9)).await), ErrorKind::NotFound);
        }
        let bare = NotePatch { author: Change::Set(None), ..NotePatch::default() };
        assert_eq!(mixin.list_edit(&main, Filter::all_rows(), bare).await?, 2);
        let accident = || !Note::TITLE.one_of(Vec::<String>::new());
        let refused = mixin.list_delete(&main, accident()).await;
        assert_eq!(kind(refused), ErrorKind::InvalidValue);
        assert_eq!(kind(mixin.delete(&main, ajar.key(), Some(1)).await), ErrorKind::Stale);
        mixin.delete(&main, ajar.key(), Some(2)).await?;
        assert_eq!(mixin.list_delete(&main, Filter::all_rows()).await?, 1);
        // What nobody took over is as it was.
        assert_eq!(Untouched.view(&main, shut.key()).await?, shut);
        assert_eq!(kind(Untouched.view(&main, other.key()).await), ErrorKind::NotFound);
        Ok(())
    });
    of(1, work).await.expect("a commit");
    assert_eq!(mixin.seen.into_inner(), 1);
    let left = fixture.notes().await;
    let left: Vec<_> = left.into_iter().filter(|note| note.deleted_at.is_none()).collect();
    assert_eq!(titles(&left), ["open c", "shut"]);
    fixture.close().await;
}

#[tokio::test]
async fn one_piece_is_replaced_and_the_rest_stays() {
    let fixture = Fixture::new().await;
    let mixin = OpenNotes::default();
    let work = fixture.scope(async |main| {
        let added = mixin.add(&main, NewNote::new("a")).await?;
        assert_eq!(added.title, "open a 0");
        assert_eq!((added.tenant, added.author.as_deref()), (1, Some("Ada")), "by the policy");
        let edited = mixin.edit(&main, added.key(), titled("open b")).await?;
        assert_eq!((edited.title.as_str(), edited.version), ("open b", 2));
        let refused = mixin.edit(&main, added.key(), titled(&added.id.to_string())).await;
        assert_eq!(kind(refused), ErrorKind::Forbidden);
        let new = ["x", "none", "y"].map(NewNote::new).to_vec();
        assert_eq!(mixin.list_add(&main, new).await?, 2);
        assert_eq!(
            kind(mixin.add(&main, NewNote::new("a".repeat(300))).await),
            ErrorKind::InvalidValue
        );

        let standard = Standard::<Note>::new();
        assert_eq!(standard.view(&main, added.key()).await?.title, "open b");
        assert_eq!(standard.list_edit(&main, Note::TITLE.eq("x"), titled("z")).await?, 1);
        let page = standard.page(&main, Select::new(), PageRequest::default()).await?;
        assert_eq!(titles(&page.items), ["open b", "z", "y"], "by their keys");
        Ok(())
    });
    of(1, work).await.expect("a commit");
    fixture.close().await;
}

/// What a library would do with any mixin.
async fn rename<X>(mixin: X, main: Session, key: NoteKey, title: String) -> Outcome<Note>
where
    X: UnitView + UnitEdit + Mixin<Model = Note>,
{
    mixin.view(&main, key).await?;
    mixin.edit(&main, key, titled(&title)).await
}

#[tokio::test]
async fn the_futures_are_sent_to_other_tasks() {
    let fixture = Fixture::new().await;
    let note = fixture.note(1, "open a").await;
    let databases = fixture.databases.clone();
    let task = tokio::spawn(of(1, async move {
        bindery_runtime::run_scope(&databases, async || {
            let main = bindery_runtime::session()?;
            rename(OpenNotes::default(), main, NoteKey { id: note.id }, "ajar".to_owned()).await
        })
        .await
    }));
    let renamed = task.await.expect("no panic").expect("a commit");
    assert_eq!((renamed.title.as_str(), renamed.version), ("ajar", 2));
    fixture.close().await;
}
