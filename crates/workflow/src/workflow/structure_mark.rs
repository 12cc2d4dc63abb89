//! Which structure a run began with, so that one that is resumed with another says so.

use std::fs;
use std::path::Path;

use super::folder::INPUT;
use crate::settings::RunInput;

/// What the line in a resolved input begins with.
const MARK: &str = "# structure: BLAKE3 ";

/// `text`, a resolved input, behind a line that tells the structure file that `run` begins, or began, with from any other.
pub(super) fn marked(text: &str, run: &RunInput, resume: bool) -> String {
    let digest = if resume { began(&run.output.folder) } else { digest(run) };
    digest.map_or_else(|| text.to_string(), |digest| format!("{MARK}{digest}\n{text}"))
}

/// What to tell of a run that is resumed in `folder`, if its structure file is not what it was.
pub(super) fn changed(folder: &Path, run: &RunInput) -> Option<String> {
    (began(folder)? != digest(run)?).then(|| {
        format!(
            "{} is not what it was when the run began; the run goes on with the atoms of its restart file. To simulate the new \
             structure, start with --force, or name another folder in [output]",
            run.structure.file.display()
        )
    })
}

/// What a run in `folder` began with; none of older runs.
fn began(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join(INPUT)).ok()?;
    text.lines().find_map(|line| line.strip_prefix(MARK)).map(str::to_string)
}

/// None where the file cannot be read, of which others speak.
fn digest(run: &RunInput) -> Option<String> {
    let bytes = fs::read(&run.structure.file).ok()?;
    Some(blake3::hash(&bytes).to_hex().to_string())
}
