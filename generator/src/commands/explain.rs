//! `bindery explain`: what a code means, or the list of all codes.

use super::{Failure, Outcome, terminal};
use crate::diagnostics::Code;

pub(super) fn run(code: Option<&str>) -> Result<Outcome, Failure> {
    let text = match code {
        None => {
            Code::ALL.iter().map(|code| [code.id(), "  ", code.title(), "\n"].concat()).collect()
        }
        Some(typed) => Code::parse(typed).map(Code::explain).ok_or_else(|| {
            let help = "`bindery explain` lists all codes".to_owned();
            Failure::Other(format!("there is no code `{typed}`"), Some(help))
        })?,
    };
    terminal::data(&text)?;
    Ok(Outcome::Fine)
}
