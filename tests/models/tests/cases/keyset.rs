//! Pages of a list by their cursors: every row once, forwards and backwards, whatever the order.

use bindery_runtime::model::{KeysetPage, KeysetRequest, Model, Select};

use super::bind::note::{self, NewNote};
use super::{Fixture, Main};

fn request(size: u32) -> KeysetRequest {
    KeysetRequest::new(size).expect("a page")
}

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }
}

/// Texts that databases have opinions about.
const TEXTS: [&str; 9] = ["a", "a ", "a  ", "A", "b", "", "é", "😀", "a\u{1}"];

/// As many notes with few different values.
async fn notes(fixture: &Fixture, count: usize, dice: &mut Dice) -> i64 {
    let author = fixture.author("Ada").await.id;
    let new: Vec<_> = (0..count).map(|number| new_note(author, number, dice)).collect();
    note::list_add(&mut fixture.conn().await, new).await.expect("notes");
    author
}

fn new_note(author_id: i64, number: usize, dice: &mut Dice) -> NewNote {
    let body = match dice.below(3) {
        0 => None,
        _ => Some(dice.one_of(&TEXTS).to_owned()),
    };
    let score = Some(dice.one_of(&[-1.5, -0.0, 0.0, 0.1, 1e300]));
    NewNote { body, score, ..NewNote::new(format!("n{number}"), author_id) }
}

async fn page<M>(fixture: &Fixture, list: &Select<M>, request: KeysetRequest) -> KeysetPage<M>
where
    M: Model<Bind = Main>,
{
    list.clone().keyset(&mut fixture.conn().await, request).await.expect("a page")
}

/// The rows of every page from the first to the last, and those from the last to the first.
async fn walk<M>(fixture: &Fixture, list: &Select<M>, size: u32) -> [Vec<M>; 2]
where
    M: Model<Bind = Main> + Clone,
{
    let mut here = page(fixture, list, request(size)).await;
    assert_eq!(here.previous, None);
    let mut there = here.items.clone();
    while let Some(next) = here.next {
        assert_eq!(here.items.len(), size as usize);
        here = page(fixture, list, request(size).with_cursor(next)).await;
        assert!(!here.items.is_empty() && here.previous.is_some());
        there.extend_from_slice(&here.items);
    }
    let mut back = here.items;
    while let Some(previous) = here.previous {
        here = page(fixture, list, request(size).with_cursor(previous)).await;
        assert!(here.next.is_some());
        back.splice(0..0, here.items);
    }
    [there, back]
}

/// As [`walk`]: both ways are the rows as the database sorts them.
async fn walks<M>(fixture: &Fixture, list: &Select<M>, sorted: Select<M>, size: u32)
where
    M: Model<Bind = Main> + Clone + PartialEq + std::fmt::Debug,
{
    let sorted = sorted.all(&mut fixture.conn().await).await.expect("rows");
    assert!(!sorted.is_empty());
    for (way, rows) in ["there", "back"].iter().zip(walk(fixture, list, size).await) {
        assert!(rows == sorted, "{way} {list:?}");
    }
}

mod changes;
mod orders;
mod refused;
