//! Notes: the routes of the TOML, with one rule of this service in them.

use std::collections::BTreeMap;

use bindery_runtime::Error;
use bindery_runtime::model::{
    Filter, ListAdd, ListView, Mixin, UnitAdd, UnitDelete, UnitEdit, UnitView,
};

use crate::db::main::Session;
use crate::db::main::note::{self, NewNote, Note, NoteStatus};

/// The operations of a note. What is empty is as the TOML says it.
#[derive(Clone)]
pub struct Notes {
    /// Who has more drafts than this gets no new note.
    pub max_drafts: u64,
}

impl Mixin for Notes {
    type Model = Note;
}

impl UnitAdd for Notes {
    /// Counts after it wrote, in the same transaction: a refusal takes the note back.
    async fn after_add(&self, main: &Session, note: Note) -> Result<Note, Error> {
        self.check(main, note.author_id, 0).await?;
        Ok(note)
    }
}

impl ListAdd for Notes {
    async fn before_list_add(
        &self,
        main: &Session,
        new: Vec<NewNote>,
    ) -> Result<Vec<NewNote>, Error> {
        let mut notes: BTreeMap<i64, u64> = BTreeMap::new();
        for note in &new {
            *notes.entry(note.author_id).or_default() += 1;
        }
        for (author, more) in notes {
            self.check(main, author, more).await?;
        }
        Ok(new)
    }
}

impl UnitView for Notes {}
impl UnitEdit for Notes {}
impl UnitDelete for Notes {}
impl ListView for Notes {}

impl Notes {
    async fn check(&self, main: &Session, author: i64, more: u64) -> Result<(), Error> {
        let drafts = note::list().filter(drafts_of(author)).count(main).await?;
        if drafts + more > self.max_drafts {
            let detail =
                format!("an author has at most {} drafts: publish one first", self.max_drafts);
            return Err(Error::forbidden::<Note>(detail));
        }
        Ok(())
    }
}

/// The drafts of one author.
pub fn drafts_of(author: i64) -> Filter<Note> {
    Note::AUTHOR_ID.eq(author).and(Note::STATUS.eq(NoteStatus::Draft))
}
