//! `bindery generate`: writes the code and says what changed.

use super::{
    Failure, Options, Outcome,
    project::{files, load_project},
    terminal::Terminal,
};
use crate::write::{Changes, write};

pub(super) fn run(options: &Options, terminal: &Terminal) -> Result<Outcome, Failure> {
    let project = load_project(options, terminal)?;
    let changes = write(&project.tree, &project.dir, &project.disk).map_err(Failure::Output)?;
    terminal.say(&format!("{}: {}", project.dir.display(), summary(&changes)));
    Ok(Outcome::Fine)
}

fn summary(changes: &Changes) -> String {
    let Changes { written, removed, unchanged } = changes;
    if written.is_empty() && removed.is_empty() {
        return format!("{} up to date", files(*unchanged));
    }
    let part = |verb: &str, names: &[String]| {
        (!names.is_empty()).then(|| format!("{verb} {}", names.join(", ")))
    };
    let rest = (*unchanged > 0).then(|| format!("{} unchanged", files(*unchanged)));
    let parts = [part("wrote", written), part("removed", removed), rest];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_what_changed() {
        let mut changes = Changes { unchanged: 3, ..Changes::default() };
        assert_eq!(summary(&changes), "3 files up to date");
        changes = Changes {
            written: vec!["main.rs".into(), "mod.rs".into()],
            removed: vec!["old.rs".into()],
            unchanged: 1,
        };
        assert_eq!(summary(&changes), "wrote main.rs, mod.rs; removed old.rs; 1 file unchanged");
    }
}
