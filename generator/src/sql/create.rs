//! The statements that make a table and take it away.
//!
//! They can be run again and again. Constraints have names, so that an error can say which one it
//! is about, the same on every backend.

use std::collections::BTreeMap;

use super::{list, path, quoted, types};
use crate::model::{
    Backend, Bind,
    table::{ColumnType, DefaultValue, OnDelete, Table},
};

/// What makes a table and takes it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ddl {
    /// Makes the table and its indexes, one statement each.
    pub create: Vec<String>,
    /// Takes the table away.
    pub drop: String,
}

/// The tables of a bind: they refer to each other, and their constraints share one set of names.
#[derive(Debug)]
pub struct Tables<'m> {
    backend: Backend,
    all: &'m [Table],
    /// How often each name comes up in the bind, whatever its case.
    names: BTreeMap<String, usize>,
}

impl<'m> Tables<'m> {
    /// Gathers the names of all.
    #[must_use]
    pub fn of(bind: &'m Bind) -> Self {
        Self { backend: bind.backend, all: &bind.tables, names: names(&bind.tables) }
    }

    /// The statements for one of them.
    #[must_use]
    pub fn ddl(&self, table: &Table) -> Ddl {
        let backend = self.backend;
        let name = path(backend, table);
        let mut lines: Vec<String> =
            (0..table.columns.len()).map(|at| definition(backend, table, at)).collect();
        lines.extend(self.constraints(table));
        // MySQL has no CREATE INDEX IF NOT EXISTS.
        let inside = backend == Backend::MySql;
        if inside {
            lines.extend(table.indexes.iter().map(|columns| {
                format!(
                    "INDEX {} ({})",
                    self.name(table, columns, "idx"),
                    of(backend, table, columns)
                )
            }));
        }
        let options = match backend {
            // Without it a column takes any type of value.
            Backend::Sqlite if table.columns.iter().all(types::is_strict) => " STRICT",
            Backend::Sqlite | Backend::Postgres => "",
            // The collations that servers choose by themselves take 'a' and 'A' for the same.
            Backend::MySql => " ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin",
        };
        let body = lines.join(",\n    ");
        let mut create = Vec::new();
        if let (Backend::Postgres, Some(schema)) = (backend, &table.schema) {
            // CREATE SCHEMA asks for a right on the database even when there is nothing to create.
            let name = types::text(backend, &quoted(backend, schema));
            create.push(format!(
                "DO $bindery$ BEGIN\n    IF to_regnamespace({name}) IS NULL THEN\n        \
             CREATE SCHEMA {};\n    END IF;\nEND $bindery$",
                quoted(backend, schema),
            ));
        }
        create.push(format!("CREATE TABLE IF NOT EXISTS {name} (\n    {body}\n){options}"));
        if !inside {
            create.extend(table.indexes.iter().map(|columns| {
                format!(
                    "CREATE INDEX IF NOT EXISTS {}\nON {name} ({})",
                    self.name(table, columns, "idx"),
                    of(backend, table, columns),
                )
            }));
        }
        Ddl { create, drop: format!("DROP TABLE IF EXISTS {name}") }
    }

    /// What holds for the table as a whole.
    fn constraints(&self, table: &Table) -> Vec<String> {
        let backend = self.backend;
        let mut lines = Vec::new();
        let key: Vec<_> = table.columns.iter().filter(|column| column.primary_key).collect();
        let row_id = backend == Backend::Sqlite
            && key.iter().any(|column| column.generated && types::is_integer(&column.kind));
        if !row_id {
            lines.push(format!("PRIMARY KEY ({})", list(backend, key)));
        }
        let single = (0..table.columns.len()).filter(|at| table.columns[*at].unique);
        let unique = single.map(|at| vec![at]).chain(table.unique.iter().cloned());
        for columns in unique {
            let name = self.name(table, &columns, "key");
            lines.push(format!("CONSTRAINT {name} UNIQUE ({})", of(backend, table, &columns)));
        }
        for (at, column) in table.columns.iter().enumerate() {
            let checked = quoted(backend, &column.column);
            let is_row_id = row_id && column.primary_key;
            let check = types::check(backend, &column.kind, &checked);
            if let Some(check) = check.filter(|_| !is_row_id) {
                let name = self.name(table, &[at], "check");
                lines.push(format!("CONSTRAINT {name} CHECK ({check})"));
            }
        }
        for (at, column) in table.columns.iter().enumerate() {
            let Some(reference) = &column.references else { continue };
            let Some(target) = self.all.get(reference.table) else { continue };
            let Some(theirs) = target.columns.get(reference.column) else { continue };
            let name = self.name(table, &[at], "fkey");
            let action = match reference.on_delete {
                OnDelete::NoAction => "",
                OnDelete::Restrict => " ON DELETE RESTRICT",
                OnDelete::Cascade => " ON DELETE CASCADE",
                OnDelete::SetNull => " ON DELETE SET NULL",
            };
            lines.push(format!(
                "CONSTRAINT {name} FOREIGN KEY ({}) REFERENCES {} ({}){action}",
                quoted(backend, &column.column),
                path(backend, target),
                quoted(backend, &theirs.column),
            ));
        }
        lines
    }

    /// The name of a constraint or an index.
    ///
    /// Two of them may be the same text (`note_tag` + `id`, `note` + `tag_id`), and then the second
    /// index would not be created, without a word. Such names end in a number.
    fn name(&self, table: &Table, columns: &[usize], kind: &str) -> String {
        let name = plain(table, columns, kind);
        let is_only = self.names.get(&name.to_lowercase()).is_none_or(|count| *count < 2);
        let columns: Vec<_> = columns.iter().filter_map(|at| table.columns.get(*at)).collect();
        let exact =
            columns.iter().fold(table.table.clone(), |text, column| text + "\0" + &column.column);
        quoted(self.backend, &short(&name, &exact, is_only))
    }
}

/// One column: `"title" VARCHAR(200) NOT NULL DEFAULT 'new'`.
fn definition(backend: Backend, table: &Table, at: usize) -> String {
    let column = &table.columns[at];
    let name = quoted(backend, &column.column);
    let integer = types::is_integer(&column.kind);
    if column.generated && integer && backend == Backend::Sqlite {
        // Only in these words is it the table's own row id, and never given twice.
        return format!("{name} INTEGER PRIMARY KEY AUTOINCREMENT");
    }
    let mut text = format!("{name} {}", types::of(backend, column));
    if !column.nullable {
        text += " NOT NULL";
    }
    if column.generated && integer {
        text += match backend {
            Backend::Postgres => " GENERATED BY DEFAULT AS IDENTITY",
            Backend::MySql => " AUTO_INCREMENT",
            Backend::Sqlite => "",
        };
    }
    if let Some(default) = default(backend, table, at) {
        text += " DEFAULT ";
        text += &default;
    }
    text
}

/// The default, for rows that other programs add. `now` has none: what backends make of it differs
/// from what is written here.
fn default(backend: Backend, table: &Table, at: usize) -> Option<String> {
    let column = &table.columns[at];
    let managed = match &column.kind {
        _ if table.version == Some(at) => Some(&DefaultValue::Integer(1)),
        ColumnType::Bool if table.soft_delete == Some(at) => Some(&DefaultValue::Bool(false)),
        _ => None,
    };
    let text = match managed.or(column.default.as_ref())? {
        DefaultValue::Now => return None,
        DefaultValue::Bool(value) if backend == Backend::Sqlite => i64::from(*value).to_string(),
        DefaultValue::Bool(value) => value.to_string(),
        DefaultValue::Integer(value) => value.to_string(),
        DefaultValue::Float(value) => format!("{value:?}"),
        DefaultValue::Decimal(value) => types::decimal(backend, &column.kind, *value),
        DefaultValue::Text(value) => types::text(backend, value),
        DefaultValue::Word(word) => match &column.kind {
            ColumnType::Enum(words) => types::text(backend, &words.words.get(*word)?.word),
            _ => return None,
        },
    };
    // MySQL takes a default for a long text only as an expression.
    Some(if backend == Backend::MySql { format!("({text})") } else { text })
}

fn of(backend: Backend, table: &Table, columns: &[usize]) -> String {
    list(backend, columns.iter().filter_map(|at| table.columns.get(*at)))
}

/// The names of constraints and indexes that PostgreSQL would choose, `notes_author_id_fkey`, and of
/// tables: how often each comes up.
fn names(tables: &[Table]) -> BTreeMap<String, usize> {
    let mut seen = BTreeMap::new();
    for table in tables {
        *seen.entry(table.table.to_lowercase()).or_default() += 1;
        let single = (0..table.columns.len()).flat_map(|at| {
            let column = &table.columns[at];
            let key = column.unique.then_some("key");
            let fkey = column.references.is_some().then_some("fkey");
            [Some("check"), key, fkey].into_iter().flatten().map(move |kind| (vec![at], kind))
        });
        let unique = table.unique.iter().map(|columns| (columns.clone(), "key"));
        let indexes = table.indexes.iter().map(|columns| (columns.clone(), "idx"));
        for (columns, kind) in single.chain(unique).chain(indexes) {
            *seen.entry(plain(table, &columns, kind).to_lowercase()).or_default() += 1;
        }
    }
    seen
}

fn plain(table: &Table, columns: &[usize], kind: &str) -> String {
    let columns = columns.iter().filter_map(|at| table.columns.get(*at));
    let columns: Vec<_> = columns.map(|column| &*column.column).collect();
    format!("{}_{}_{kind}", table.table, columns.join("_"))
}

/// PostgreSQL cuts names at 63 bytes, without a word and maybe into one that there is already: a
/// longer name, and one that is not the `only` one, ends in a number made of what it stands for.
fn short(name: &str, exact: &str, only: bool) -> String {
    const LIMIT: usize = 63;
    if only && name.len() <= LIMIT {
        return name.to_owned();
    }
    // FNV-1a: the same on every machine and in every version.
    let number = name
        .bytes()
        .chain(exact.bytes())
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let mut end = name.len().min(LIMIT - 9);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{number:08x}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn long_names_stay_different() {
        let (a, b) = (format!("{}_a", "ä".repeat(40)), format!("{}_b", "ä".repeat(40)));
        let [short_a, short_b] = [&a, &b].map(|name| short(name, "", true));
        assert!(short_a.len() <= 63 && short_b.len() <= 63, "{short_a} {short_b}");
        assert_ne!(short_a, short_b);
        assert_eq!(short("notes_title_key", "", true), "notes_title_key");
    }

    #[test]
    fn names_that_read_the_same_stay_different() {
        let [a, b] = ["note_tag\0id", "note\0tag_id"].map(|of| short("note_tag_id_idx", of, false));
        assert_ne!(a, b);
    }
}
