//! What the library has can be asked for in an input: constraints, r-RESPA, sums, restraints, cells.

use std::path::Path;

use cormorant::dynamics::{Baoab, ForceEvaluator, Integrator, Langevin, Thermostat};
use cormorant::noise::Noise;
use cormorant::settings::{Input, RunInput};
use cormorant::simulation::Simulation;
use cormorant::system::observables::{Removed, degrees_of_freedom, kinetic_energy, momentum};
use cormorant::system::vector::{difference, norm};
use cormorant::units::{BOLTZMANN, FEMTOSECOND};

use crate::ensembles::assert_mean;
use crate::wells::{Well, crowd};

/// An input of ethanol with its results in `folder`.
fn input(folder: &Path, rest: &str) -> RunInput {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = format!(
        "version = 1\nname = \"reach\"\n[output]\nfolder = \"results\"\n[structure]\nfile = \"{}\"\n{rest}",
        root.join("inputs/structures/ethanol.xyz").display(),
    );
    let text = text.replace("MODEL", root.join("models/ethanol").to_str().unwrap());
    let path = folder.join("reach.toml");
    std::fs::write(&path, text).unwrap();
    match Input::read(&path).unwrap_or_else(|error| panic!("{error}")) {
        Input::Run(run) => *run,
        _ => panic!("not a run"),
    }
}

const EVERYTHING: &str = r#"
[[potential]]
model = "MODEL"

[[potential]]
kind = "harmonic"
positions = [{ atoms = [1], stiffness = "5 eV/Å^2" }]

[[potential]]
kind = "walls"
spheres = [{ center = ["0 Å", "0 Å", "0 Å"], radius = "1.5 Å", stiffness = "2 eV/Å^2" }]

[constraints]
bonds = "hydrogen"

[minimize]

[velocities]
temperature = "300 K"

[[stage]]
duration = "60 fs"
time_step = "1 fs"
integrator = "respa"
inner = { steps = 3, potential = { kind = "harmonic", bonds = [{ atoms = [1, 2], stiffness = "28 eV/Å^2", rest = "1.52 Å" }] } }

[[stage]]
duration = "60 fs"
time_step = "1 fs"
thermostat = { kind = "langevin", temperature = "300 K", friction = "10 / ps" }
write = [{ kind = "restart", every = "20 fs" }]
"#;

/// Lengths of the bonds of hydrogen.
fn lengths(simulation: &Simulation) -> Vec<f64> {
    let system = &simulation.system;
    let pairs = system.constraints.bonds().iter().map(|bond| bond.atoms);
    pairs.map(|[i, j]| norm(difference(system.positions[j], system.positions[i]))).collect()
}

// Catches: constraints, restraints or inner potentials that are read and then forgotten, and a continuation that loses a bit.
#[test]
fn constraints_restraints_and_respa_run_and_resume() {
    let whole = tempfile::tempdir().unwrap();
    let build = |folder: &Path| {
        std::fs::create_dir_all(folder.join("results")).unwrap();
        let run = input(folder, EVERYTHING);
        let mut simulation = run.build().unwrap();
        simulation.input = "the same".into();
        simulation
    };
    let mut simulation = build(whole.path());
    let before = lengths(&simulation);
    assert_eq!(before.len(), 6, "bonds of hydrogen in ethanol");
    assert_eq!(simulation.system.constraints.count(), 6);
    let outcome = simulation.run().unwrap();
    for (now, before) in lengths(&simulation).iter().zip(&before) {
        assert!((now / before - 1.0).abs() < 1e-11, "{now} of {before}");
    }
    for stage in &outcome.stages {
        assert!(stage.largest_deviation < 2.0, "{}: {} meV/atom", stage.name, stage.largest_deviation);
    }
    let bytes = |folder: &Path| std::fs::read(folder.join("results/restart.safetensors")).unwrap();
    for part in [25, 85] {
        let parted = tempfile::tempdir().unwrap();
        let mut first = build(parted.path());
        first.observers.push(Box::new(crate::restart::StopAt(part, first.stop.clone())));
        assert!(first.run().is_err());
        let mut second = build(parted.path());
        second.resume(&parted.path().join("results/restart.safetensors")).unwrap();
        second.run().unwrap();
        assert!(bytes(whole.path()) == bytes(parted.path()), "stopped at {part}");
    }
}

// Catches: a fixed center of mass that a bath or a wall pushes after all, or that costs the wrong number of degrees.
#[test]
fn the_center_of_mass_stays_and_the_temperature_is_right() {
    let noise = Noise::new(71);
    let mut system = crowd(6, 0.0, 72);
    system.fix_center_of_mass().unwrap();
    let freedom = degrees_of_freedom(&system, Removed { translation: true, rotation: false });
    assert_eq!(freedom, 15);
    cormorant::system::velocities::draw(&mut system, 300.0, Removed::default(), &noise).unwrap();
    let center = cormorant::system::observables::center_of_mass(&system);
    let mut bath = Langevin::new(300.0, 0.02 / FEMTOSECOND).unwrap();
    bath.prepare(freedom);
    let mut field = ForceEvaluator::new(Box::new(Well::CHAOTIC), &system).unwrap();
    let mut integrator = Baoab::new(0.5 * FEMTOSECOND).unwrap();
    let mut series = Vec::new();
    for _ in 0..200_000 {
        integrator.step(&mut system, &mut field, &mut bath, &noise).unwrap();
        series.push(kinetic_energy(&system));
    }
    let moved = norm(difference(cormorant::system::observables::center_of_mass(&system), center));
    assert!(moved < 1e-9 && norm(momentum(&system)) < 1e-9, "{moved} Å, {:?}", momentum(&system));
    assert_mean("kinetic energy about the center", &series, 0.5 * freedom as f64 * BOLTZMANN * 300.0, 0.02);
    assert!(system.fix_atoms(&[1]).is_err());
}

// Catches: fixed atoms that move, or overall motion taken out where it is not conserved.
#[test]
fn fixed_atoms_can_be_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[potential]\nmodel = \"MODEL\"\n[constraints]\nfixed_atoms = [1, 3]\n[velocities]\ntemperature = \"300 K\"\n\
                [[stage]]\nduration = \"20 fs\"\ntime_step = \"0.5 fs\"\n";
    let mut simulation = input(folder.path(), text).build().unwrap();
    simulation.restart = None;
    let first = simulation.system.positions.clone();
    simulation.run().unwrap();
    for (atom, (now, then)) in simulation.system.positions.iter().zip(&first).enumerate() {
        assert_eq!(now == then, atom == 0 || atom == 2, "atom {atom}");
    }
}

// Catches: mistakes that only the structure shows, reported as something else or not at all.
#[test]
fn constraints_that_do_not_fit_the_structure_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |lines: &str| {
        let text = format!(
            "{lines}\n[[stage]]\nduration = \"1 fs\"\ntime_step = \"1 fs\"\n[[potential]]\nmodel = \"MODEL\"\n"
        );
        input(folder.path(), &text).build().err().unwrap().to_string()
    };
    let say = |lines: &str, expected: &str| {
        let found = refused(lines);
        assert!(found.contains(expected) && found.contains("ethanol.xyz"), "{lines}: {found}");
    };
    say("[constraints]\nfixed_atoms = [10]", "there is no atom 10 among 9");
    say("[constraints]\nbonds = [[1, 12]]", "there is no atom 12 among 9");
    say("[constraints]\nangles = [[1, 2, 3]]", "the angle 1-2-3 can stay only if its two bonds do");
    say("[minimize]\ncell = \"full\"", "has no cell, so [minimize] cannot change it");
}

// Catches: masses of other atoms changed, velocities of the file changed with them, a name that nothing answers to.
#[test]
fn masses_can_be_given() {
    let folder = tempfile::tempdir().unwrap();
    // Velocities are taken from formats that state their unit, here nm/ps.
    let water = [
        "water",
        "    3",
        "    1WAT      O    1   0.000   0.000   0.000  0.0000  0.0000  0.0000",
        "    1WAT      H    2   0.096   0.000   0.000  0.1000  0.2000  0.3000",
        "    1WAT      H    3  -0.024   0.093   0.000  0.0000  0.0000 -0.1000",
        "   9.0 9.0 9.0\n",
    ]
    .join("\n");
    std::fs::write(folder.path().join("water.gro"), water).unwrap();
    let built = |masses: &str| {
        let text = format!(
            "version = 1\nname = \"water\"\nstructure = {{ file = \"water.gro\", masses = {masses} }}\n\
             potential = {{ kind = \"zbl\", switch_from = \"0.1 Å\", cutoff = \"0.2 Å\" }}\n\
             stage = [{{ duration = \"1 fs\", time_step = \"1 fs\" }}]\n"
        );
        let path = folder.path().join("water.toml");
        std::fs::write(&path, text).unwrap();
        let Input::Run(run) = Input::read(&path).unwrap() else { panic!("not a run") };
        run.structure.system()
    };
    let (light, heavy) = (built("{}").unwrap(), built("{ H = \"3 u\" }").unwrap());
    assert_eq!((heavy.masses[0], heavy.masses[1], heavy.masses[2]), (light.masses[0], 3.0, 3.0));
    for (atom, axis) in [(0, 0), (1, 0), (1, 1), (1, 2), (2, 2)] {
        let (before, now) = (light.velocity(atom)[axis], heavy.velocity(atom)[axis]);
        assert!((now - before).abs() <= 1e-15 && (atom == 0 || now != 0.0), "{now} was {before}");
    }
    let refused = built("{ C = \"13 u\" }").unwrap_err().to_string();
    assert!(refused.contains("lists C") && refused.contains("water.gro"), "{refused}");
}

// Catches: rigid water that is not: an angle kept by the wrong atoms, or an H-H that takes part in two molecules.
#[test]
fn water_can_be_made_rigid() {
    let folder = tempfile::tempdir().unwrap();
    let water = "6\n\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\nH 2.0 2.9 0\nO 2.0 2.0 0\nH 1.1 1.7 0.1\n";
    std::fs::write(folder.path().join("water.xyz"), water).unwrap();
    let text = "version = 1\nname = \"water\"\nstructure = { file = \"water.xyz\" }\n\
                potential = { kind = \"zbl\", switch_from = \"0.1 Å\", cutoff = \"0.2 Å\" }\n\
                constraints = { bonds = \"all\", angles = \"water\" }\nstage = [{ duration = \"1 fs\", time_step = \"1 fs\" }]\n";
    let path = folder.path().join("water.toml");
    std::fs::write(&path, text).unwrap();
    let Input::Run(run) = Input::read(&path).unwrap() else { panic!("not a run") };
    let simulation = run.build().unwrap();
    let mut pairs: Vec<[usize; 2]> = simulation.system.constraints.bonds().iter().map(|bond| bond.atoms).collect();
    for pair in &mut pairs {
        pair.sort_unstable();
    }
    pairs.sort_unstable();
    assert_eq!(pairs, [[0, 1], [0, 2], [1, 2], [3, 4], [3, 5], [4, 5]]);
}

// Catches: rows taken for columns, angles in another order or unit.
#[test]
fn oblique_cells_can_be_written_in_two_ways() {
    let folder = tempfile::tempdir().unwrap();
    let cell = |text: &str| {
        let rest = format!(
            "cell = {text}\n[potential]\nkind = \"stillinger-weber\"\n[[stage]]\nduration = \"1 fs\"\ntime_step = \"1 fs\"\n"
        );
        input(folder.path(), &rest).system().unwrap().cell.unwrap()
    };
    let shape = cell("{ lengths = [\"5 Å\", \"0.6 nm\", \"7 Å\"], angles = [\"80 deg\", \"95 deg\", \"120 deg\"] }");
    for (found, expected) in shape.angles().iter().zip([80.0, 95.0, 120.0]) {
        assert!((found - expected).abs() < 1e-9, "{found}");
    }
    let text: Vec<String> =
        shape.rows().iter().map(|row| format!("[{}]", row.map(|x| format!("\"{x} Å\"")).join(", "))).collect();
    assert_eq!(cell(&format!("[{}]", text.join(", "))), shape);
    assert_eq!(shape.rows()[0], [5.0, 0.0, 0.0]);
}
