//! The program from outside: exit status, text, files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program, started in `folder`.
pub fn cormorant(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// The first `count` labeled frames of the sample data, as `frames.xyz` in `folder`.
pub fn sample_frames(folder: &Path, count: usize) {
    /// Lines of a frame of ethanol.
    const LINES: usize = 11;
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/ethanol-gfn2.xyz");
    let frames = fs::read_to_string(sample).unwrap();
    let frames: Vec<&str> = frames.lines().take(count * LINES).collect();
    fs::write(folder.join("frames.xyz"), frames.join("\n") + "\n").unwrap();
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The program must fail with status 1 and one message that contains `expected`; nothing may be left in `outputs`.
fn refused(folder: &Path, arguments: &[&str], expected: &str) {
    let output = cormorant(folder, arguments);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{arguments:?} gave {:?}\n{out}\n{err}", output.status);
    assert!(err.contains(expected), "{arguments:?} should say {expected:?}, but says\n{err}");
    assert_eq!(err.matches("error:").count(), 1, "one message, not\n{err}");
    assert!(out.is_empty(), "a refusal prints nothing on standard output, but\n{out}");
    assert!(!folder.join("outputs/argon").exists(), "{arguments:?} left an output folder behind");
}

#[test]
fn two_programs_do_not_share_a_folder() {
    // Catches two programs that write to one folder at once, whose lines and checkpoints would mix.
    let argon = argon();
    let here = argon.path();
    assert!(cormorant(here, &["run", "argon.toml"]).status.success());
    let target = here.join("outputs/argon");
    let content = |folder: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            entries.filter(|it| it.is_file()).map(|it| (it.clone(), fs::read(&it).unwrap())).collect();
        files.sort();
        files
    };
    let before = content(&target);
    let claim = cormorant::io::FolderLock::of(&target).unwrap();
    for manner in ["--force", "--resume"] {
        let output = cormorant(here, &["run", "argon.toml", manner]);
        assert!(!output.status.success() && text(&output.stderr).contains("another cormorant"), "{output:?}");
        assert_eq!(content(&target), before, "{manner}");
    }
    drop(claim);
    assert!(cormorant(here, &["run", "argon.toml", "--force"]).status.success());

    sample_frames(here, 20);
    fs::create_dir(here.join("model")).unwrap();
    let _claim = cormorant::io::FolderLock::of(&here.join("model")).unwrap();
    let output = cormorant(here, &["fit", "--data", "frames.xyz", "--out", "model", "--time-limit", "1 s", "--force"]);
    assert!(!output.status.success() && text(&output.stderr).contains("another cormorant"), "{output:?}");
    assert!(content(&here.join("model")).is_empty());
}

/// A box of argon at rest and an input that simulates it.
pub fn argon() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut atoms = String::new();
    for x in 0..4 {
        for y in 0..4 {
            for z in 0..4 {
                atoms += &format!("Ar {} {} {}\n", 4.0 * f64::from(x), 4.0 * f64::from(y), 4.0 * f64::from(z));
            }
        }
    }
    let head = r#"Lattice="16 0 0 0 16 0 0 0 16" Properties=species:S:1:pos:R:3 pbc="T T T""#;
    fs::write(folder.path().join("argon.xyz"), format!("64\n{head}\n{atoms}")).unwrap();
    fs::write(folder.path().join("argon.toml"), ARGON).unwrap();
    folder
}

pub const ARGON: &str = r#"version = 1
name = "argon"
seed = 5
structure = { file = "argon.xyz" }
velocities = { temperature = "60 K" }

[potential]
kind = "lennard-jones"
epsilon = "0.0103 eV"
sigma = "3.405 Å"
cutoff = "7.5 Å"
truncation = "switched"
switch_from = "6.5 Å"

[[stage]]
name = "warm-up"
duration = "0.2 ps"
time_step = "4 fs"
thermostat = { kind = "langevin", temperature = "60 K", friction = "1 / ps" }

[[stage]]
name = "production"
duration = "0.4 ps"
time_step = "4 fs"
write = [
    { kind = "energies", every = "8 fs" },
    { kind = "trajectory", file = "trajectory.dcd", every = "40 fs" },
    { kind = "trajectory", file = "trajectory.xyz", every = "40 fs" },
    { kind = "restart", every = "80 fs" },
]
"#;

/// The files of a run and their bytes, in order; without those that tell how long it took.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && !path.ends_with("outcome.json") && !path.ends_with("report.html"))
        .map(|path| (path.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_run_leaves_its_files_and_a_summary() {
    let folder = argon();
    let output = cormorant(folder.path(), &["run", "argon.toml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let out = text(&output.stdout);
    for expected in ["warm-up", "production", "ns/day", "meV/atom/ps", "outputs/argon/trajectory.dcd", "view.vmd"] {
        assert!(out.contains(expected), "{expected:?} is missing in\n{out}");
    }
    let names: Vec<_> = files(&folder.path().join("outputs/argon")).into_iter().map(|(name, _)| name).collect();
    for expected in ["energies.csv", "input.toml", "restart.safetensors", "topology.pdb", "trajectory.dcd", "view.vmd"]
    {
        assert!(names.contains(&PathBuf::from(expected)), "{expected} is missing among {names:?}");
    }
    let lines = fs::read_to_string(folder.path().join("outputs/argon/energies.csv")).unwrap();
    assert_eq!(lines.lines().count(), 1 + 51, "a head and a line every 2 of 100 steps, the first included");
    assert!(lines.lines().next().unwrap().split(',').skip(1).all(|head| head.contains('/')), "heads carry units");
    for (path, expected) in [
        ("outputs/argon/trajectory.dcd", "11 frames"),
        ("outputs/argon/trajectory.xyz", "11 frames"),
        ("outputs/argon/restart.safetensors", "step 150"),
        ("outputs/argon/input.toml", "2 stages"),
        ("argon.xyz", "structure: Ar64"),
    ] {
        let output = cormorant(folder.path(), &["describe", path]);
        let all = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success() && all.contains(expected), "describe {path}:\n{all}");
    }
}

/// Catches: results of yesterday silently replaced, or --force emptying a folder that is no output folder.
#[test]
fn an_output_folder_is_not_overwritten_without_force() {
    let folder = argon();
    assert!(cormorant(folder.path(), &["run", "argon.toml", "--quiet"]).status.success());
    let outputs = folder.path().join("outputs/argon");
    let before = files(&outputs);
    let again = cormorant(folder.path(), &["run", "argon.toml"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("outputs/argon: already exists"), "{}", text(&again.stderr));
    assert_eq!(files(&outputs), before);
    let forced = cormorant(folder.path(), &["run", "argon.toml", "--force", "--quiet"]);
    assert!(forced.status.success() && forced.stdout.is_empty() && forced.stderr.is_empty());
    assert_eq!(files(&outputs), before, "the same seed gives the same bits");

    fs::write(folder.path().join("elsewhere.toml"), format!("{ARGON}\n[output]\nfolder = \".\"\n")).unwrap();
    let slip = cormorant(folder.path(), &["run", "elsewhere.toml", "--force"]);
    assert_eq!(slip.status.code(), Some(1));
    assert!(text(&slip.stderr).contains("is not the folder of a run"), "{}", text(&slip.stderr));
    assert!(folder.path().join("argon.xyz").exists());
    // A folder with an input of the user's own, and a folder of ours into which a user put files.
    fs::rename(folder.path().join("elsewhere.toml"), folder.path().join("input.toml")).unwrap();
    let slip = cormorant(folder.path(), &["run", "input.toml", "--force"]);
    assert!(text(&slip.stderr).contains("is not one that a run wrote"), "{}", text(&slip.stderr));
    fs::write(outputs.join("notes.txt"), "mine").unwrap();
    fs::write(outputs.join("molecule.xyz"), "mine").unwrap();
    assert!(cormorant(folder.path(), &["run", "argon.toml", "--force", "--quiet"]).status.success());
    assert_eq!(fs::read_to_string(outputs.join("notes.txt")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(outputs.join("molecule.xyz")).unwrap(), "mine");
}

#[test]
fn resuming_needs_a_restart_file_of_the_same_input() {
    let folder = argon();
    refused(folder.path(), &["run", "argon.toml", "--resume"], "has no restart.safetensors to resume from");
    assert!(cormorant(folder.path(), &["run", "argon.toml", "--quiet"]).status.success());
    let finished = cormorant(folder.path(), &["run", "argon.toml", "--resume"]);
    assert!(text(&finished.stdout).contains("nothing was left to do"), "{}", text(&finished.stderr));
    for (then, now) in [("0.0103 eV", "0.0104 eV"), ("0.2 ps", "0.1 ps"), ("every = \"8 fs\"", "every = \"4 fs\"")] {
        fs::write(folder.path().join("argon.toml"), ARGON.replace(then, now)).unwrap();
        let changed = cormorant(folder.path(), &["run", "argon.toml", "--resume"]);
        assert_eq!(changed.status.code(), Some(1));
        let err = text(&changed.stderr);
        assert!(err.contains("another input") && err.contains(then) && err.contains(now), "{err}");
    }
}

/// Catches: a finished run that cannot become longer, steps that are done twice or left out, bits other than those of one long run.
#[test]
fn a_finished_run_becomes_longer() {
    let another = "\n[[stage]]\nname = \"after\"\nduration = \"0.1 ps\"\ntime_step = \"2 fs\"\n\
                   write = [{ kind = \"energies\", file = \"after.csv\", every = \"10 fs\" }]\n";
    let longer = ARGON.replace("0.4 ps", "0.8 ps");
    for (stopped, input) in [(false, longer.clone()), (true, longer.clone()), (false, longer + another)] {
        let (whole, parted) = (argon(), argon());
        fs::write(whole.path().join("argon.toml"), &input).unwrap();
        assert!(cormorant(whole.path(), &["run", "argon.toml", "--quiet"]).status.success());
        assert!(cormorant(parted.path(), &["run", "argon.toml", "--quiet"]).status.success());
        fs::write(parted.path().join("argon.toml"), &input).unwrap();
        if stopped {
            // In two steps, the second of them with nothing new.
            fs::write(parted.path().join("argon.toml"), ARGON.replace("0.4 ps", "0.6 ps")).unwrap();
            assert!(cormorant(parted.path(), &["run", "argon.toml", "--resume", "--quiet"]).status.success());
            fs::write(parted.path().join("argon.toml"), &input).unwrap();
        }
        let resumed = cormorant(parted.path(), &["run", "argon.toml", "--resume"]);
        assert!(resumed.status.success(), "{}", text(&resumed.stderr));
        let [whole, parted] = [&whole, &parted].map(|folder| files(&folder.path().join("outputs/argon")));
        for ((name, one), (other_name, other)) in whole.iter().zip(&parted) {
            assert_eq!(name, other_name);
            assert!(one == other, "{} differs", name.display());
        }
        assert_eq!(whole.len(), parted.len());
    }
    // The temperature of a ramp would have been another one all along.
    let ramp = ARGON.replace("friction = \"1 / ps\" }", "friction = \"1 / ps\", final_temperature = \"80 K\" }");
    let ramp = ramp.split("\n[[stage]]\nname = \"production\"").next().unwrap().to_string();
    let folder = argon();
    fs::write(folder.path().join("argon.toml"), &ramp).unwrap();
    assert!(cormorant(folder.path(), &["run", "argon.toml", "--quiet"]).status.success());
    fs::write(folder.path().join("argon.toml"), ramp.replace("0.2 ps", "0.4 ps")).unwrap();
    let refused = cormorant(folder.path(), &["run", "argon.toml", "--resume"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("another input"), "{}", text(&refused.stderr));
}

/// Catches: errors that do not name the file or the line whose fault they are.
#[test]
fn wrong_elements_and_baths_are_told_of_where_they_stand() {
    let folder = argon();
    let here = folder.path();
    let cold = ARGON.replace(
        "kind = \"langevin\", temperature = \"60 K\", friction = \"1 / ps\"",
        "kind = \"nose-hoover\", temperature = \"0 K\", relaxation_time = \"0.1 ps\"",
    );
    fs::write(here.join("argon.toml"), cold).unwrap();
    refused(here, &["run", "argon.toml"], "no motion at 0 K");
    let text = fs::read_to_string(here.join("argon.xyz")).unwrap();
    fs::write(here.join("iron.xyz"), text.replace("Ar 4 4 4\n", "Fe 4 4 4\n")).unwrap();
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/models/ethanol");
    let arguments =
        ["run", "--model", model, "--structure", "iron.xyz", "--temperature", "300 K", "--duration", "1 ps"];
    refused(here, &arguments, "iron.xyz");
}

/// Catches: a run that is resumed after its structure file was edited, and goes on with the old atoms without a word.
#[test]
fn a_structure_that_changed_is_told_of_on_resuming() {
    let folder = argon();
    let here = folder.path();
    assert!(cormorant(here, &["run", "argon.toml", "--quiet"]).status.success());
    let atoms = fs::read_to_string(here.join("argon.xyz")).unwrap();
    fs::write(here.join("argon.xyz"), atoms.replace("Ar 4 4 4\n", "Ar 4.3 4.1 3.9\n")).unwrap();
    // The line that tells is kept when the input is written anew.
    for duration in ["0.6 ps", "0.8 ps"] {
        fs::write(here.join("argon.toml"), ARGON.replace("0.4 ps", duration)).unwrap();
        let resumed = cormorant(here, &["run", "argon.toml", "--resume"]);
        assert!(resumed.status.success(), "{}", text(&resumed.stderr));
        let said = text(&resumed.stdout) + &text(&resumed.stderr);
        assert!(said.contains("is not what it was when the run began"), "{said}");
    }
    fs::write(here.join("argon.xyz"), atoms).unwrap();
    fs::write(here.join("argon.toml"), ARGON.replace("0.4 ps", "1 ps")).unwrap();
    let resumed = cormorant(here, &["run", "argon.toml", "--resume"]);
    let said = text(&resumed.stdout) + &text(&resumed.stderr);
    assert!(resumed.status.success() && !said.contains("is not what it was"), "{said}");
}

/// Catches: a minimization that is read and not done.
#[test]
fn minimized_atoms_stay_where_they_are() {
    let folder = argon();
    // A perfect lattice has no forces and would stay anyway.
    let atoms = fs::read_to_string(folder.path().join("argon.xyz")).unwrap();
    fs::write(folder.path().join("argon.xyz"), atoms.replace("Ar 4 4 4\n", "Ar 4.3 4.1 3.9\n")).unwrap();
    let still = "velocities = { temperature = \"0 K\" }\nminimize = { largest_force = \"1e-5 eV/Å\" }";
    let input = ARGON
        .replace("velocities = { temperature = \"60 K\" }", still)
        .replace("temperature = \"60 K\"", "temperature = \"0 K\"");
    fs::write(folder.path().join("argon.toml"), input).unwrap();
    let output = cormorant(folder.path(), &["run", "argon.toml", "--quiet"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = fs::read_to_string(folder.path().join("outputs/argon/energies.csv")).unwrap();
    let energies: Vec<f64> =
        table.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().parse().unwrap()).collect();
    let moved = (energies[0] - energies[energies.len() - 1]).abs();
    assert!(moved < 1.0e-6, "the energy still falls by {moved} eV");
}

#[test]
fn the_resolved_input_of_a_run_repeats_the_run() {
    let folder = argon();
    assert!(cormorant(folder.path(), &["run", "argon.toml", "--quiet"]).status.success());
    let outputs = folder.path().join("outputs/argon");
    let before = files(&outputs);
    let again = cormorant(folder.path(), &["run", "outputs/argon/input.toml", "--force", "--quiet"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert_eq!(files(&outputs), before);
}

/// Catches: a version that does not say what a report of a fault needs; completions or manual pages that lack a command.
#[test]
fn the_version_the_shell_and_man_know_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let version = text(&cormorant(folder.path(), &["--version"]).stdout);
    for expected in
        ["cormorant 0.", "commit: ", "instruction sets: plain, avx2, avx512; this machine uses ", "models: organic"]
    {
        assert!(version.contains(expected), "{expected:?} is missing in\n{version}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = text(&cormorant(folder.path(), &["completions", shell]).stdout);
        assert!(["vibrations", "evaluate", "start-from"].iter().all(|word| script.contains(word)), "{shell}");
    }
    let output = cormorant(folder.path(), &["manual", "man"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let page = std::fs::read_to_string(folder.path().join("man/cormorant-fit.1")).unwrap();
    assert!(page.contains("time\\-limit") && folder.path().join("man/cormorant.1").exists(), "{page}");
}

#[test]
fn mistakes_on_the_command_line_exit_with_one() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["rnu", "x.toml"][..],
        &["run"],
        &["run", "x.toml", "--forec"],
        &["run", "x.toml", "--force", "--resume"],
        &["fit"],
        &["fit", "--data", "x.npz"],
        &["fit", "x.toml", "--data", "y.npz", "--out", "z"],
        &["fit", "x.toml", "--time-limit", "10"],
        &["evaluate", "--model", "m"],
        &["bench", "--model", "m", "--structure", "s", "--threads", "0"],
        &["bench", "--model", "m", "--structure", "s", "--precision", "f16"],
        &["evaluate", "--model", "m", "--data", "d", "--energy-unit", "eV"],
        &["data", "fetch"],
    ] {
        let output = cormorant(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).starts_with("error:"), "{arguments:?}: {}", text(&output.stderr));
    }
    for arguments in [&["--help"][..], &["--version"], &["run", "--help"], &["help", "fit"]] {
        let output = cormorant(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stderr.is_empty() && !output.stdout.is_empty());
    }
}

/// Catches: a panic where `| head` closes the pipe.
#[test]
fn a_closed_pipe_is_no_fault() {
    let folder = argon();
    let script = format!("(sleep 0.3; exec '{}' check argon.toml) | true", env!("CARGO_BIN_EXE_cormorant"));
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

/// Every mistake that is not one of TOML: one message, status 1, nothing left behind.
#[test]
fn bad_files_are_refused_before_anything_is_written() {
    let folder = argon();
    let here = folder.path();
    let write = |name: &str, text: &str| fs::write(here.join(name), text).unwrap();
    let with = |name: &str, from: &str, to: &str| {
        assert!(ARGON.contains(from));
        write(name, &ARGON.replace(from, to));
    };
    refused(here, &["run", "missing.toml"], "missing.toml: No such file");
    write("empty.toml", "");
    refused(here, &["run", "empty.toml"], "the input has no version");
    refused(here, &["run", "."], "is a folder; name an input file");
    refused(here, &["check", "argon.xyz"], "this is not TOML");

    with("a.toml", "argon.xyz", "missing.xyz");
    refused(here, &["run", "a.toml"], "missing.xyz");
    write("empty.xyz", "");
    with("a.toml", "argon.xyz", "empty.xyz");
    refused(here, &["run", "a.toml"], "empty.xyz");
    write("cut.xyz", "3\nProperties=species:S:1:pos:R:3\nAr 0 0 0\nAr 4 0 0\n");
    with("a.toml", "argon.xyz", "cut.xyz");
    refused(here, &["run", "a.toml"], "cut.xyz");
    write("unknown.xyz", "1\nProperties=species:S:1:pos:R:3\nQq 0 0 0\n");
    with("a.toml", "argon.xyz", "unknown.xyz");
    refused(here, &["run", "a.toml"], "Qq");
    write("nan.xyz", "2\nProperties=species:S:1:pos:R:3\nAr 0 0 0\nAr 4 NaN 0\n");
    with("a.toml", "argon.xyz", "nan.xyz");
    refused(here, &["run", "a.toml"], "nan.xyz");
    write("same.xyz", "3\nProperties=species:S:1:pos:R:3\nAr 0 0 0\nAr 4 0 0\nAr 4 0 0\n");
    with("a.toml", "argon.xyz", "same.xyz");
    refused(here, &["run", "a.toml"], "atoms 2 (Ar) and 3 (Ar)");
    with("a.toml", "structure = {", "structure = { frame = 7, ");
    refused(here, &["run", "a.toml"], "frame");
    with("a.toml", "structure = {", "structure = { cell = [\"0.001 Å\", \"1 Å\", \"1 Å\"], ");
    refused(here, &["run", "a.toml"], "cell");
    with(
        "a.toml",
        "temperature = \"60 K\" }\n",
        "temperature = \"60 K\", remove = [\"translation\", \"rotation\"] }\n",
    );
    refused(here, &["run", "a.toml"], "rotation cannot be removed from a periodic system");
    write("fit.toml", "version = 1\nname = \"f\"\ndata = { file = \"x.npz\" }\n");
    refused(here, &["run", "fit.toml"], "is the input of a fit");
    refused(here, &["fit", "argon.toml"], "is the input of a simulation");
    refused(here, &["describe", "missing"], "missing: No such file");
    refused(here, &["describe", "empty.xyz"], "is empty");
    refused(here, &["describe", "."], "is a folder without a model");
    write("noise.safetensors", "\0\0\0\0\0\0\0\0{{{{");
    refused(here, &["describe", "noise.safetensors"], "noise.safetensors");
    refused(here, &["data", "fetch", "rmd17:water"], "rmd17:water");
}

/// Catches: a run that dies half way through its first file, or says nothing of why.
#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let folder = argon();
    fs::write(folder.path().join("outputs"), "a file where the folder should be").unwrap();
    let output = cormorant(folder.path(), &["run", "argon.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("outputs"), "{}", text(&output.stderr));
    fs::remove_file(folder.path().join("outputs")).unwrap();
    // The superuser may write to read-only folders; /proc refuses everybody.
    fs::write(folder.path().join("proc.toml"), format!("{ARGON}\n[output]\nfolder = \"/proc/cormorant\"\n")).unwrap();
    let output = cormorant(folder.path(), &["run", "proc.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("/proc/cormorant"), "{}", text(&output.stderr));
}

/// The limit on the size of files stands in for a full disk: writes fail with an error, not with a signal.
#[test]
fn a_full_disk_ends_the_run_with_whole_files() {
    let folder = argon();
    let program = env!("CARGO_BIN_EXE_cormorant");
    // 40 blocks of 1024 bytes: enough for the input and the restart file, not for the trajectory.
    let script = format!("trap '' XFSZ; ulimit -f 40; exec '{program}' run argon.toml");
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("trajectory.xyz"), "{err}");
    let outputs = folder.path().join("outputs/argon");
    for (name, _) in files(&outputs) {
        assert!(!name.to_string_lossy().contains("tmp"), "a temporary file is left: {}", name.display());
    }
    let resumed = cormorant(folder.path(), &["run", "argon.toml", "--resume", "--quiet"]);
    assert!(resumed.status.success(), "{}", text(&resumed.stderr));
    let whole = files(&outputs);
    assert!(cormorant(folder.path(), &["run", "argon.toml", "--force", "--quiet"]).status.success());
    for ((name, found), (_, expected)) in whole.iter().zip(&files(&outputs)) {
        assert!(found == expected, "{} differs from that of a run with room enough", name.display());
    }
}

/// Catches: an input that passes without a word though what it reads is not there, and a model of the program or a folder that is to be written
/// taken for missing.
#[test]
fn a_check_names_files_that_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text_of = "version = 1\nname = \"new\"\n[data]\nfile = \"frames.xyz\"\n[model]\nstart_from = \"organic\"\nreplay = \"others.xyz\"\n";
    fs::write(here.join("fit.toml"), text_of).unwrap();
    let check = || {
        let output = cormorant(here, &["check", "fit.toml"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stderr)
    };
    let said = check();
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("frames.xyz does not exist") && said.contains("others.xyz does not exist"), "{said}");
    for name in ["frames.xyz", "others.xyz"] {
        fs::write(here.join(name), "").unwrap();
    }
    assert_eq!(check(), "");
}
