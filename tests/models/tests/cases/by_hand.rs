//! Rows of hand-written SQL: read by the names of their columns.

use bindery_runtime::model::{self, Model};
use bindery_runtime::sqlx::{self, AssertSqlSafe, Executor};

use super::Fixture;
use super::bind::{
    author::Author,
    note::{self, Note},
    odd::{self, NewOdd, Odd},
};
use super::{backend, new_note};

async fn fetch(fixture: &Fixture, sql: String) -> <backend::Driver as sqlx::Database>::Row {
    fixture.conn().await.fetch_one(AssertSqlSafe(sql)).await.expect("a row")
}

#[tokio::test]
async fn the_order_and_what_else_there_is_do_not_matter() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let note =
        note::add(&mut fixture.conn().await, new_note(&author, "one")).await.expect("a note");
    let sql = "SELECT 1 AS more, created_at, body, score, title, id, 'x' AS others, author_id \
               FROM notes";
    let row = fetch(&fixture, sql.to_owned()).await;
    assert_eq!(model::from_row::<Note>(&row).expect("a note"), note);
    let row = fetch(&fixture, format!("SELECT 1, {}, 2 FROM notes", Note::COLUMNS)).await;
    assert_eq!(model::from_row::<Note>(&row).expect("a note"), note);
    fixture.close().await;
}

#[tokio::test]
async fn names_of_the_database_count() {
    let fixture = Fixture::new().await;
    let new = NewOdd { number: Some(7), ..NewOdd::new(1, "x") };
    let odd = odd::add(&mut fixture.conn().await, new).await.expect("a row");
    let columns: Vec<_> = Odd::COLUMNS.rsplit(", ").collect();
    let row = fetch(&fixture, format!("SELECT {} FROM {}", columns.join(", "), Odd::TABLE)).await;
    assert_eq!(model::from_row::<Odd>(&row).expect("a row"), odd);
    fixture.close().await;
}

#[tokio::test]
async fn of_a_join_each_model_finds_its_columns() {
    let fixture = Fixture::new().await;
    let (_, author) = (fixture.author("Bob").await, fixture.author("Ada").await);
    let note =
        note::add(&mut fixture.conn().await, new_note(&author, "one")).await.expect("a note");
    assert_ne!(note.id, author.id);
    let qualified = |table: &str, columns: &str| {
        let columns: Vec<_> = columns.split(", ").map(|name| format!("{table}.{name}")).collect();
        columns.join(", ")
    };
    let (notes, authors) = (qualified("n", Note::COLUMNS), qualified("a", Author::COLUMNS));
    let join = "FROM notes n JOIN authors a ON a.id = n.author_id";
    for columns in [format!("{notes}, {authors}"), format!("{authors}, 7, {notes}")] {
        let row = fetch(&fixture, format!("SELECT {columns} {join}")).await;
        assert_eq!(model::from_row::<Note>(&row).expect("a note"), note);
        assert_eq!(model::from_row::<Author>(&row).expect("an author"), author);
    }
    fixture.close().await;
}

#[tokio::test]
async fn what_is_missing_or_there_twice_is_told() {
    let fixture = Fixture::new().await;
    fixture.author("Ada").await;
    let row = fetch(&fixture, "SELECT id, name FROM authors".to_owned()).await;
    let error = model::from_row::<Author>(&row).expect_err("no standing");
    assert!(matches!(&error, sqlx::Error::ColumnNotFound(name) if name == "standing"), "{error}");
    let pair = "SELECT b.name, a.id, a.standing, b.id FROM authors a, authors b";
    let twice =
        "SELECT a.id, a.name, a.standing, b.id, b.name, b.standing FROM authors a, authors b";
    for sql in [pair, twice] {
        let row = fetch(&fixture, sql.to_owned()).await;
        let error = model::from_row::<Author>(&row).expect_err("two ids");
        assert!(error.to_string().contains("several columns have this name"), "{error}");
    }
    fixture.close().await;
}
