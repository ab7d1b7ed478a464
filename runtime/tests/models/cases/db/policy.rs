//! The policies of the models: rows belong to a tenant, and who wrote them is kept.

use std::convert::Infallible;

use bindery_runtime::Error;
use bindery_runtime::model::{Change, Filter, Model, Policy, Write};

use super::note::Note;
use super::{closed, item};

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Who {
    pub(in super::super) tenant: i64,
    pub(in super::super) name: &'static str,
}

tokio::task_local! {
    pub(in super::super) static WHO: Who;
}

fn who<M: Model>() -> Result<Who, Error> {
    WHO.try_with(|who| *who).map_err(|_| Error::forbidden::<M>("nobody asks"))
}

/// Everybody sees the rows of his tenant.
#[derive(Debug)]
pub(in super::super) enum Own {}

impl Policy<Note> for Own {
    fn rows() -> Result<Filter<Note>, Error> {
        Ok(Note::TENANT.eq(who::<Note>()?.tenant))
    }

    fn write(row: Write<'_, Note>) -> Result<(), Error> {
        let who = who::<Note>()?;
        match row {
            Write::Add(new) => {
                new.tenant = who.tenant;
                new.author = Some(who.name.to_owned());
                check(&new.title)
            }
            Write::Edit(patch) => {
                if !patch.tenant.is_keep() {
                    return Err(Error::forbidden::<Note>("rows are not given \"away\""));
                }
                if let Change::Set(title) = &patch.title {
                    check(title)?;
                    patch.author = Change::Set(Some(who.name.to_owned()));
                }
                Ok(())
            }
            Write::Save(save) => {
                let save: &mut Infallible = save;
                match *save {}
            }
        }
    }
}

fn check(title: &str) -> Result<(), Error> {
    if title.is_empty() {
        Err(Error::invalid(Note::TITLE, "a title says \"something\""))
    } else {
        Ok(())
    }
}

impl Policy<item::Item> for Own {
    fn rows() -> Result<Filter<item::Item>, Error> {
        // Of two parts, one of which would hold for other rows if it were not kept together.
        let tenant = who::<item::Item>()?.tenant;
        Ok(item::Item::TENANT.eq(tenant).or(item::Item::TENANT.eq(tenant + 1_000)))
    }

    fn write(row: Write<'_, item::Item>) -> Result<(), Error> {
        let who = who::<item::Item>()?;
        match row {
            Write::Add(new) => {
                new.tenant = Some(who.tenant);
                new.author = Some(who.name.to_owned());
            }
            Write::Edit(_) => {}
            Write::Save(save) => {
                if save.amount == Change::Set(-1) {
                    return Err(Error::invalid(item::Item::AMOUNT, "no less than nothing"));
                }
                save.tenant = Change::Set(who.tenant);
                save.author = Change::Set(Some(who.name.to_owned()));
            }
        }
        Ok(())
    }
}

/// Nobody sees anything.
#[derive(Debug)]
pub(in super::super) enum Nobody {}

impl Policy<closed::Item> for Nobody {
    fn rows() -> Result<Filter<closed::Item>, Error> {
        Ok(!Filter::all_rows())
    }
}
