//! Commands of the guide that are run as they are, and the columns that the guide promises.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::cli::{cormorant, sample_frames, text};
use crate::markdown::{blocks, code_spans, guide, read, root};

/// A folder that looks like the repository, but whose outputs and new models are its own.
fn copy_of_the_repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    symlink(root().join("inputs"), folder.path().join("inputs")).unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    for entry in fs::read_dir(root().join("models")).unwrap() {
        let path = entry.unwrap().path();
        symlink(&path, folder.path().join("models").join(path.file_name().unwrap())).unwrap();
    }
    folder
}

/// Shorter runs and fits. A run that is continued stays longer than before.
fn shortened(block: &str) -> String {
    block
        .replace("\"1 ps\"", "\"20 fs\"")
        .replace("\"2 ps\"", "\"40 fs\"")
        .replace("\"3 ps\"", "\"60 fs\"")
        .replace("\"1 min\"", "\"3 s\"")
}

/// Catches: commands of the first pages that do not do what the page says. Blocks below `<!-- run -->` are run, those of a page in
/// one folder and in their order.
#[test]
fn marked_commands_run() {
    let program = Path::new(env!("CARGO_BIN_EXE_cormorant")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut count = 0;
    for page in guide() {
        let folder = copy_of_the_repository();
        for block in blocks(&read(&page)).iter().filter(|block| block.mark == "run") {
            assert_eq!(block.language, "sh");
            let script = format!("set -e\n{}", shortened(&block.text));
            let output = Command::new("sh")
                .arg("-c")
                .arg(&script)
                .current_dir(folder.path())
                .env("PATH", &path)
                .output()
                .unwrap();
            assert!(output.status.success(), "{page}:\n{script}\n{}{}", text(&output.stdout), text(&output.stderr));
            count += 1;
        }
        if page.ends_with("first-ten-minutes.md") {
            for file in ["outputs/paracetamol-300K/input.toml", "models/mine/report.html"] {
                assert!(folder.path().join(file).is_file(), "{page} promises {file}");
            }
        }
    }
    assert!(count >= 5, "only {count} blocks");
}

/// Catches: columns of tables that the guide does not explain.
#[test]
fn columns_are_explained() {
    let explained = code_spans(&read("docs/guide/src/output-files.md"));
    let folder = copy_of_the_repository();
    let here = folder.path();
    fs::write(
        here.join("inputs.toml"),
        "version = 1\nname = \"a\"\n[structure]\nfile = \"inputs/structures/ethanol.xyz\"\n[potential]\n\
         models = [\"models/ethanol\", \"models/ethanol-finest\"]\n[velocities]\ntemperature = \"300 K\"\n[[stage]]\n\
         duration = \"10 fs\"\ntime_step = \"0.5 fs\"\n[[stage.write]]\nkind = \"energies\"\nevery = \"5 fs\"\nsplit_temperature = true\n\
         [[stage.write]]\nkind = \"trajectory\"\nfile = \"trajectory.xyz\"\nevery = \"5 fs\"\n",
    )
    .unwrap();
    sample_frames(here, 3);
    let ethanol = ["--model", "models/ethanol"];
    for arguments in [
        &["run", "inputs.toml"][..],
        &[&["evaluate", "--data", "frames.xyz", "--out", "evaluated.xyz"], &ethanol[..]].concat(),
        &[&["minimize", "--structures", "inputs/structures/ethanol.xyz", "--out", "minima.xyz"], &ethanol[..]].concat(),
        &["select", "frames.xyz", "--number", "2", "--by", "time", "--out", "chosen.xyz"],
        &["sample", "inputs/structures/ethanol.xyz", "--number", "3", "--out", "sampled.xyz"],
        &[&["vibrations", "--structure", "inputs/structures/ethanol.xyz", "--output", "vibrations"], &ethanol[..]]
            .concat(),
    ] {
        let output = cormorant(here, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }
    let mut count = 0;
    for file in [
        "outputs/a/energies.csv",
        "evaluated.csv",
        "minima.csv",
        "chosen.csv",
        "sampled.csv",
        "vibrations/frequencies.csv",
        "vibrations/thermochemistry.csv",
        "models/ethanol/learning-curve.csv",
    ] {
        let table = fs::read_to_string(here.join(file)).unwrap();
        for column in table.lines().next().unwrap().split(',') {
            let known =
                explained.iter().any(|one| one == column) || ["temperature_C/K", "temperature_O/K"].contains(&column);
            assert!(known, "{column} of {file}");
            count += 1;
        }
    }
    assert!(count >= 40, "{count} columns");
    let trajectory = fs::read_to_string(here.join("outputs/a/trajectory.xyz")).unwrap();
    for word in trajectory.lines().nth(1).unwrap().split_whitespace().filter(|word| word.contains('=')) {
        let key = word.split('=').next().unwrap();
        let known = key == "Properties" || key.starts_with("energy_") || explained.iter().any(|one| one == key);
        assert!(known, "{key} of a trajectory");
    }
}
