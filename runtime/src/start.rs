//! The start of an application's databases: settings are resolved, pools are opened, and what is
//! wrong anywhere is reported in one [`StartError`].

mod builder;
mod connect;
mod error;

use std::time::Duration;

use futures_core::future::BoxFuture;
use sqlx::Pool;
use tokio::time::timeout;

use crate::bind::{Bind, Current};
use crate::binding::{Binding, Connect};
use crate::configure::{Configure, Found, OptionsOf, Origin, Problems, Reader, Sources};
use crate::error::{Error, ErrorKind};
use crate::events::Events;
use crate::health;
use crate::live::{Common, Live, SessionOptions};
use crate::target::{Factory, Kind, Target};

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
    events: Events,
    problems: Problems,
    unanswered: Vec<Error>,
}

pub(crate) type SettingsOf<B> = <<B as Binding>::Database as Configure>::Settings;

/// A pool, and what sessions need beside it.
type Opened<B> = Option<(Pool<<B as Binding>::Database>, SessionOptions)>;

impl Start {
    /// A start whose binds tell of what happens on them.
    #[must_use]
    pub fn observed(events: Events) -> Self {
        Self { events, ..Self::default() }
    }

    /// Resolves the settings of a bind and opens its pool; `None` when something is wrong, which
    /// [`Start::into_error`] tells.
    ///
    /// An eager bind opens one connection, or `pool.min_connections`, and waits for it up to the
    /// acquire timeout: a server that is starting up at the same time is waited for. When a bind is
    /// not required, a database that does not answer at once is logged as a warning, and the bind
    /// goes on as a lazy one.
    pub async fn bind<B: Binding>(&mut self, builder: BindBuilder<B>) -> Option<Bind<B>> {
        let Parts { settings, target, hooks } = builder.into_parts();
        let common = Common { events: self.events.clone(), ..Common::default() };
        let current = match target.map(|target| (*target).0) {
            Some(Kind::PerScope(targets)) => {
                let limit = self.limit::<B>(&settings)?;
                Current::PerScope(targets.into_chooser(settings.clone(), limit, common.clone()))
            }
            target => {
                let live = self.target(target, &settings, &common, B::CONNECT, B::REQUIRED);
                Current::one(live.await?)
            }
        };
        Some(Bind::new(current, settings, common, hooks))
    }

    /// What went wrong. Empty when nothing did.
    #[must_use]
    pub fn into_error(self) -> StartError {
        StartError::new(self.problems, self.unanswered)
    }

    /// What sessions open on, of a target for all of them.
    fn target<'a, B: Binding>(
        &'a mut self,
        target: Option<Kind<B>>,
        settings: &'a SettingsOf<B>,
        common: &'a Common,
        connect: Connect,
        required: bool,
    ) -> BoxFuture<'a, Option<Live<B>>> {
        match target {
            Some(Kind::Pool { pool, pooler }) => {
                let adopted = self.adopt::<B>(pool, pooler, settings, connect, required);
                Box::pin(async move {
                    let (pool, session) = adopted.await?;
                    Some(Live::new(pool, &session, common.clone()))
                })
            }
            other => {
                let opened = self.open::<B>(other, settings, connect, required);
                Box::pin(async move {
                    let (pool, session) = opened.await?;
                    Some(Live::new(pool, &session, common.clone()))
                })
            }
        }
    }

    /// The acquire timeout of the settings; `None` when any of those of every target is wrong.
    fn limit<B: Binding>(&mut self, settings: &SettingsOf<B>) -> Option<Duration> {
        let before = self.problems.len();
        let mut reader = Reader::new(B::KEY, &self.sources, &mut self.problems);
        let profile = B::Database::profile(&B::DEFAULTS, settings, &mut reader);
        (reader.problems() == before).then(|| B::Database::pool(&profile).acquire_timeout())
    }

    /// Opens a pool of our own.
    async fn open<B: Binding>(
        &mut self,
        target: Option<Kind<B>>,
        settings: &SettingsOf<B>,
        connect: Connect,
        required: bool,
    ) -> Opened<B> {
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
            Some(Kind::Pool { .. } | Kind::PerScope(_)) | None => address(None, &mut reader),
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
            is_adopted: false,
        };
        let opening = Opening::<B> { options, pool, origin };
        let pool = match connect {
            Connect::Lazy => opening.lazily(),
            Connect::Eager if required => match opening.required().await {
                Ok(pool) => pool,
                Err(error) => {
                    self.unanswered.push(error);
                    return None;
                }
            },
            Connect::Eager => opening.optional().await,
        };
        Some((pool, session))
    }

    /// Takes over a pool that the application made.
    async fn adopt<B: Binding>(
        &mut self,
        pool: Pool<B::Database>,
        pooler: bool,
        settings: &SettingsOf<B>,
        connect: Connect,
        required: bool,
    ) -> Opened<B> {
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
        if connect == Connect::Eager
            && let Err(error) = health::ping::<B>(&pool, acquire_timeout).await
        {
            if required {
                self.unanswered.push(error);
                return None;
            }
            connect::warn(&error);
        }
        let session = SessionOptions { acquire_timeout, pooler, trust_lent, is_adopted: true };
        Some((pool, session))
    }
}

/// Opens a target while the application runs; it has answered when this returns.
pub(crate) async fn open_target<B: Binding>(
    target: Target<B>,
    settings: &SettingsOf<B>,
    common: &Common,
) -> Result<Live<B>, Error> {
    if let Kind::PerScope(_) = target.0 {
        let message = "a target that is chosen per scope can only be handed to the builder";
        return Err(Error::new(ErrorKind::Target, B::KEY, message));
    }
    let mut start = Start::default();
    match start.target(Some(target.0), settings, common, Connect::Eager, true).await {
        Some(live) => Ok(live),
        None => Err(start.into_error().of_one(B::KEY)),
    }
}

/// The connect options of a factory.
async fn ask<B: Binding>(
    make: &Factory<B>,
    limit: Duration,
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
