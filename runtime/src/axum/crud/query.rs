//! The query of a list: which rows, in which order, which page. Everything in it is understood, or
//! the request is refused with words about what would be.

use std::str::FromStr;

use axum::extract::Query;
use axum::http::Uri;

use super::filters;
use super::problem::Refusal;
use crate::model::{
    ColumnName, Cursor, KeysetRequest, Order, PageRequest, Paging, Resource, Select,
};

/// A query that was understood.
pub(super) struct ListQuery<M: Resource> {
    filtered: Select<M>,
    order: Vec<Order<M>>,
    page: u64,
    size: u32,
    total: bool,
    cursor: Option<Cursor>,
}

impl<M: Resource> ListQuery<M> {
    pub(super) fn read(uri: &Uri) -> Result<Self, Refusal> {
        let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Refusal::bad_request("The query of the URL could not be read."))?;
        let mut query = Self {
            filtered: Select::new(),
            order: Vec::new(),
            page: 1,
            size: M::PAGE_SIZE,
            total: false,
            cursor: None,
        };
        for (at, (name, value)) in parameters.iter().enumerate() {
            if parameters[..at].iter().any(|(known, _)| known == name) {
                return Err(Refusal::bad_request(format!("{} is there twice.", quoted(name))));
            }
            query.take(name, value)?;
        }
        Ok(query)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        match (name, M::PAGING) {
            ("order", _) if !M::ORDER.is_empty() => self.order = order(value)?,
            ("size", _) => {
                self.size = parsed(value)
                    .filter(|size| (1..=M::MAX_PAGE_SIZE).contains(size))
                    .ok_or_else(|| {
                        let max = M::MAX_PAGE_SIZE;
                        takes("size", &format!("a whole number from 1 to {max}"))
                    })?;
            }
            ("page", Paging::Offset) => {
                self.page = parsed(value)
                    .filter(|page| *page > 0)
                    .ok_or_else(|| takes("page", "a whole number from 1"))?;
            }
            ("total", Paging::Offset) => {
                self.total = parsed(value).ok_or_else(|| takes("total", "`true` or `false`"))?;
            }
            ("cursor", Paging::Keyset) => {
                let cursor = parsed(value).ok_or_else(|| {
                    takes("cursor", "what `next` and `previous` of a page of this list lead to")
                })?;
                self.cursor = Some(cursor);
            }
            _ => {
                let filter = filters::read::<M>(name, value)?;
                self.filtered = std::mem::take(&mut self.filtered).filter(filter);
            }
        }
        Ok(())
    }

    /// The rows, in the order of the query or, if it names none, in the `usual` one.
    pub(super) fn list(&self, usual: Vec<Order<M>>) -> Select<M> {
        let order = if self.order.is_empty() { usual } else { self.order.clone() };
        order.into_iter().fold(self.filtered.clone(), Select::order)
    }

    /// The page of a list whose pages have numbers.
    pub(super) fn page(&self) -> Result<PageRequest, Refusal> {
        let request = PageRequest::new(self.page, self.size).map_err(|invalid| {
            Refusal::bad_request(format!("There is no such page: {invalid}."))
        })?;
        Ok(if self.total { request.with_total() } else { request })
    }

    /// The page of a list whose pages follow each other.
    pub(super) fn keyset(self) -> Result<KeysetRequest, Refusal> {
        let request = KeysetRequest::new(self.size).map_err(|invalid| {
            Refusal::bad_request(format!("There is no such page: {invalid}."))
        })?;
        Ok(request.with_cursor(self.cursor))
    }
}

/// Columns to sort by: `-created_at,title`.
fn order<M: Resource>(value: &str) -> Result<Vec<Order<M>>, Refusal> {
    let mut order = Vec::<Order<M>>::new();
    for name in value.split(',') {
        let (name, is_descending) = match name.strip_prefix('-') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let column = M::ORDER.iter().copied().find(|column| column.name() == name);
        let column = column.filter(|column| order.iter().all(|known| known.column() != *column));
        let Some(column) = column else {
            let names = listed(M::ORDER.iter().map(|column| column.name()), "and");
            return Err(takes(
                "order",
                &format!(
                    "columns with commas between them, each once, and `-` before one that is \
                     sorted from the largest value; a list can be ordered by {names}"
                ),
            ));
        };
        order.push(if is_descending { column.desc() } else { column.asc() });
    }
    Ok(order)
}

/// The parameter is none of the list's.
pub(super) fn unknown<M: Resource>(name: &str) -> Refusal {
    let paging: &[_] = match M::PAGING {
        Paging::Offset => &["page", "size", "total"],
        Paging::Keyset => &["cursor", "size"],
    };
    let order = (!M::ORDER.is_empty()).then_some("order");
    let own = listed(order.into_iter().chain(paging.iter().copied()), "and");
    let mut detail = format!("{} is no parameter of this list. There are {own}", quoted(name));
    if let Some(first) = M::FILTER.first() {
        let columns = listed(M::FILTER.iter().map(|column| column.name()), "and");
        detail.extend([
            "; rows are filtered by ",
            &columns,
            ", alone or with an operator, as in `",
            first.name(),
            ".ne`",
        ]);
    }
    detail.push('.');
    Refusal::bad_request(detail)
}

/// The parameter has a value that it does not take.
pub(super) fn takes(name: &str, what: &str) -> Refusal {
    Refusal::bad_request(format!("{} takes {what}.", quoted(name)))
}

/// Names in quotes, the last after `word`.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>, word: &str) -> String {
    let mut names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match names.pop() {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} {word} {last}", names.join(", ")),
        None => String::new(),
    }
}

/// A name that the client sent, no longer than names are.
fn quoted(name: &str) -> String {
    const LONGEST: usize = 80;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    }
}

fn parsed<T: FromStr>(value: &str) -> Option<T> {
    value.parse().ok()
}
