//! What settings resolve to, and what is said when they do not.

use std::io::Write;
use std::time::Duration;

use super::*;
use crate::settings::Limit;

type Variables = Vec<(&'static str, &'static str)>;

/// What a pool would be opened with.
type Opened<D> = (OptionsOf<D>, PoolOptions<D>);

/// Everything that can be read of a bind, and the problems on the way.
fn resolve<D: Configure>(
    defaults: &D::Defaults,
    settings: &D::Settings,
    variables: Variables,
) -> (Option<Opened<D>>, Vec<String>) {
    let sources = Sources::Fixed(variables);
    let mut problems = Problems::new();
    let mut reader = Reader::new("main", &sources, &mut problems);
    let mut profile = D::profile(defaults, settings, &mut reader);
    D::trusts_lent(defaults, settings, &mut reader);
    let resolved = D::address(defaults, settings, None, &mut profile, &mut reader)
        .map(|found| D::apply(&profile, found.value, &mut reader));
    (resolved, problems.iter().map(ToString::to_string).collect())
}

/// A file that is removed in the end.
struct Secrets(std::path::PathBuf);

impl Secrets {
    fn file(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bindery-{}-{name}", std::process::id()));
        let mut file = std::fs::File::create(&path).expect("a file");
        file.write_all(text.as_bytes()).expect("its text");
        Self(path)
    }

    /// Variables of a test are a constant of it; the process ends soon.
    fn path(&self) -> &'static str {
        self.0.display().to_string().leak()
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use sqlx::Sqlite;

    use super::*;
    use crate::sqlite::{Defaults, JournalMode, Settings};
    use crate::value::Value;

    const URL: Defaults = Defaults { url: Value::NONE.default("sqlite://a.db"), ..Defaults::NONE };

    fn max_connections(settings: Option<u32>, variables: Variables) -> Result<u32, Vec<String>> {
        let defaults = Defaults {
            max_connections: Value::NONE.env("POOL").file_env("POOL_FILE").default(4),
            ..URL
        };
        let mut handed_in = Settings::default();
        handed_in.pool.max_connections = settings;
        match resolve::<Sqlite>(&defaults, &handed_in, variables) {
            (Some((_, pool)), problems) if problems.is_empty() => Ok(pool.get_max_connections()),
            (_, problems) => Err(problems),
        }
    }

    #[test]
    fn settings_win_over_environment_over_file_over_default() {
        let file = Secrets::file("order", "2\n");
        let all = || vec![("POOL", "3"), ("POOL_FILE", file.path())];
        assert_eq!(max_connections(Some(1), all()), Ok(1));
        assert_eq!(max_connections(None, all()), Ok(3));
        assert_eq!(max_connections(None, vec![("POOL_FILE", file.path())]), Ok(2));
        assert_eq!(max_connections(None, vec![]), Ok(4));
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        assert_eq!(max_connections(None, vec![("POOL", ""), ("POOL_FILE", "")]), Ok(4));
    }

    #[test]
    fn what_wins_must_be_right_even_if_something_else_would_be() {
        assert_eq!(
            max_connections(None, vec![("POOL", "ten")]),
            Err(vec![
                "bind `main`: `pool.max_connections` (from the environment variable `POOL`): \
                 `ten` cannot be used: write a whole number, such as `10`"
                    .to_owned()
            ]),
        );
        let missing = max_connections(None, vec![("POOL_FILE", "/nowhere/pool")]);
        let problems = missing.expect_err("the file is missing");
        assert!(
            problems[0].starts_with(
                "bind `main`: `pool.max_connections` (from the file `/nowhere/pool` that \
                 `POOL_FILE` names): the file cannot be read: "
            ),
            "{problems:?}",
        );
        let empty = Secrets::file("empty", "\n");
        let problems = max_connections(None, vec![("POOL_FILE", empty.path())]);
        assert!(problems.expect_err("empty")[0].ends_with("the file is empty"));
    }

    #[test]
    fn numbers_are_checked_where_sqlx_would_panic_or_spin() {
        for (max, expected) in [(0, "0 cannot be used"), (65_536, "65536 cannot be used")] {
            let problems = max_connections(Some(max), vec![]).expect_err("out of range");
            assert!(problems[0].contains(expected), "{problems:?}");
            assert!(problems[0].contains("(from the settings handed in)"), "{problems:?}");
        }
        let mut settings = Settings::default();
        settings.pool.acquire_timeout = Some(Duration::ZERO);
        settings.pool.idle_timeout = Some(Limit::After(Duration::ZERO));
        settings.pool.max_lifetime = Some(Limit::After(Duration::MAX));
        settings.options.busy_timeout = Some(Duration::from_hours(2400));
        let (_, problems) = resolve::<Sqlite>(&URL, &settings, vec![]);
        assert_eq!(problems.len(), 4, "{problems:#?}");
    }

    #[test]
    fn more_minimum_than_maximum() {
        let mut settings = Settings::default();
        settings.pool.min_connections = Some(11);
        let (_, problems) = resolve::<Sqlite>(&URL, &settings, vec![]);
        assert_eq!(
            problems,
            ["bind `main`: `pool.min_connections` (from the settings handed in): 11 is more \
                 than `pool.max_connections`, which is 10 when nothing sets it: lower this one or \
                 raise the other"],
        );
    }

    #[test]
    fn a_missing_url_says_every_way_to_give_it() {
        let (_, problems) = resolve::<Sqlite>(&Defaults::NONE, &Settings::default(), vec![]);
        assert_eq!(
            problems,
            ["bind `main`: `url`: it is missing: hand in settings or a target for this bind"],
        );
        let defaults =
            Defaults { url: Value::NONE.env("URL").file_env("URL_FILE"), ..Defaults::NONE };
        let (_, problems) = resolve::<Sqlite>(&defaults, &Settings::default(), vec![("URL", "")]);
        assert_eq!(
            problems,
            ["bind `main`: `url`: it is missing: set the environment variable `URL`, which is \
              empty now, or let `URL_FILE` name a file that holds it, or hand in settings or a \
              target for this bind"],
        );
    }

    #[test]
    fn a_url_of_another_backend_is_no_file_name() {
        let defaults = Defaults { url: Value::NONE.env("URL"), ..Defaults::NONE };
        let variables = vec![("URL", "postgres://user:swordfish@host/name")];
        let (_, problems) = resolve::<Sqlite>(&defaults, &Settings::default(), variables);
        assert_eq!(
            problems,
            ["bind `main`: `url` (from the environment variable `URL`): it is no URL of SQLite: \
              it must begin with `sqlite:`"],
        );
    }

    #[test]
    fn memory_has_one_connection_for_ever() {
        for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite://x?cache=shared&mode=memory"] {
            let mut settings = Settings { url: Some(url.into()), ..Settings::default() };
            let (resolved, problems) = resolve::<Sqlite>(&Defaults::NONE, &settings, vec![]);
            assert!(problems.is_empty(), "{problems:?}");
            let (_, pool) = resolved.expect("no problem");
            assert_eq!(pool.get_max_connections(), 1);
            assert_eq!(pool.get_idle_timeout(), None);
            assert_eq!(pool.get_max_lifetime(), None);

            settings.pool.max_connections = Some(2);
            settings.pool.min_connections = Some(2);
            settings.pool.idle_timeout = Some(Limit::After(Duration::from_secs(1)));
            settings.pool.max_lifetime = Some(Limit::After(Duration::from_secs(1)));
            let (_, problems) = resolve::<Sqlite>(&Defaults::NONE, &settings, vec![]);
            assert_eq!(problems.len(), 4, "{problems:#?}");
        }
    }

    #[test]
    fn words_of_the_toml() {
        let defaults = Defaults { journal_mode: Value::NONE.env("JOURNAL"), ..URL };
        let (_, problems) =
            resolve::<Sqlite>(&defaults, &Settings::default(), vec![("JOURNAL", "wall")]);
        assert_eq!(
            problems,
            ["bind `main`: `options.journal_mode` (from the environment variable `JOURNAL`): \
              `wall` cannot be used: write one of `delete` `truncate` `persist` `memory` `wal` \
              `off`"],
        );
        assert_eq!(JournalMode::from_text("wal"), Some(JournalMode::Wal));
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use sqlx::Postgres;

    use super::*;
    use crate::postgres::{Defaults, Settings};
    use crate::value::Value;

    const URL: Defaults =
        Defaults { url: Value::NONE.default("postgres://user@host/name"), ..Defaults::NONE };

    #[test]
    fn a_bad_url_is_explained_and_not_quoted() {
        for url in [
            "postgres://user:tuna/fish@host/name",
            "postgres://user:1?sslmode=tuna@host/name",
            "postgres://user@host:tuna/name",
            "tuna",
        ] {
            let settings = Settings { url: Some(url.into()), ..Settings::default() };
            let (_, problems) = resolve::<Postgres>(&Defaults::NONE, &settings, vec![]);
            assert_eq!(problems.len(), 1, "{url}");
            assert!(!problems[0].contains("tuna"), "{problems:?}");
            assert!(!format!("{settings:?}").contains("tuna"), "{settings:?}");
        }
    }

    #[test]
    fn options_go_into_the_startup_message() {
        let mut settings = Settings::default();
        settings.options.search_path = Some("reports, public".to_owned());
        settings.options.statement_timeout = Some(Duration::from_micros(1_500_001));
        let (resolved, problems) = resolve::<Postgres>(&URL, &settings, vec![]);
        assert!(problems.is_empty(), "{problems:?}");
        let (options, _) = resolved.expect("no problem");
        assert_eq!(
            options.get_options(),
            Some(r"-c search_path=reports,\ public -c statement_timeout=1501"),
        );
    }

    #[test]
    fn a_certificate_needs_its_key_and_files_must_be_there() {
        let file = Secrets::file("certificate", "text");
        let mut settings = Settings::default();
        settings.tls.certificate = Some(file.path().into());
        let (_, problems) = resolve::<Postgres>(&URL, &settings, vec![]);
        assert_eq!(
            problems,
            ["bind `main`: `tls.certificate` (from the settings handed in): a certificate needs \
              its private key: set `tls.key` too"],
        );
        settings.tls.key = Some("/nowhere/key".into());
        settings.tls.ca = Some("/nowhere/ca".into());
        let (_, problems) = resolve::<Postgres>(&URL, &settings, vec![]);
        assert_eq!(problems.len(), 2, "{problems:#?}");
        assert!(problems[0].contains("`tls.ca`") && problems[0].contains("`/nowhere/ca`"));
        assert!(problems[1].contains("`tls.key`") && problems[1].contains("`/nowhere/key`"));
    }

    #[test]
    fn a_password_comes_from_a_mounted_file() {
        let file = Secrets::file("password", "sword fish\r\n");
        let defaults = Defaults { password: Value::NONE.file_env("PASSWORD_FILE"), ..URL };
        let variables = vec![("PASSWORD_FILE", file.path())];
        let (resolved, problems) = resolve::<Postgres>(&defaults, &Settings::default(), variables);
        assert!(problems.is_empty(), "{problems:?}");
        let (options, _) = resolved.expect("no problem");
        // There is no getter; the driver's own Debug is why ours leaves options out.
        assert!(format!("{options:?}").contains(r#"password: Some("sword fish")"#));
    }

    /// Each of these is seen in the wild: the secret itself where the path of its file belongs.
    #[test]
    fn a_secret_in_the_place_of_a_path_is_not_told() {
        let defaults = Defaults {
            url: Value::NONE.file_env("URL_FILE"),
            password: Value::NONE.file_env("PASSWORD_FILE"),
            tls_key: Value::NONE.env("KEY"),
            ..Defaults::NONE
        };
        let variables = vec![
            ("URL_FILE", "postgres://user:swordfish@host/x"),
            ("PASSWORD_FILE", "swordfish"),
            ("KEY", "-----BEGIN PRIVATE KEY-----\nswordfish\n-----END PRIVATE KEY-----\n"),
        ];
        let (_, problems) = resolve::<Postgres>(&defaults, &Settings::default(), variables);
        assert_eq!(problems.len(), 3, "{problems:#?}");
        for (problem, variable) in problems.iter().zip(["URL_FILE", "PASSWORD_FILE", "KEY"]) {
            assert!(problem.contains(variable) && !problem.contains("swordfish"), "{problem}");
        }

        // The path of a file that is there and no good may be told.
        let empty = Secrets::file("empty-password", "\n");
        let variables = vec![("PASSWORD_FILE", empty.path())];
        let defaults = Defaults { url: URL.url, ..defaults };
        let (_, problems) = resolve::<Postgres>(&defaults, &Settings::default(), variables);
        assert!(problems[0].contains("empty-password"), "{problems:?}");
    }

    #[test]
    fn one_run_finds_every_problem() {
        let defaults = Defaults {
            max_connections: Value::NONE.env("A"),
            ping: Value::NONE.env("B"),
            statement_timeout: Value::NONE.env("C"),
            statement_cache: Value::NONE.env("D"),
            tls_mode: Value::NONE.env("E"),
            ..Defaults::NONE
        };
        let wrong = vec![("A", "x"), ("B", "x"), ("C", "x"), ("D", "x"), ("E", "x")];
        let (_, problems) = resolve::<Postgres>(&defaults, &Settings::default(), wrong);
        assert_eq!(problems.len(), 6, "{problems:#?}");
    }
}

#[cfg(feature = "mysql")]
mod mysql {
    use sqlx::MySql;

    use super::*;
    use crate::mysql::{Defaults, Settings, TlsMode};
    use crate::value::Value;

    #[test]
    fn both_names_of_the_backend_are_urls() {
        for url in ["mysql://user@host/name", "mariadb://user@host/name"] {
            let settings = Settings { url: Some(url.into()), ..Settings::default() };
            let (resolved, problems) = resolve::<MySql>(&Defaults::NONE, &settings, vec![]);
            assert!(resolved.is_some() && problems.is_empty(), "{problems:?}");
        }
    }

    #[test]
    fn tls_modes_are_those_it_has() {
        assert_eq!(TlsMode::from_text("verify-full"), Some(TlsMode::VerifyFull));
        assert_eq!(TlsMode::from_text("allow"), None);
    }

    #[test]
    fn trust_is_read_for_every_target() {
        let defaults = Defaults {
            url: Value::NONE.default("mysql://user@host/name"),
            trust_lent: Value::NONE.env("TRUST"),
            ..Defaults::NONE
        };
        let (_, problems) =
            resolve::<MySql>(&defaults, &Settings::default(), vec![("TRUST", "maybe")]);
        assert_eq!(
            problems,
            ["bind `main`: `options.trust_lent` (from the environment variable `TRUST`): `maybe` \
              cannot be used: write `true` or `false`"],
        );
    }
}
