//! Pages of a list by their number.

use bindery_runtime::model::{Page, PageRequest, Select};

use super::Fixture;
use super::bind::{
    note::{self, NewNote, Note},
    seat::{self, NewSeat, Seat},
};

fn request(page: u64, size: u32) -> PageRequest {
    PageRequest::new(page, size).expect("a page")
}

/// As many notes, of which only every fifth has another score than the one before.
async fn fixture(notes: u8) -> Fixture {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let new = (0..notes).map(|number| NewNote {
        score: Some(f64::from(number / 5)),
        ..super::new_note(&author, format!("n{number:02}"))
    });
    note::list_add(&mut fixture.conn().await, new).await.expect("notes");
    fixture
}

async fn page(fixture: &Fixture, list: Select<Note>, request: PageRequest) -> Page<Note> {
    list.page(&mut fixture.conn().await, request).await.expect("a page")
}

/// What a page says of itself and its neighbours.
fn place(page: &Page<Note>) -> (usize, Option<u64>, Option<u64>, Option<u64>) {
    (page.items.len(), page.previous, page.next, page.total)
}

#[tokio::test]
async fn pages_know_their_neighbours_and_the_total_when_it_is_asked_for() {
    let fixture = fixture(25).await;
    for (number, expected) in
        [(1, (10, None, Some(2))), (2, (10, Some(1), Some(3))), (3, (5, Some(2), None))]
    {
        let (items, previous, next) = expected;
        let without = page(&fixture, note::list(), request(number, 10)).await;
        assert_eq!(place(&without), (items, previous, next, None));
        assert_eq!((without.page, without.size), (number, 10));
        let with = page(&fixture, note::list(), request(number, 10).with_total()).await;
        assert_eq!(place(&with), (items, previous, next, Some(25)));
        assert_eq!(with.items, without.items);
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_full_page_is_the_last_when_no_row_follows() {
    let fixture = fixture(20).await;
    let last = page(&fixture, note::list(), request(2, 10).with_total()).await;
    assert_eq!(place(&last), (10, Some(1), None, Some(20)));
    let only = page(&fixture, note::list(), request(1, 20).with_total()).await;
    assert_eq!(place(&only), (20, None, None, Some(20)));
    fixture.close().await;
}

#[tokio::test]
async fn a_page_past_the_end_is_empty_and_leads_back() {
    let fixture = fixture(25).await;
    let far = page(&fixture, note::list(), request(9, 10)).await;
    assert_eq!(place(&far), (0, Some(8), None, None));
    let far = page(&fixture, note::list(), request(9, 10).with_total()).await;
    assert_eq!(place(&far), (0, Some(3), None, Some(25)));
    let largest = request(u64::MAX, PageRequest::MAX_SIZE).with_total();
    let far = page(&fixture, note::list(), largest).await;
    assert_eq!(place(&far), (0, Some(1), None, Some(25)));
    fixture.close().await;
}

#[tokio::test]
async fn a_table_without_rows_has_one_empty_page() {
    let fixture = fixture(0).await;
    let first = page(&fixture, note::list(), PageRequest::default().with_total()).await;
    assert_eq!(place(&first), (0, None, None, Some(0)));
    let second = page(&fixture, note::list(), request(2, 10).with_total()).await;
    assert_eq!(place(&second), (0, Some(1), None, Some(0)));
    fixture.close().await;
}

#[tokio::test]
async fn rows_that_an_order_takes_for_the_same_follow_it_by_their_keys() {
    let fixture = fixture(25).await;
    let ids = |notes: &[Note]| notes.iter().map(|note| note.id).collect::<Vec<_>>();
    let all = note::list().order(Note::ID.asc()).all(&mut fixture.conn().await).await;
    let up = ids(&all.expect("notes"));
    let down: Vec<_> = up.iter().rev().copied().collect();
    for (order, expected) in [(Note::SCORE.asc(), up), (Note::SCORE.desc(), down)] {
        let mut seen = Vec::new();
        for number in 1..=9 {
            let list = note::list().order(order);
            seen.extend(ids(&page(&fixture, list, request(number, 3)).await.items));
        }
        assert_eq!(seen, expected, "{order:?}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_key_can_be_sorted_by_the_other_way_round() {
    let fixture = fixture(5).await;
    let last = page(&fixture, note::list().order(Note::ID.desc()), request(1, 2)).await;
    let titles: Vec<_> = last.items.iter().map(|note| note.title.as_str()).collect();
    assert_eq!(titles, ["n04", "n03"]);
    fixture.close().await;
}

#[tokio::test]
async fn a_key_of_two_columns_decides_as_a_whole() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    let places = (0..4).flat_map(|line| (0..4).map(move |place| (line, place)));
    let new = places.clone().rev().map(|(line, place)| NewSeat::new(line, place));
    seat::list_add(&mut conn, new).await.expect("seats");
    let mut seen = Vec::new();
    for number in 1..=6 {
        let list = seat::list().order(Seat::HOLDER.asc());
        let page = list.page(&mut conn, request(number, 3)).await.expect("a page");
        seen.extend(page.items.iter().map(|seat| (seat.line, seat.place)));
    }
    assert_eq!(seen, places.collect::<Vec<_>>());
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn the_filter_holds_for_the_total_and_the_limit_gives_way() {
    let fixture = fixture(25).await;
    let list = note::list().filter(Note::SCORE.gte(3)).limit(1).offset(7);
    let found = page(&fixture, list, request(1, 4).with_total()).await;
    assert_eq!(place(&found), (4, None, Some(2), Some(10)));
    assert_eq!(found.items[0].title, "n15");
    fixture.close().await;
}

#[tokio::test]
async fn a_page_is_read_in_the_transaction_of_its_session() {
    let fixture = fixture(3).await;
    fixture
        .scope(async |main| {
            note::list_delete(&main, Note::TITLE.eq("n00")).await?;
            let page = note::list().page(&main, PageRequest::default().with_total()).await?;
            assert_eq!(place(&page), (2, None, None, Some(2)));
            Ok(())
        })
        .await
        .expect("a commit");
    fixture.close().await;
}
