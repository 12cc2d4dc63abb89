//! Input files: what is good parses and survives being printed; what is bad gives the message written beside it.

use std::fs;
use std::path::{Path, PathBuf};

use cormorant::Error;
use cormorant::settings::{Input, InputError};

/// Folders of good inputs.
pub const FOLDERS: [&str; 8] = [
    "inputs",
    "inputs/accurate",
    "inputs/curves",
    "inputs/fast",
    "inputs/glass",
    "inputs/learn",
    "inputs/qm9",
    "tests/inputs/good",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn tomls(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no inputs in {}", folder.display());
    files
}

/// Catches: a default or a key that is printed under another name, or with other digits, than it is read.
#[test]
fn what_is_resolved_reads_back_as_the_same_input() {
    let here = tempfile::tempdir().unwrap();
    let elsewhere = here.path().join("some/folder/below");
    fs::create_dir_all(&elsewhere).unwrap();
    for file in FOLDERS.iter().flat_map(|folder| tomls(&root().join(folder))) {
        let input = Input::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let absolute = here.path().join("absolute.toml");
        fs::write(&absolute, input.to_toml(None).unwrap()).unwrap();
        assert_eq!(Input::read(&absolute).unwrap(), input, "{}", file.display());
        let relative = elsewhere.join("relative.toml");
        let text = input.to_toml(Some(&elsewhere)).unwrap();
        assert!(!text.contains("\"/"), "an absolute path is left in {text}");
        fs::write(&relative, text).unwrap();
        assert_eq!(Input::read(&relative).unwrap(), input, "{}", file.display());
    }
}

/// One bad input and what must be said about it.
struct Case {
    name: String,
    text: String,
    message: String,
    help: Option<String>,
    /// Line that the message points at, counted from 1.
    line: usize,
}

/// Cases are separated by `+++`; what stands before `===` goes before each of them. `#^ message` points at the line
/// above, `#^1 message` at line 1 of the whole input, `#^-1 message` at the line one further up; `#? help` follows.
fn cases(file: &Path) -> Vec<Case> {
    let text = fs::read_to_string(file).unwrap();
    let (preamble, body) = text.split_once("===\n").unwrap_or(("", &text));
    body.split("+++\n")
        .enumerate()
        .map(|(index, case)| {
            let text = format!("{preamble}{case}");
            let name = format!("{} case {}:\n{text}", file.display(), index + 1);
            let (mut message, mut help, mut line) = (None, None, 0);
            for (number, content) in text.lines().enumerate() {
                if let Some(rest) = content.strip_prefix("#^") {
                    let (offset, rest) = rest.split_once(' ').unwrap();
                    line = match offset {
                        "" => number,
                        "1" => 1,
                        up => number.checked_add_signed(up.parse().unwrap()).unwrap(),
                    };
                    message = Some(rest.to_string());
                } else if let Some(rest) = content.strip_prefix("#? ") {
                    help = Some(rest.to_string());
                }
            }
            let message = message.unwrap_or_else(|| panic!("no expected message in {name}"));
            Case { name, text, message, help, line }
        })
        .collect()
}

/// Catches: a mistake that is accepted, or reported with another message, at another place or without a remedy.
#[test]
fn bad_inputs_give_the_message_written_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.toml");
    let mut failures = Vec::new();
    let mut count = 0;
    for case in tomls(&root().join("tests/inputs/bad")).iter().flat_map(|file| cases(file)) {
        count += 1;
        fs::write(&path, &case.text).unwrap();
        match Input::read(&path) {
            Ok(_) => failures.push(format!("accepted: {}", case.name)),
            Err(Error::Input(mistake)) => failures.extend(difference(&case, &mistake)),
            Err(other) => failures.push(format!("got {other:?} for {}", case.name)),
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n----\n"));
    assert!(count >= 150, "only {count} cases were found");
}

fn difference(case: &Case, found: &InputError) -> Option<String> {
    let place = found.place.as_ref().map_or(0, |place| place.start);
    let line = 1 + case.text[..place].matches('\n').count();
    let same = found.message == case.message
        && line == case.line
        && case.help.as_ref().is_none_or(|help| found.remedy.as_ref() == Some(help));
    // Every message says where it is and what to do.
    let same = same && found.place.is_some() && found.remedy.as_ref().is_some_and(|remedy| remedy.len() > 4);
    (!same).then(|| format!("line {line}: {}\nhelp: {:?}\nfor {}", found.message, found.remedy, case.name))
}

/// Catches: an input whose size, kind or text makes the reader crash instead of refusing it.
#[test]
fn files_that_are_no_inputs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.toml");
    assert!(matches!(Input::read(&path), Err(Error::Io { .. })), "a missing file");
    assert!(Input::read(folder.path()).unwrap_err().to_string().contains("is a folder"));
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(Input::read(&path).unwrap_err().to_string().contains("is not text"));
    fs::write(&path, vec![b'#'; 2 << 20]).unwrap();
    assert!(Input::read(&path).unwrap_err().to_string().contains("more than any input"));
    fs::write(&path, "").unwrap();
    assert_eq!(Input::read(&path).unwrap_err().to_string(), "the input has no version");
    fs::write(&path, format!("version = 1\nseed = {}", "[".repeat(100_000))).unwrap();
    assert!(Input::read(&path).is_err(), "brackets without end");
}

/// Catches: examples that parse but cannot be run.
#[test]
fn the_simulations_in_inputs_run() {
    let folder = tempfile::tempdir().unwrap();
    let (models, structures) = (root().join("models"), root().join("inputs/structures"));
    let mut count = 0;
    for file in tomls(&root().join("inputs")) {
        let text = fs::read_to_string(&file).unwrap();
        if !text.contains("[[stage]]") {
            continue;
        }
        let shorter =
            |line: &str| if line.starts_with("duration") { "duration = \"0.1 ps\"".into() } else { line.to_string() };
        let text: Vec<String> = text.lines().map(shorter).collect();
        let text = text.join("\n").replace("\"../models", &format!("\"{}", models.display()));
        let text = text.replace("\"structures", &format!("\"{}", structures.display()));
        let name = file.file_name().unwrap().to_str().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        let output = crate::cli::cormorant(folder.path(), &["run", name]);
        assert!(output.status.success(), "{name}: {}", crate::cli::text(&output.stderr));
        count += 1;
    }
    assert!(count >= 2);
}
