//! A model with a column that the body of a request cannot set, and no type that supplies it.

use bindery_runtime::axum::Crud;
use bindery_runtime::model::{Mixin, Resource, UnitAdd};

struct AddNote;

struct NewNote;

#[derive(Clone)]
struct OwnNotes<Note>(std::marker::PhantomData<fn() -> Note>);

impl<Note: Resource> Mixin for OwnNotes<Note> {
    type Model = Note;
}

impl<Note: Resource> UnitAdd for OwnNotes<Note> {}

fn add<Note: Resource<Add = AddNote, New = NewNote> + Clone>(notes: OwnNotes<Note>) {
    let _ = Crud::new(notes).add();
}

fn main() {}
