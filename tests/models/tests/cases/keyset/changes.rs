//! Rows that come and go between the pages.

use std::collections::HashSet;

use bindery_runtime::model::{Filter, KeysetRequest, Select};

use super::super::bind::note::{self, Note};
use super::{Dice, Fixture, new_note, notes, page, request};

fn titles(notes: &[Note]) -> Vec<String> {
    notes.iter().map(|note| note.title.clone()).collect()
}

/// Notes of the titles n0 to n4, in this order.
async fn five() -> (Fixture, Select<Note>) {
    let fixture = Fixture::new().await;
    notes(&fixture, 5, &mut Dice(5)).await;
    (fixture, note::list().order(Note::TITLE.asc()))
}

async fn delete(fixture: &Fixture, filter: Filter<Note>) {
    note::list_delete(&mut fixture.conn().await, filter).await.expect("rows");
}

#[tokio::test]
async fn what_was_always_there_is_seen_once() {
    for (seed, is_backward) in [(10, false), (11, true), (12, false), (13, true)] {
        let fixture = Fixture::new().await;
        let mut dice = Dice(seed);
        let author = notes(&fixture, 200, &mut dice).await;
        let all = note::list().all(&mut fixture.conn().await).await.expect("notes");
        let list = match seed % 2 {
            0 => note::list().order(Note::BODY.asc()).order(Note::SCORE.desc()),
            _ => note::list().order(Note::SCORE.asc()),
        };
        let ids = |notes: &[Note]| notes.iter().map(|note| note.id).collect::<Vec<_>>();
        let mut always: HashSet<_>;
        let mut here;
        if is_backward {
            let before = page(&fixture, &list, request(190)).await;
            always = ids(&before.items).into_iter().collect();
            here = page(&fixture, &list, request(9).with_cursor(before.next)).await;
        } else {
            always = ids(&all).into_iter().collect();
            here = page(&fixture, &list, request(9)).await;
        }
        let mut seen = Vec::new();
        let mut number = 200;
        loop {
            seen.extend(ids(&here.items));
            let on = if is_backward { here.previous } else { here.next };
            let Some(cursor) = on else { break };
            // Some go, the row of the cursor among them, and others come.
            let edge = if is_backward { here.items.first() } else { here.items.last() };
            let gone: Vec<_> = edge
                .map(|note| note.id)
                .into_iter()
                .chain((0..4).map(|_| all[dice.below(all.len())].id))
                .collect();
            delete(&fixture, Note::ID.one_of(gone.clone())).await;
            always.retain(|id| !gone.contains(id) || seen.contains(id));
            let new = (number..number + 6).map(|number| new_note(author, number, &mut dice));
            let new: Vec<_> = new.collect();
            number += 6;
            note::list_add(&mut fixture.conn().await, new).await.expect("notes");
            here = page(&fixture, &list, request(9).with_cursor(cursor)).await;
        }
        let unique: HashSet<_> = seen.iter().copied().collect();
        assert_eq!(unique.len(), seen.len(), "a row was seen twice");
        let missing: Vec<_> = always.difference(&unique).collect();
        assert!(missing.is_empty(), "{missing:?}");
        fixture.close().await;
    }
}

#[tokio::test]
async fn a_cursor_outlives_its_row() {
    let (fixture, list) = five().await;
    let first = page(&fixture, &list, request(2)).await;
    delete(&fixture, Note::TITLE.eq("n1")).await;
    let second = page(&fixture, &list, request(2).with_cursor(first.next)).await;
    assert_eq!(titles(&second.items), ["n2", "n3"]);
    delete(&fixture, Note::TITLE.eq("n2")).await;
    let back = page(&fixture, &list, request(2).with_cursor(second.previous)).await;
    assert_eq!((titles(&back.items), back.previous), (vec!["n0".to_owned()], None));
    let there = page(&fixture, &list, request(2).with_cursor(back.next)).await;
    assert_eq!((titles(&there.items), there.next), (vec!["n3".to_owned(), "n4".to_owned()], None));
    fixture.close().await;
}

#[tokio::test]
async fn an_empty_page_leads_back() {
    let (fixture, list) = five().await;
    let at = |cursor: &_| request(2).with_cursor(Option::clone(cursor));
    let first = page(&fixture, &list, request(2)).await;
    let second = page(&fixture, &list, at(&first.next)).await;
    delete(&fixture, Note::TITLE.gt("n1")).await;
    let empty = page(&fixture, &list, at(&first.next)).await;
    assert_eq!((empty.items.len(), empty.next), (0, None));
    let back = page(&fixture, &list, at(&empty.previous)).await;
    assert_eq!(titles(&back.items), ["n0", "n1"]);
    assert_eq!(back.previous, None);
    // Forward again there is still nothing, and then nothing before it either.
    assert_eq!(page(&fixture, &list, at(&back.next)).await.items, []);

    delete(&fixture, Filter::all_rows()).await;
    let before = page(&fixture, &list, at(&second.previous)).await;
    assert_eq!((before.items.len(), &before.previous), (0, &None));
    let mut dice = Dice(6);
    let author = fixture.author("Bob").await.id;
    let new = [2, 3].map(|number| new_note(author, number, &mut dice));
    note::list_add(&mut fixture.conn().await, new).await.expect("notes");
    let there = page(&fixture, &list, at(&before.next)).await;
    assert_eq!((titles(&there.items), there.next), (vec!["n2".to_owned(), "n3".to_owned()], None));
    fixture.close().await;
}

#[tokio::test]
async fn a_page_is_read_in_the_transaction_of_its_session() {
    let (fixture, list) = five().await;
    fixture
        .scope(async |main| {
            let first = list.clone().keyset(&main, request(2)).await?;
            note::list_delete(&main, Note::TITLE.eq("n2")).await?;
            let second = list.keyset(&main, request(2).with_cursor(first.next)).await?;
            assert_eq!(titles(&second.items), ["n3", "n4"]);
            assert_eq!(second.next, None);
            Ok(())
        })
        .await
        .expect("a commit");
    let one = page(&fixture, &note::list(), KeysetRequest::default()).await;
    assert_eq!((one.items.len(), one.size, one.next, one.previous), (4, 20, None, None));
    fixture.close().await;
}
