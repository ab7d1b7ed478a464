//! Many files that are almost right: real ones, changed at random where a TOML can be changed.
//!
//! Each is either a model, whose code is Rust, or a list of located problems; never a panic and never
//! an endless search. The inputs are the same in every run. A failure names the one input that makes it
//! come again:
//!
//! ```sh
//! BINDERY_FUZZ_SEED=1234 BINDERY_FUZZ_COUNT=1 cargo test -p bindery --test front fuzz
//! BINDERY_FUZZ_SEED=1000000 BINDERY_FUZZ_COUNT=200000 cargo test -p bindery --test front fuzz
//! ```
//!
//! The same [`check`](check::check) is run by coverage-guided fuzzing, where the tools for it are: `fuzz/`.

mod check;
mod mutate;

use std::{
    collections::BTreeSet,
    env, fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{RecvTimeoutError, channel},
    },
    thread,
    time::Duration,
};

use bindery::{diagnostics::Code, load::load, source::Source};
use check::{Outcome, check};
use mutate::Mutator;

/// Inputs of a run.
const INPUTS: u64 = 10_000;

/// Far beyond what an input takes, on any machine: it hangs.
const LIMIT: Duration = Duration::from_secs(30);

#[test]
#[expect(clippy::print_stdout, reason = "shown when it fails: how to run it again")]
fn no_file_is_too_strange() {
    let number = |name| env::var(name).ok().map(|text: String| text.parse().expect("a number"));
    let first: u64 = number("BINDERY_FUZZ_SEED").unwrap_or(0);
    let count: u64 = number("BINDERY_FUZZ_COUNT").unwrap_or(INPUTS);
    let (good, bad) = corpus()
        .into_iter()
        .partition(|text| load(&Source::new("bindings.toml", text.as_str())).0.is_some());
    let mutator = Arc::new(Mutator::new(good, bad));
    println!("BINDERY_FUZZ_SEED={first} BINDERY_FUZZ_COUNT={count}");

    let next = Arc::new(AtomicU64::new(0));
    let workers = thread::available_parallelism().map_or(1, usize::from).min(8);
    let tallies = (0..workers).map(|_| {
        let (mutator, next) = (Arc::clone(&mutator), Arc::clone(&next));
        thread::spawn(move || {
            let mut tally = Tally::default();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= count {
                    return tally;
                }
                tally.add(one(&mutator, first + at));
            }
        })
    });
    let tallies: Vec<_> = tallies.collect();
    let mut all = Tally::default();
    for tally in tallies {
        let Tally { models, codes } = tally.join().expect("the input is named above");
        all.models += models;
        all.codes.extend(codes);
    }
    println!("{} models, {} codes", all.models, all.codes.len());
    // Inputs that are all refused at once would show little.
    if count == INPUTS {
        assert!(all.models > INPUTS / 20, "{} models", all.models);
        assert!(all.codes.len() > Code::ALL.len() * 9 / 10, "{:?}", all.codes);
    }
}

/// What became of inputs.
#[derive(Debug, Default)]
struct Tally {
    models: u64,
    codes: BTreeSet<Code>,
}

impl Tally {
    fn add(&mut self, outcome: Outcome) {
        self.models += u64::from(outcome.is_model);
        self.codes.extend(outcome.codes);
    }
}

/// Checks the input with this number, in a thread of that name: a stack that overflows tells nothing
/// else.
fn one(mutator: &Arc<Mutator>, seed: u64) -> Outcome {
    let (tell, told) = channel();
    let mutator = Arc::clone(mutator);
    let input = thread::Builder::new().name(format!("BINDERY_FUZZ_SEED={seed}"));
    let running = input.spawn(move || {
        let text = mutator.input(seed);
        let checked = catch_unwind(|| check(&text));
        let path = checked.is_err().then(|| keep(seed, &text));
        // Nobody listens to what comes after the limit.
        let _ = tell.send((checked.ok(), path));
    });
    running.expect("a thread");
    let again = format!("BINDERY_FUZZ_SEED={seed} BINDERY_FUZZ_COUNT=1");
    match told.recv_timeout(LIMIT) {
        Ok((Some(outcome), _)) => outcome,
        Ok((None, path)) => {
            panic!("{again} fails; the input is {}", path.unwrap_or_default().display())
        }
        Err(RecvTimeoutError::Timeout) => panic!("{again} takes longer than {LIMIT:?}"),
        Err(RecvTimeoutError::Disconnected) => panic!("{again} fails"),
    }
}

/// Writes down an input that failed.
fn keep(seed: u64, text: &str) -> PathBuf {
    let path = env::temp_dir().join(format!("bindery-fuzz-{seed}.toml"));
    let _ = fs::write(&path, text);
    path
}

/// Files that people wrote, good and bad ones.
fn corpus() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["tests/back/golden", "tests/front/diagnostics", "tests/models", "examples"] {
        find(&root.join(folder), &mut files);
    }
    files.push(root.join("bindings.example.toml"));
    files.sort();
    assert!(files.len() > 50, "{files:?}");
    files.iter().map(|path| fs::read_to_string(path).expect("a text")).collect()
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    let name = folder.file_name().unwrap_or_default();
    if name == "target" || name == "src" {
        return;
    }
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|end| end == "toml")
            && path.file_name().is_some_and(|name| name != "Cargo.toml")
        {
            files.push(path);
        }
    }
}
