//! Operations on one row.

use std::future::Future;

use crate::error::Error;
use crate::model::filter::Filter;
use crate::model::on::On;
use crate::model::unit;

use super::{KeyOf, Mixin, NewOf, PatchOf, SessionOf};

/// Adds a row.
pub trait UnitAdd: Mixin {
    /// Looks at the row before it is added, completes it or refuses it.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation; nothing is added.
    fn before_add(
        &self,
        _session: &SessionOf<Self>,
        new: NewOf<Self>,
    ) -> impl Future<Output = Result<NewOf<Self>, Error>> + Send {
        async { Ok(new) }
    }

    /// Looks at the row after it was added.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation. What was written before stays part of the
    /// transaction, which an error of the handler rolls back.
    fn after_add(
        &self,
        _session: &SessionOf<Self>,
        row: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send {
        async { Ok(row) }
    }

    /// Adds the row.
    ///
    /// # Errors
    ///
    /// Those of [`add`](crate::model::add), of `before_add` and of `after_add`.
    fn add(
        &self,
        session: &SessionOf<Self>,
        new: NewOf<Self>,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send {
        async move {
            let new = self.before_add(session, new).await?;
            let row = unit::add::<Self::Model>(session, new).await?;
            self.after_add(session, row).await
        }
    }
}

/// Reads a row by its key.
pub trait UnitView: Mixin {
    /// Only these rows can be seen, of those that the policy lets through.
    fn view_filter(&self) -> Option<Filter<Self::Model>> {
        None
    }

    /// Looks at the row that was read.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation.
    fn after_view(
        &self,
        _session: &SessionOf<Self>,
        row: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send {
        async { Ok(row) }
    }

    /// Reads the row.
    ///
    /// # Errors
    ///
    /// Those of [`view`](crate::model::view), and of `after_view`.
    fn view(
        &self,
        session: &SessionOf<Self>,
        key: KeyOf<Self>,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send {
        async move {
            let lease = On::lease(session);
            let row = unit::view_within(lease, &key, self.view_filter()).await?;
            self.after_view(session, row).await
        }
    }
}

/// Changes a row by its key.
pub trait UnitEdit: Mixin {
    /// Only these rows can be changed, of those that the policy lets through.
    fn edit_filter(&self) -> Option<Filter<Self::Model>> {
        None
    }

    /// Looks at the changes before they are made, completes or refuses them.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation; nothing is changed.
    fn before_edit(
        &self,
        _session: &SessionOf<Self>,
        _key: &KeyOf<Self>,
        patch: PatchOf<Self>,
    ) -> impl Future<Output = Result<PatchOf<Self>, Error>> + Send {
        async { Ok(patch) }
    }

    /// Looks at the row as it is then.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation.
    fn after_edit(
        &self,
        _session: &SessionOf<Self>,
        row: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send {
        async { Ok(row) }
    }

    /// Changes the row.
    ///
    /// # Errors
    ///
    /// Those of [`edit`](crate::model::edit), of `before_edit` and of `after_edit`.
    fn edit(
        &self,
        session: &SessionOf<Self>,
        key: KeyOf<Self>,
        patch: PatchOf<Self>,
    ) -> impl Future<Output = Result<Self::Model, Error>> + Send {
        async move {
            let patch = self.before_edit(session, &key, patch).await?;
            let lease = On::lease(session);
            let row = unit::edit_within(lease, &key, patch, self.edit_filter()).await?;
            self.after_edit(session, row).await
        }
    }
}

/// Deletes a row by its key.
pub trait UnitDelete: Mixin {
    /// Only these rows can be deleted, of those that the policy lets through.
    fn delete_filter(&self) -> Option<Filter<Self::Model>> {
        None
    }

    /// Looks at the key before its row is deleted.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation; nothing is deleted.
    fn before_delete(
        &self,
        _session: &SessionOf<Self>,
        _key: &KeyOf<Self>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    /// The row was deleted.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation.
    fn after_delete(
        &self,
        _session: &SessionOf<Self>,
        _key: &KeyOf<Self>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    /// Deletes the row; with a `version`, only if it is of that version.
    ///
    /// # Errors
    ///
    /// Those of [`delete`](crate::model::delete) and [`delete_if`](crate::model::delete_if), of `before_delete` and of `after_delete`.
    fn delete(
        &self,
        session: &SessionOf<Self>,
        key: KeyOf<Self>,
        version: Option<i64>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async move {
            self.before_delete(session, &key).await?;
            let (lease, filter) = (On::lease(session), self.delete_filter());
            unit::delete_within::<Self::Model>(lease, &key, version, filter).await?;
            self.after_delete(session, &key).await
        }
    }
}
