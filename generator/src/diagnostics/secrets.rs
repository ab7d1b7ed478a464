//! Where a text holds passwords, and the text without them.
//!
//! Works on the raw text, so that a line is covered even when it is no valid TOML.

use crate::source::Span;

/// Whether a URL holds a password.
pub(crate) fn in_url(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return in_query(url) };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.split_once(':').is_some_and(|(_, password)| !password.is_empty()) || in_query(rest)
}

fn in_query(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .any(|pair| pair.strip_prefix("password=").is_some_and(|value| !value.is_empty()))
}

/// Every stretch of the text that looks like a password; rather too much than too little.
pub(crate) fn in_text(text: &str) -> Vec<Span> {
    let mut start = 0;
    let mut secrets = Vec::new();
    for line in text.split_inclusive('\n') {
        // Most lines have neither; this keeps the common case to two searches.
        if line.contains("://") || line.contains("password") {
            secrets.extend(
                in_line(line)
                    .into_iter()
                    .map(|(from, to)| Span { start: start + from, end: start + to }),
            );
        }
        start += line.len();
    }
    secrets
}

fn in_line(line: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (from, to) in behind(line, "://", &['"', '\'', ' ', '\t', ',']) {
        let user = line[from..to].rfind('@').map_or("", |end| &line[from..from + end]);
        if let Some(colon) = user.find(':') {
            found.push((from + colon + 1, from + user.len()));
        }
    }
    found.extend(behind(line, "password=", &['&', '"', '\'']));
    if let Some((name, value)) = line.split_once('=') {
        let value = value.trim();
        if name.trim_end().ends_with("password") && !value.starts_with('{') {
            let from = line.len() - line[name.len() + 1..].trim_start().len();
            found.push((from, from + value.len()));
        }
    }
    found.sort_unstable();
    found
}

/// What stands behind each `mark`, up to one of `ends`. Marks inside such a stretch do not count.
fn behind(line: &str, mark: &str, ends: &[char]) -> Vec<(usize, usize)> {
    let mut stretches = Vec::new();
    let mut next = 0;
    while let Some(at) = line[next..].find(mark) {
        let from = next + at + mark.len();
        let to = line[from..].find(ends).map_or(line.trim_end().len().max(from), |end| from + end);
        if from < to {
            stretches.push((from, to));
        }
        next = to;
    }
    stretches
}

/// Replaces the characters of secrets by others of the same length, so that columns stay true.
/// `start` is where the text begins in the file that the secrets were found in.
pub(crate) fn cover(text: &str, start: usize, secrets: &[Span]) -> String {
    let at = |offset: usize| text.floor_char_boundary(offset.saturating_sub(start));
    let mut covered = String::with_capacity(text.len());
    for secret in secrets {
        // Secrets come in the order of the file, and two of them may overlap.
        let (from, to) = (at(secret.start).max(covered.len()), at(secret.end));
        if from < to {
            covered.push_str(&text[covered.len()..from]);
            covered.extend(text[from..to].chars().map(|letter| match letter.len_utf8() {
                1 => '*',
                2 => '·',
                3 => '•',
                _ => '🞄',
            }));
        }
    }
    covered.push_str(&text[covered.len()..]);
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for url in [
            "postgres://u:p@h/db",
            "mysql://:p@h",
            "postgres://h/db?user=u&password=p",
            "mysql://u:p@w@h",
        ] {
            assert!(in_url(url), "{url}");
        }
        for url in [
            "postgres://u@h/db",
            "postgres://u:@h",
            "mysql://h:3306/a@b",
            "sqlite://a.db?mode=rwc",
            "x",
            "postgres://h?password=",
        ] {
            assert!(!in_url(url), "{url}");
        }
    }

    #[test]
    fn texts() {
        let secrets = |text: &'static str| -> Vec<&str> {
            in_text(text).into_iter().map(|span| &text[span.start..span.end]).collect()
        };
        assert_eq!(secrets("a = 1\nurl = \"postgres://u:geheim@h/db\"\n"), ["geheim"]);
        assert_eq!(secrets("url = \"postgres://u:geheim@h"), ["geheim"]);
        assert_eq!(secrets("  password = hunter2  \n"), ["hunter2"]);
        assert_eq!(secrets("bind.a.password=\"x\""), ["\"x\""]);
        assert_eq!(secrets("url = 'postgres://h?password=x&a=b'"), ["x"]);
        assert_eq!(secrets("password = { env = \"X\" }\nurl = \"sqlite://a\""), [""; 0]);
    }
}
