//! Operations on many rows.

use std::future::Future;

use crate::error::Error;
use crate::model::filter::Filter;
use crate::model::keyset::{KeysetPage, KeysetRequest};
use crate::model::list;
use crate::model::on::On;
use crate::model::order::Order;
use crate::model::page::{Page, PageRequest};
use crate::model::select::Select;

use super::{Mixin, NewOf, PatchOf, SessionOf};

/// Reads rows.
pub trait ListView: Mixin {
    /// Only these rows can be seen, of those that the policy lets through.
    fn list_filter(&self) -> Option<Filter<Self::Model>> {
        None
    }

    /// The order of a list that names none.
    fn list_order(&self) -> Vec<Order<Self::Model>> {
        Vec::new()
    }

    /// Looks at the rows that were read.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation.
    fn after_list(
        &self,
        _session: &SessionOf<Self>,
        rows: Vec<Self::Model>,
    ) -> impl Future<Output = Result<Vec<Self::Model>, Error>> + Send {
        async { Ok(rows) }
    }

    /// What is read for a list that somebody asks for.
    fn listed(&self, list: Select<Self::Model>) -> Select<Self::Model> {
        let mut list = list.filter(self.list_filter());
        if list.order.is_empty() {
            list.order = self.list_order();
        }
        list
    }

    /// One page of the rows, by its number.
    ///
    /// # Errors
    ///
    /// Those of [`Select::page`], and of `after_list`.
    fn page(
        &self,
        session: &SessionOf<Self>,
        list: Select<Self::Model>,
        request: PageRequest,
    ) -> impl Future<Output = Result<Page<Self::Model>, Error>> + Send {
        async move {
            let mut page = self.listed(list).page(session, request).await?;
            page.items = self.after_list(session, page.items).await?;
            Ok(page)
        }
    }

    /// One page of the rows, by the row it begins at. Its cursors are those of the rows that were
    /// read, whatever `after_list` makes of them.
    ///
    /// # Errors
    ///
    /// Those of [`Select::keyset`], and of `after_list`.
    fn keyset(
        &self,
        session: &SessionOf<Self>,
        list: Select<Self::Model>,
        request: KeysetRequest,
    ) -> impl Future<Output = Result<KeysetPage<Self::Model>, Error>> + Send {
        async move {
            let mut page = self.listed(list).keyset(session, request).await?;
            page.items = self.after_list(session, page.items).await?;
            Ok(page)
        }
    }
}

/// Adds rows, all of them or none.
pub trait ListAdd: Mixin {
    /// Looks at the rows before they are added, completes or refuses them.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation; nothing is added.
    fn before_list_add(
        &self,
        _session: &SessionOf<Self>,
        new: Vec<NewOf<Self>>,
    ) -> impl Future<Output = Result<Vec<NewOf<Self>>, Error>> + Send {
        async { Ok(new) }
    }

    /// So many rows were added.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation.
    fn after_list_add(
        &self,
        _session: &SessionOf<Self>,
        _count: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    /// Adds the rows, and answers how many.
    ///
    /// # Errors
    ///
    /// Those of [`list_add`](crate::model::list_add), of `before_list_add` and of
    /// `after_list_add`.
    fn list_add(
        &self,
        session: &SessionOf<Self>,
        new: Vec<NewOf<Self>>,
    ) -> impl Future<Output = Result<u64, Error>> + Send {
        async move {
            let new = self.before_list_add(session, new).await?;
            let count = list::list_add::<Self::Model>(session, new).await?;
            self.after_list_add(session, count).await?;
            Ok(count)
        }
    }
}

/// Changes the rows that a filter finds.
pub trait ListEdit: Mixin {
    /// Only these rows can be changed, of those that the policy lets through.
    fn list_edit_filter(&self) -> Option<Filter<Self::Model>> {
        None
    }

    /// Looks at the changes before they are made, completes or refuses them.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation; nothing is changed.
    fn before_list_edit(
        &self,
        _session: &SessionOf<Self>,
        patch: PatchOf<Self>,
    ) -> impl Future<Output = Result<PatchOf<Self>, Error>> + Send {
        async { Ok(patch) }
    }

    /// So many rows were changed.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation.
    fn after_list_edit(
        &self,
        _session: &SessionOf<Self>,
        _count: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    /// Changes the rows, and answers how many.
    ///
    /// # Errors
    ///
    /// Those of [`list_edit`](crate::model::list_edit), of `before_list_edit` and of
    /// `after_list_edit`.
    fn list_edit(
        &self,
        session: &SessionOf<Self>,
        filter: Filter<Self::Model>,
        patch: PatchOf<Self>,
    ) -> impl Future<Output = Result<u64, Error>> + Send {
        async move {
            let patch = self.before_list_edit(session, patch).await?;
            let (lease, within) = (On::lease(session), self.list_edit_filter());
            let count = list::list_edit_within(lease, filter, patch, within).await?;
            self.after_list_edit(session, count).await?;
            Ok(count)
        }
    }
}

/// Deletes the rows that a filter finds.
pub trait ListDelete: Mixin {
    /// Only these rows can be deleted, of those that the policy lets through.
    fn list_delete_filter(&self) -> Option<Filter<Self::Model>> {
        None
    }

    /// So many rows were deleted.
    ///
    /// # Errors
    ///
    /// Whatever it returns is the error of the operation.
    fn after_list_delete(
        &self,
        _session: &SessionOf<Self>,
        _count: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    /// Deletes the rows, and answers how many.
    ///
    /// # Errors
    ///
    /// Those of [`list_delete`](crate::model::list_delete), and of `after_list_delete`.
    fn list_delete(
        &self,
        session: &SessionOf<Self>,
        filter: Filter<Self::Model>,
    ) -> impl Future<Output = Result<u64, Error>> + Send {
        async move {
            let (lease, within) = (On::lease(session), self.list_delete_filter());
            let count = list::list_delete_within(lease, filter, within).await?;
            self.after_list_delete(session, count).await?;
            Ok(count)
        }
    }
}
