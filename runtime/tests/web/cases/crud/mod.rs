//! Routes of models over real HTTP. Every refusal goes through [`refused`], which looks for what
//! must not be in any of them.

use axum::Router;
use bindery_runtime::Error;
use bindery_runtime::axum::AddBody;
use bindery_runtime::model::{
    ListAdd, ListView, Mixin, SessionOf, UnitAdd, UnitDelete, UnitEdit, UnitView,
};
use bindery_runtime::sqlx::Executor;

use super::backend::tables;
use super::{Fixture, db};
use crate::client::{Answer, Client};

mod bodies;
mod entry;
mod filters;
mod hostile;
mod mixins;
mod mixed;
mod note;
mod pages;
mod paths;
mod rows;
mod versions;

const JSON: (&str, &str) = ("content-type", "application/json");

impl Fixture {
    async fn with_models() -> Self {
        let fixture = Self::new().await;
        for (pool, statement) in [
            (fixture.databases.main().pool(), tables::CREATE_NOTES),
            (fixture.databases.reports().pool(), tables::CREATE_ENTRIES),
        ] {
            pool.execute(statement).await.expect("the table is new");
        }
        fixture
    }

    /// The routes of both models, below `/api`.
    async fn serve_models(&self) -> Client {
        let api = Router::new()
            .nest("/notes", note::routes())
            .nest("/entries", entry::routes_with(OwnEntries));
        self.serve(db::router().nest("/api", api)).await
    }

    async fn stored_notes(&self) -> i64 {
        super::count(&self.databases.main().pool(), "SELECT COUNT(*) FROM api_notes").await
    }
}

/// Entries whose author is known from elsewhere.
#[derive(Clone)]
struct OwnEntries;

impl Mixin for OwnEntries {
    type Model = entry::Entry;
}

impl ListView for OwnEntries {}
impl UnitView for OwnEntries {}
impl UnitAdd for OwnEntries {}
impl ListAdd for OwnEntries {}
impl UnitEdit for OwnEntries {}
impl UnitDelete for OwnEntries {}

impl AddBody for OwnEntries {
    async fn new_row(
        &self,
        _: &SessionOf<Self>,
        body: entry::AddEntry,
    ) -> Result<entry::NewEntry, Error> {
        Ok(body.with("somebody".to_owned()))
    }
}

/// The detail of a refusal, which is a problem and tells nothing of what is behind.
fn refused(answer: &Answer, status: u16) -> String {
    let detail = problem(answer, status);
    let text = format!("{} {}", answer.head, answer.body.to_lowercase());
    for word in [
        "api_",
        "secret",
        "s3cr3t",
        "title_key",
        "constraint",
        "select ",
        "insert",
        "update ",
        "delete from",
        "sqlx",
        "sqlite",
        "postgres",
        "mysql",
        "mariadb",
        "bindery",
        "addnote",
        "main",
        "reports",
    ] {
        assert!(!text.contains(word), "{word} is in {text}");
    }
    detail
}

/// The detail of a problem.
fn problem(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = answer.json();
    let members = problem.as_object().expect("an object").keys();
    let members: Vec<_> = members.filter(|member| *member != "field").collect();
    assert_eq!(members, ["detail", "status", "title", "type"]);
    assert_eq!(problem["type"], "about:blank");
    assert_eq!(problem["status"], status);
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()));
    problem["detail"].as_str().expect("a detail").to_owned()
}
