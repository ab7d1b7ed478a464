//! Connect options out of a URL, without a word of the URL in what is said about a bad one.

use std::str::FromStr;

use super::reader::{Found, Reader};
use crate::secret::Secret;

/// Parses the URL of a backend whose URLs begin with one of `schemes`.
pub(crate) fn parse<O>(
    url: &Found<Secret>,
    product: &str,
    schemes: &[&str],
    reader: &mut Reader<'_>,
) -> Option<Found<O>>
where
    O: FromStr<Err = sqlx::Error>,
{
    let text = url.value.expose();
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    // The drivers leave this out: SQLite's takes `postgres://host/name` for the name of a file.
    if !schemes.contains(&scheme) {
        let message = format!("it is no URL of {product}: it must begin with `{}:`", schemes[0]);
        reader.refuse("url", Some(&url.origin), message);
        return None;
    }
    match text.parse() {
        Ok(options) => Some(Found { value: options, origin: url.origin.clone() }),
        Err(error) => {
            let message = format!(
                "it cannot be read as a URL: {}; special characters in a user name, password or \
                 path are written as `%` and two hexadecimal digits",
                reason(error),
            );
            reader.refuse("url", Some(&url.origin), message);
            None
        }
    }
}

/// What sqlx says, without the parts of the URL that it quotes.
fn reason(error: sqlx::Error) -> String {
    let text = match error {
        sqlx::Error::Configuration(error) => error.to_string(),
        error => error.to_string(),
    };
    match (text.find('"'), text.rfind('"')) {
        (Some(first), Some(last)) => format!("{}\"..\"{}", &text[..first], &text[last + 1..]),
        _ => text,
    }
}
