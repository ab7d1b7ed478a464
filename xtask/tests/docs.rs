//! What the documentation refers to is there: the tests that show what it says, and the files behind its
//! links.

use std::fs;
use std::path::{Path, PathBuf};

/// Pages that name tests, and the folder that the names are of unless a link says otherwise.
const PAGES: [(&str, &str); 3] = [
    ("docs/guarantees.md", ""),
    ("docs/requests.md", "runtime/tests/web/cases"),
    ("docs/traps.md", ""),
];

/// Where tests are.
const FOLDERS: [&str; 6] =
    ["runtime/src", "runtime/tests", "generator/src", "tests", "examples", "xtask/tests"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package has a folder").to_owned()
}

/// A file with tests, by its path from the root, and their names.
struct File {
    path: String,
    tests: Vec<String>,
}

impl File {
    /// Whether it is what `module` means: `web/endings`, `endings`, or a folder with a `mod.rs`.
    fn is_module(&self, module: &str) -> bool {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.strip_suffix(module).is_some_and(|before| before.ends_with('/'))
    }

    /// Whether a test has this name, or begins with it when the rest is elided.
    fn has(&self, name: &str) -> bool {
        match name.strip_suffix('…') {
            Some(beginning) => self.tests.iter().any(|test| test.starts_with(beginning)),
            None => self.tests.iter().any(|test| test == name),
        }
    }
}

/// Every file with tests.
fn files() -> Vec<File> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        collect(&root(), Path::new(folder), &mut files);
    }
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(root.join(folder)).expect("a folder").flatten() {
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let tests = tests_of(&fs::read_to_string(entry.path()).expect("a text"));
            files.push(File { path: path.display().to_string(), tests });
        }
    }
}

/// The functions that an attribute makes tests.
fn tests_of(code: &str) -> Vec<String> {
    let mut tests = Vec::new();
    let mut is_test = false;
    for line in code.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if is_test && let Some((_, rest)) = line.split_once("fn ") {
            is_test = false;
            tests.extend(rest.split('(').next().map(str::to_owned));
        }
    }
    tests
}

/// A page: its text and its link references.
struct Page {
    path: &'static str,
    text: String,
}

impl Page {
    fn read(path: &'static str) -> Self {
        let text = fs::read_to_string(root().join(path)).expect("a page");
        Self { path, text }
    }

    /// The file behind `[label]: …`, from the root.
    fn reference(&self, label: &str) -> Option<String> {
        let start = format!("[{label}]: ../");
        self.text.lines().find_map(|line| line.strip_prefix(&start)).map(str::to_owned)
    }

    /// The parts that name tests: what follows `Tests:`, up to the end of its paragraph, and the last cells of
    /// tables whose last column says so.
    fn places(&self) -> Vec<String> {
        let mut places = Vec::new();
        let (mut is_open, mut is_table) = (false, false);
        for line in self.text.lines().map(str::trim) {
            if let Some(row) = line.strip_prefix('|') {
                let cell = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
                is_table |= matches!(cell, "tests" | "shown by");
                if is_table {
                    places.push(cell.to_owned());
                }
                continue;
            }
            is_table = false;
            let begins = line.strip_prefix("- Tests:").or_else(|| line.strip_prefix("Tests:"));
            if let Some(rest) = begins {
                places.push(rest.to_owned());
                is_open = true;
            } else if line.is_empty() || line.starts_with("- ") || is_item(line) {
                is_open = false;
            } else if let (true, Some(place)) = (is_open, places.last_mut()) {
                *place = format!("{place} {line}");
            }
        }
        places
    }
}

/// Whether the line begins an item of a numbered list.
fn is_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.len() < line.len() && rest.starts_with(". ")
}

/// The code spans of a place, each with the label of its link.
fn spans(place: &str) -> Vec<(&str, Option<&str>)> {
    let parts: Vec<_> = place.split('`').collect();
    // Every second part is between two backticks.
    let spans = parts.windows(2).skip(1).step_by(2);
    spans
        .map(|pair| (pair[0], pair[1].strip_prefix("][").and_then(|rest| rest.split(']').next())))
        .collect()
}

/// What is wrong with the names of one place.
fn missing(page: &Page, home: &str, place: &str, files: &[File]) -> Vec<String> {
    let mut missing = Vec::new();
    // A name alone is of the module before it; a file alone is in the folder of the one before it.
    let (mut module, mut folder) = (None, PathBuf::new());
    for (span, label) in spans(place) {
        let is_path = !span.contains("::") && (span.contains('/') || span.contains('.'));
        if is_path {
            let path = if span.contains('/') { PathBuf::from(span) } else { folder.join(span) };
            folder = path.parent().map(Path::to_owned).unwrap_or_default();
            if !root().join(&path).exists() {
                missing.push(format!("{}: there is no `{}`", page.path, path.display()));
            }
            continue;
        }
        let name = match span.rsplit_once("::") {
            Some((of, name)) => {
                module = Some(of);
                name
            }
            None => span,
        };
        let is_there = files.iter().any(|file| {
            let is_meant = match (label, module) {
                (Some(label), of) => {
                    of == Some(label) && page.reference(label).is_some_and(|path| path == file.path)
                }
                (None, Some(module)) => file.path.starts_with(home) && file.is_module(module),
                (None, None) => true,
            };
            is_meant && file.has(name)
        });
        if !is_there {
            missing.push(format!("{}: there is no test `{span}`", page.path));
        }
    }
    missing
}

#[test]
fn every_test_that_is_named_exists() {
    let files = files();
    let mut wrong = Vec::new();
    for (path, home) in PAGES {
        let page = Page::read(path);
        let places = page.places();
        assert!(places.len() > 5, "{path} names tests in another way than this reads");
        for place in &places {
            wrong.extend(missing(&page, home, place, &files));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_guarantee_names_a_test() {
    let page = Page::read("docs/guarantees.md");
    let items = page.text.lines().filter(|line| is_item(line)).count();
    let places = page.places();
    assert!(items > 0 && items == places.len(), "{items} guarantees, {} with tests", places.len());
    for place in places {
        assert!(!spans(&place).is_empty(), "no test in `{place}`");
    }
}

#[test]
fn every_link_leads_to_a_file() {
    let mut pages: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
            .map(|name| root().join(name))
            .into();
    let docs = fs::read_dir(root().join("docs")).expect("a folder").flatten();
    pages.extend(docs.map(|entry| entry.path()));
    let mut wrong = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page");
        let folder = page.parent().expect("a page is in a folder");
        let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let references = text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
        for target in inline.chain(references.map(|(_, target)| target)) {
            let file = target.split('#').next().unwrap_or_default();
            let is_local = !file.is_empty() && !file.contains("://") && !file.contains(' ');
            if is_local && !folder.join(file).exists() {
                wrong.push(format!("{}: there is no `{target}`", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
