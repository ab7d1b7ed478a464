//! The list of everything that can be wrong with a `bindings.toml`.
//!
//! A code keeps its meaning for ever; a new problem gets the next number, also when an old one is
//! retired: B0025 said that models are not supported yet. The explanation of each code is a file of
//! its own in `explain/`, and its examples are tested.

use std::fmt;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Code is generated; a person should look.
    Warning,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($name:ident = $id:literal, $severity:ident, $title:literal;)*) => {
        /// What kind of problem a diagnostic is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code itself: `B0001`.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// Whether it stops the generation.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What it is about, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            fn body(self) -> &'static str {
                match self { $(Self::$name => include_str!(concat!("explain/", $id, ".md")),)* }
            }
        }
    };
}

codes! {
    Unreadable = "B0001", Error, "the file cannot be read";
    Syntax = "B0002", Error, "the file is not valid TOML";
    DuplicateKey = "B0003", Error, "a name is defined twice";
    UnknownName = "B0004", Error, "a table or setting that does not exist";
    WrongType = "B0005", Error, "a value of the wrong type";
    NoBinds = "B0006", Error, "no database is declared";
    MissingBackend = "B0007", Error, "a bind without a backend";
    UnknownBackend = "B0008", Error, "a backend that does not exist";
    KeyClash = "B0009", Error, "two keys that become the same name";
    UnusableKey = "B0010", Error, "a key that cannot be a name in Rust";
    ReservedKey = "B0011", Error, "a key that the generated module needs itself";
    OtherBackend = "B0012", Error, "a setting that the backend does not have";
    UnknownChoice = "B0013", Error, "a word that is not among the choices";
    OtherBackendChoice = "B0014", Error, "a choice that the backend does not have";
    BadDuration = "B0015", Error, "a duration that cannot be read";
    OutOfRange = "B0016", Error, "a number out of range";
    PoolBounds = "B0017", Error, "a pool that keeps more connections than it may open";
    MemoryPool = "B0018", Error, "an in-memory database whose pool would lose it";
    UrlScheme = "B0019", Error, "a URL that does not fit the backend";
    LiteralSecret = "B0020", Warning, "a password in the file";
    BadVariableName = "B0021", Error, "an unusable name of an environment variable";
    NoSource = "B0022", Error, "a value that comes from nowhere";
    FixedStructure = "B0023", Error, "structure that would come from the environment";
    HalfCertificate = "B0024", Error, "a certificate without its key, or the reverse";
    OutputFolder = "B0026", Error, "a folder outside the project";
    IdleDeferrable = "B0027", Warning, "`deferrable` without effect";
    SameFile = "B0028", Warning, "two binds that write the same SQLite file";
    EmptyText = "B0029", Error, "a text that is empty";
    IdleTls = "B0030", Warning, "TLS files that are not used";
    LockToRead = "B0031", Warning, "a read-only transaction that takes the write lock";
    ModelName = "B0032", Error, "a model whose name cannot be used";
    ColumnName = "B0033", Error, "a column whose name cannot be used";
    ModelClash = "B0034", Error, "models that become the same name";
    ColumnClash = "B0035", Error, "columns that become the same name";
    DatabaseName = "B0036", Error, "a name that the database does not take";
    PrimaryKey = "B0037", Error, "a model without a usable primary key";
    ColumnType = "B0038", Error, "a column without a usable type";
    ColumnSetting = "B0039", Error, "a setting that does not fit its column";
    ColumnDefault = "B0040", Error, "a default that its column cannot hold";
    EnumWords = "B0041", Error, "an enum whose words cannot be used";
    BadReference = "B0042", Error, "a reference that the database would refuse";
    ReferenceCycle = "B0043", Error, "tables that refer to each other in a circle";
    NotIndexable = "B0044", Error, "a column that cannot be in a key or an index";
    ColumnList = "B0045", Error, "a list of columns that cannot be unique or indexed";
    TableSize = "B0046", Error, "a table that is too large for the database";
    ModelSetting = "B0047", Error, "a setting that does not fit its model";
    RustPath = "B0048", Error, "a text that is not the Rust it stands for";
    CrudSetting = "B0049", Error, "functions or routes that a model cannot have";
    IdleCrud = "B0050", Warning, "settings of routes that are not there";
}

impl Code {
    /// Finds a code by what a person typed: `B0012`, `b0012`, `12`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().trim_start_matches(['B', 'b']);
        let number = digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse::<u16>().ok())??;
        Self::ALL.iter().copied().find(|code| code.id() == format!("B{number:04}"))
    }

    /// What the problem is, why it is one, and an example of each side. Markdown.
    #[must_use]
    pub fn explain(self) -> String {
        format!("# {} ({}): {}\n\n{}", self.id(), self.severity().word(), self.title(), self.body())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that had a meaning once and get no other.
    const RETIRED: [usize; 1] = [25];

    #[test]
    fn codes_are_numbered_without_gaps() {
        let numbers = (1..).filter(|number| !RETIRED.contains(number));
        for (code, number) in Code::ALL.iter().zip(numbers) {
            assert_eq!(code.id(), format!("B{number:04}"));
            assert_eq!(Code::parse(code.id()), Some(*code));
        }
        assert_eq!(RETIRED.map(|number| Code::parse(&number.to_string())), [None]);
        assert_eq!(Code::parse("b0002"), Some(Code::Syntax));
        assert_eq!(Code::parse("2"), Some(Code::Syntax));
        assert_eq!(["", "B", "B9999", "x", "-1"].map(Code::parse), [None; 5]);
    }
}
