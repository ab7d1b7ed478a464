//! What a request knows about itself, a tenant or a user, kept with its scope.
//!
//! A layer puts it there; handlers, policies and hooks take it out, without passing it down. It is
//! kept by type, in a list of the few things that there are, so layers that know nothing of each
//! other each put their own. Nothing is allocated before the first `put`.

use std::any::{Any, type_name};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::binding::Registry;
use crate::error::{Error, ErrorKind};
use crate::scope::{Scope, no_scope};

/// What was put into a scope; clones are the same data.
///
/// Generated code has `db::put` and `db::get` for the scope that code runs in; hooks are handed the
/// data itself. A scope inside another, made by `db::run_in_new_scope`, begins with what the outer
/// one has, and a detached session shares it.
#[derive(Clone, Default)]
pub struct ScopeData(Arc<Mutex<Vec<Arc<Value>>>>);

type Value = dyn Any + Send + Sync;

impl ScopeData {
    /// Puts `value` there, in place of one of the same type.
    pub fn put<T: Send + Sync + 'static>(&self, value: T) {
        let value: Arc<Value> = Arc::new(value);
        let replaced =
            self.with(|values| match values.iter_mut().find(|known| (***known).is::<T>()) {
                Some(known) => Some(std::mem::replace(known, value)),
                None => {
                    values.push(value);
                    None
                }
            });
        // A drop of the user's runs outside of the lock.
        drop(replaced);
    }

    /// The value of type `T`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoData`] when none was put there.
    pub fn get<T: Send + Sync + 'static>(&self) -> Result<Arc<T>, Error> {
        self.find().ok_or_else(no_data::<T>)
    }

    fn find<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let found = self.with(|values| values.iter().find(|known| (***known).is::<T>()).cloned());
        found?.downcast().ok()
    }

    /// The same values in a place of their own.
    pub(crate) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.with(|values| values.clone()))))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Arc<Value>>) -> T) -> T {
        // Nothing panics while the lock is held.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for ScopeData {
    /// Says how much there is and no more: what it is may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.with(|values| values.len());
        f.debug_struct("ScopeData").field("values", &values).finish_non_exhaustive()
    }
}

/// Puts `value` into the scope of `R` that this code runs in.
///
/// # Errors
///
/// [`ErrorKind::NoScope`] outside any scope of these databases.
pub fn put<R: Registry>(value: impl Send + Sync + 'static) -> Result<(), Error> {
    let scoped = R::scope_key().try_with(|scope: &Scope<R>| scope.data().put(value));
    scoped.map_err(|_| no_scope(None))
}

/// What was put into the scope of `R` that this code runs in.
///
/// # Errors
///
/// [`ErrorKind::NoScope`] outside any scope of these databases, [`ErrorKind::NoData`] when nothing
/// of this type was put into it.
pub fn get<R: Registry, T: Send + Sync + 'static>() -> Result<Arc<T>, Error> {
    let found = R::scope_key().try_with(|scope: &Scope<R>| scope.known()?.find());
    found.map_err(|_| no_scope(None))?.ok_or_else(no_data::<T>)
}

fn no_data<T>() -> Error {
    let message = format!(
        "no `{}` was put into this scope: a layer inside of `install`, or the job itself, does \
         that with `put`",
        type_name::<T>()
    );
    Error::of_scope(ErrorKind::NoData, message)
}
