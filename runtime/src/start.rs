//! The start of an application's databases: settings are resolved, pools are opened, and what is
//! wrong anywhere is reported in one [`StartError`].

mod builder;
mod connect;
mod error;

use sqlx::Pool;
use tokio::time::timeout;

use crate::bind::Bind;
use crate::binding::{Binding, Connect};
use crate::configure::{Configure, Found, OptionsOf, Origin, Problems, Reader, Sources};
use crate::error::{Error, ErrorKind};
use crate::health;
use crate::live::{Live, SessionOptions};
use crate::target::{Factory, Kind};

use self::builder::Parts;
use self::connect::Opening;

pub use self::builder::BindBuilder;
pub use self::error::StartError;

/// Starts binds one after the other and collects what goes wrong.
///
/// Generated code calls [`Start::bind`] for each bind, also after one has failed: a start reports
/// everything that stands in its way.
#[derive(Debug, Default)]
pub struct Start {
    sources: Sources,
    problems: Problems,
    unanswered: Vec<Error>,
}

type SettingsOf<B> = <<B as Binding>::Database as Configure>::Settings;

impl Start {
    /// Resolves the settings of a bind and opens its pool; `None` when something is wrong, which
    /// [`Start::into_error`] tells.
    ///
    /// An eager bind opens one connection, or `pool.min_connections`, and waits for it up to the
    /// acquire timeout: a server that is starting up at the same time is waited for. When a bind is
    /// not required, a database that does not answer at once is logged as a warning, and the bind
    /// goes on as a lazy one.
    pub async fn bind<B: Binding>(&mut self, builder: BindBuilder<B>) -> Option<Bind<B>> {
        let Parts { settings, target, hooks } = builder.into_parts();
        match target.map(|target| (*target).0) {
            Some(Kind::Pool { pool, pooler }) => {
                Box::pin(self.adopt::<B>(pool, pooler, &settings)).await
            }
            other => Box::pin(self.open::<B>(other, &settings)).await,
        }
        .map(|live| Bind::new(live, hooks))
    }

    /// What went wrong. Empty when nothing did.
    #[must_use]
    pub fn into_error(self) -> StartError {
        StartError::new(self.problems, self.unanswered)
    }

    /// Opens a pool of our own.
    async fn open<B: Binding>(
        &mut self,
        target: Option<Kind<B>>,
        settings: &SettingsOf<B>,
    ) -> Option<Live<B>> {
        let before = self.problems.len();
        let mut reader = Reader::new(B::KEY, &self.sources, &mut self.problems);

        let mut profile = B::Database::profile(&B::DEFAULTS, settings, &mut reader);
        let trust_lent = B::Database::trusts_lent(&B::DEFAULTS, settings, &mut reader);
        let limit = B::Database::pool(&profile).acquire_timeout();
        let mut address = |url: Option<&_>, reader: &mut Reader<'_>| {
            B::Database::address(&B::DEFAULTS, settings, url, &mut profile, reader)
        };
        let handed_in = |value| Some(Found { value, origin: Origin::Target });
        let address = match target {
            Some(Kind::Url(url)) => address(Some(&url), &mut reader),
            Some(Kind::Options(options)) => handed_in(options),
            Some(Kind::Factory(make)) => match ask::<B>(&make, limit).await {
                Ok(options) => handed_in(options),
                Err(error) => {
                    self.unanswered.push(error);
                    None
                }
            },
            Some(Kind::Pool { .. }) | None => address(None, &mut reader),
        };
        let Found { value: options, origin } = address?;
        let (options, pool) = B::Database::apply(&profile, options, &mut reader);
        if reader.problems() > before {
            return None;
        }

        let session = SessionOptions {
            acquire_timeout: limit,
            pooler: B::Database::has_pooler(&profile),
            trust_lent,
        };
        let opening = Opening::<B> { options, pool, origin };
        let pool = match B::CONNECT {
            Connect::Lazy => opening.lazily(),
            Connect::Eager if B::REQUIRED => match opening.required().await {
                Ok(pool) => pool,
                Err(error) => {
                    self.unanswered.push(error);
                    return None;
                }
            },
            Connect::Eager => opening.optional().await,
        };
        Some(Live::new(pool, &session))
    }

    /// Takes over a pool that the application made.
    async fn adopt<B: Binding>(
        &mut self,
        pool: Pool<B::Database>,
        pooler: bool,
        settings: &SettingsOf<B>,
    ) -> Option<Live<B>> {
        let before = self.problems.len();
        let mut reader = Reader::new(B::KEY, &self.sources, &mut self.problems);
        if *settings != SettingsOf::<B>::default() {
            let message = "settings were handed in together with a pool of its own, which has its \
                           settings already: leave one of them out";
            reader.refuse("pool", Some(&Origin::Settings), message);
        }
        let trust_lent = B::Database::trusts_lent(&B::DEFAULTS, settings, &mut reader);
        if reader.problems() > before {
            return None;
        }

        let acquire_timeout = pool.options().get_acquire_timeout();
        if B::CONNECT == Connect::Eager
            && let Err(error) = health::ping::<B>(&pool, acquire_timeout).await
        {
            if B::REQUIRED {
                self.unanswered.push(error);
                return None;
            }
            connect::warn(&error);
        }
        let session = SessionOptions { acquire_timeout, pooler, trust_lent };
        Some(Live::new(pool, &session))
    }
}

/// The connect options of a factory.
async fn ask<B: Binding>(
    make: &Factory<B>,
    limit: std::time::Duration,
) -> Result<OptionsOf<B::Database>, Error> {
    let (message, source) = match timeout(limit, make()).await {
        Ok(Ok(options)) => return Ok(options),
        Ok(Err(error)) => (format!("the factory of its target failed: {error}"), Some(error)),
        Err(_) => (format!("the factory of its target gave nothing within {limit:?}"), None),
    };
    let error = Error::new(ErrorKind::Unavailable, B::KEY, message);
    Err(match source {
        Some(source) => error.with_source(source),
        None => error,
    })
}
