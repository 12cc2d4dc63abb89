//! What a reader wants to do first, with files of the reader: each task is found within two clicks from the README, and done with the
//! commands that stand there. The fifth task, ASE, is in `tests/installation/check.py`, which takes its lines from the guide as well.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cli::{cormorant, sample_frames, text};
use crate::markdown::{anchors, blocks, links, read};

const GUIDE: &str = "docs/guide/src/";

/// The page of the guide that is meant by `target` (`page.md` or `page.md#heading`), which `from` must link to.
fn click(from: &str, target: &str) -> String {
    let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = Path::new(from).parent().unwrap();
    let reached = |link: &String| folder.join(link) == Path::new(GUIDE).join(target);
    assert!(links(&read(from)).iter().any(reached), "{from} has no link to {target}");
    let page = format!("{GUIDE}{page}");
    assert!(anchor.is_empty() || anchors(&read(&page)).iter().any(|one| one == anchor), "{page} has no {anchor}");
    page
}

/// The lines of blocks of `page` that begin with `start`, as arguments, with what the reader replaces.
fn commands(page: &str, start: &str, replaced: &[(&str, &str)]) -> Vec<Vec<String>> {
    let text: String = blocks(&read(page)).into_iter().map(|block| block.text).collect();
    let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = text.lines().map(squeezed).filter(|line| line.starts_with(start)).collect();
    assert!(!lines.is_empty(), "{page} has no `{start}`");
    let arguments = |line: String| {
        let line = replaced.iter().fold(line, |line, (from, to)| line.replace(from, to));
        let quoted = line.split('"').enumerate().flat_map(|(number, part)| {
            let words: Vec<&str> = if number % 2 == 1 { vec![part] } else { part.split_whitespace().collect() };
            words.into_iter().map(str::to_owned).collect::<Vec<_>>()
        });
        quoted.skip(1).collect()
    };
    lines.into_iter().map(arguments).collect()
}

fn done(here: &Path, arguments: &[String]) -> String {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = cormorant(here, &arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// A molecule that is not among the examples: methanol, with a comment of its own.
const METHANOL: &str = "6\nfrom my notebook\nC -0.047 0.665 0.000\nO -0.047 -0.755 0.000\nH -1.092 0.971 0.000\n\
                        H 0.439 1.071 0.889\nH 0.439 1.071 -0.889\nH 0.879 -1.031 0.000\n";

fn methanol() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("methanol.xyz"), METHANOL).unwrap();
    folder
}

/// Catches: a first command that needs files of the repository.
#[test]
fn a_structure_of_the_reader_is_simulated() {
    let folder = methanol();
    let page = click("README.md", "first-ten-minutes.md");
    let own = [("inputs/structures/paracetamol.xyz", "methanol.xyz"), ("2 ps", "20 fs")];
    for arguments in commands(&page, "cormorant run --model organic", &own) {
        done(folder.path(), &arguments);
    }
    assert!(folder.path().join("outputs/methanol-300K/report.html").is_file());
}

/// Catches: options for other names of labels that stand nowhere, or that a later command lacks.
#[test]
fn data_with_other_names_are_fitted() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    sample_frames(here, 40);
    let frames = fs::read_to_string(here.join("frames.xyz")).unwrap();
    let other = frames.replace(" energy=", " REF_energy=").replace(":forces:", ":REF_forces:");
    fs::write(here.join("train.xyz"), other).unwrap();
    let page = click("README.md", "fit.md#names-of-labels");
    for start in ["cormorant fit --data train.xyz --energy-key", "cormorant evaluate --data train.xyz --energy-key"] {
        for mut arguments in commands(&page, start, &[]) {
            if arguments[0] == "fit" {
                arguments.extend(["--time-limit".to_owned(), "2 s".to_owned()]);
            }
            let said = done(here, &arguments);
            assert!(arguments[0] == "fit" || said.contains("frames with energy 40, with forces 40"), "{said}");
        }
    }
}

/// Catches: a stopped run whose restart needs more than the command that was given before and `--resume`.
#[test]
fn a_stopped_run_is_continued() {
    let folder = methanol();
    let here = folder.path();
    let page = click("README.md", "first-ten-minutes.md");
    let own = [("models/ethanol", "organic"), ("inputs/structures/ethanol.xyz", "methanol.xyz"), ("2 ps", "3 ps")];
    let [start, resume] = &commands(&page, "cormorant run --model models/ethanol", &own)[..] else {
        panic!("{page} should have a run, and how to continue it");
    };
    assert!(resume.ends_with(&["--resume".to_owned()]) && resume[..resume.len() - 1] == *start, "{start:?} {resume:?}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(start)
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let table = here.join("outputs/methanol-300K/energies.csv");
    while !fs::read_to_string(&table).is_ok_and(|rows| rows.lines().count() > 1) {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it could be stopped");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    done(here, resume);
    let rows = fs::read_to_string(&table).unwrap();
    assert!(rows.lines().last().unwrap().split(',').any(|word| word.parse() == Ok(3.0)), "{rows}");
}

/// Catches: a spectrum whose commands need more than a structure and a model.
#[test]
fn a_spectrum_is_computed() {
    let folder = methanol();
    let own = [("models/ethanol", "organic"), ("inputs/structures/ethanol.xyz", "methanol.xyz")];
    let page = click("README.md", "analyze.md#spectra");
    let arguments = &commands(&page, "cormorant vibrations --model", &own)[0];
    let said = done(folder.path(), arguments);
    assert!(said.contains("wavenumbers in cm^-1"), "{said}");
}

/// Catches: a page for ASE that the README does not name, or without the line that makes the calculator.
#[test]
fn the_calculator_of_ase_is_found() {
    let page = click("README.md", "other-programs.md");
    let lines: Vec<_> = blocks(&read(&page)).into_iter().filter(|block| block.language == "python").collect();
    assert!(lines.iter().any(|block| block.text.contains("atoms.calc = Calculator(\"models/ethanol\")")));
}
