//! What is said of a stage when it has ended, by what it wrote.

use std::fs;
use std::path::Path;

use crate::cli::{argon, cormorant, text};

/// An input for two stages of argon, of which the first finds how atoms spread and cannot say how fast.
fn two_stages(here: &Path, last: &str) {
    let input = fs::read_to_string(here.join("argon.toml")).unwrap();
    let (start, _) = input.split_once("[[stage]]").unwrap();
    let stage = |name: &str, duration: &str, write: &str| {
        format!("[[stage]]\nname = \"{name}\"\nduration = \"{duration}\"\ntime_step = \"4 fs\"\nwrite = [{write}]\n")
    };
    let first = "{ kind = \"mean-squared-displacement\", every = \"8 fs\", fit_from = \"0 fs\", fit_to = \"72 fs\" }";
    let table = "{ kind = \"energies\", every = \"8 fs\", split_temperature = true }";
    fs::write(here.join("argon.toml"), format!("{start}{}{}", stage("one", "80 fs", first), stage("two", last, table)))
        .unwrap();
}

fn run(here: &Path, manner: &[&str]) -> String {
    let output = cormorant(here, &[&["run", "argon.toml"], manner].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn said_of(stdout: &str, file: &str) -> Vec<String> {
    let notes = stdout.lines().map(str::trim).filter(|line| line.starts_with(&format!("{file}: ")));
    notes.map(str::to_string).collect()
}

/// Catches: a summary after a restart that has lost what analyses said of their numbers in a stage that had ended before.
#[test]
fn notes_of_an_ended_stage_outlive_a_restart() {
    let folder = argon();
    let here = folder.path();
    two_stages(here, "80 fs");
    let whole = said_of(&run(here, &[]), "msd.csv");
    assert!(!whole.is_empty(), "the window is beyond half of the frames, and that is said");
    two_stages(here, "160 fs");
    let resumed = run(here, &["--resume"]);
    assert_eq!(said_of(&resumed, "msd.csv"), whole, "{resumed}");
}

/// Catches: `split_temperature` that adds nothing to the table of atoms of one element, and says nothing.
#[test]
fn temperatures_that_cannot_be_split_are_told_of() {
    let folder = argon();
    let here = folder.path();
    two_stages(here, "80 fs");
    for manner in [&[][..], &["--resume"]] {
        let said = said_of(&run(here, manner), "energies.csv");
        assert!(said.len() == 1 && said[0].contains("`split_temperature` adds no column"), "{said:?}");
    }
}
