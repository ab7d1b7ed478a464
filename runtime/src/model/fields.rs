//! A row that the database answered with, and where in it the columns of a model stand.

use std::fmt;

use sqlx::{Column as _, Row};

use super::column::ColumnName;
use super::{Model, RowOf};

/// A row, as [`Model::read`] gets it.
pub struct Fields<'r, M: Model> {
    row: &'r RowOf<M>,
    start: Start,
}

/// Where the columns stand.
enum Start {
    /// One after the other, the first of them here.
    At(usize),
    /// Anywhere, each once.
    Anywhere,
}

/// Reads a row of hand-written SQL: the columns of `M` by their names, in whatever order and beside
/// whatever else there is.
///
/// Of a join, several tables may have a column of the same name. Then the columns of the model are
/// those that stand one after the other as the generated `COLUMNS` lists them:
/// `SELECT {note::COLUMNS}, {author::COLUMNS} FROM …` can be read as both.
///
/// # Errors
///
/// [`sqlx::Error::ColumnNotFound`]; [`sqlx::Error::ColumnDecode`] when a value is none of its
/// column's type, or when it cannot be told which of several columns of the same name is meant.
pub fn from_row<M: Model>(row: &RowOf<M>) -> Result<M, sqlx::Error> {
    M::read(&Fields::named(row))
}

/// Reads a row that has the columns of `M` in order: of a statement of our own.
pub(super) fn read<M: Model>(row: &RowOf<M>) -> Result<M, sqlx::Error> {
    M::read(&Fields { row, start: Start::At(0) })
}

impl<'r, M: Model> Fields<'r, M> {
    fn named(row: &'r RowOf<M>) -> Self {
        let (here, wanted) = (row.columns(), M::Column::ALL);
        let is_run = |start: &usize| {
            here[*start..].iter().zip(wanted).all(|(found, name)| found.name() == name.stored())
        };
        // Past the last place where all of them could follow there is none.
        let mut runs = (0..(here.len() + 1).saturating_sub(wanted.len())).filter(is_run);
        let start = match (runs.next(), runs.next()) {
            (Some(only), None) => Start::At(only),
            _ => Start::Anywhere,
        };
        Self { row, start }
    }

    pub(super) fn row(&self) -> &'r RowOf<M> {
        self.row
    }

    /// Where the column stands that is the one of number `index` in the model.
    pub(super) fn place(&self, column: M::Column, index: usize) -> Result<usize, sqlx::Error> {
        if let Start::At(start) = self.start {
            return Ok(start + index);
        }
        let name = column.stored();
        let mut places =
            (0..self.row.len()).filter(|place| self.row.columns()[*place].name() == name);
        match (places.next(), places.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(sqlx::Error::ColumnNotFound(name.to_owned())),
            (Some(_), Some(_)) => Err(sqlx::Error::ColumnDecode {
                index: name.to_owned(),
                source:
                    "several columns have this name: select the columns of the model one after \
                         the other, as its `COLUMNS` does"
                        .into(),
            }),
        }
    }
}

impl<M: Model> fmt::Debug for Fields<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").field("columns", &self.row.len()).finish_non_exhaustive()
    }
}
