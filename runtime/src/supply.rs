//! Where a session's connection comes from: the one target of its bind, or the one that was chosen for
//! its scope.

use std::sync::Arc;
use std::time::Duration;

use crate::background::Tasks;
use crate::binding::Binding;
use crate::data::ScopeData;
use crate::error::Error;
use crate::events::Events;
use crate::live::{Common, SharedLive};
use crate::per_scope::Chooser;

/// What a session opens on, once it opens.
pub(crate) enum Supply<B: Binding> {
    One(SharedLive<B>),
    Chosen(Arc<Choice<B>>),
}

/// The target of one scope; chosen when its first statement runs.
pub(crate) struct Choice<B: Binding> {
    chooser: Arc<dyn Chooser<B>>,
    data: ScopeData,
    /// Kept while the session lives: a target in use is not closed.
    made: tokio::sync::OnceCell<SharedLive<B>>,
}

impl<B: Binding> Supply<B> {
    pub(crate) fn chosen(chooser: Arc<dyn Chooser<B>>, data: ScopeData) -> Self {
        Self::Chosen(Arc::new(Choice { chooser, data, made: tokio::sync::OnceCell::new() }))
    }

    /// How long a session waits for a connection.
    pub(crate) fn limit(&self) -> Duration {
        match self {
            Self::One(live) => live.acquire_timeout(),
            Self::Chosen(choice) => choice.chooser.limit(),
        }
    }

    pub(crate) fn tasks(&self) -> &Tasks {
        &self.common().tasks
    }

    pub(crate) fn events(&self) -> &Events {
        &self.common().events
    }

    fn common(&self) -> &Common {
        match self {
            Self::One(live) => live.common(),
            Self::Chosen(choice) => choice.chooser.common(),
        }
    }

    /// The target itself.
    pub(crate) async fn live(&self) -> Result<SharedLive<B>, Error> {
        match self {
            Self::One(live) => Ok(live.clone()),
            Self::Chosen(choice) => {
                let made = choice.made.get_or_try_init(|| choice.chooser.choose(&choice.data));
                made.await.cloned()
            }
        }
    }
}

impl<B: Binding> Clone for Supply<B> {
    fn clone(&self) -> Self {
        match self {
            Self::One(live) => Self::One(live.clone()),
            Self::Chosen(choice) => Self::Chosen(Arc::clone(choice)),
        }
    }
}
