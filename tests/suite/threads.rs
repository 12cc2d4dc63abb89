//! The same bits for any number of threads, and a word about instruction sets.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cli::{ARGON, argon, cormorant, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const RESULTS: [&str; 3] = ["energies.csv", "trajectory.xyz", "restart.safetensors"];

/// Eight molecules of ethanol in a box of 13 Å.
fn box_of_ethanol() -> String {
    let molecule = cormorant::io::read_structure(&root().join("inputs/structures/ethanol.xyz"), None).unwrap();
    let mut text = String::from("72\nLattice=\"13 0 0 0 13 0 0 0 13\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\n");
    for corner in 0..8 {
        let shift = [corner & 1, corner >> 1 & 1, corner >> 2].map(|bit| 6.5 * f64::from(bit));
        for (element, position) in molecule.elements.iter().zip(&molecule.positions) {
            let [x, y, z] = [0, 1, 2].map(|axis| position[axis] + shift[axis]);
            text += &format!("{element} {x} {y} {z}\n");
        }
    }
    text
}

fn learned(structure: &str, threads: usize, steps: u32) -> String {
    let model = root().join("models/ethanol");
    format!(
        "version = 1\nname = \"run\"\nseed = 3\nstructure = {{ file = \"{structure}\", cell = \"file\" }}\n\
         potential = {{ model = \"{}\", threads = {threads} }}\nvelocities = {{ temperature = \"300 K\" }}\n\
         guards = {{ extrapolation = \"ignore\", close_contact = \"ignore\" }}\n[[stage]]\nduration = \"{} fs\"\n\
         time_step = \"0.5 fs\"\nthermostat = {{ kind = \"bussi\", temperature = \"300 K\", relaxation_time = \"50 fs\" }}\n\
         write = [{{ kind = \"energies\", every = \"1 fs\" }}, {{ kind = \"trajectory\", file = \"trajectory.xyz\", every = \"5 fs\" }}]\n",
        model.display(),
        f64::from(steps) * 0.5
    )
}

/// The bytes of every result of a run.
fn results(here: &Path, name: &str, variables: &[(&str, &str)]) -> Vec<Vec<u8>> {
    let _ = fs::remove_dir_all(here.join("outputs"));
    let output = Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(["run", name, "--quiet"])
        .current_dir(here)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let folder = fs::read_dir(here.join("outputs")).unwrap().next().unwrap().unwrap().path();
    RESULTS.map(|name| fs::read(folder.join(name)).unwrap()).to_vec()
}

/// Catches: a sum whose order depends on who finishes first, in the network, the neighbor search or the pair potentials.
#[test]
fn one_two_and_four_threads_give_the_same_bits() {
    let folder = argon();
    let here = folder.path();
    fs::copy(root().join("inputs/structures/ethanol.xyz"), here.join("molecule.xyz")).unwrap();
    fs::write(here.join("box.xyz"), box_of_ethanol()).unwrap();
    for (structure, steps) in [("molecule.xyz", 400), ("box.xyz", 60)] {
        let all = [1, 2, 4].map(|threads| {
            let text = learned(structure, threads, steps);
            let text = if structure == "box.xyz" { text } else { text.replace("\"file\"", "\"none\"") };
            fs::write(here.join("run.toml"), text).unwrap();
            results(here, "run.toml", &[])
        });
        assert!(all[0] == all[1] && all[0] == all[2], "{structure}: the results depend on the number of threads");
    }
    let all = ["1", "2", "4"].map(|threads| results(here, "argon.toml", &[("RAYON_NUM_THREADS", threads)]));
    assert!(all[0] == all[1] && all[0] == all[2], "argon: the results depend on the number of threads");
}

/// Catches: a run that goes on with other instructions in silence, or a warning where every machine gives the same bits.
#[test]
fn going_on_with_another_instruction_set_warns() {
    let folder = argon();
    let here = folder.path();
    fs::copy(root().join("inputs/structures/ethanol.xyz"), here.join("molecule.xyz")).unwrap();
    fs::write(here.join("run.toml"), learned("molecule.xyz", 1, 20).replace("\"file\"", "\"none\"")).unwrap();
    fs::write(here.join("argon.toml"), ARGON).unwrap();
    let run = |name: &str, set: &str, more: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_cormorant"))
            .args(["run", name, more])
            .current_dir(here)
            .env("CORMORANT_INSTRUCTION_SET", set)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(run("run.toml", "plain", "--force").contains("instruction set: plain"));
    let head = fs::read_to_string(here.join("outputs/run/input.toml")).unwrap();
    assert!(head.starts_with("# Written by cormorant ") && head.contains("instruction set plain"), "{head}");
    let trajectory = fs::read_to_string(here.join("outputs/run/trajectory.xyz")).unwrap();
    assert!(trajectory.lines().nth(1).unwrap().contains(" instruction_set=plain "), "{trajectory}");
    let described = text(&cormorant(here, &["describe", "outputs/run/restart.safetensors"]).stdout);
    assert!(described.contains("instruction set plain"), "{described}");
    let same = run("run.toml", "plain", "--resume");
    assert!(!same.contains("warning"), "{same}");
    let other = run("run.toml", "avx2", "--resume");
    // A machine without AVX2 goes on with what it has, which is the same again.
    if other.contains("instruction set: avx2") {
        assert!(other.contains("started with the instruction set plain and continues with avx2"), "{other}");
    }
    run("argon.toml", "plain", "--force");
    assert!(!run("argon.toml", "avx2", "--resume").contains("instruction set"));
}
