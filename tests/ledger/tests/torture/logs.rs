//! What the runtime logs of ends that nobody waited for.

use std::fmt::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

static ABANDONED: Mutex<Vec<Abandoned>> = Mutex::new(Vec::new());

/// The error of an end that nobody waited for.
#[derive(Clone, Debug)]
pub(crate) struct Abandoned(String);

impl Abandoned {
    /// Whether it names the bind.
    pub(crate) fn is_about(&self, key: &str) -> bool {
        self.0.contains(&format!("bind `{key}`"))
    }

    /// What it says of the bind: stored, not stored, or that nobody knows.
    pub(crate) fn stored(&self, key: &str) -> Option<bool> {
        let lists = |word: &str| {
            let list = self.0.split_once(word).and_then(|(_, rest)| rest.split_once(']'));
            list.is_some_and(|(keys, _)| keys.contains(&format!("\"{key}\"")))
        };
        let lost = format!("bind `{key}`: the connection was lost during COMMIT");
        if lists("unknown [") || self.0.starts_with(&lost) {
            return None;
        }
        Some(lists("stored ["))
    }
}

/// Begins to listen; once for the whole process.
pub(crate) fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        tracing::subscriber::set_global_default(Listener).expect("nobody else listens");
    });
}

/// What was logged about one of the binds until now.
pub(crate) fn about(keys: [&str; 2]) -> Vec<Abandoned> {
    let all = ABANDONED.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter().filter(|one| keys.iter().any(|key| one.is_about(key))).cloned().collect()
}

struct Listener;

#[derive(Default)]
struct Text {
    message: String,
    error: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let into = match field.name() {
            "message" => &mut self.message,
            "error" => &mut self.error,
            _ => return,
        };
        let _ = write!(into, "{value:?}");
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("bindery_runtime")
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        if text.message.contains("the end of a scope that nobody waited for failed") {
            let mut all = ABANDONED.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Abandoned(text.error));
        } else if text.message.contains("known state") {
            #[expect(clippy::print_stderr, reason = "a test says what it saw")]
            {
                eprintln!("logged: {} {}", text.message, text.error);
            }
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
