//! The name that somebody probably meant.
//!
//! Edit distance with transpositions (optimal string alignment) over a list of a few dozen names.

/// Longest name that is compared: longer ones are no slip of the fingers.
const LONGEST: usize = 64;

/// The candidate that is closest to `typed`, if one is close enough to be a slip.
pub(crate) fn nearest<'a>(
    typed: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed = fold(typed);
    if typed.is_empty() || typed.len() > LONGEST {
        return None;
    }
    let allowed = (typed.len() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(typed.len()) <= allowed)
        .map(|candidate| (distance(&typed, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Case and the kind of separator are no difference worth counting.
fn fold(name: &str) -> Vec<char> {
    let fold =
        |letter: char| if matches!(letter, '-' | ' ') { '_' } else { letter.to_ascii_lowercase() };
    name.chars().take(LONGEST + 1).map(fold).collect()
}

fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, to) in right.iter().enumerate() {
            let mut best = (above[column] + usize::from(from != to))
                .min(above[column + 1] + 1)
                .min(current[column] + 1);
            let swapped =
                row > 0 && column > 0 && left[row - 1] == *to && right[column - 1] == *from;
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or(left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let names = ["max_connections", "min_connections", "ping", "url"];
        assert_eq!(nearest("max_conections", names), Some("max_connections"));
        assert_eq!(nearest("maxConnections", names), Some("max_connections"));
        assert_eq!(nearest("pign", names), Some("ping"));
        assert_eq!(nearest("ulr", names), Some("url"));
        assert_eq!(nearest("password", names), None);
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), names), None);
    }
}
