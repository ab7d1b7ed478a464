//! Pages of a list by the row they begin or end at: no row is skipped or seen twice when others
//! come and go between two pages, and no page takes longer because it is far from the first.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

use super::Model;
use super::beyond::{self, Beyond};
use super::cursor::{Cursor, Place, Side};
use super::filter::Filter;
use super::on::On;
use super::order::{self, Order};
use super::page::{InvalidPage, PageRequest, USUAL, parsed};
use super::refusal::about;
use super::select::Select;

/// How many rows of a list are wanted, and from where on.
///
/// As part of a query string it is `?size=50&cursor=…`, both of which may be left out: axum's
/// `Query` answers a size out of bounds, and a text that is no cursor, with 400.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "Given")]
pub struct KeysetRequest {
    size: NonZeroU32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<Cursor>,
}

/// What a query string says.
#[derive(Deserialize)]
struct Given {
    #[serde(default, deserialize_with = "parsed")]
    size: Option<u32>,
    #[serde(default, deserialize_with = "parsed")]
    cursor: Option<Cursor>,
}

impl KeysetRequest {
    /// The first page, of `size` rows.
    ///
    /// # Errors
    ///
    /// [`InvalidPage`] if `size` is 0 or above [`PageRequest::MAX_SIZE`].
    pub fn new(size: u32) -> Result<Self, InvalidPage> {
        Given { size: Some(size), cursor: None }.try_into()
    }

    /// The page that this cursor leads to; the first one if there is none.
    #[must_use]
    pub fn with_cursor(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.cursor = cursor.into();
        self
    }
}

impl Default for KeysetRequest {
    /// The first page, of 20 rows.
    fn default() -> Self {
        Self { size: USUAL, cursor: None }
    }
}

impl TryFrom<Given> for KeysetRequest {
    type Error = InvalidPage;

    fn try_from(given: Given) -> Result<Self, InvalidPage> {
        let size = given.size.map_or(Some(USUAL), NonZeroU32::new);
        let size = size.filter(|size| size.get() <= PageRequest::MAX_SIZE);
        Ok(Self { size: size.ok_or(InvalidPage::Size)?, cursor: given.cursor })
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct KeysetPage<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// How many rows it may have.
    pub size: u32,
    /// Leads to the rows after it. `None` if there were none when it was read, unless it was read
    /// from its end.
    pub next: Option<Cursor>,
    /// Leads to the rows before it. `None` if there were none when it was read, unless it was read
    /// from its beginning.
    pub previous: Option<Cursor>,
}

impl<M: Model> Select<M> {
    /// One page of the rows, in the order given and, among rows which that takes for the same, in
    /// that of their keys, the same way as the last column: as [`Select::page`], but a page begins
    /// at a row and not at a number.
    ///
    /// Every row that is there from the first page to the last is on exactly one of them, whatever
    /// others come and go meanwhile, as long as its own values of the order stay. An index on the
    /// columns of the order and then those of the key makes every page equally fast.
    ///
    /// The limit and the offset of the list give way to those of the page.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCursor`] for a cursor of another model or of another order.
    /// [`ErrorKind::InvalidValue`] when the order has a column whose values cannot be text, as those
    /// of JSON, or the values of a row are too long for a cursor: about 3,000 bytes. What any
    /// statement can fail of.
    pub async fn keyset(
        mut self,
        on: impl On<M::Bind>,
        request: KeysetRequest,
    ) -> Result<KeysetPage<M>, Error> {
        let lease = on.lease();
        order::complete(&mut self.order);
        let order = self.order.clone();
        check(&order)?;
        let start = request.cursor.map(|cursor| start(&cursor, &order)).transpose()?;
        let is_backward = start.as_ref().is_some_and(|start| start.side.is_backward());
        if is_backward {
            self.order.iter_mut().for_each(Order::turn);
        }
        if let Some(start) = &start {
            let beyond =
                Beyond::<M> { order: &self.order, is_inclusive: start.side.is_inclusive() };
            let rows = beyond.of(&start.values).ok_or_else(foreign::<M>)?;
            self.filter = self.filter.and(Filter::of(rows));
        }

        // One more, to see whether there are others behind.
        let size = request.size.get();
        self.offset = None;
        let mut items = self.limit(u64::from(size) + 1).read(lease).await?;
        let has_more = items.len() > size as usize;
        items.truncate(size as usize);
        if is_backward {
            items.reverse();
        }

        let at = |row: Option<&M>, side| row.map(|row| cursor(row, side, &order)).transpose();
        let mut next = at(items.last(), Side::After)?;
        let mut previous = at(items.first(), Side::Before)?;
        match start {
            // Back over the place where no row is behind.
            Some(start) if items.is_empty() => {
                let back = Cursor::new(&Place { side: start.side.turned(), ..start });
                if is_backward { next = back } else { previous = back }
            }
            Some(_) => {}
            None => previous = None,
        }
        if !has_more {
            if is_backward { previous = None } else { next = None }
        }
        Ok(KeysetPage { items, size, next, previous })
    }
}

/// Refuses an order whose values cannot be in a cursor.
fn check<M: Model>(order: &[Order<M>]) -> Result<(), Error> {
    use super::column::ColumnName;

    for column in order.iter().map(|order| order.column()) {
        if !beyond::is_text::<M>(column) {
            let what = format!(
                "a list in the order of the column `{}` has no cursors: its values are not written \
                 as text",
                column.name()
            );
            return Err(about::<M>(ErrorKind::InvalidValue, &what));
        }
    }
    Ok(())
}

fn start<M: Model>(cursor: &Cursor, order: &[Order<M>]) -> Result<Place, Error> {
    let is_ours =
        |place: &Place| place.print == order::print(order) && place.values.len() == order.len();
    cursor.place().filter(is_ours).ok_or_else(foreign::<M>)
}

fn foreign<M: Model>() -> Error {
    about::<M>(ErrorKind::InvalidCursor, "the cursor is one of another list or another order")
}

fn cursor<M: Model>(row: &M, side: Side, order: &[Order<M>]) -> Result<Cursor, Error> {
    let values = order.iter().map(|order| row.text(order.column())).collect();
    Cursor::new(&Place { side, print: order::print(order), values }).ok_or_else(|| {
        about::<M>(
            ErrorKind::InvalidValue,
            "the values of a row are too long for a cursor: order by columns of a limited length",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_size_and_cursor_or_is_refused() {
        for text in [
            r#"{"size":0}"#,
            r#"{"size":1001}"#,
            r#"{"size":-1}"#,
            r#"{"size":"x"}"#,
            r#"{"cursor":""}"#,
            r#"{"cursor":"x"}"#,
            r#"{"cursor":7}"#,
        ] {
            assert!(serde_json::from_str::<KeysetRequest>(text).is_err(), "{text}");
        }
        let place = Place { side: Side::After, print: 7, values: vec![None] };
        let cursor = Cursor::new(&place).expect("short enough");
        let wanted = KeysetRequest::new(5).map(|request| request.with_cursor(cursor.clone()));
        for size in ["5", r#""5""#] {
            let text = format!(r#"{{"size":{size},"cursor":"{cursor}"}}"#);
            assert_eq!(Ok(serde_json::from_str(&text).expect("a request")), wanted);
        }
        let first: KeysetRequest = serde_json::from_str("{}").expect("all may be left out");
        assert_eq!(first, KeysetRequest::default());
        assert_eq!(serde_json::to_string(&first).expect("JSON"), r#"{"size":20}"#);
    }
}
