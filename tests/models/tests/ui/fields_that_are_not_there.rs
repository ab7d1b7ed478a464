//! What is no column, what is generated, and what is left out without a default.

use model_tests::db::sqlite::note::{NewNote, Note, NotePatch};

fn no_column() {
    let _ = NotePatch { colour: "red".into(), ..NotePatch::default() };
}

fn generated() {
    let _ = NewNote { id: 7, ..NewNote::new("milk", 1) };
}

fn required() {
    let _ = NewNote::new("milk");
}

fn no_constant() {
    let _ = Note::COLOUR.is_null();
}

fn main() {}
