//! Changes a TOML where it can be changed: lines, tables, keys, values, words and letters.
//!
//! Most changes leave a file that can be read, so that they reach what comes after the parser.

use std::collections::BTreeMap;

/// Numbers that only look random, so that an input comes again (`SplitMix64`).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or_default()
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// Two places in order.
    fn range(&mut self, end: usize) -> (usize, usize) {
        let (a, b) = (self.below(end + 1), self.below(end + 1));
        (a.min(b), a.max(b))
    }
}

/// Values that no setting wants, or that only some do.
const VALUES: &[&str] = &[
    "\"\"",
    "''",
    "0",
    "-1",
    "1",
    "9223372036854775807",
    "9223372036854775808",
    "1e308",
    "1e999",
    "nan",
    "-inf",
    "0x7f",
    "0b1",
    "1_000",
    "true",
    "false",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "[\"\"]",
    "2027-01-01",
    "2027-01-01T00:00:00Z",
    "07:32:00",
    "\"\\u0000\"",
    "\"\\U0010FFFF\"",
    "\"\\u202e\"",
    "\"\"\"\n\"\"\"",
    "'''\n'''",
    "{ env = \"A\" }",
    "{ env = \"\" }",
    "{ file_env = \"A\" }",
    "{ env = \"A\", default = \"x\" }",
    "{ default = 1 }",
    "{ env = 1 }",
    "{ env = { env = \"A\" } }",
    "\"5s\"",
    "\"0ms\"",
    "\"99999999999h\"",
    "\"off\"",
    "\"sqlite\"",
    "\"postgres\"",
    "\"mysql\"",
    "\"sqlite::memory:\"",
    "\"postgres://u:p@h/x\"",
    "\"mysql://%ff@/\"",
    "\"text\"",
    "\"text?\"",
    "\"i64?\"",
    "\"json\"",
    "\"uuid\"",
    "\"decimal\"",
    "\"timestamp\"",
    "\"Note.id\"",
    "\"-id\"",
    "{ type = \"i64\", primary_key = true, generated = true }",
    "{ type = \"text\", max_length = 1 }",
    "{ type = \"i64\", references = \"Note.id\" }",
    "{ enum = [\"a\", \"b\"] }",
    "{ enum = [\"a\", \"A\", \"a-\", \"\"] }",
    "{ rust = \"crate::A<u8>\", sql = \"text\" }",
    "{ type = \"decimal\", precision = 28, scale = 29 }",
    "[\"list\", \"view\", \"add\", \"edit\", \"delete\", \"list_add\"]",
    "[\"id\", \"id\"]",
    "\"r#type\"",
    "\"self\"",
    "\"crate::x::y!\"",
    "\"*/\"",
    "\"\\\"#\"",
    "\"//\"",
];

/// Letters that are rare in a TOML, or that mean something there.
const LETTERS: &[char] = &[
    '"',
    '\'',
    '\\',
    '[',
    ']',
    '{',
    '}',
    '=',
    '.',
    ',',
    '#',
    '\n',
    '\r',
    '\t',
    ' ',
    '\0',
    '\u{feff}',
    '\u{202e}',
    '\u{200b}',
    '\u{301}',
    'ß',
    'é',
    '中',
    '😀',
    '\u{10ffff}',
    '-',
    '_',
    '0',
    'A',
];

/// Makes inputs of a corpus.
pub(super) struct Mutator {
    /// Those that have a model, and those that have none.
    good: Vec<String>,
    bad: Vec<String>,
    /// Words of all of it.
    words: Vec<String>,
    /// Lines `key = value`, by their key: what stands there elsewhere.
    values: BTreeMap<String, Vec<String>>,
}

impl Mutator {
    pub(super) fn new(good: Vec<String>, bad: Vec<String>) -> Self {
        let all = || good.iter().chain(&bad);
        let mut words: Vec<String> = all().flat_map(|text| words(text)).collect();
        words.sort();
        words.dedup();
        let mut values = BTreeMap::<_, Vec<_>>::new();
        for (key, value) in all().flat_map(|text| text.lines()).filter_map(key_and_value) {
            values.entry(key.to_owned()).or_default().push(value.to_owned());
        }
        Self { good, bad, words, values }
    }

    /// The input with this number.
    pub(super) fn input(&self, number: u64) -> String {
        let random = &mut Random(number);
        let mut text = self.file(random).to_owned();
        for _ in 0..=random.below(4).saturating_sub(1) {
            text = self.changed(text, random);
        }
        text
    }

    /// A file of the corpus. Large ones say the same again and take long.
    fn file(&self, random: &mut Random) -> &str {
        let from = if random.once_in(3) { &self.bad } else { &self.good };
        let mut text = "";
        for _ in 0..8 {
            text = random.pick(from).map_or("", String::as_str);
            if text.len() < 3_000 {
                break;
            }
        }
        text
    }

    fn changed(&self, mut text: String, random: &mut Random) -> String {
        match random.below(16) {
            0 => lines(&text, random, |lines, random| {
                let at = random.below(lines.len());
                if at < lines.len() {
                    lines.remove(at);
                }
            }),
            3 | 4 => lines(&text, random, |lines, random| {
                let (a, b) = (random.below(lines.len()), random.below(lines.len()));
                if a.max(b) < lines.len() {
                    lines.swap(a, b);
                }
            }),
            1 | 2 => lines(&text, random, |lines, random| {
                // A line that stands somewhere else, in the same table if there is one like it.
                let at = random.below(lines.len());
                let key =
                    lines.get(at).and_then(|line| key_and_value(line)).map_or("", |(key, _)| key);
                let values = self.values.range(key.to_owned()..).nth(random.below(20));
                let Some((key, values)) = values else { return };
                let value = random.pick(values).map_or("", String::as_str);
                lines.insert(at, format!("{key} = {value}"));
            }),
            5 => tables(&text, random),
            6..=9 => self.value(&text, random),
            10 | 11 => self.word(&text, random),
            12 => {
                let at = boundary(&text, random.below(text.len() + 1));
                text.insert(at, *random.pick(LETTERS).unwrap_or(&' '));
                text
            }
            13 => {
                let (from, to) = random.range(text.len());
                let to = to.min(from + random.below(40));
                text.replace_range(boundary(&text, from)..boundary(&text, to), "");
                text
            }
            14 => {
                let other = self.file(random);
                let (from, to) = random.range(other.len());
                let (from, to) = (boundary(other, from), boundary(other, to.min(from + 2_000)));
                let at = boundary(&text, random.below(text.len() + 1));
                let at = text[..at].rfind('\n').map_or(0, |end| end + 1);
                text.insert_str(at, other.get(from..to).unwrap_or_default());
                text
            }
            _ => large(&text, random),
        }
    }

    /// Another value behind some `=`.
    fn value(&self, text: &str, random: &mut Random) -> String {
        let places: Vec<_> = text.match_indices("= ").map(|(at, _)| at).collect();
        let Some(&at) = random.pick(&places) else { return text.to_owned() };
        let key = text[..at].trim_end().rsplit(|letter| !is_of_word(letter)).next().unwrap_or("");
        let from = at + 2;
        let ends = if random.once_in(3) { &[',', '}', '\n'][..] } else { &['\n'][..] };
        let to = text[from..].find(ends).map_or(text.len(), |end| from + end);
        let new = match (random.below(4), self.values.get(key)) {
            (0 | 1, Some(values)) => random.pick(values).map_or("", String::as_str),
            (2, _) => {
                let other = random.pick(&places).map_or(from, |at| at + 2);
                text[other..].lines().next().unwrap_or_default()
            }
            _ => random.pick(VALUES).copied().unwrap_or_default(),
        };
        [&text[..from], new, &text[to..]].concat()
    }

    /// Another word in the place of one: a key, a type, a name.
    fn word(&self, text: &str, random: &mut Random) -> String {
        let places: Vec<_> = word_places(text).collect();
        let Some(&(from, to)) = random.pick(&places) else { return text.to_owned() };
        let other = if random.once_in(4) {
            random.pick(&places).map_or("", |&(from, to)| &text[from..to])
        } else {
            random.pick(&self.words).map_or("", String::as_str)
        };
        [&text[..from], other, &text[to..]].concat()
    }
}

fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(" = ")?;
    Some((key.trim(), value.trim()))
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '-'
}

fn word_places(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let start = text.as_ptr() as usize;
    text.split(|letter| !is_of_word(letter)).filter(|word| !word.is_empty()).map(move |word| {
        let from = word.as_ptr() as usize - start;
        (from, from + word.len())
    })
}

fn words(text: &str) -> impl Iterator<Item = String> {
    word_places(text).map(|(from, to)| text[from..to].to_owned())
}

fn lines(
    text: &str,
    random: &mut Random,
    change: impl FnOnce(&mut Vec<String>, &mut Random),
) -> String {
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    change(&mut lines, random);
    lines.join(if random.once_in(20) { "\r\n" } else { "\n" })
}

/// A table twice, as it is or under another name.
fn tables(text: &str, random: &mut Random) -> String {
    let starts: Vec<_> = text.match_indices("\n[").map(|(at, _)| at + 1).collect();
    let Some(&from) = random.pick(&starts) else { return text.to_owned() };
    let to = text[from..].find("\n[").map_or(text.len(), |end| from + end + 1);
    let table = match random.below(3) {
        0 => text[from..to].to_owned(),
        1 => text[from..to].replacen("main", "other", 1),
        _ => text[from..to].replacen("[bind", "[[bind", 1),
    };
    format!("{text}\n{table}")
}

/// Deep, long or many; now and then as much as a file may have.
fn large(text: &str, random: &mut Random) -> String {
    let count = if random.once_in(60) { 1 << 18 } else { 1 << random.below(10) };
    let at = boundary(text, random.below(text.len() + 1));
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let (at, new) = match random.below(9) {
        0 => (at, "[".repeat(count)),
        1 => (at, "{a=".repeat(count)),
        2 => (line, format!("{}x = 1\n", "a.".repeat(count))),
        3 => (line, format!("x = \"{}\"\n", "é".repeat(count))),
        4 => (line, format!("x = [{}]\n", "1, ".repeat(count))),
        5 => (line, many(count, |at| format!("n{at} = 1\n"))),
        6 => (line, many(count, |at| format!("[bind.b{at}]\nbackend = \"sqlite\"\n"))),
        7 => (at, "x".repeat(count)),
        _ => (line, format!("\"{}\" = 1\n", "\\u00e9".repeat(count / 4))),
    };
    [&text[..at], &new, &text[at..]].concat()
}

fn many(count: usize, text: impl Fn(usize) -> String) -> String {
    let all: Vec<_> = (0..count.min(2_000)).map(text).collect();
    all.concat()
}
