//! What can be seen of a statement before it runs: whether it could end the transaction or leave
//! something behind. It looks at the first words only; the server decides, this says when to ask.

use sqlx::{Execute, SqlStr};

use crate::driver::Driver;

/// A query taken apart, so that its text can be looked at.
pub(crate) struct Statement<D: Driver> {
    sql: SqlStr,
    prepared: Option<D::Statement>,
    arguments: Option<Result<Option<D::Arguments>, sqlx::error::BoxDynError>>,
    persistent: bool,
}

/// What a statement may do to the transaction around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Reads or writes rows.
    Plain,
    /// May end the transaction (DDL on MySQL, procedures): ask before COMMIT.
    Suspect,
    /// Changes settings of the connection: undo them before others get it.
    Settings,
    /// Several in one text: any of the above, and one of them may end the transaction.
    Several,
    /// Ends or begins a transaction behind the session's back.
    Control,
}

impl<D: Driver> Statement<D> {
    pub(crate) fn new<'q>(mut query: impl Execute<'q, D> + 'q) -> Self {
        let arguments = Some(query.take_arguments());
        let prepared = query.statement().cloned();
        let persistent = query.persistent();
        Self { prepared, arguments, persistent, sql: query.sql() }
    }

    /// A statement of the runtime's own, with its values.
    pub(crate) fn prepared(sql: SqlStr, arguments: D::Arguments, persistent: bool) -> Self {
        Self { sql, prepared: None, arguments: Some(Ok(Some(arguments))), persistent }
    }

    pub(crate) fn effect(&self) -> Effect {
        let text = self.sql.as_str();
        let several = matches!(self.arguments, Some(Ok(None)))
            && text.trim_end().trim_end_matches(';').contains(';');
        match effect(text) {
            Effect::Plain | Effect::Suspect | Effect::Settings if several => Effect::Several,
            effect => effect,
        }
    }
}

impl<D: Driver> Execute<'_, D> for Statement<D> {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&D::Statement> {
        self.prepared.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<D::Arguments>, sqlx::error::BoxDynError> {
        self.arguments.take().unwrap_or(Ok(None))
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}

/// The words of a statement, without comments.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let mut rest = self.0;
        // Most texts begin with their first word.
        while !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == ';');
            if let Some(comment) = rest.strip_prefix("--").or_else(|| rest.strip_prefix('#')) {
                rest = comment.split_once('\n').map_or("", |(_, after)| after);
            } else if let Some(comment) = rest.strip_prefix("/*") {
                rest = comment.split_once("*/").map_or("", |(_, after)| after);
            } else {
                break;
            }
        }
        let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let end = rest.bytes().take_while(is_of_word).count();
        self.0 = &rest[end..];
        (end > 0).then(|| &rest[..end])
    }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|candidate| word.eq_ignore_ascii_case(candidate))
}

/// Whether it begins as nearly every statement does: seen in one comparison.
fn reads_or_writes_rows(sql: &str) -> bool {
    matches!(
        sql.as_bytes().first_chunk(),
        Some(
            b"SELECT "
                | b"INSERT "
                | b"UPDATE "
                | b"DELETE "
                | b"select "
                | b"insert "
                | b"update "
                | b"delete "
        )
    )
}

fn effect(sql: &str) -> Effect {
    if reads_or_writes_rows(sql) {
        return Effect::Plain;
    }
    let mut words = Words(sql);
    let Some(first) = words.next() else {
        return Effect::Suspect;
    };
    let second = || Words(words.0).next().unwrap_or_default();
    if is_one_of(first, &["select", "insert", "update", "delete", "with", "replace", "merge"])
        || is_one_of(first, &["values", "table", "explain", "show", "savepoint", "release"])
    {
        Effect::Plain
    } else if is_one_of(first, &["commit", "end", "abort", "begin", "xa"])
        || (first.eq_ignore_ascii_case("prepare") && second().eq_ignore_ascii_case("transaction"))
        || (first.eq_ignore_ascii_case("rollback") && !second().eq_ignore_ascii_case("to"))
        || (first.eq_ignore_ascii_case("start") && second().eq_ignore_ascii_case("transaction"))
    {
        Effect::Control
    } else if is_one_of(first, &["set"]) && is_one_of(second(), &["transaction", "constraints"])
        || (first.eq_ignore_ascii_case("set") && second().eq_ignore_ascii_case("local"))
        || first.eq_ignore_ascii_case("rollback")
    {
        Effect::Plain
    } else if is_one_of(first, &["set", "reset", "use", "discard", "listen", "pragma", "lock"]) {
        Effect::Settings
    } else {
        Effect::Suspect
    }
}

#[cfg(test)]
mod tests {
    use super::{Effect, effect};

    #[test]
    fn effects() {
        let cases = [
            ("SELECT 1", Effect::Plain),
            ("select", Effect::Plain),
            ("selected", Effect::Suspect),
            ("Delete FROM a", Effect::Plain),
            ("  -- a note\n/* and */ (select 1) union (select 2)", Effect::Plain),
            ("commit", Effect::Control),
            ("COMMIT;", Effect::Control),
            ("Rollback", Effect::Control),
            ("ROLLBACK TO SAVEPOINT a", Effect::Plain),
            ("START TRANSACTION READ ONLY", Effect::Control),
            ("START REPLICA", Effect::Suspect),
            ("PREPARE TRANSACTION 'a'", Effect::Control),
            ("PREPARE a AS SELECT 1", Effect::Suspect),
            ("XA START 'a'", Effect::Control),
            ("SET LOCAL search_path = a", Effect::Plain),
            ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", Effect::Plain),
            ("SET search_path = a", Effect::Settings),
            ("CREATE TABLE a (b int)", Effect::Suspect),
            ("CALL p()", Effect::Suspect),
            ("", Effect::Suspect),
            ("/* never closed", Effect::Suspect),
        ];
        for (sql, expected) in cases {
            assert_eq!(effect(sql), expected, "{sql}");
        }
    }
}
