//! From settings to what a pool is opened with, for any driver.
//!
//! Each driver says in [`Configure`] which settings it has and what they mean; [`Reader`] finds
//! their values in the one order that holds everywhere and collects every problem on the way.
//! Nothing here connects.

#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, unused_imports, unused_macros, reason = "only drivers have settings")
)]

mod pool;
mod problem;
mod reader;
mod sources;
#[cfg(test)]
mod tests;
mod text;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod tls;
pub(crate) mod url;

use std::fmt;

use sqlx::pool::PoolOptions;
use sqlx::{Connection, Database};

use crate::secret::Secret;

pub use self::problem::Problem;

pub(crate) use self::pool::{PoolDefaults, PoolProfile};
pub(crate) use self::problem::{Origin, Problems};
pub(crate) use self::reader::{Found, Reader};
pub(crate) use self::sources::Sources;
pub(crate) use self::text::{Setting, from_text, words};
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use self::tls::{TlsDefaults, TlsFiles};

/// The connect options of a driver.
pub(crate) type OptionsOf<D> = <<D as Database>::Connection as Connection>::Options;

/// A driver whose settings the TOML can name.
///
/// The functions are the runtime's own and not part of its stable surface.
pub trait Configure: Database {
    /// What the TOML says: a constant of the generated code.
    type Defaults: fmt::Debug + Send + Sync + 'static;
    /// What an application may hand in.
    type Settings: Default + Clone + PartialEq + fmt::Debug + Send + Sync + 'static;
    /// The settings that hold for every target of a bind.
    #[doc(hidden)]
    type Profile: Send + Sync;

    /// The name of the product, for people.
    #[doc(hidden)]
    const PRODUCT: &'static str;

    /// Reads what holds for every target: the pool and the options.
    #[doc(hidden)]
    fn profile(
        defaults: &Self::Defaults,
        settings: &Self::Settings,
        reader: &mut Reader<'_>,
    ) -> Self::Profile;

    /// Reads where the database is and how to prove who asks. `target` is a URL that was handed
    /// in for it.
    #[doc(hidden)]
    fn address(
        defaults: &Self::Defaults,
        settings: &Self::Settings,
        target: Option<&Secret>,
        profile: &mut Self::Profile,
        reader: &mut Reader<'_>,
    ) -> Option<Found<OptionsOf<Self>>>;

    /// Puts the profile on connect options.
    #[doc(hidden)]
    fn apply(
        profile: &Self::Profile,
        options: OptionsOf<Self>,
        reader: &mut Reader<'_>,
    ) -> (OptionsOf<Self>, PoolOptions<Self>);

    /// The part of the profile that is about the pool.
    #[doc(hidden)]
    fn pool(profile: &Self::Profile) -> &PoolProfile;

    /// Whether a transaction pooler stands between.
    #[doc(hidden)]
    fn has_pooler(_profile: &Self::Profile) -> bool {
        false
    }

    /// Whether connections that were lent go back to the pool, which holds for a pool that was
    /// handed in too.
    #[doc(hidden)]
    fn trusts_lent(
        _defaults: &Self::Defaults,
        _settings: &Self::Settings,
        _reader: &mut Reader<'_>,
    ) -> bool {
        false
    }
}
