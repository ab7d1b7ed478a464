//! Texts of the TOML as parts of doc comments.

/// A text as inline code of a doc comment, which is never broken: a long one is cut.
pub(super) fn code(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown = String::new();
    for letter in text.replace('`', "'").chars() {
        match letter {
            // What is not seen, or changes how the rest reads.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.extend(letter.escape_unicode());
            }
            _ if letter.is_control() => shown.extend(letter.escape_default()),
            _ => shown.push(letter),
        }
    }
    let text = shown;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// A comment of the TOML as text of a doc comment: one line, without markup of its own and without
/// letters that would make it read differently from what it is.
pub(super) fn sentence(comment: &str) -> String {
    let mut text = String::new();
    let is_plain = |letter: &char| {
        !letter.is_control() && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let words: Vec<String> = comment
        .split_whitespace()
        .map(|word| word.chars().filter(is_plain).collect::<String>())
        .collect();
    for letter in words.join(" ").trim().chars() {
        match letter {
            '`' => text.push('\''),
            '[' | ']' | '<' | '>' | '*' | '_' | '\\' | '#' | '|' => {
                text.push('\\');
                text.push(letter);
            }
            _ => text.push(letter),
        }
    }
    text
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn sentence_list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
