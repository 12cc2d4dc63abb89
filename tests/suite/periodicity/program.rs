//! Slabs through the built program: data, fits, runs, refusals.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use cormorant::noise::{Consumer, Noise};
use cormorant::system::vector::plus;

use super::{SLAB, silicon};
use crate::cli::{cormorant, text};

fn done(here: &Path, arguments: &[&str]) -> String {
    let output = cormorant(here, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout) + &text(&output.stderr)
}

fn refused(here: &Path, arguments: &[&str], expected: &str) {
    let output = cormorant(here, arguments);
    let message = text(&output.stderr);
    assert!(output.status.code() == Some(1) && message.contains(expected), "{arguments:?}: {message}");
}

/// Sixteen shaken slabs of silicon with the labels that models/silicon gives them; the cell is flat.
fn labeled(here: &Path) {
    let mut frames = String::new();
    let mut stream = Noise::new(51).stream(Consumer::Test, 0, 0);
    for frame in 0..16 {
        let edge = 5.35 + 0.015 * f64::from(frame);
        let slab = silicon(SLAB, edge / 5.45);
        writeln!(frames, "8\nLattice=\"{edge} 0 0 0 {edge} 0 0 0 0\" Properties=species:S:1:pos:R:3 pbc=\"T T F\"")
            .unwrap();
        for position in &slab.positions {
            let [x, y, z] = plus(*position, 0.05, stream.normal_vector());
            writeln!(frames, "Si {x} {y} {z}").unwrap();
        }
    }
    fs::write(here.join("slabs.xyz"), frames).unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/silicon");
    done(here, &["evaluate", "--model", model.to_str().unwrap(), "--data", "slabs.xyz", "--out", "labeled.xyz"]);
}

/// The data as a program has it that divides the virial by the volume of a box of 20 Å and leaves out what lies across the slab.
fn with_stress(here: &Path) {
    let text = fs::read_to_string(here.join("labeled.xyz")).unwrap();
    let mut frames = String::new();
    for line in text.lines() {
        let Some((before, rest)) = line.split_once(" virial=\"") else {
            frames += &format!("{line}\n");
            continue;
        };
        let (virial, after) = rest.split_once('"').unwrap();
        let virial: Vec<f64> = virial.split(' ').map(|x| x.parse().unwrap()).collect();
        let edge: f64 = line.split('"').nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let stress = |at: usize| if SLAB[at / 3] && SLAB[at % 3] { -virial[at] / (edge * edge * 20.0) } else { 0.0 };
        let stress: Vec<String> = (0..9).map(|at| stress(at).to_string()).collect();
        let before = before.replace(" 0.0 0.0 0.0\"", " 0.0 0.0 20.0\"");
        frames += &format!("{before} stress=\"{}\"{after}\n", stress.join(" "));
    }
    fs::write(here.join("stress.xyz"), frames).unwrap();
}

const FIT: &str = r#"version = 1
name = "slabs"
seed = 3
output = { folder = "slabs" }
data = { file = "labeled.xyz", train = 12, validation = 2, test = 2 }
model = { channels = 16, max_degree = 1, layers = 1, products = 1, radial_hidden = 16, radial_functions = 6 }
run = { epochs = 2, threads = 1 }
"#;

const RUN: &str = r#"version = 1
name = "run"
structure = { file = "slabs.xyz" }
potential = { model = "MODEL" }
guards = { largest_displacement = "none", extrapolation = "ignore", close_contact = "ignore" }

[minimize]
largest_force = "50 eV/Å"
cell = "isotropic"
largest_stress = "1000 N/m"

[[stage]]
duration = "4 fs"
time_step = "0.5 fs"
thermostat = { kind = "bussi", temperature = "300 K", relaxation_time = "100 fs" }
write = [{ kind = "trajectory", file = "t.dcd", every = "1 fs" }, { kind = "energies", every = "1 fs" }]
"#;

// Catches: a data set of slabs that is refused, learned as crystals or as molecules, or whose stress is divided by something else; a model
// that has learned slabs and warns of them, or does not warn of what it has not seen.
#[test]
fn slabs_are_data_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    labeled(here);
    with_stress(here);
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/silicon");
    let model = model.to_str().unwrap();
    for file in ["labeled.xyz", "stress.xyz"] {
        let found = done(here, &["evaluate", "--model", model, "--data", file, "--json"]);
        let found: serde_json::Value = serde_json::from_str(&found).unwrap();
        for (key, most) in [("energy_mae", 0.1), ("force_mae", 0.1), ("virial_mae_per_atom", 0.1)] {
            assert!(found[key].as_f64().unwrap() < most, "{file}: {found}");
        }
    }
    assert!(done(here, &["describe", "slabs.xyz"]).contains("cell of a slab with 28.62"));
    fs::write(here.join("fit.toml"), FIT).unwrap();
    let said = done(here, &["fit", "fit.toml"]);
    assert!(said.contains("12 training"), "{said}");
    fs::write(here.join("run.toml"), RUN.replace("MODEL", "slabs")).unwrap();
    let said = done(here, &["run", "run.toml"]);
    assert!(!said.contains("but the training frames in"), "{said}");
    assert!(said.contains("cannot store which directions are periodic"), "{said}");
    assert!(here.join("outputs/run/report.html").exists());
    let table = fs::read_to_string(here.join("outputs/run/energies.csv")).unwrap();
    assert!(table.starts_with("step,") && table.lines().next().unwrap().ends_with("area/Å^2"), "{table}");
    fs::write(here.join("other.toml"), RUN.replace("MODEL", model).replace("name = \"run\"", "name = \"other\""))
        .unwrap();
    let said = done(here, &["run", "other.toml"]);
    assert!(
        said.contains("the system repeats in two directions, but the training frames in three directions"),
        "{said}"
    );
    // The report of a fit draws what was kept of its frames.
    assert!(done(here, &["report", "slabs"]).contains("report.html"));
}

// Catches: a pressure per volume where there is none, elastic constants of a slab, a direction that repeats without a cell: taken without a
// word, or refused without a way out.
#[test]
fn what_has_no_meaning_is_refused_with_the_remedy() {
    let folder = crate::cli::argon();
    let here = folder.path();
    let slab = crate::cli::ARGON
        .replace("{ file = \"argon.xyz\" }", "{ file = \"argon.xyz\", periodic = [true, true, false] }");
    let barostat = |pressure: &str, compressibility: &str| {
        let kind = "kind = \"stochastic-cell-rescaling\"";
        format!(
            "\nbarostat = {{ {kind}, pressure = \"{pressure}\", relaxation_time = \"1 ps\", compressibility = \"{compressibility}\" }}\n"
        )
    };
    let with = |pressure: &str, compressibility: &str| {
        slab.replacen(
            "friction = \"1 / ps\" }",
            &format!("friction = \"1 / ps\" }}{}", barostat(pressure, compressibility)),
            1,
        )
    };
    for (number, (input, expected)) in [
        (with("1 bar", "0.1 m/N"), "its pressure is a force per length, but `pressure` is \"1 bar\"; write it in N/m"),
        (with("0 bar", "4.5e-5 / bar"), "but `compressibility` is \"4.5e-5 / bar\"; write it in m/N"),
        (
            crate::cli::ARGON
                .replace("\"argon.xyz\" }", "\"argon.xyz\", cell = \"none\", periodic = [true, false, false] }"),
            "`cell` is \"none\"",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("{number}.toml");
        fs::write(here.join(&name), input).unwrap();
        refused(here, &["run", &name], expected);
    }
    fs::write(here.join("good.toml"), with("0 bar", "0.1 m/N")).unwrap();
    let said = done(here, &["run", "good.toml"]);
    assert!(said.contains("at 0.0000 N/m"), "{said}");
    let elastic = "version = 1\nname = \"e\"\n[structure]\nfile = \"argon.xyz\"\nperiodic = [true, true, false]\n[potential]\n\
                   kind = \"lennard-jones\"\nepsilon = \"0.0103 eV\"\nsigma = \"3.405 Å\"\ncutoff = \"7.5 Å\"\n[elastic]\nstrain = 0.002\n";
    fs::write(here.join("elastic.toml"), elastic).unwrap();
    refused(here, &["elastic", "elastic.toml"], "elastic constants are those of a crystal that repeats in all three");
}

// Catches: an example that does not run as it stands.
#[test]
fn the_example_of_a_slab_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let example = fs::read_to_string(root.join("inputs/simulate-silicon-slab.toml")).unwrap();
    let short = example
        .replace("duration = \"2 ps\"", "duration = \"40 fs\"")
        .replace("\"structures/", &format!("\"{}/inputs/structures/", root.display()))
        .replace("\"../models/", &format!("\"{}/models/", root.display()));
    assert_ne!(example, short);
    fs::write(folder.path().join("slab.toml"), short).unwrap();
    let said = done(folder.path(), &["run", "slab.toml"]);
    assert!(said.contains("temperature"), "{said}");
    let last = fs::read_to_string(folder.path().join("outputs/silicon-slab/trajectory.xyz")).unwrap();
    assert!(last.contains("pbc=\"T T F\"") && last.contains("virial=") && !last.contains("stress="));
}
