//! Links between pages: the request's own path and query with another page.

use std::fmt::Write;

use axum::extract::Query;
use axum::http::Uri;
use axum::http::header::HeaderValue;

/// A request's path and query, from which its neighbours are made.
pub(super) struct Links<'a> {
    path: &'a str,
    /// The parameters, each as its name and as it was sent.
    parameters: Vec<(String, &'a str)>,
}

impl<'a> Links<'a> {
    pub(super) fn of(uri: &'a Uri) -> Self {
        let sent = uri.query().unwrap_or_default().split('&').filter(|sent| !sent.is_empty());
        // Read the same way: one parameter for each piece that is not empty.
        let read = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let names = read.map(|Query(read)| read).unwrap_or_default().into_iter();
        let parameters = names.map(|(name, _)| name).zip(sent).collect();
        Self { path: uri.path(), parameters }
    }

    /// The same path and query, but for the parameter `name`.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let mut link = ascii(self.path);
        let mut is_set = false;
        let mut separator = '?';
        let mut push = |parameter: &str| {
            link.push(separator);
            link.push_str(parameter);
            separator = '&';
        };
        let changed = format!("{name}={}", encoded(value));
        for (known, sent) in &self.parameters {
            if known == name {
                is_set = true;
                push(&changed);
            } else {
                push(&ascii(sent));
            }
        }
        if !is_set {
            push(&changed);
        }
        link
    }
}

/// The value of the header `Link`, if there is something to link to.
pub(super) fn header(next: Option<&str>, previous: Option<&str>) -> Option<HeaderValue> {
    let links: Vec<_> = [(next, "next"), (previous, "prev")]
        .into_iter()
        .filter_map(|(link, relation)| Some(format!("<{}>; rel=\"{relation}\"", link?)))
        .collect();
    if links.is_empty() {
        return None;
    }
    HeaderValue::try_from(links.join(", ")).ok()
}

/// A text as one segment of a path or one value of a query: all but unreserved characters encoded.
pub(super) fn encoded(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// A part of a URL as it was sent, fit for a header: what some clients send as it is gets encoded.
pub(super) fn ascii(part: &str) -> String {
    encode(part, |byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
}

fn encode(text: &str, is_kept: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_kept(byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a String does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(uri: &str) -> String {
        Links::of(&uri.parse().expect("a URI")).with("page", "3")
    }

    #[test]
    fn only_the_page_changes() {
        assert_eq!(link("/api/notes"), "/api/notes?page=3");
        assert_eq!(link("/notes?page=2&status=a%20b+c"), "/notes?page=3&status=a%20b+c");
        assert_eq!(link("/notes?a=1&&p%61ge=2&b"), "/notes?a=1&page=3&b");
        assert_eq!(link("/a%2Fb/notes?title=%26%3D"), "/a%2Fb/notes?title=%26%3D&page=3");
        assert_eq!(link("http://host/notes?x=%FF"), "/notes?x=%FF&page=3");
    }

    #[test]
    fn nothing_ends_a_link_early() {
        let links = header(Some(&link("/n?a={}")), None).expect("a header");
        assert_eq!(links, "</n?a=%7B%7D&page=3>; rel=\"next\"");
        assert_eq!(ascii("b=\"é>"), "b=%22%C3%A9%3E");
        assert_eq!(encoded("a/b c%é?#"), "a%2Fb%20c%25%C3%A9%3F%23");
    }
}
