//! Which rows a filter means, in what order and how many.

use bindery_runtime::model::{ColumnName as _, Filter};
use bindery_runtime::sqlx::types::chrono::Utc;
use bindery_runtime::{Error, ErrorKind};

use super::bind::{
    author::{self, Author, AuthorStanding, NewAuthor},
    note::{self, NewNote, Note, NoteColumn},
};
use super::{Fixture, kind, new_note};

/// Notes a to e with the scores 1 to 5; b and d have a body.
async fn fixture() -> Fixture {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let new = ["a", "b", "c", "d", "e"].into_iter().zip(1_u8..).map(|(title, score)| NewNote {
        score: Some(f64::from(score)),
        body: (score % 2 == 0).then(|| format!("100% {title}_\\")),
        ..new_note(&author, title)
    });
    note::list_add(&mut fixture.conn().await, new).await.expect("notes");
    fixture
}

async fn titles(fixture: &Fixture, filter: Filter<Note>) -> String {
    let list = note::list().filter(filter.clone()).order(Note::TITLE.asc());
    let mut conn = fixture.conn().await;
    let rows = list.clone().all(&mut conn).await.expect("rows");
    let count = list.clone().count(&mut conn).await.expect("a number");
    assert_eq!(count, rows.len() as u64, "{filter:?}");
    assert_eq!(list.exists(&mut conn).await.expect("an answer"), count > 0, "{filter:?}");
    rows.iter().map(|row| row.title.as_str()).collect()
}

#[tokio::test]
async fn every_operator() {
    let fixture = fixture().await;
    let score = Note::SCORE;
    for (filter, expected) in [
        (Note::TITLE.eq("b"), "b"),
        (Note::TITLE.eq("B"), ""),
        (Note::TITLE.ne("b"), "acde"),
        (score.lt(3), "ab"),
        (score.lte(3), "abc"),
        (score.gt(3), "de"),
        (score.gte(3), "cde"),
        (Note::TITLE.one_of(["a", "c", "x"]), "ac"),
        (Note::TITLE.one_of(Vec::<String>::new()), ""),
        (!Note::TITLE.one_of(Vec::<String>::new()), "abcde"),
        (Note::BODY.is_null(), "ace"),
        (Note::BODY.is_not_null(), "bd"),
        (Note::BODY.ne("x"), "bd"),
        (!Note::BODY.eq("x"), "bd"),
        (Note::BODY.like("100\\%%"), "bd"),
        (Note::BODY.like("100\\_%"), ""),
        (Note::BODY.like("%b\\_\\\\"), "b"),
        (Note::TITLE.like("_"), "abcde"),
        (Note::CREATED_AT.lte(Utc::now()), "abcde"),
        (Note::CREATED_AT.gt(Utc::now()), ""),
        (Filter::all_rows(), "abcde"),
        (!Filter::all_rows(), ""),
        (!!Filter::all_rows(), "abcde"),
    ] {
        let shown = format!("{filter:?}");
        assert_eq!(titles(&fixture, filter).await, expected, "{shown}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn combinations_keep_their_parentheses() {
    let fixture = fixture().await;
    let is = |title: &str| Note::TITLE.eq(title);
    let (all, none) = (Filter::all_rows, || !Filter::<Note>::all_rows());
    for (filter, expected) in [
        (is("a").or(is("b")).and(Note::SCORE.gt(1)), "b"),
        (is("a").or(is("b").and(Note::SCORE.gt(1))), "ab"),
        (Note::SCORE.gt(1).and(is("a").or(is("b"))), "b"),
        (!(is("a").or(is("b"))), "cde"),
        // A method comes before `!`.
        (!is("a").and(!is("b")), "bcde"),
        ((!is("a")).and(!is("b")), "cde"),
        (!(is("a").and(is("b"))), "abcde"),
        ((!is("a")).or(is("a")), "abcde"),
        (is("a").and(all()), "a"),
        (all().and(is("a")), "a"),
        (is("a").or(all()), "abcde"),
        (all().or(is("a")), "abcde"),
        (is("a").and(none()), ""),
        (none().or(is("a")), "a"),
        (is("a").or(none()), "a"),
        (none().and(all()), ""),
        (is("a").or(is("b")).or(is("c").or(is("d"))), "abcd"),
        (!!is("a"), "a"),
    ] {
        let shown = format!("{filter:?}");
        assert_eq!(titles(&fixture, filter).await, expected, "{shown}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn values_are_never_text_of_the_statement() {
    let fixture = fixture().await;
    for evil in ["' OR '1' = '1", "\"; DROP TABLE notes; --", "?", "$1", "\\' OR 1 = 1 -- "] {
        assert_eq!(titles(&fixture, Note::TITLE.eq(evil)).await, "");
    }
    let shown = format!("{:?}", Note::TITLE.eq("secret").or(Note::BODY.like("secret")));
    assert!(!shown.contains("secret"), "{shown}");
    assert_eq!(titles(&fixture, Filter::all_rows()).await, "abcde");
    fixture.close().await;
}

#[tokio::test]
async fn a_search_takes_its_text_as_it_is() {
    let fixture = fixture().await;
    let author = fixture.author("Searched").await;
    for title in ["100%", "100", "x_y", "x-y", "c\\d"] {
        note::add(&mut fixture.conn().await, NewNote::new(title, author.id)).await.expect("a note");
    }
    for (filter, expected) in [
        (Note::TITLE.contains("%"), "100%"),
        (Note::TITLE.contains("x_"), "x_y"),
        (Note::TITLE.starts_with("c\\"), "c\\d"),
        (Note::TITLE.contains("' OR"), ""),
    ] {
        let shown = format!("{filter:?}");
        assert_eq!(titles(&fixture, filter).await, expected, "{shown}");
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_long_chain_of_conditions() {
    let fixture = fixture().await;
    let none = |number: i32| Note::TITLE.eq(format!("none {number}"));
    let any = (0..3_000).map(none).fold(Note::TITLE.eq("b"), Filter::or);
    assert_eq!(titles(&fixture, any).await, "b");
    fixture.close().await;
}

#[tokio::test]
async fn what_holds_for_every_row_has_to_be_said() {
    let fixture = fixture().await;
    let mut conn = fixture.conn().await;
    let keep: [i64; 0] = [];
    for filter in [!Note::ID.one_of(keep), (!Note::ID.one_of(keep)).and(Filter::all_rows())] {
        let refused = note::list_delete(&mut conn, filter).await;
        assert_eq!(kind(refused), ErrorKind::InvalidValue);
    }
    assert_eq!(note::list().count(&mut conn).await.expect("a number"), 5);
    let all = note::list_delete(&mut conn, Filter::all_rows()).await;
    assert_eq!(all.expect("all of them"), 5);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn words_are_compared_as_words() {
    let fixture = Fixture::new().await;
    let mut conn = fixture.conn().await;
    for (name, standing) in [("Ada", AuthorStanding::Active), ("Bob", AuthorStanding::Gone)] {
        let new = NewAuthor { standing: Some(standing), ..NewAuthor::new(name) };
        author::add(&mut conn, new).await.expect("an author");
    }
    let gone = author::list().filter(Author::STANDING.eq(AuthorStanding::Gone));
    assert_eq!(gone.one(&mut conn).await.expect("Bob").name, "Bob");
    let both = Author::STANDING.one_of([AuthorStanding::Active, AuthorStanding::Gone]);
    assert_eq!(author::list().filter(both).count(&mut conn).await.expect("a number"), 2);
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn orders_limits_and_offsets() {
    let fixture = fixture().await;
    let mut conn = fixture.conn().await;
    let by_score = || note::list().order(Note::SCORE.desc());
    for (list, expected) in [
        (by_score(), "edcba"),
        (by_score().limit(2), "ed"),
        (by_score().offset(3), "ba"),
        (by_score().limit(2).offset(1), "dc"),
        (by_score().limit(0), ""),
        (by_score().limit(u64::MAX).offset(4), "a"),
        (by_score().offset(u64::MAX), ""),
        (note::list().order(Note::AUTHOR_ID.asc()).order(Note::TITLE.desc()), "edcba"),
        (note::list().order(NoteColumn::Title.asc()), "abcde"),
        (by_score().filter(Note::SCORE.gt(1)).filter(Note::SCORE.lt(4)), "cb"),
    ] {
        let rows = list.clone().all(&mut conn).await.expect("rows");
        let found: String = rows.iter().map(|row| row.title.as_str()).collect();
        assert_eq!(found, expected, "{list:?}");
    }
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn one_row_or_what_is_wrong() {
    let fixture = fixture().await;
    fixture
        .scope(async |main| {
            let titled = |title: &str| note::list().filter(Note::TITLE.eq(title));
            let all = || note::list().order(Note::TITLE.asc());
            assert_eq!(titled("b").one(&main).await?.title, "b");
            assert_eq!(kind(titled("x").one(&main).await), ErrorKind::NotFound);
            assert_eq!(kind(all().one(&main).await), ErrorKind::MoreThanOne);
            assert_eq!(titled("x").one_or_none(&main).await?, None);
            assert!(titled("b").one_or_none(&main).await?.is_some());
            assert_eq!(kind(all().one_or_none(&main).await), ErrorKind::MoreThanOne);
            assert_eq!(all().limit(1).one(&main).await?.title, "a");
            assert_eq!(all().first(&main).await?.map(|row| row.title), Some("a".to_owned()));
            assert_eq!(titled("x").first(&main).await?, None);
            assert!(all().exists(&main).await?);
            Ok::<_, Error>(())
        })
        .await
        .expect("none of it is a refusal");
    fixture.close().await;
}

#[tokio::test]
async fn more_values_than_a_statement_can_have() {
    let fixture = fixture().await;
    let many = Note::ID.one_of(0..70_000_i64);
    let outcome = note::list().filter(many).all(&mut fixture.conn().await).await;
    assert_eq!(kind(outcome), ErrorKind::InvalidValue);
    fixture.close().await;
}
