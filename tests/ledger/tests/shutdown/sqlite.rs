//! The cases on SQLite, where the system knows which files this process has open.

use ledger_tests::db::{Databases, Settings};

pub(crate) use ledger_tests::db::lite_a::LiteA as Main;

use crate::support::homes::Folder;

#[path = "cases.rs"]
mod cases;

pub(crate) const TABLE: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY)";
/// Takes some seconds, and can be stopped.
pub(crate) const SLOW: &str = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5000000) \
     SELECT max(i) FROM n";

pub(crate) struct Home(Folder);

impl Home {
    #[expect(clippy::unused_async, reason = "servers take their time")]
    pub(crate) async fn new() -> Self {
        Self(Folder::new())
    }

    pub(crate) async fn connect(&self, settings: Settings) -> Databases {
        let builder = Databases::builder().settings(settings).lite_a(self.0.options("notes"));
        builder.connect().await.expect("databases")
    }

    /// How many descriptors this process has on the file and those beside it.
    #[expect(clippy::unused_async, reason = "servers take their time")]
    pub(crate) async fn open(&self) -> usize {
        let file = self.0.file("notes");
        let file = file.to_str().expect("text");
        let open = std::fs::read_dir("/proc/self/fd").expect("Linux");
        open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
            .filter(|target| target.to_string_lossy().starts_with(file))
            .count()
    }

    #[expect(clippy::unused_async, reason = "servers take their time")]
    pub(crate) async fn gone(self) {
        drop(self);
    }
}

pub(crate) fn settings(max_connections: u32) -> Settings {
    let mut settings = Settings::default();
    settings.lite_a.pool.max_connections = Some(max_connections);
    settings
}
