//! Nothing that can hold a URL or a password shows it: no `Debug`, no text of an error, no answer
//! over HTTP and no line of the log, those of sqlx included.

use std::fmt::Debug;
use std::time::Duration;

use bindery_runtime::layer::{Layer, OnFailure, Problem};
use bindery_runtime::{
    BindBuilder, Binding, BoxError, Error, Scope, ScopeData, Secret, Start, Target, Targets, close,
    health,
};

use crate::cases::ONE;
use crate::log;
use crate::support::{databases, dead_port, server};

databases! {
    mod lite: sqlite::Sqlite, Eager, required: true, Defaults::NONE;
    mod pg: postgres::Postgres, Eager, required: true, Defaults::NONE;
    mod pg_later: postgres::Postgres, Eager, required: false, Defaults::NONE;
    mod my: mysql::MySql, Eager, required: true, Defaults::NONE;
    mod my_later: mysql::MySql, Eager, required: false, Defaults::NONE;
}

const LIMIT: Duration = Duration::from_secs(5);

/// What must be nowhere.
struct Planted(Vec<String>);

impl Planted {
    fn new<const N: usize>(words: [&str; N]) -> Self {
        log::of_all();
        Self(words.map(str::to_owned).to_vec())
    }

    #[track_caller]
    fn is_not_in(&self, text: &str) {
        for word in &self.0 {
            assert!(!text.contains(word.as_str()), "{word} is in {text}");
        }
    }

    #[track_caller]
    fn is_not_shown_by(&self, values: &[&dyn Debug]) {
        for value in values {
            self.is_not_in(&format!("{value:?} {value:#?}"));
        }
    }

    /// The error, its causes, and what a client is told.
    #[track_caller]
    fn is_not_told_by(&self, error: &Error) {
        self.is_not_shown_by(&[error]);
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            self.is_not_in(&format!("{error} {error:?}"));
            cause = error.source();
        }
        let answer: http::Response<String> = Problem.respond(error);
        self.is_not_in(&format!("{answer:?}"));
    }

    #[track_caller]
    fn is_not_logged(&self) {
        let lines = log::of_all().lines();
        assert!(lines.iter().any(|line| line.contains("the log begins")));
        for line in lines {
            self.is_not_in(&line);
        }
    }
}

/// Starts, uses and closes databases, and looks at everything on the way.
macro_rules! shows_nothing {
    ($module:ident, $planted:expr, $url:expr, $settings:expr, $options:ty, $pool:ty) => {{
        let (planted, url) = ($planted, $url);
        let secret = Secret::from(url.clone());
        let options: $options = url.parse().expect("a good URL");
        let pool = <$pool>::connect_lazy_with(options.clone());
        let made = options.clone();
        let factory = Target::<$module::Key>::factory(move || {
            let made = made.clone();
            async { Ok(made) }
        });
        let mut builder = BindBuilder::<$module::Key>::default();
        builder.settings($settings);
        builder.target(url.clone().into());
        planted.is_not_shown_by(&[
            &secret,
            &$settings,
            &Target::<$module::Key>::from(url.as_str()),
            &Target::<$module::Key>::from(options),
            &Target::<$module::Key>::from(pool.clone()),
            &Target::<$module::Key>::behind_pooler(pool),
            &factory,
            &builder,
            &Start::default(),
        ]);

        let databases = $module::Databases::start(|bind| bind.settings($settings)).await;
        let databases = databases.expect("a start");
        planted.is_not_shown_by(&[
            &databases,
            databases.bind(),
            &databases.bind().pool(),
            &Layer::new(databases.clone()),
            &Scope::new(databases.clone()),
            &bindery_runtime::detached::<$module::Key>(&databases),
            &health(&databases, LIMIT).await,
        ]);
        bindery_runtime::run_scope(&databases, async || {
            let session = bindery_runtime::session::<$module::Key>()?;
            let autocommit = bindery_runtime::autocommit::<$module::Key>()?;
            sqlx::query(ONE).execute(&session).await?;
            planted.is_not_shown_by(&[&session, &autocommit, &session.conn().await?]);
            let inside = session.atomic(async |block| {
                planted.is_not_shown_by(&[block]);
                sqlx::query("SELECT no_such_column").execute(block).await?;
                Ok::<_, Error>(())
            });
            planted.is_not_told_by(&inside.await.expect_err("the column does not exist"));
            Ok::<_, Error>(())
        })
        .await
        .expect("a scope");

        close(&databases, LIMIT).await;
        let down = health(&databases, LIMIT).await;
        planted.is_not_in(&down.to_string());
        planted.is_not_shown_by(&[&down, &databases]);
        let closed = bindery_runtime::detached::<$module::Key>(&databases);
        let error: Error = sqlx::query(ONE).execute(&*closed).await.expect_err("closed").into();
        planted.is_not_told_by(&error);
        planted.is_not_logged();
        let seen = log::of_all().lines();
        assert!(seen.iter().any(|line| line.contains("sqlx::query") && line.contains(ONE)));
    }};
}

/// Starts that fail, with what is said about them.
macro_rules! failing_tells_nothing {
    ($module:ident, $later:ident, $planted:expr, $settings:expr) => {{
        let (planted, settings) = ($planted, $settings);
        let error = $module::Databases::start(|bind| bind.settings(settings.clone())).await;
        let error = error.expect_err("it cannot start");
        planted.is_not_in(&error.to_string());
        planted.is_not_shown_by(&[&error, &error.problems()]);
        for error in error.unanswered() {
            planted.is_not_told_by(error);
        }
        // The same URLs, but while the application runs.
        if let Some(url) = settings.url.as_ref().map(Secret::expose) {
            let mut usable = settings.clone();
            usable.url = None;
            let per_scope = Target::per_scope(2, Elsewhere(url.to_owned()));
            planted.is_not_shown_by(&[&per_scope]);
            let started = $module::Databases::start(|bind| {
                bind.settings(usable);
                bind.target(per_scope);
            });
            let databases = started.await.expect("nothing connects yet");
            let there = bindery_runtime::detached::<$module::Key>(&databases);
            if let Err(error) = sqlx::query(ONE).execute(&*there).await {
                planted.is_not_told_by(&error.into());
            }
            planted.is_not_shown_by(&[&databases, &health(&databases, LIMIT).await]);
        }
        // One that is not required starts all the same, which the log tells.
        let later = $later::Databases::start(|bind| bind.settings(settings.clone())).await;
        if let Ok(databases) = later {
            if let Some(url) = settings.url.as_ref().map(Secret::expose) {
                if let Err(error) = databases.bind().change_target(url).await {
                    planted.is_not_told_by(&error);
                }
            }
            let later = bindery_runtime::detached::<$later::Key>(&databases);
            let error: Error = sqlx::query(ONE).execute(&*later).await.expect_err("down").into();
            planted.is_not_told_by(&error);
            planted.is_not_in(&health(&databases, LIMIT).await.to_string());
        }
        planted.is_not_logged();
    }};
}

/// A target for whoever asks.
struct Elsewhere(String);

impl<B: Binding> Targets<B> for Elsewhere {
    type Key = ();

    fn key(&self, _: &ScopeData) -> Result<(), BoxError> {
        Ok(())
    }

    async fn target(&self, (): &()) -> Result<Target<B>, BoxError> {
        Ok(self.0.as_str().into())
    }
}

/// URLs that cannot be used, each for another reason. `{}` is the password.
fn unusable(scheme: &str) -> Vec<String> {
    [
        "{}",
        ":{}@h/x",
        "://user:{}@",
        "://user:{}@h:port/x",
        "://user:{}@h:99999/x",
        "://user:a/{}@h/x",
        "://user:{}@h h/x",
        "://user:{}@[::/x",
        "://user:{}%ff@h/x",
        "://user%ff:{}@h/x",
        "://user:{}@h/%ff",
        "://user:\"{}@h\"/x",
        "://user:p@h/x?sslmode={}",
        "://user:p@h/x?sslmode=\"{}\"",
        "://user:p@h/x?statement-cache-capacity={}",
    ]
    .map(|rest| format!("{scheme}{rest}").replace("{}", PASSWORD))
    .to_vec()
}

/// Nobody else's word.
const PASSWORD: &str = "pl4nted-sw0rdf1sh";

mod postgres {
    use bindery_runtime::postgres::Settings;
    use bindery_runtime::sqlx::{self, PgPool, postgres::PgConnectOptions};

    use super::*;

    fn settings(url: String) -> Settings {
        let mut settings = Settings::default();
        settings.url = Some(url.into());
        settings.pool.acquire_timeout = Some(Duration::from_millis(500));
        settings
    }

    #[tokio::test]
    async fn nothing_shows_what_it_connects_with() {
        let url = server("BINDERY_TEST_POSTGRES_URL");
        let password = password_of(&url);
        let planted = Planted::new([&url, &password]);
        let with_settings = settings(url.clone());
        shows_nothing!(pg, planted, url, with_settings.clone(), PgConnectOptions, PgPool);
    }

    #[tokio::test]
    async fn no_failure_tells_what_it_tried() {
        for url in unusable("postgres") {
            failing_tells_nothing!(pg, pg_later, Planted::new([PASSWORD, &url]), settings(url));
        }
        let good = server("BINDERY_TEST_POSTGRES_URL");
        let wrong = good.replace(&password_of(&good), PASSWORD);
        let silent = format!("postgres://user:{PASSWORD}@127.0.0.1:{}/x", dead_port());
        let nowhere = format!("postgres://user:{PASSWORD}@planted.invalid/x");
        for url in [wrong, silent, nowhere] {
            failing_tells_nothing!(pg, pg_later, Planted::new([PASSWORD, &url]), settings(url));
        }
        let mut apart = settings(good);
        apart.password = Some(PASSWORD.into());
        failing_tells_nothing!(pg, pg_later, Planted::new([PASSWORD]), apart);
    }
}

mod mysql {
    use bindery_runtime::mysql::Settings;
    use bindery_runtime::sqlx::{self, MySqlPool, mysql::MySqlConnectOptions};

    use super::*;

    fn settings(url: String) -> Settings {
        let mut settings = Settings::default();
        settings.url = Some(url.into());
        settings.pool.acquire_timeout = Some(Duration::from_millis(500));
        settings
    }

    #[tokio::test]
    async fn nothing_shows_what_it_connects_with() {
        let url = server("BINDERY_TEST_MYSQL_URL");
        let password = password_of(&url);
        let planted = Planted::new([&url, &password]);
        let with_settings = settings(url.clone());
        shows_nothing!(my, planted, url, with_settings.clone(), MySqlConnectOptions, MySqlPool);
    }

    #[tokio::test]
    async fn no_failure_tells_what_it_tried() {
        for url in unusable("mysql") {
            let url = url.replace("sslmode", "ssl-mode");
            failing_tells_nothing!(my, my_later, Planted::new([PASSWORD, &url]), settings(url));
        }
        let good = server("BINDERY_TEST_MYSQL_URL");
        let wrong = good.replace(&password_of(&good), PASSWORD);
        let silent = format!("mysql://user:{PASSWORD}@127.0.0.1:{}/x", dead_port());
        let nowhere = format!("mysql://user:{PASSWORD}@planted.invalid/x");
        for url in [wrong, silent, nowhere] {
            failing_tells_nothing!(my, my_later, Planted::new([PASSWORD, &url]), settings(url));
        }
        let mut apart = settings(good);
        apart.password = Some(PASSWORD.into());
        failing_tells_nothing!(my, my_later, Planted::new([PASSWORD]), apart);
    }
}

mod sqlite {
    use bindery_runtime::sqlite::Settings;
    use bindery_runtime::sqlx::{self, SqlitePool, sqlite::SqliteConnectOptions};

    use super::*;
    use crate::support::Folder;

    fn settings(url: String) -> Settings {
        let mut settings = Settings::default();
        settings.url = Some(url.into());
        settings
    }

    #[tokio::test]
    async fn nothing_shows_what_it_connects_with() {
        let folder = Folder::new();
        let url = folder.url("pl4nted.db?mode=rwc");
        let planted = Planted::new([&url]);
        let with_settings = settings(url.clone());
        shows_nothing!(lite, planted, url, with_settings.clone(), SqliteConnectOptions, SqlitePool);
    }

    #[tokio::test]
    async fn no_failure_tells_what_it_tried() {
        let folder = Folder::new();
        for url in [
            folder.url("missing/pl4nted.db"),
            folder.url("pl4nted.db?mode=pl4nted"),
            folder.url("pl4nted.db?mode=%22pl4nted%22"),
            format!("file:{}/pl4nted.db", folder.0.display()),
            "pl4nted".to_owned(),
        ] {
            failing_tells_nothing!(lite, lite, Planted::new([&url, "pl4nted"]), settings(url));
        }
    }
}

fn password_of(url: &str) -> String {
    let (user, _) = url.rsplit_once('@').expect("a user");
    let (_, password) = user.rsplit_once(':').expect("a password");
    password.to_owned()
}
