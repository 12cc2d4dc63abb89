//! Normal modes and thermochemistry against exact and published numbers.

use std::path::{Path, PathBuf};

use cormorant::potential::{Angle, Bond, Harmonic, Potential};
use cormorant::system::{Cell, Element, System};
use cormorant::units::{BAR, KILOJOULE_PER_MOLE};
use cormorant::vibrations::{Conditions, Contribution, Hessian, NormalModes, Thermochemistry, symmetry_number};

use crate::cli::{cormorant, text};

/// cm⁻¹ of √(1 eV/Å²/u): √(e·10²⁰/u)/(2π·100·c) in SI.
fn unit() -> f64 {
    (1.602176634e-19 * 1e20 / 1.66053906892e-27_f64).sqrt() / (std::f64::consts::TAU * 100.0 * 299792458.0)
}

fn atoms(symbols: &[&str], positions: &[[f64; 3]]) -> System {
    let elements = symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect();
    System::new(elements, positions.to_vec(), None).unwrap()
}

fn springs(bonds: &[([usize; 2], f64, f64)], angles: &[([usize; 3], f64, f64)]) -> Box<dyn Potential> {
    let bond = |(atoms, stiffness, length): &([usize; 2], f64, f64)| Bond {
        atoms: *atoms,
        force_constant: *stiffness,
        length: *length,
    };
    let angle = |(atoms, stiffness, angle): &([usize; 3], f64, f64)| Angle {
        atoms: *atoms,
        force_constant: *stiffness,
        angle: *angle,
    };
    Box::new(Harmonic::new(bonds.iter().map(bond).collect(), angles.iter().map(angle).collect()))
}

fn modes(system: &System, potential: impl Fn() -> Box<dyn Potential>, threads: usize) -> NormalModes {
    let mut potentials: Vec<_> = (0..threads).map(|_| potential()).collect();
    let hessian = Hessian::by_differences(&mut potentials, system, 0.001).unwrap();
    NormalModes::new(system, &hessian).unwrap()
}

fn close(what: &str, found: f64, exact: f64, relative: f64) {
    assert!((found / exact - 1.0).abs() < relative, "{what}: {found}, exactly {exact}");
}

// Catches: masses that are not divided by, 2π or c forgotten, a linear molecule taken for a bent one.
#[test]
fn a_diatomic_has_the_frequency_of_its_reduced_mass() {
    // Turned out of the axes, so that nothing is right by symmetry.
    let direction = [1.0 / 3.0, -2.0 / 3.0, 2.0 / 3.0];
    let system = atoms(&["H", "Cl"], &[[0.1, 0.2, 0.3], [0, 1, 2].map(|k| [0.1, 0.2, 0.3][k] + 1.27 * direction[k])]);
    let found = modes(&system, || springs(&[([0, 1], 32.0, 1.27)], &[]), 1);
    assert_eq!((found.modes.len(), found.overall), (1, 5));
    let mass = system.masses[0] * system.masses[1] / (system.masses[0] + system.masses[1]);
    close("wavenumber", found.modes[0].wavenumber, unit() * (32.0 / mass).sqrt(), 1e-6);
    // A rotation by a finite step stretches the bond a little.
    assert!(found.leak < 3.0, "overall motion has {} cm^-1", found.leak);
    let along: f64 = (0..3).map(|k| found.modes[0].displacements[0][k] * direction[k]).sum();
    let heavy: f64 = found.modes[0].displacements[1].iter().map(|x| x * x).sum::<f64>().sqrt();
    close("ratio of the amplitudes", along.abs() / heavy, system.masses[1] / system.masses[0], 1e-6);
}

// Catches: modes that mix with overall motion, degenerate modes lost, a wrong count for linear molecules.
#[test]
fn linear_and_bent_molecules_have_their_textbook_frequencies() {
    // CO2: Herzberg's valence forces: ν1² = k/mO, ν3² = k/mO·(1 + 2mO/mC), ν2² = 2κ/(l²·mO)·(1 + 2mO/mC).
    let (k, bend, length) = (100.0, 4.0, 1.16);
    let system = atoms(&["O", "C", "O"], &[[-length, 0.0, 0.0], [0.0; 3], [length, 0.0, 0.0]]);
    let (oxygen, carbon) = (system.masses[0], system.masses[1]);
    let both = [([0, 1], k, length), ([1, 2], k, length)];
    // A straight angle has a kink in its derivatives; bending is made by a weak tension of the bonds instead: O··O pushed.
    let stretched = modes(&system, || springs(&both, &[]), 2);
    assert_eq!((stretched.modes.len(), stretched.overall), (4, 5));
    let found = stretched.wavenumbers();
    close("symmetric", found[2], unit() * (k / oxygen).sqrt(), 1e-5);
    close("antisymmetric", found[3], unit() * (k / oxygen * (1.0 + 2.0 * oxygen / carbon)).sqrt(), 1e-5);
    assert!(found[0].abs() < 2.0 && found[1].abs() < 2.0, "bends without a force: {found:?}");

    // Water with valence forces k and κ (energy per rad²), l and 2α: Wilson's G matrix in closed form.
    let (length, angle) = (0.9572, 104.52_f64.to_radians());
    let half = angle / 2.0;
    let (x, y) = (length * half.sin(), length * half.cos());
    let system = atoms(&["H", "O", "H"], &[[-x, y, 0.0], [0.0; 3], [x, y, 0.0]]);
    let potential = || springs(&[([0, 1], 50.0, length), ([1, 2], 50.0, length)], &[([0, 1, 2], bend, angle)]);
    let found = modes(&system, potential, 2).wavenumbers();
    assert_eq!(found.len(), 3);
    let (h, o) = (1.0 / system.masses[0], 1.0 / system.masses[1]);
    let antisymmetric = 50.0 * (h + o * (1.0 - angle.cos()));
    close("antisymmetric stretch", found[2], unit() * antisymmetric.sqrt(), 1e-5);
    // Symmetric block: G = [[μH + μO(1 + cos), −√2·μO·sin/l], [·, 2(μH + μO(1 − cos))/l²]], F = diag(k, κ).
    let stretch = 50.0 * (h + o * (1.0 + angle.cos()));
    let bending = bend * 2.0 * (h + o * (1.0 - angle.cos())) / (length * length);
    let coupling = 50.0 * bend * 2.0 * (o * angle.sin() / length).powi(2);
    let root = ((stretch - bending).powi(2) / 4.0 + coupling).sqrt();
    close("bend", found[0], unit() * (f64::midpoint(stretch, bending) - root).sqrt(), 1e-5);
    close("symmetric stretch", found[1], unit() * (f64::midpoint(stretch, bending) + root).sqrt(), 1e-5);
}

// Catches: rotations taken out of a crystal, translations left in it, sums that depend on the number of threads.
#[test]
fn a_periodic_system_loses_its_translations_alone() {
    let mut system = atoms(&["Ar", "Ne", "Ar"], &[[0.0; 3], [1.0, 0.3, 0.2], [2.1, 0.1, 1.4]]);
    system.cell = Some(Cell::new([[20.0, 0.0, 0.0], [0.0, 20.0, 0.0], [0.0, 0.0, 20.0]]).unwrap());
    let potential = || springs(&[([0, 1], 1.0, 1.2), ([1, 2], 2.0, 1.5), ([0, 2], 1.5, 2.0)], &[]);
    let found = modes(&system, potential, 1);
    assert_eq!((found.modes.len(), found.overall), (6, 3));
    assert!(found.leak < 0.01, "translations have {} cm^-1", found.leak);
    assert_eq!(modes(&system, potential, 3), found);
}

// Catches: an imaginary frequency shown as a real one, and thermochemistry of a saddle.
#[test]
fn a_saddle_has_an_imaginary_mode() {
    // Compressed to half its length, a spring would rather turn sideways: three atoms on a line under pressure.
    let system = atoms(&["H", "O", "H"], &[[-0.8, 0.0, 0.0], [0.0; 3], [0.8, 0.0, 0.0]]);
    let found = modes(&system, || springs(&[([0, 1], 10.0, 1.0), ([1, 2], 10.0, 1.0)], &[]), 1);
    assert!(found.modes[0].wavenumber < -100.0, "{:?}", found.wavenumbers());
    let refused = Thermochemistry::new(&system, &found.wavenumbers(), 0.0, standard(1));
    assert!(refused.unwrap_err().to_string().contains("thermochemistry is not defined"));
}

fn standard(symmetry_number: u32) -> Conditions {
    Conditions { temperature: 298.15, pressure: BAR, symmetry_number, multiplicity: 1 }
}

// Catches: wrong ħ, symmetry number multiplied instead of divided, kT/p forgotten, zero-point energy counted twice.
//
// Entropies S(298.15 K, 1 bar) and enthalpies H(298.15 K) − H(0 K): Chase, NIST-JANAF Thermochemical Tables (1998), and
// CODATA Key Values (1989). Frequencies are the fundamentals and geometries the ground-state ones of Herzberg. The tables know of
// anharmonicity and of the stretching of a molecule that turns, which is why molecules agree to 0.1 % and 0.3 % only; an atom
// agrees to the last digit.
#[test]
fn published_entropies_and_enthalpies_are_met() {
    let half = 104.5_f64.to_radians() / 2.0;
    let water = atoms(
        &["H", "O", "H"],
        &[[-0.9587 * half.sin(), 0.9587 * half.cos(), 0.0], [0.0; 3], [0.9587 * half.sin(), 0.9587 * half.cos(), 0.0]],
    );
    let dioxide = atoms(&["O", "C", "O"], &[[-1.1621, 0.0, 0.0], [0.0; 3], [1.1621, 0.0, 0.0]]);
    let argon = atoms(&["Ar"], &[[0.0; 3]]);
    for (name, system, wavenumbers, symmetry, entropy, enthalpy, tolerance) in [
        ("argon", &argon, &[][..], 1, 154.846, 6.197, [0.001, 0.0005]),
        ("water", &water, &[1594.7, 3657.1, 3755.9][..], 2, 188.834, 9.904, [0.19, 0.03]),
        ("carbon dioxide", &dioxide, &[667.4, 667.4, 1333.0, 2349.1][..], 2, 213.783, 9.362, [0.21, 0.03]),
    ] {
        let found = Thermochemistry::new(system, wavenumbers, -3.0, standard(symmetry)).unwrap();
        let joule = found.entropy() / KILOJOULE_PER_MOLE * 1000.0;
        let heat = (found.enthalpy() - found.zero_point - found.potential) / KILOJOULE_PER_MOLE;
        crate::ensembles::show(&format!("{name}: {joule:.3} J/mol/K, {heat:.4} kJ/mol"));
        assert!((joule - entropy).abs() < tolerance[0], "{name}: S = {joule}, published {entropy}");
        assert!((heat - enthalpy).abs() < tolerance[1], "{name}: H − H0 = {heat}, published {enthalpy}");
        let free = found.enthalpy() - 298.15 * found.entropy();
        assert_eq!(found.free_enthalpy(), free);
    }
    let half_wave: f64 = [1594.7, 3657.1, 3755.9].iter().sum::<f64>() / 2.0;
    let found = Thermochemistry::new(&water, &[1594.7, 3657.1, 3755.9], 0.0, standard(2)).unwrap();
    // 1 cm⁻¹ = 0.0119627 kJ/mol (CODATA).
    close("zero-point energy", found.zero_point / KILOJOULE_PER_MOLE, half_wave * 0.01196266, 1e-6);
}

// Catches: an atom on a spring whose three modes are projected out as translations, and that is given the entropy of a gas.
#[test]
fn atoms_that_are_held_have_modes_of_their_own() {
    let system = atoms(&["Ar"], &[[0.3, 0.0, 0.0]]);
    let anchor = cormorant::potential::Anchor { atom: 0, force_constant: 5.0, position: system.positions[0] };
    let spring = || Box::new(Harmonic { anchors: vec![anchor], ..Harmonic::default() }) as Box<dyn Potential>;
    let field = cormorant::dynamics::ForceEvaluator::new(spring(), &system).unwrap();
    let found =
        cormorant::vibrations::Vibrations::new(system.clone(), &field, &mut [spring()], 0.005, standard(1)).unwrap();
    let exact = unit() * (5.0 / system.masses[0]).sqrt();
    assert_eq!(found.modes.modes.len(), 3);
    found.modes.wavenumbers().iter().for_each(|found| close("spring", *found, exact, 1e-6));
    let functions = found.thermochemistry.unwrap();
    assert_eq!((functions.translation, functions.expansion), (Contribution::default(), 0.0));
}

/// `count` points on a ring of `radius` at height `z`, the first at `angle`.
fn ring(count: usize, radius: f64, z: f64, angle: f64) -> Vec<[f64; 3]> {
    let place = |k: usize| angle + 2.0 * std::f64::consts::PI * k as f64 / count as f64;
    (0..count).map(|k| [radius * place(k).cos(), radius * place(k).sin(), z]).collect()
}

// Catches: reflections counted as rotations, isotopes taken for alike, a conformer that is given the symmetry of another.
#[test]
fn rotations_that_bring_a_molecule_to_itself_are_counted() {
    let tetrahedron = [[0.0; 3], [0.63, 0.63, 0.63], [0.63, -0.63, -0.63], [-0.63, 0.63, -0.63], [-0.63, -0.63, 0.63]];
    let methane = atoms(&["C", "H", "H", "H", "H"], &tetrahedron);
    let mut deuterated = methane.clone();
    deuterated.masses[1] = 2.014;
    let chiral = atoms(&["C", "H", "F", "Cl", "Br"], &tetrahedron);
    let benzene = atoms(&[["C"; 6], ["H"; 6]].concat(), &[ring(6, 1.39, 0.0, 0.3), ring(6, 2.48, 0.0, 0.3)].concat());
    let ethane = |twist: f64| {
        let places = [vec![[0.0, 0.0, 0.76], [0.0, 0.0, -0.76]], ring(3, 1.02, 1.16, 0.0), ring(3, 1.02, -1.16, twist)];
        atoms(&["C", "C", "H", "H", "H", "H", "H", "H"], &places.concat())
    };
    let ammonia = atoms(&["N", "H", "H", "H"], &[vec![[0.0, 0.0, 0.3]], ring(3, 0.94, -0.08, 0.1)].concat());
    let line = |symbols: [&str; 3]| atoms(&symbols, &[[-1.1, 0.2, 0.1], [0.0, 0.2, 0.1], [1.1, 0.2, 0.1]]);
    let octahedron = [
        [0.0; 3],
        [1.5, 0.0, 0.0],
        [-1.5, 0.0, 0.0],
        [0.0, 1.5, 0.0],
        [0.0, -1.5, 0.0],
        [0.0, 0.0, 1.5],
        [0.0, 0.0, -1.5],
    ];
    for (name, system, expected) in [
        ("methane", &methane, 12),
        ("CH3D", &deuterated, 3),
        ("CHFClBr", &chiral, 1),
        ("benzene", &benzene, 12),
        ("staggered ethane", &ethane(std::f64::consts::FRAC_PI_3), 6),
        ("eclipsed ethane", &ethane(0.0), 6),
        ("twisted ethane", &ethane(0.5), 6),
        ("ammonia", &ammonia, 3),
        ("carbon dioxide", &line(["O", "C", "O"]), 2),
        ("nitrous oxide", &line(["N", "N", "O"]), 1),
        ("sulfur hexafluoride", &atoms(&["S", "F", "F", "F", "F", "F", "F"], &octahedron), 24),
        ("argon", &atoms(&["Ar"], &[[0.0; 3]]), 1),
    ] {
        assert_eq!(symmetry_number(system), expected, "{name}");
    }
}

// Catches: a crystal that is given the entropy of a gas.
#[test]
fn a_crystal_has_vibrations_alone() {
    let mut system = atoms(&["Ar", "Ar"], &[[0.0; 3], [2.0, 0.0, 0.0]]);
    system.cell = Some(Cell::new([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 9.0]]).unwrap());
    let found = Thermochemistry::new(&system, &[50.0, 60.0, 70.0], 0.0, standard(1)).unwrap();
    assert_eq!((found.translation, found.rotation), (Contribution::default(), Contribution::default()));
    assert_eq!(found.enthalpy(), found.internal_energy());
    // Dulong and Petit: kT for each mode well above its quantum, to second order in x.
    let thermal = cormorant::units::BOLTZMANN * 298.15;
    assert!((found.vibration.energy / (3.0 * thermal) - 1.0).abs() < 0.01);
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The second column of a CSV table, without comments and head.
fn second_column(path: &Path) -> Vec<f64> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect()
}

// Catches: files that are missing or have another number of frames, results that depend on the number of threads.
#[test]
fn the_program_writes_frequencies_films_and_thermochemistry() {
    let folder = tempfile::tempdir().unwrap();
    let input = format!(
        "version = 1\nname = \"ethanol\"\nstructure = {{ file = \"{0}/inputs/structures/ethanol.xyz\" }}\n\
         potential = {{ model = \"{0}/models/ethanol\" }}\nvibrations = {{ films = [1, 21], frames = 6 }}\n",
        root().display()
    );
    std::fs::write(folder.path().join("ethanol.toml"), input).unwrap();
    let output = cormorant(folder.path(), &["vibrations", "ethanol.toml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let results = folder.path().join("outputs/ethanol");
    let found = second_column(&results.join("frequencies.csv"));
    assert_eq!(found.len(), 21);
    assert!(found[0] > 100.0 && (2700.0..4000.0).contains(&found[20]), "{found:?}");
    for (name, lines) in [("mode-01.xyz", 66), ("mode-21.xyz", 66), ("minimum.xyz", 11), ("thermochemistry.csv", 10)] {
        let text = std::fs::read_to_string(results.join(name)).unwrap();
        assert_eq!(text.lines().count(), lines, "{name}");
    }
    let again = cormorant(folder.path(), &["vibrations", "ethanol.toml"]);
    assert!(text(&again.stderr).contains("already exists"), "{}", text(&again.stderr));
    let threads = cormorant(folder.path(), &["vibrations", "ethanol.toml", "--force", "--threads", "3"]);
    assert!(threads.status.success(), "{}", text(&threads.stderr));
    assert_eq!(second_column(&results.join("frequencies.csv")), found);
    assert!(text(&threads.stdout).contains("J/(mol K)"), "{}", text(&threads.stdout));
}

// Catches: a model that does not know the curvature of what it was fitted to, masses or units that differ from pyscf's.
#[test]
fn the_shipped_ethanol_vibrates_like_its_reference() {
    let folder = tempfile::tempdir().unwrap();
    let input = format!(
        "version = 1\nname = \"ethanol\"\nstructure = {{ file = \"{0}/tests/data/ethanol-minimum.xyz\" }}\n\
         potential = {{ model = \"{0}/models/ethanol\" }}\nvibrations = {{ films = [] }}\n",
        root().display()
    );
    std::fs::write(folder.path().join("ethanol.toml"), input).unwrap();
    let output = cormorant(folder.path(), &["vibrations", "ethanol.toml", "--quiet"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let found = second_column(&folder.path().join("outputs/ethanol/frequencies.csv"));
    let reference = second_column(&root().join("tests/data/ethanol-frequencies.csv"));
    assert_eq!((found.len(), reference.len()), (21, 21));
    let errors: Vec<f64> = found.iter().zip(&reference).map(|(model, exact)| model - exact).collect();
    let mean = errors.iter().map(|error| error.abs()).sum::<f64>() / 21.0;
    crate::ensembles::show(&format!("mean absolute error {mean:.2} cm^-1, errors {errors:.1?}"));
    // 15 cm⁻¹ was the goal; the shipped model had 1.5 when this was written.
    assert!(mean < 5.0, "the mean absolute error is {mean} cm^-1: {errors:.1?}");
}

/// Catches: a table that may be left out, and without which the input is taken for that of a run.
#[test]
fn the_table_may_be_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("modes.toml");
    let text = "version = 1\nname = \"m\"\nstructure = { file = \"a.xyz\" }\npotential = { model = \"organic\" }\n";
    std::fs::write(&path, text).unwrap();
    for table in ["vibrations", "elastic"] {
        let read = cormorant::settings::Input::read_for(&path, table).unwrap();
        assert!(read.purpose().contains(table) || read.purpose().contains("elastic constants"), "{}", read.purpose());
        let again = read.to_toml(Some(folder.path())).unwrap();
        let twin = cormorant::settings::Input::from_text(again, &path).unwrap();
        assert_eq!(twin.purpose(), read.purpose(), "the resolved input is that of something else");
    }
    std::fs::write(&path, format!("{text}stage = [{{ duration = \"1 fs\", time_step = \"1 fs\" }}]\n")).unwrap();
    let read = cormorant::settings::Input::read_for(&path, "vibrations").unwrap();
    assert!(read.purpose().contains("cormorant run"));
}
