//! What a run of the tests says: counted from the output of `cargo test`.
//!
//! A test belongs to a backend by a segment of its path, as in
//! `commit::postgres::is_rolled_back`. The verdict is stricter than that of
//! `cargo test`: a test that was ignored is a failure, and so is a server on
//! which nothing ran.

use std::fmt::{self, Display, Formatter};

/// Where a test ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Backend {
    Sqlite,
    Postgres,
    MySql,
}

const BACKENDS: [Backend; 3] = [Backend::Sqlite, Backend::Postgres, Backend::MySql];

impl Backend {
    /// The first segment that names a backend decides.
    fn of(test: &str) -> Option<Self> {
        test.split("::").find_map(|segment| match segment {
            "sqlite" => Some(Self::Sqlite),
            "postgres" => Some(Self::Postgres),
            "mysql" => Some(Self::MySql),
            _ => None,
        })
    }
}

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Tally {
    fn ran(self) -> usize {
        self.passed + self.failed
    }

    fn without(self, other: Self) -> Self {
        Self {
            passed: self.passed.saturating_sub(other.passed),
            failed: self.failed.saturating_sub(other.failed),
            ignored: self.ignored.saturating_sub(other.ignored),
        }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

/// Which part of the suite was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything: each backend has to have been tested.
    Whole,
    /// Everything but what needs a server.
    SqliteOnly,
    /// What the given arguments select.
    Selected,
}

/// Reads the output line by line, then prints as a table.
#[derive(Debug)]
pub(crate) struct Report {
    extent: Extent,
    /// MariaDB or MySQL, whichever was there.
    mysql_name: &'static str,
    /// Whether the lines read now are those of single tests; captured output is not.
    in_tests: bool,
    /// In the order of `BACKENDS`.
    by_backend: [Tally; 3],
    total: Tally,
    ignored: Vec<String>,
}

impl Report {
    pub(crate) fn new(extent: Extent, mysql_name: &'static str) -> Self {
        Self {
            extent,
            mysql_name,
            in_tests: false,
            by_backend: [Tally::default(); 3],
            total: Tally::default(),
            ignored: Vec::new(),
        }
    }

    /// Takes one line of the standard output of `cargo test`.
    pub(crate) fn read(&mut self, line: &str) {
        if line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test")) {
            self.in_tests = true;
        } else if line == "failures:" || line == "successes:" {
            self.in_tests = false;
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.in_tests = false;
            self.total.add(read_result(result));
        } else if self.in_tests
            && let Some((test, tally)) = read_test(line)
        {
            if tally.ignored > 0 {
                self.ignored.push(test.to_owned());
            }
            if let Some(backend) = Backend::of(test) {
                self.by_backend[backend as usize].add(tally);
            }
        }
    }

    /// Everything that keeps the run from being a success; none if it is one.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.total.failed > 0 {
            problems.push(format!("{} failed", count(self.total.failed)));
        }
        if self.total.ignored > 0 {
            let names = self.ignored.join("\n    ");
            problems.push(format!(
                "{} ignored, and every test has to run:\n    {names}",
                count(self.total.ignored)
            ));
        }
        for backend in BACKENDS {
            let needed = match self.extent {
                Extent::Whole => true,
                Extent::SqliteOnly => backend == Backend::Sqlite,
                Extent::Selected => false,
            };
            if needed && self.by_backend[backend as usize].ran() == 0 {
                problems.push(format!("no test ran on {}", self.name(backend)));
            }
        }
        problems
    }

    fn name(&self, backend: Backend) -> &'static str {
        match backend {
            Backend::Sqlite => "SQLite",
            Backend::Postgres => "PostgreSQL",
            Backend::MySql => self.mysql_name,
        }
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, tally: Tally| {
            writeln!(f, "{name:<16}{:>8}{:>8}{:>9}", tally.passed, tally.failed, tally.ignored)
        };
        let mut no_database = self.total;
        for backend in BACKENDS {
            let tally = self.by_backend[backend as usize];
            row(self.name(backend), tally)?;
            no_database = no_database.without(tally);
        }
        row("no database", no_database)?;
        row("total", self.total)
    }
}

/// Reads `commit::postgres::works ... ok` after its `test `.
fn read_test(line: &str) -> Option<(&str, Tally)> {
    // The outcome is the last: the name of a documentation test may contain anything.
    let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let mut tally = Tally::default();
    match outcome.split(',').next()? {
        "ok" => tally.passed = 1,
        "FAILED" => tally.failed = 1,
        "ignored" => tally.ignored = 1,
        _ => return None,
    }
    Some((name.strip_suffix(" - should panic").unwrap_or(name), tally))
}

/// Reads `ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s`.
fn read_result(line: &str) -> Tally {
    let counted = |what: &str| {
        line.split(['.', ';'])
            .find_map(|part| part.trim().strip_suffix(what)?.trim().parse().ok())
            .unwrap_or_default()
    };
    Tally { passed: counted("passed"), failed: counted("failed"), ignored: counted("ignored") }
}

fn count(tests: usize) -> String {
    if tests == 1 { "1 test".to_owned() } else { format!("{tests} tests") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extent: Extent, output: &str) -> Report {
        let mut report = Report::new(extent, "MariaDB");
        output.lines().for_each(|line| report.read(line));
        report
    }

    const ALL_THREE: &str = "
running 5 tests
test commit::sqlite::works ... ok
test commit::postgres::works ... ok
test commit::mysql::works - should panic ... ok
test commit::mysql::twice ... ok
test names::fold ... ok

test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

   Doc-tests bindery

running 1 test
test src/lib.rs - build (line 3) - compile ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
";

    #[test]
    fn counts_by_segment() {
        let report = read(Extent::Whole, ALL_THREE);
        assert_eq!(report.by_backend.map(Tally::ran), [1, 1, 2]);
        assert_eq!(report.problems(), Vec::<String>::new());
        let table = "\
SQLite                 1       0        0
PostgreSQL             1       0        0
MariaDB                2       0        0
no database            2       0        0
total                  6       0        0
";
        assert_eq!(report.to_string(), table);
    }

    #[test]
    fn a_part_of_a_segment_is_no_backend() {
        assert_eq!(Backend::of("postgres_is_there"), None);
        assert_eq!(Backend::of("src/sqlite.rs - sqlite::Defaults (line 3)"), None);
        assert_eq!(Backend::of("commit::postgres"), Some(Backend::Postgres));
    }

    #[test]
    fn a_failure_is_counted_once() {
        let output = "
running 2 tests
test sqlite::a ... FAILED
test sqlite::b ... ok

failures:

---- sqlite::a stdout ----
test sqlite::printed_by_a_test ... ok

failures:
    sqlite::a

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        let report = read(Extent::SqliteOnly, output);
        assert_eq!(report.by_backend[0], Tally { passed: 1, failed: 1, ignored: 0 });
        assert_eq!(report.problems(), ["1 test failed"]);
    }

    #[test]
    fn an_ignored_test_is_a_problem_and_named() {
        let output = "
running 1 test
test sqlite::slow ... ignored, takes a minute

test result: ok. 0 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        let problems = read(Extent::Selected, output).problems();
        assert_eq!(problems, ["1 test ignored, and every test has to run:\n    sqlite::slow"]);
    }

    #[test]
    fn a_backend_without_a_test_is_a_problem() {
        let output = "
running 2 tests
test a::sqlite ... ok
test a::mysql ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out; finished in 0.00s
";
        assert_eq!(read(Extent::Whole, output).problems(), ["no test ran on PostgreSQL"]);
        assert!(read(Extent::Selected, output).problems().is_empty());
        assert_eq!(
            read(Extent::Whole, "").problems(),
            ["no test ran on SQLite", "no test ran on PostgreSQL", "no test ran on MariaDB"]
        );
    }

    #[test]
    fn slow_tests_are_counted_when_they_end() {
        let output = "
running 1 test
test mysql::slow has been running for over 60 seconds
test mysql::slow ... ok
";
        assert_eq!(read(Extent::Whole, output).by_backend[2].ran(), 1);
    }
}
