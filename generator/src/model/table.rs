//! The tables of a bind, as [`validate`](crate::validate) leaves them: names are final, references
//! are resolved, defaults fit their columns.

use std::collections::BTreeSet;

/// One declared table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Name of the row type as typed: `Note`.
    pub type_name: String,
    /// Name of its module: `note`.
    pub module: String,
    /// Name of the table in the database.
    pub table: String,
    /// Schema of the table (`PostgreSQL`) or its database (`MySQL`), if it is named.
    pub schema: Option<String>,
    /// What it is, for the docs.
    pub comment: Option<String>,
    /// The columns in the order of the file; at least one is part of the primary key.
    pub columns: Vec<Column>,
    /// Unique over several columns: indices into `columns`.
    pub unique: Vec<Vec<usize>>,
    /// Indexes over one or several columns: indices into `columns`.
    pub indexes: Vec<Vec<usize>>,
    /// More derives of the row type, as paths: `Eq`.
    pub derives: Vec<String>,
    /// Attributes of the row type, without `#[` and `]`.
    pub attributes: Vec<String>,
    /// Path of the type that decides which rows are there and what may be written.
    pub policy: Option<String>,
    /// The column that says that a row counts as deleted: index into `columns`.
    pub soft_delete: Option<usize>,
    /// The column that counts the changes of a row, an `i64`: index into `columns`.
    pub version: Option<usize>,
    /// The functions that are generated.
    pub operations: BTreeSet<Operation>,
    /// What can be done over HTTP; `None` without a route.
    pub http: Option<HttpTable>,
}

/// What can be done with a table: a function, and maybe a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// `add`
    Add,
    /// `view`
    View,
    /// `edit`
    Edit,
    /// `delete`
    Delete,
    /// `save`, and `save_all`
    Save,
    /// `list`
    List,
    /// `list_add`
    ListAdd,
    /// `list_edit`
    ListEdit,
    /// `list_delete`
    ListDelete,
}

impl Operation {
    /// Every operation, in the order of the docs.
    pub const ALL: [Self; 9] = [
        Self::Add,
        Self::View,
        Self::Edit,
        Self::Delete,
        Self::Save,
        Self::List,
        Self::ListAdd,
        Self::ListEdit,
        Self::ListDelete,
    ];
}

/// What a table shows over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpTable {
    /// The routes: never `Save`, `ListEdit` and `ListDelete`.
    pub routes: BTreeSet<Operation>,
    /// Columns that a query may filter by, in the order of the TOML: indices into `columns`.
    pub filter: Vec<usize>,
    /// Columns that a query may order by.
    pub order: Vec<usize>,
    /// The order when a query names none; `true` is descending.
    pub default_order: Vec<(usize, bool)>,
    /// How a list is cut into pages.
    pub paging: Paging,
    /// Rows of a page when a query does not say.
    pub page_size: u32,
    /// The most rows that a query may ask for.
    pub max_page_size: u32,
    /// The most bytes of a request body.
    pub max_body: u64,
}

/// How a list is cut into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// By number: `?page=2`.
    Offset,
    /// By the row before: `?cursor=…`.
    Keyset,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something else")]
pub struct Column {
    /// Name of the field: `author_id`.
    pub field: String,
    /// Name of the variant of the column enum: `AuthorId`.
    pub variant: String,
    /// Name of the constant of the typed column: `AUTHOR_ID`.
    pub constant: String,
    /// Name in the database.
    pub column: String,
    /// What it is, for the docs.
    pub comment: Option<String>,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether it may be NULL; never for a part of the primary key.
    pub nullable: bool,
    /// Whether it is (part of) the primary key.
    pub primary_key: bool,
    /// Whether nobody gives its value: an integer of the database, or a random uuid.
    pub generated: bool,
    /// Whether no two rows have the same value.
    pub unique: bool,
    /// Its value when a new row names none.
    pub default: Option<DefaultValue>,
    /// The column it refers to.
    pub references: Option<Reference>,
    /// Its type in the database, in place of the one that `kind` has.
    pub sql: Option<String>,
    /// What a request body may do with it, and whether an answer shows it.
    pub http: Http,
    /// Attributes of its field in the row type, without `#[` and `]`.
    pub attributes: Vec<String>,
}

/// What HTTP may do with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Http {
    /// Shown, and set by bodies that add and that edit.
    Write,
    /// Shown, and set by bodies that add.
    AddOnly,
    /// Shown.
    Read,
    /// In no body, answer, filter, order or error.
    Hidden,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// `bool`
    Bool,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `text`
    Text {
        /// The most characters it holds.
        max_length: Option<u32>,
    },
    /// `bytes`
    Bytes,
    /// `uuid`
    Uuid,
    /// `date`
    Date,
    /// `time`: a time of day.
    Time,
    /// `datetime`: date and time of day, in no time zone.
    DateTime,
    /// `timestamp`: a moment, kept in UTC.
    Timestamp,
    /// `json`
    Json,
    /// `decimal`: exact, with a fixed number of digits.
    Decimal {
        /// All digits: 1 to 28, to 18 on `SQLite`.
        precision: u8,
        /// Those behind the point: 0 to `precision`.
        scale: u8,
    },
    /// `enum = [..]`
    Enum(Enum),
    /// `rust = "…"`: a type of the application, whose `sql` is always given.
    Custom {
        /// Its path: `crate::Money`.
        rust: String,
    },
}

/// The words that a column may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// Name of its type: `NoteStatus`.
    pub type_name: String,
    /// The words as stored, and the names of their variants.
    pub words: Vec<Word>,
}

/// One word of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As stored: `in-review`.
    pub word: String,
    /// Name of its variant: `InReview`.
    pub variant: String,
}

/// The value of a column when a new row names none; it fits the column.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultValue {
    /// The moment at which the row is added.
    Now,
    /// `true` or `false`.
    Bool(bool),
    /// A number within the range of the column.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// A decimal in units of its last digit: `1.5` with two digits behind the point is 150.
    Decimal(i128),
    /// A text, not longer than the column allows.
    Text(String),
    /// A word of its enum: index into the words.
    Word(usize),
}

impl DefaultValue {
    /// A decimal as people write it, from its value in units of the last of `scale` digits.
    #[must_use]
    pub fn decimal_text(value: i128, scale: u8) -> String {
        let sign = if value < 0 { "-" } else { "" };
        let scale = usize::from(scale);
        let digits = format!("{:0>1$}", value.unsigned_abs(), scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}

/// What a column refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Index of the table among those of the bind.
    pub table: usize,
    /// Index of the column in that table.
    pub column: usize,
    /// What happens to rows that refer to a row that is deleted.
    pub on_delete: OnDelete,
}

/// What happens to rows that refer to a row that is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnDelete {
    /// It is refused, at the latest at the end of the transaction.
    #[default]
    NoAction,
    /// It is refused.
    Restrict,
    /// They are deleted too.
    Cascade,
    /// They refer to nothing.
    SetNull,
}
