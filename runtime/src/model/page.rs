//! Pages of a list by their number.

use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::Error;

use super::Model;
use super::on::On;
use super::order;
use super::select::{Select, count};

/// How many rows a page has unless a request says otherwise.
pub(super) const USUAL: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// Which page of a list is wanted, and how many rows it may have.
///
/// As part of a query string it is `?page=2&size=50&total=true`, all of which may be left out: axum's
/// `Query` answers page 0, a negative number, a text, and a size out of bounds with 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "Given")]
pub struct PageRequest {
    page: NonZeroU64,
    size: NonZeroU32,
    total: bool,
}

/// What a query string says.
#[derive(Deserialize)]
struct Given {
    #[serde(default, deserialize_with = "parsed")]
    page: Option<u64>,
    #[serde(default, deserialize_with = "parsed")]
    size: Option<u32>,
    #[serde(default, deserialize_with = "parsed")]
    total: Option<bool>,
}

/// A value or its text: behind `#[serde(flatten)]` everything of a query string is text.
pub(super) fn parsed<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de> + FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given<T> {
        Value(T),
        Text(String),
    }
    match Option::<Given<T>>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Given::Value(value)) => Ok(Some(value)),
        Some(Given::Text(text)) => text.parse().map(Some).map_err(D::Error::custom),
    }
}

impl PageRequest {
    /// The most rows that a page has.
    pub const MAX_SIZE: u32 = 1_000;

    /// Page `page`, counted from 1, of `size` rows.
    ///
    /// # Errors
    ///
    /// [`InvalidPage`] if `page` or `size` is 0, or `size` above [`PageRequest::MAX_SIZE`].
    pub fn new(page: u64, size: u32) -> Result<Self, InvalidPage> {
        Given { page: Some(page), size: Some(size), total: None }.try_into()
    }

    /// Counts the rows of all pages too, which takes a statement of its own.
    #[must_use]
    pub fn with_total(mut self) -> Self {
        self.total = true;
        self
    }

    /// How many rows come before the page.
    fn offset(self) -> u64 {
        (self.page.get() - 1).saturating_mul(self.size.get().into())
    }
}

impl Default for PageRequest {
    /// The first page, of 20 rows.
    fn default() -> Self {
        Self { page: NonZeroU64::MIN, size: USUAL, total: false }
    }
}

impl TryFrom<Given> for PageRequest {
    type Error = InvalidPage;

    fn try_from(given: Given) -> Result<Self, InvalidPage> {
        let page = given.page.map_or(Some(NonZeroU64::MIN), NonZeroU64::new);
        let size = given.size.map_or(Some(USUAL), NonZeroU32::new);
        let page = page.ok_or(InvalidPage::Page)?;
        let size = size.filter(|size| size.get() <= Self::MAX_SIZE).ok_or(InvalidPage::Size)?;
        Ok(Self { page, size, total: given.total.unwrap_or(false) })
    }
}

/// Why there can be no such page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPage {
    /// Its number is 0.
    Page,
    /// Its size is 0 or too large.
    Size,
}

impl fmt::Display for InvalidPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page => f.write_str("pages are counted from 1"),
            Self::Size => write!(f, "a page has from 1 to {} rows", PageRequest::MAX_SIZE),
        }
    }
}

impl std::error::Error for InvalidPage {}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Page<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// Its number, counted from 1.
    pub page: u64,
    /// How many rows it may have.
    pub size: u32,
    /// The number of the page after it, if that has rows.
    pub next: Option<u64>,
    /// The number of the page before it. Past the end it is the last page, if the total is known.
    pub previous: Option<u64>,
    /// How many rows all pages have, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<M: Model> Select<M> {
    /// One page of the rows, in the order given and, among rows which that takes for the same, in
    /// that of their keys, the same way as the last column: no row is on two pages, and none on no page, as long as no row comes or
    /// goes.
    ///
    /// The limit and the offset of the list give way to those of the page. A page past the end is
    /// empty.
    ///
    /// # Errors
    ///
    /// As [`Select::all`].
    pub async fn page(
        mut self,
        on: impl On<M::Bind>,
        request: PageRequest,
    ) -> Result<Page<M>, Error> {
        let mut lease = on.lease();
        order::complete(&mut self.order);
        let total = if request.total { Some(count(&mut lease, &self.filter).await?) } else { None };
        let size = u64::from(request.size.get());
        // One more, to see whether there is a next page.
        let rows = self.limit(size + 1).offset(request.offset());
        let mut items = rows.read(lease).await?;
        let page = request.page.get();
        let next = (items.len() as u64 > size).then(|| page.saturating_add(1));
        items.truncate(request.size.get() as usize);
        let last = total.map_or(u64::MAX, |total| total.div_ceil(size).max(1));
        let previous = (page > 1).then(|| (page - 1).min(last));
        Ok(Page { items, page, size: request.size.get(), next, previous, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_cannot_be_are_refused() {
        assert_eq!(PageRequest::new(0, 20), Err(InvalidPage::Page));
        assert_eq!(PageRequest::new(1, 0), Err(InvalidPage::Size));
        assert_eq!(PageRequest::new(1, 1_001), Err(InvalidPage::Size));
        for text in [r#"{"page":0}"#, r#"{"page":-1}"#, r#"{"page":"x"}"#, r#"{"size":1001}"#] {
            assert!(serde_json::from_str::<PageRequest>(text).is_err(), "{text}");
        }
        for text in
            [r#"{"page":2,"size":5,"total":true}"#, r#"{"page":"2","size":"5","total":"true"}"#]
        {
            let page: PageRequest = serde_json::from_str(text).expect(text);
            assert_eq!(Ok(page), PageRequest::new(2, 5).map(PageRequest::with_total));
        }
        let page: PageRequest = serde_json::from_str("{}").expect("all may be left out");
        assert_eq!(page, PageRequest::default());
    }

    #[test]
    fn no_page_is_too_far() {
        let last = PageRequest::new(u64::MAX, PageRequest::MAX_SIZE).expect("a page");
        assert_eq!(last.offset(), u64::MAX);
    }
}
