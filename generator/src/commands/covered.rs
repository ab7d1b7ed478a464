//! A difference without the passwords that stand in it: `check` runs where logs are kept.
//!
//! A URL or a password that is written in the TOML, which is warned of, is a default in the
//! generated code.

use crate::{
    diagnostics::{cover, secrets_in},
    source::Span,
};

/// The difference, with passwords covered.
pub(super) fn covered(diff: &str) -> String {
    let urls = cover(diff, 0, &secrets_in(diff));
    cover(&urls, 0, &passwords(&urls))
}

/// The default of each setting `password`.
fn passwords(diff: &str) -> Vec<Span> {
    const DEFAULT: &str = ".default(\"";

    let (mut found, mut start, mut inside) = (Vec::new(), 0, false);
    for line in diff.split_inclusive('\n') {
        let code = line.get(1..).unwrap_or_default().trim_start();
        inside = code.starts_with("password:") || inside && code.starts_with('.');
        if let (true, Some(at), Some(to)) = (inside, line.find(DEFAULT), line.rfind('"')) {
            found.push(Span { start: start + at + DEFAULT.len(), end: start + to });
        }
        start += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::covered;

    #[test]
    fn only_passwords_are_covered() {
        let diff = "\
 url: ::bindery_runtime::Value::NONE.default(\"postgres://app:geheim@h/x\"),
-password: ::bindery_runtime::Value::NONE.default(\"geh\\\"eim\"),
+password: ::bindery_runtime::Value::NONE
+    .env(\"A\")
+    .file_env(\"B\")
+    .default(\"geheim\"),
 tls_ca: ::bindery_runtime::Value::NONE.default(\"ca.pem\"),
";
        let expected = diff.replace("geh\\\"eim", "********").replace("geheim", "******");
        assert_eq!(covered(diff), expected);
    }
}
