//! A service for one fault, and the eyes of the test: what the database holds and what a borrower gets.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use bindery_runtime::sqlx::{self, AssertSqlSafe, Connection, Executor, Pool};
use fault_tests::db::{self, Databases, Installed};

use super::backend::{self, Conn, Home, main};
use crate::cell::Cell;
use crate::client::{self, Answer, Client};

pub(super) type Session = main::Session;
pub(super) type Outcome<T = StatusCode> = Result<T, db::Error>;

/// What a test waits for a connection: as long as it takes.
const PATIENT: Duration = Duration::from_secs(20);

/// How long an abandoned transaction may keep its locks; much longer than it takes.
const UNLOCKED: Duration = Duration::from_secs(10);

/// Databases without notes, and nobody else on them.
pub(super) struct Stage {
    pub(super) databases: Databases,
    /// Connections outside of every pool, one to each database that may hold notes.
    pub(super) observers: Vec<Conn>,
    /// The first connection of the pool, and its settings.
    pub(super) first: i64,
    settings: BTreeMap<String, String>,
}

pub(super) async fn create_tables(home: &Home) {
    for url in home.urls() {
        let mut conn = Conn::connect(&url).await.expect("the database answers");
        for sql in [
            "CREATE TABLE notes (title VARCHAR(50) NOT NULL)",
            "CREATE TABLE spots (id INTEGER NOT NULL PRIMARY KEY, value INTEGER NOT NULL)",
            "INSERT INTO spots (id, value) VALUES (1, 0), (2, 0)",
        ]
        .into_iter()
        .chain(backend::DEFERRED)
        {
            conn.execute(sql).await.expect("a new table");
        }
    }
}

impl Stage {
    /// With pools of one connection.
    pub(super) async fn new(home: &Home) -> Self {
        Self::with(home, 1, PATIENT, true).await
    }

    pub(super) async fn with(
        home: &Home,
        max: u32,
        acquire_timeout: Duration,
        apart: bool,
    ) -> Self {
        let mut observers = Vec::new();
        for url in home.urls() {
            let mut observer = Conn::connect(&url).await.expect("the database answers");
            observer.execute("DELETE FROM notes").await.expect("nothing is locked");
            observers.push(observer);
        }
        let databases = backend::connect(home, max, acquire_timeout, apart).await;
        let mut conn = backend::bind(&databases).pool().acquire().await.expect("a connection");
        let (first, _) = backend::state(&mut conn).await.expect("a connection");
        let settings = backend::settings(&mut conn).await.expect("a connection");
        drop(conn);
        Self { databases, observers, first, settings }
    }

    /// Serves the handler as `POST /`, and one without a fault as `POST /well`.
    pub(super) async fn serve(&self, handler: MethodRouter<Installed>) -> Client {
        self.serve_app(Databases::install, handler).await
    }

    /// The same, installed in another way.
    pub(super) async fn serve_app(
        &self,
        install: impl FnOnce(&Databases, Router<Installed>) -> Router,
        handler: MethodRouter<Installed>,
    ) -> Client {
        async fn well(main: Session) -> Outcome {
            add(&main, "well").await?;
            Ok(StatusCode::CREATED)
        }

        let router = db::router().route("/", handler).route("/well", post(well));
        client::serve(install(&self.databases, router)).await
    }

    pub(super) fn pool(&self) -> Pool<<Conn as Connection>::Database> {
        backend::bind(&self.databases).pool()
    }

    /// The titles of the notes that everybody sees, but those of `/well`.
    pub(super) async fn stored(&mut self) -> String {
        let mut titles: Vec<String> = Vec::new();
        for observer in &mut self.observers {
            let sql = "SELECT title FROM notes WHERE title <> 'well'";
            titles.extend(
                sqlx::query_scalar::<_, String>(sql).fetch_all(observer).await.expect("notes"),
            );
        }
        let mut parts = Vec::new();
        for title in ["before", "inside", "after", "other"] {
            match titles.iter().filter(|stored| *stored == title).count() {
                0 => {}
                1 => parts.push(title.to_owned()),
                count => parts.push(format!("{count} × {title}")),
            }
        }
        match parts.as_slice() {
            [] => "nothing".to_owned(),
            [only] => only.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    /// What the next borrower of the pool gets.
    pub(super) async fn next(&self) -> String {
        let mut conn = match self.pool().acquire().await {
            Ok(conn) => conn,
            Err(error) => return format!("no connection: {error}"),
        };
        let (id, open) = match backend::state(&mut conn).await {
            Ok(state) => state,
            Err(error) => return format!("a broken connection: {error}"),
        };
        let mut text =
            if id == self.first { "same connection" } else { "new connection" }.to_owned();
        if open {
            text += ", in a transaction";
        }
        for (name, value) in backend::settings(&mut conn).await.expect("a connection") {
            if self.settings.get(&name) != Some(&value) {
                text.extend([", `", &name, "` is still set"]);
            }
        }
        text
    }

    /// Waits until nobody's transaction has to do with the notes; `false` if that does not come to be.
    pub(super) async fn unlocked(&mut self) -> bool {
        let observers = &mut self.observers;
        let unlocked = async {
            for observer in observers {
                while backend::is_locked(observer).await {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        };
        tokio::time::timeout(UNLOCKED, unlocked).await.is_ok()
    }

    /// The cell of a client that saw this.
    pub(super) async fn cell(mut self, seen: impl Into<String>, client: Client) -> Cell {
        // Whatever was given up in the background has ended when the only connection is back.
        let mut next = self.next().await;
        if !self.unlocked().await {
            next += ", and something stays locked";
        }
        let stored = self.stored().await;
        self.end(seen.into(), stored, next, client).await
    }

    /// The same for a test that has looked at what is stored.
    pub(super) async fn cell_with(self, seen: String, stored: String, client: Client) -> Cell {
        let next = self.next().await;
        self.end(seen, stored, next, client).await
    }

    async fn end(self, seen: String, stored: String, mut next: String, client: Client) -> Cell {
        let well = self::seen(client.send("POST", "/well", "").await.as_ref());
        if well != "201" {
            next.extend([", and the next request: ", &well]);
        }
        self.databases.close().await;
        Cell::Seen { client: seen, stored, next }
    }

    /// Sends the one request that a fault is about, and looks at what becomes of it.
    pub(super) async fn post(self, client: Client) -> Cell {
        let answer = client.send("POST", "/", "").await;
        self.cell(seen(answer.as_ref()), client).await
    }
}

/// What a client gets.
pub(super) fn seen(answer: Option<&Answer>) -> String {
    answer.map_or("closed".to_owned(), |answer| answer.status.to_string())
}

pub(super) async fn add<'c>(
    main: impl Executor<'c, Database = <Conn as Connection>::Database>,
    title: &str,
) -> Outcome<()> {
    let sql = AssertSqlSafe(format!("INSERT INTO notes (title) VALUES ('{title}')"));
    sqlx::query(sql).execute(main).await?;
    Ok(())
}
