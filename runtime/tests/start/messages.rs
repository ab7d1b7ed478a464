//! One report for everything that stands in the way, and nothing secret in it.

use std::time::Duration;

use bindery_runtime::{BindBuilder, Binding, Start, Target, mysql, postgres, sqlite};

use crate::support::{databases, dead_port};

databases! {
    mod wrong: postgres::Postgres, Eager, required: true, Defaults {
        // Variables that a test process certainly has, with values that are no numbers.
        max_connections: Value::NONE.env("CARGO_PKG_NAME"),
        url: Value::NONE.env("CARGO_MANIFEST_DIR"),
        password: Value::NONE.default("swordfish"),
        ..Defaults::NONE
    };
    mod unset: mysql::MySql, Eager, required: true, Defaults {
        url: Value::NONE.env("BINDERY_TEST_NEVER_SET").file_env("BINDERY_TEST_NEVER_SET_FILE"),
        ..Defaults::NONE
    };
    mod silent: mysql::MySql, Eager, required: true, Defaults::NONE;
    mod good: sqlite::Sqlite, Eager, required: true, Defaults {
        url: Value::NONE.default("sqlite::memory:"),
        ..Defaults::NONE
    };
}

#[tokio::test]
async fn one_report_has_every_bind() {
    let mut start = Start::default();
    assert!(start.bind(BindBuilder::<wrong::Key>::default()).await.is_none());
    assert!(start.bind(BindBuilder::<unset::Key>::default()).await.is_none());
    let mut silent = BindBuilder::<silent::Key>::default();
    let mut settings = mysql::Settings::default();
    settings.pool.acquire_timeout = Some(Duration::from_millis(200));
    silent.settings(settings);
    silent.target(format!("mysql://user:swordfish@127.0.0.1:{}/x", dead_port()).into());
    assert!(start.bind(silent).await.is_none());
    assert!(start.bind(BindBuilder::<good::Key>::default()).await.is_some());

    let error = start.into_error();
    let text = error.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert_eq!(lines[0], "the databases cannot be started:");
    assert!(
        lines[1].starts_with(
            "  bind `wrong`: `pool.max_connections` (from the environment variable \
             `CARGO_PKG_NAME`): `bindery-runtime` cannot be used"
        ),
        "{text}",
    );
    assert!(
        lines[2].starts_with(
            "  bind `wrong`: `url` (from the environment variable `CARGO_MANIFEST_DIR`): it is no \
             URL of PostgreSQL"
        ),
        "{text}",
    );
    assert!(
        lines[3].starts_with(
            "  bind `unset`: `url`: it is missing: set the environment variable \
             `BINDERY_TEST_NEVER_SET`, or let `BINDERY_TEST_NEVER_SET_FILE` name a file"
        ),
        "{text}",
    );
    assert!(lines[4].starts_with("  bind `silent`: MySQL did not answer within 200ms"), "{text}");
    assert!(lines[4].ends_with("(`url` from the target handed in)"), "{text}");

    assert_eq!(format!("{error:?}"), text, "what `main` prints reads the same");
    assert!(!text.contains("swordfish"), "{text}");
    let keys: Vec<_> = error.problems().iter().map(bindery_runtime::Problem::key).collect();
    assert_eq!(keys, ["wrong", "wrong", "unset"]);
    assert_eq!(error.unanswered()[0].key(), Some("silent"));
}

#[test]
fn nothing_on_the_way_shows_a_secret() {
    let mut builder = BindBuilder::<wrong::Key>::default();
    let mut settings = postgres::Settings::default();
    settings.url = Some("postgres://user:swordfish@host/x".into());
    settings.password = Some("swordfish".into());
    builder.settings(settings);
    builder.target("postgres://user:swordfish@host/x".into());
    assert!(!format!("{builder:?}").contains("swordfish"), "{builder:?}");

    let options: bindery_runtime::sqlx::postgres::PgConnectOptions =
        "postgres://user:swordfish@host/x".parse().expect("a good URL");
    assert!(format!("{options:?}").contains("swordfish"), "why targets do not show options");
    let target = Target::<wrong::Key>::from(options);
    assert!(!format!("{target:?}").contains("swordfish"), "{target:?}");
    assert!(!format!("{:?}", wrong::Key::DEFAULTS).contains("swordfish"));
}

#[test]
fn settings_read_like_the_toml() {
    let settings: sqlite::Settings = toml::from_str(
        r#"
        url = "sqlite://notes.db"
        [pool]
        max_connections = 5
        acquire_timeout = "1m30s"
        idle_timeout = "off"
        max_lifetime = "1h"
        ping = false
        [options]
        journal_mode = "wal"
        busy_timeout = "250ms"
        "#,
    )
    .expect("settings");
    let mut expected = sqlite::Settings::default();
    expected.url = Some("sqlite://notes.db".into());
    expected.pool.max_connections = Some(5);
    expected.pool.acquire_timeout = Some(Duration::from_secs(90));
    expected.pool.idle_timeout = Some(bindery_runtime::settings::Limit::Off);
    expected.pool.max_lifetime =
        Some(bindery_runtime::settings::Limit::After(Duration::from_hours(1)));
    expected.pool.ping = Some(false);
    expected.options.journal_mode = Some(sqlite::JournalMode::Wal);
    expected.options.busy_timeout = Some(Duration::from_millis(250));
    assert_eq!(settings, expected);

    let tls: postgres::Settings =
        toml::from_str("tls = { mode = \"verify-full\", ca = \"/etc/ca.pem\" }").expect("settings");
    assert_eq!(tls.tls.mode, Some(postgres::TlsMode::VerifyFull));

    for wrong in ["pool = { max_conections = 1 }", "pool = { idle_timeout = \"5\" }", "tls = {}"] {
        assert!(toml::from_str::<sqlite::Settings>(wrong).is_err(), "{wrong}");
    }
}
