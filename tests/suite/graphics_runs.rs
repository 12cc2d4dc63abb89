//! Whole runs on a graphics processor; see `graphics`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::cli::text;
use crate::graphics::is_there;
use crate::paths::numbers;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A thousand steps of ethanol at constant energy with the shipped model.
fn input(here: &Path) {
    fs::copy(root().join("inputs/structures/ethanol.xyz"), here.join("molecule.xyz")).unwrap();
    let model = root().join("models/ethanol");
    let input = format!(
        "version = 1\nname = \"run\"\nseed = 3\nstructure = {{ file = \"molecule.xyz\", cell = \"none\" }}\n\
         potential = {{ model = \"{}\", device = \"gpu:0\" }}\nvelocities = {{ temperature = \"300 K\" }}\n\
         [[stage]]\nduration = \"500 fs\"\ntime_step = \"0.5 fs\"\n\
         write = [{{ kind = \"energies\", every = \"5 fs\" }}, {{ kind = \"trajectory\", file = \"trajectory.xyz\", every = \"50 fs\" }}, \
         {{ kind = \"restart\", every = \"20 fs\" }}]\n",
        model.display(),
    );
    fs::write(here.join("run.toml"), input).unwrap();
}

fn program(here: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cormorant"));
    command.args(arguments).current_dir(here);
    command
}

fn ran(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    output
}

/// Catches: forces that are not the gradient of the energy; a state that a kill loses; a continuation with other bits; files that do not say
/// which device made them.
#[test]
fn a_run_conserves_energy_and_can_be_killed() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    input(here);
    let said = text(&ran(program(here, &["run", "run.toml"])).stdout);
    assert!(said.contains("device: ") && !said.contains("instruction set: "), "{said}");
    let outputs = here.join("outputs/run");
    let (energies, trajectory) = (outputs.join("energies.csv"), outputs.join("trajectory.xyz"));
    let conserved = numbers(&energies, "conserved/eV");
    let spread = conserved.iter().fold(0.0f64, |most, x| most.max((x - conserved[0]).abs()));
    let kinetic = numbers(&energies, "kinetic/eV");
    let moved = kinetic.iter().fold(0.0f64, |most, x| most.max((x - kinetic[0]).abs()));
    println!("conserved within {spread:.2e} eV while {moved:.2e} eV went to and fro");
    // The integrator itself makes 0.003 eV of it at this time step.
    assert!(conserved.len() > 90 && moved > 0.05 && spread < 0.01, "{spread} {moved}");
    for file in [&trajectory, &outputs.join("input.toml")] {
        assert!(fs::read_to_string(file).unwrap().contains("(Vulkan, "), "{} does not name the device", file.display());
    }
    let described = text(&ran(program(here, &["describe", "outputs/run/restart.safetensors"])).stdout);
    assert!(described.lines().any(|line| line.starts_with("device ")), "{described}");

    let expected = [&energies, &trajectory].map(|path| fs::read(path).unwrap());
    fs::remove_dir_all(&outputs).unwrap();
    let mut child = program(here, &["run", "run.toml"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !outputs.join("restart.safetensors").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its first restart file");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(300));
    child.kill().unwrap();
    child.wait().unwrap();
    ran(program(here, &["run", "run.toml", "--resume"]));
    assert!([&energies, &trajectory].map(|path| fs::read(path).unwrap()) == expected, "going on gave other bits");

    // Elsewhere it goes on with a word.
    let elsewhere = fs::read_to_string(here.join("run.toml")).unwrap().replace(", device = \"gpu:0\"", "");
    fs::write(here.join("run.toml"), elsewhere.replace("500 fs", "510 fs")).unwrap();
    let output = ran(program(here, &["run", "run.toml", "--resume"]));
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("the run was started on ") && said.contains(" and continues on the processor"), "{said}");
}

/// Catches: replicas that a device evaluates together and that feel each other, or get each other's forces.
#[test]
fn replicas_together_are_replicas_alone() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    input(here);
    let text = fs::read_to_string(here.join("run.toml"))
        .unwrap()
        .replace("500 fs", "10 fs")
        .replace("every = \"5 fs\"", "every = \"1 fs\"");
    fs::write(here.join("run.toml"), text.clone() + "[replicas]\ncount = 24\n").unwrap();
    ran(program(here, &["run", "run.toml"]));
    let together: Vec<Vec<u8>> = (1..=24)
        .map(|number| fs::read(here.join(format!("outputs/run/replica-{number:02}/energies.csv"))).unwrap())
        .collect();
    assert!(together[0] != together[1], "every replica has velocities of its own");
    fs::remove_dir_all(here.join("outputs")).unwrap();
    ran(program(here, &["run", "run.toml", "--threads", "1"]));
    for (number, expected) in (1..).zip(&together) {
        let alone = fs::read(here.join(format!("outputs/run/replica-{number:02}/energies.csv"))).unwrap();
        assert!(alone == *expected, "replica {number} depends on its company");
    }
}

/// Catches: a program that does not start, or panics, on a machine without any driver.
#[test]
fn without_a_driver_all_else_works() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    input(here);
    let bare = |arguments: &[&str]| {
        let mut command = program(here, arguments);
        command.env("VK_DRIVER_FILES", "/nonexistent").env("VK_ICD_FILENAMES", "/nonexistent");
        command.output().unwrap()
    };
    let listed = bare(&["describe", "--devices"]);
    assert!(listed.status.success() && text(&listed.stdout).starts_with("no graphics processor"), "{listed:?}");
    let refused = bare(&["run", "run.toml"]);
    let said = text(&refused.stderr);
    assert!(refused.status.code() == Some(1) && said.contains("install a Vulkan driver"), "{said}");
    let speed = bare(&["evaluate", "--data", "molecule.xyz", "--model", "organic", "--out", "found.xyz"]);
    assert!(speed.status.success(), "{}", text(&speed.stderr));
}
