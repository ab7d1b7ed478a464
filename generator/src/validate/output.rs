//! The `[output]` table.

use super::{
    folder::{folder, outside},
    value,
};
use crate::{
    config::{Given, Scalar, Value},
    diagnostics::Diagnostics,
    model::{Output, TimeCrate, Web},
    settings::Meaning,
    source::{Span, Spanned},
};

/// What `[output]` says, completed.
pub(super) fn output(given: &[Given], diagnostics: &mut Diagnostics) -> Output {
    let mut output =
        Output { dir: "src/db".to_owned(), web: Web::Axum, time: TimeCrate::Chrono, serde: true };
    for Given { spec, value, .. } in given {
        let Value::Plain(Spanned { value, span }) = value else { continue };
        let result = match value {
            Scalar::Choice(variants, word) => {
                value::choice(spec, variants, None, word, *span).map(|meaning| {
                    match meaning {
                        Meaning::Web(web) => output.web = web,
                        Meaning::Time(time) => output.time = time,
                        _ => {}
                    }
                })
            }
            Scalar::Flag(_, value) => {
                output.serde = *value;
                continue;
            }
            Scalar::Text(_, text) => {
                folder(text).map(|dir| output.dir = dir).map_err(|problem| {
                    outside(spec.name, problem, *span).help(
                        "name a folder below the one of this file, like `dir = \"src/db\"`; `--out-dir` takes any folder",
                    )
                })
            }
            _ => continue,
        };
        if let Err(problem) = result {
            diagnostics.push(problem);
        }
    }
    output
}

/// `[output]` for those whose settings depend on it: what it means, and where that stands.
#[derive(Clone, Copy)]
pub(super) struct Shape<'a> {
    pub(super) output: &'a Output,
    pub(super) given: &'a [Given],
}

impl Shape<'_> {
    /// Where a setting stands, if it is written.
    pub(super) fn place(self, name: &str) -> Option<Span> {
        let given = self.given.iter().find(|given| given.spec.name == name)?;
        Some(given.value.span())
    }
}
