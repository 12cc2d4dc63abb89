//! Charges, dipoles and infrared spectra, against closed formulas for atoms with fixed charges.

use std::f64::consts::TAU;
use std::fs;
use std::path::Path;

use cormorant::Result;
use cormorant::analysis::{Analysis, Curves, Findings, InfraredSpectrum, Sample};
use cormorant::dynamics::VelocityVerlet;
use cormorant::io::{ExtendedXyzReader, TrajectoryFrame, TrajectoryReader, extended_xyz};
use cormorant::model::{CormorantConfig, Moments};
use cormorant::potential::{
    Bond, Committee, Evaluation, Harmonic, LearnedPotential, LennardJones, MeanOverBeads, Morse, Potential, Precision,
    RequestedProperties, Spread, StillingerWeber, Sum, Truncation, Wall, WallShape, Walls, Zbl,
};
use cormorant::report::{Analyzed, Table, Trajectory};
use cormorant::simulation::{Schedule, Simulation, Stage};
use cormorant::system::{Cell, Element, System};
use cormorant::units::{BOLTZMANN, FEMTOSECOND, PICOSECOND};
use cormorant::vibrations::{Hessian, NormalModes};

use crate::analysis::{assert_resumes, system};
use crate::cli::{cormorant, text};
use crate::learned::{ethanol, random_model};

/// SI 2019 and CODATA 2022.
const E: f64 = 1.602176634e-19;
const AVOGADRO: f64 = 6.02214076e23;
const LIGHT: f64 = 299792458.0;
const VACUUM: f64 = 8.8541878188e-12;
const DALTON: f64 = 1.66053906892e-27;

const TEMPERATURE: f64 = 300.0;
const WAVENUMBER: f64 = 1500.0;

/// Atoms on springs that hold these charges, and these dipoles if there are any.
#[derive(Clone)]
struct Charged {
    springs: Vec<Bond>,
    charges: Vec<f64>,
    dipoles: Vec<[f64; 3]>,
}

impl Charged {
    fn pair(charge: f64, force_constant: f64, length: f64) -> Self {
        let springs = vec![Bond { atoms: [0, 1], force_constant, length }];
        Self { springs, charges: vec![charge, -charge], dipoles: Vec::new() }
    }

    fn boxed(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}

impl Potential for Charged {
    fn name(&self) -> String {
        "charged springs".into()
    }
    fn cutoff(&self) -> Option<f64> {
        None
    }
    fn accepts(&self, _element: Element) -> bool {
        true
    }
    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        Harmonic::new(self.springs.clone(), Vec::new()).evaluate(system, want, into)?;
        into.charges.clone_from(&self.charges);
        into.dipoles.clone_from(&self.dipoles);
        Ok(())
    }
}

fn evaluate(potential: &mut dyn Potential, system: &System) -> Evaluation {
    let mut found = Evaluation::default();
    potential.evaluate(system, RequestedProperties::default(), &mut found).unwrap();
    found
}

fn close(what: &str, found: f64, exact: f64, relative: f64) {
    assert!((found / exact - 1.0).abs() < relative, "{what}: {found}, exactly {exact}");
}

/// Intensity in km/mol of |∂M/∂Q|² (e²/u): N_A/(12 ε₀ c²) |∂M/∂Q|², all in SI.
fn intensity(square: f64) -> f64 {
    AVOGADRO * square * E * E / DALTON / (12.0 * VACUUM * LIGHT * LIGHT) / 1000.0
}

/// Catches: a dipole about the origin, of charges alone, or with the sign of charges on atoms wrong.
#[test]
fn a_dipole_is_that_of_charges_and_dipoles_about_the_center_of_mass() {
    let pair = system(&["H", "Cl"], vec![[1.0, 2.0, 3.0], [1.0, 2.0, 4.3]], None);
    let mut potential = Charged::pair(0.2, 1.0, 1.3);
    potential.dipoles = vec![[0.1, 0.0, 0.0], [0.0, 0.0, -0.5]];
    let [x, y, z] = evaluate(&mut potential, &pair).dipole(&pair).unwrap();
    assert!((x - 0.1).abs() < 1e-14 && y.abs() < 1e-14 && (z + 0.2 * 1.3 + 0.5).abs() < 1e-14, "{x} {y} {z}");
    // An ion: charge times the way from the center of mass, wherever it is.
    let ion = Charged { charges: vec![1.0, 0.0], ..Charged::pair(0.0, 1.0, 1.3) };
    let arm = -1.3 * pair.masses[1] / (pair.masses[0] + pair.masses[1]);
    let found = evaluate(&mut ion.clone(), &pair).dipole(&pair).unwrap();
    assert!((found[2] - arm).abs() < 1e-13, "{found:?}, exactly {arm}");
    assert_eq!(evaluate(&mut Harmonic::new(Vec::new(), Vec::new()), &pair).dipole(&pair), None);
}

/// Catches: charges, dipoles or spread of the potential before in the evaluation of one that has none.
#[test]
fn a_reused_evaluation_keeps_nothing() {
    let argon = Element::from_symbol("Ar").unwrap();
    let positions = vec![[0.0; 3], [2.5, 0.1, 0.0], [0.2, 2.6, 0.3]];
    let (argons, silicons) = (system(&["Ar"; 3], positions.clone(), None), system(&["Si"; 3], positions, None));
    let jones = || Box::new(LennardJones::argon(8.0).unwrap()) as Box<dyn Potential>;
    let morse = Morse::new(6.0, Truncation::Shifted).unwrap().with(argon, argon, 0.1, 1.5, 2.5).unwrap();
    let wall = Wall {
        shape: WallShape::Sphere { center: [0.0; 3], radius: 1.0, inside: true },
        atoms: Vec::new(),
        force_constant: 1.0,
    };
    let springs = || Harmonic::new(vec![Bond { atoms: [0, 1], force_constant: 1.0, length: 2.0 }], Vec::new());
    let cases: Vec<(Box<dyn Potential>, &System)> = vec![
        (jones(), &argons),
        (Box::new(morse), &argons),
        (Box::new(Zbl::new(&[argon], 3.0, 4.0).unwrap()), &argons),
        (Box::new(StillingerWeber::silicon().unwrap()), &silicons),
        (Box::new(Walls::new(vec![wall]).unwrap()), &argons),
        (Box::new(springs()), &argons),
        (Box::new(Sum::new(vec![jones(), Box::new(springs())])), &argons),
        (Box::new(Committee::new(vec![jones(), Box::new(springs())]).unwrap()), &argons),
        (Box::new(MeanOverBeads::new(vec![jones()], 1).unwrap()), &argons),
    ];
    let want = RequestedProperties { virial: true, atom_energies: true };
    for (mut potential, system) in cases {
        let (mut fresh, mut used) = (Evaluation::default(), Evaluation::default());
        potential.evaluate(system, want, &mut fresh).unwrap();
        used.charges = vec![7.0; 3];
        used.dipoles = vec![[7.0; 3]; 3];
        used.spread = Some(Spread { energy: 7.0, forces: vec![7.0; 3] });
        (used.energy, used.virial, used.atom_energies, used.forces) =
            (7.0, Some([[7.0; 3]; 3]), vec![7.0; 5], vec![[7.0; 3]; 5]);
        potential.evaluate(system, want, &mut used).unwrap();
        assert_eq!(used, fresh, "{}", potential.name());
    }
    let molecule = ethanol();
    let model = random_model(CormorantConfig { radial_hidden: 16, ..CormorantConfig::default() }, 3);
    let mut learned = LearnedPotential::new(&model, Precision::F64, 1).unwrap();
    let mut used = Evaluation { charges: vec![7.0; 9], dipoles: vec![[7.0; 3]; 9], ..Evaluation::default() };
    learned.evaluate(&molecule, want, &mut used).unwrap();
    assert!(used.charges.is_empty() && used.dipoles.is_empty(), "{used:?}");
}

/// Catches: charges of one member for those of a committee, those of two parts of a sum added or one of them taken, a ring whose dipole is
/// that of all its beads.
#[test]
fn charges_pass_through_potentials_of_potentials() {
    let pair = system(&["H", "Cl"], vec![[0.0; 3], [0.0, 0.3, 1.3]], None);
    let of = |charge: f64| Charged::pair(charge, 1.0, 1.0);
    let dipolar = Charged { dipoles: vec![[0.0, 0.0, 0.4]; 2], ..of(0.2) };
    let bare = || Box::new(Harmonic::new(of(0.0).springs, Vec::new())) as Box<dyn Potential>;
    let found = evaluate(&mut Committee::new(vec![dipolar.boxed(), of(0.4).boxed()]).unwrap(), &pair);
    assert!(found.charges.iter().zip([0.3, -0.3]).all(|(found, exact)| (found - exact).abs() < 1e-15), "{found:?}");
    assert_eq!(found.dipoles, [[0.0, 0.0, 0.2]; 2]);
    let mixed = evaluate(&mut Committee::new(vec![of(0.2).boxed(), bare()]).unwrap(), &pair);
    assert!(mixed.charges.is_empty() && mixed.dipoles.is_empty());
    for parts in [vec![dipolar.boxed(), bare()], vec![bare(), dipolar.boxed()]] {
        let found = evaluate(&mut Sum::new(parts), &pair);
        assert_eq!((found.charges, found.dipoles), (dipolar.charges.clone(), dipolar.dipoles.clone()));
    }
    let twice = evaluate(&mut Sum::new(vec![of(0.2).boxed(), of(0.4).boxed()]), &pair);
    assert!(twice.charges.is_empty() && twice.dipole(&pair).is_none());
    let beads = [[0.0, 0.3, 1.3], [0.0, 0.1, 0.9]];
    let ring = system(&["H", "Cl", "H", "Cl"], vec![[0.0; 3], beads[0], [0.0; 3], beads[1]], None);
    let found = evaluate(&mut MeanOverBeads::new(vec![dipolar.boxed(), dipolar.boxed()], 1).unwrap(), &ring);
    let exact = [0, 1, 2].map(|axis| -0.1 * (beads[0][axis] + beads[1][axis]) + [0.0, 0.0, 0.8][axis]);
    let dipole = found.dipole(&ring).unwrap();
    assert!(dipole.iter().zip(exact).all(|(found, exact)| (found - exact).abs() < 1e-14), "{dipole:?}, {exact:?}");
}

/// Catches: charges that are lost or rounded on their way into a file, and bytes of files without charges that change.
#[test]
fn charges_are_in_files_where_there_are_some() {
    let pair = system(&["H", "Cl"], vec![[0.0; 3], [0.0, 0.3, 1.3]], None);
    let bytes = |frame: &TrajectoryFrame| {
        let mut bytes = Vec::new();
        extended_xyz::write_frame(&mut bytes, &pair.elements, frame).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let bare = TrajectoryFrame::new(&pair).with_energy_and_forces(-1.5, &[[0.25; 3]; 2]);
    let expected = "2\nProperties=species:S:1:pos:R:3:forces:R:3 pbc=\"F F F\" step=0 time=0.0 energy=-1.5 \
                    units=\"Angstrom eV eV/Angstrom Angstrom/ps ps\"\nH  0.0 0.0 0.0 0.25 0.25 0.25\n\
                    Cl 0.0 0.3 1.3 0.25 0.25 0.25\n";
    assert_eq!(bytes(&bare), expected);
    assert_eq!(bytes(&bare.clone().with_charges(&[], None)), expected);
    let found = evaluate(&mut Charged::pair(1.0 / 3.0, 1.0, 1.0), &pair);
    let written = bytes(&bare.with_charges(&found.charges, found.dipole(&pair)));
    let mut reader = ExtendedXyzReader::new(Path::new("a.xyz"), std::io::Cursor::new(written));
    let frame = reader.next_frame().unwrap().unwrap();
    assert_eq!(frame.numbers("charges").unwrap(), found.charges);
    assert_eq!(frame.property("dipole").unwrap().reals().unwrap(), found.dipole(&pair).unwrap());
}

/// Catches: a factor of 2 or 4πε₀, masses that are not divided by, modes that move the center of mass, a unit other than km/mol.
#[test]
fn a_diatomic_absorbs_as_its_charges_say() {
    // 1 (D/Å)²/u is 42.2561 km/mol (Porezag and Pederson 1996; also the manual of Gaussian).
    let debye = 0.208_194_33; // e·Å
    close("unit", intensity(debye * debye), 42.2561, 2e-6);
    let direction = [1.0 / 3.0, -2.0 / 3.0, 2.0 / 3.0];
    let pair =
        system(&["H", "Cl"], vec![[0.1, 0.2, 0.3], [0, 1, 2].map(|k| [0.1, 0.2, 0.3][k] + 1.27 * direction[k])], None);
    let mass = pair.masses[0] * pair.masses[1] / (pair.masses[0] + pair.masses[1]);
    let modes = |potential: &Charged| {
        let mut potentials = [potential.boxed(), potential.boxed()];
        NormalModes::new(&pair, &Hessian::by_differences(&mut potentials, &pair, 0.001).unwrap()).unwrap().modes
    };
    let neutral = modes(&Charged::pair(0.3, 32.0, 1.27));
    assert_eq!(neutral.len(), 1);
    close("neutral", neutral[0].intensity.unwrap(), intensity(0.09 / mass), 1e-6);
    // Of an ion with its charge on H: (q m_Cl / M)² / μ, not the charge times the motion of H in space with that of Cl forgotten.
    let share = pair.masses[1] / (pair.masses[0] + pair.masses[1]);
    let ion = modes(&Charged { charges: vec![1.0, 0.0], ..Charged::pair(0.0, 32.0, 1.27) });
    close("ion", ion[0].intensity.unwrap(), intensity(share * share / mass), 1e-6);
    let mut springs =
        [Box::new(Harmonic::new(Charged::pair(0.0, 32.0, 1.27).springs, Vec::new())) as Box<dyn Potential>];
    let bare = NormalModes::new(&pair, &Hessian::by_differences(&mut springs, &pair, 0.001).unwrap()).unwrap();
    assert_eq!(bare.modes[0].intensity, None);
}

/// H and Cl with charges ±0.3 e, 1.27 Å apart, that vibrate along z with the thermal energy.
fn vibrating(frame: u64, interval: f64, cell: Option<Cell>) -> System {
    let time = frame as f64 * interval;
    let mut pair = system(&["H", "Cl"], vec![[0.0; 3]; 2], cell);
    let [hydrogen, chlorine] = [pair.masses[0], pair.masses[1]];
    let omega = TAU * WAVENUMBER * 0.0299792458 / PICOSECOND;
    let mass = hydrogen * chlorine / (hydrogen + chlorine);
    let stretch = (2.0 * BOLTZMANN * TEMPERATURE / mass).sqrt() / omega * (omega * time).sin();
    let length = 1.27 + stretch;
    pair.positions[0][2] = -length * chlorine / (hydrogen + chlorine);
    pair.positions[1][2] = length * hydrogen / (hydrogen + chlorine);
    (pair.time, pair.step) = (time, frame);
    pair
}

fn spectrum(analysis: &mut InfraredSpectrum, potential: &Charged, frames: impl Iterator<Item = System>) -> Findings {
    let mut potential = potential.clone();
    for (number, frame) in (0..).zip(frames) {
        let dipole = evaluate(&mut potential, &frame).dipole(&frame);
        analysis
            .add(&Sample { system: &frame, timed: true, unitless: false, moving: false, dipole, frame: number })
            .unwrap();
    }
    analysis.findings().unwrap()
}

/// Integral over the points from one wavenumber to another.
fn between(curves: &Curves, from: f64, to: f64) -> f64 {
    let step = curves.points[1] - curves.points[0];
    let inside = curves.points.iter().zip(&curves.curves[0].values).filter(|(x, _)| (from..to).contains(*x));
    inside.map(|(_, value)| value * step).sum()
}

/// Catches: a factor of 2 or 2π, β forgotten, one side of the integral for both, the weakening of differences left in, α n that is not
/// divided by the volume.
#[test]
fn a_vibration_absorbs_with_its_intensity_at_its_frequency() {
    let (interval, pair) = (2.0 * FEMTOSECOND, Charged::pair(0.3, 1.0, 1.27));
    let mass = {
        let pair = vibrating(0, 1.0, None);
        pair.masses[0] * pair.masses[1] / (pair.masses[0] + pair.masses[1])
    };
    let exact = intensity(0.09 / mass);
    let run = |cell: Option<Cell>| {
        let mut analysis = InfraredSpectrum::new(PICOSECOND, TEMPERATURE).unwrap();
        spectrum(&mut analysis, &pair, (0..5100).map(|frame| vibrating(frame, interval, cell)))
    };
    let found = run(None);
    let curves = &found.curves[0];
    assert_eq!((curves.symbol.as_str(), curves.unit), ("A", "km cm/mol"));
    let maximum = found.numbers.iter().find(|number| number.name == "maximum 1").unwrap();
    assert!((maximum.value - WAVENUMBER).abs() < 1.0 && maximum.unit == "1/cm", "{maximum}");
    close("line", between(curves, WAVENUMBER - 100.0, WAVENUMBER + 100.0), exact, 0.01);
    let whole = found.numbers.iter().find(|number| number.name == "integral").unwrap();
    assert!(whole.unit == "km/mol" && whole.error.is_some(), "{whole}");
    close("integral", whole.value, exact, 0.01);
    // The same in a cell of 1000 Å³: one molecule in 10⁻²¹ cm³.
    let bulk = run(Some(Cell::new([[10.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, 0.0, 10.0]]).unwrap()));
    let (dense, ratio) = (&bulk.curves[0], 1e5 / AVOGADRO / 1e-21);
    assert_eq!((dense.symbol.as_str(), dense.unit), ("αn", "1/cm"));
    for (dense, thin) in dense.curves[0].values.iter().zip(&curves.curves[0].values) {
        assert!((dense - thin * ratio).abs() <= 1e-9 * (thin * ratio).abs() + 1e-12, "{dense}, {thin}");
    }
    println!("maximum {maximum}, {whole}, exactly {exact:.4} km/mol");
}

/// Catches: ions whose flight through space absorbs at zero, and a rotation at another frequency or intensity than its own.
#[test]
fn flight_does_not_absorb_and_rotation_does_where_it_turns() {
    let ion = Charged { charges: vec![1.0, 0.0], ..Charged::pair(0.0, 1.0, 1.27) };
    let (interval, turning) = (5.0 * FEMTOSECOND, TAU * 60.0 * 0.0299792458 / PICOSECOND);
    let moving = |frame: u64, omega: f64| {
        let time = frame as f64 * interval;
        let arm = [(omega * time).cos(), (omega * time).sin(), 0.0];
        let flight = [3.0 * time, -2.0 * time, 0.5 * time];
        let at = |share: f64| [0, 1, 2].map(|k| flight[k] + share * arm[k]);
        let mut pair = system(&["H", "Cl"], vec![[0.0; 3]; 2], None);
        let all = pair.masses[0] + pair.masses[1];
        pair.positions = vec![at(-1.27 * pair.masses[1] / all), at(1.27 * pair.masses[0] / all)];
        (pair.time, pair.step) = (time, frame);
        pair
    };
    let found = |omega: f64| {
        let mut analysis = InfraredSpectrum::new(4.0 * PICOSECOND, TEMPERATURE).unwrap();
        spectrum(&mut analysis, &ion, (0..3300).map(|frame| moving(frame, omega)))
    };
    let (flying, turned) = (found(0.0), found(turning));
    let highest = |findings: &Findings| findings.curves[0].curves[0].values.iter().copied().fold(0.0, f64::max);
    assert!(highest(&flying) < 1e-12 * highest(&turned), "{} of {}", highest(&flying), highest(&turned));
    let maximum = turned.numbers.iter().find(|number| number.name == "maximum 1").unwrap();
    assert!((maximum.value - 60.0).abs() < 0.5, "{maximum}");
    let values = &turned.curves[0].curves[0].values;
    assert!(values[0].abs() < 1e-3 * highest(&turned), "{} at zero", values[0]);
    // N_A β ⟨Ṁ²⟩ / (12 ε₀ c²), with Ṁ = ω m in (e·Å/t)² and kT in u·Å²/t².
    let pair = moving(0, 0.0);
    let moment = 1.27 * pair.masses[1] / (pair.masses[0] + pair.masses[1]);
    let exact = intensity((turning * moment).powi(2) / (BOLTZMANN * TEMPERATURE));
    close("rotation", between(&turned.curves[0], 20.0, 100.0), exact, 0.02);
}

/// Catches: a state that forgets a part of the analysis, so that a resumed run ends with other numbers; frames without a dipole, of other
/// atoms or another kind of cell that are taken.
#[test]
fn a_spectrum_resumes_and_refuses_what_does_not_fit() {
    let frames: Vec<System> = (0..60).map(|frame| vibrating(frame, 2.0 * FEMTOSECOND, None)).collect();
    assert_resumes(|| Box::new(InfraredSpectrum::new(16.0 * FEMTOSECOND, TEMPERATURE).unwrap()), &frames);
    let mut analysis = InfraredSpectrum::new(PICOSECOND, TEMPERATURE).unwrap();
    let mut add = |system: &System, dipole| {
        analysis
            .add(&Sample { system, timed: true, unitless: false, moving: true, dipole, frame: 3 })
            .map_err(|error| error.to_string())
    };
    let message = add(&frames[0], None).unwrap_err();
    for part in ["dipole=\"x y z\"", "`electrostatics` in [model]", "evaluate --out"] {
        assert!(message.contains(part), "{message}");
    }
    add(&frames[0], Some([0.0; 3])).unwrap();
    let cell = Cell::new([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 9.0]]).unwrap();
    assert!(add(&vibrating(1, 2.0 * FEMTOSECOND, Some(cell)), Some([0.0; 3])).unwrap_err().contains("kind of cell"));
    assert!(InfraredSpectrum::new(PICOSECOND, 0.0).is_err() && InfraredSpectrum::new(0.0, 300.0).is_err());
}

/// Catches: a run whose spectrum is not that of its own trajectory, a dipole under the wrong head of the table, a wrong name of the analysis
/// on the command line; a chart that is not drawn.
#[test]
fn a_run_and_its_trajectory_give_one_spectrum() {
    let place = tempfile::tempdir().unwrap();
    let here = place.path();
    let mut pair = vibrating(0, FEMTOSECOND, None);
    pair.positions[0][2] += 0.02;
    let mut simulation = Simulation::new(pair, Charged::pair(0.3, 32.0, 1.27).boxed(), 1).unwrap();
    let every = Schedule::every(2).unwrap();
    let analysis = Box::new(InfraredSpectrum::new(60.0 * FEMTOSECOND, TEMPERATURE).unwrap());
    let stage = Stage::new("all", 400, VelocityVerlet::new(0.5 * FEMTOSECOND).unwrap());
    let stage = stage.with_observer(Analyzed::new(here.join("ir.csv"), every, analysis));
    let stage = stage.with_observer(Table::new(here.join("energies.csv"), every));
    simulation.stages.push(stage.with_observer(Trajectory::new(here.join("t.xyz"), every).unwrap()));
    simulation.run().unwrap();
    let system = simulation.system.clone();
    let dipole = simulation.field().last().dipole(&system).unwrap();
    let table = fs::read_to_string(here.join("energies.csv")).unwrap();
    let head = table.lines().next().unwrap();
    assert!(head.ends_with(",temperature/K,dipole_x/(e·Å),dipole_y/(e·Å),dipole_z/(e·Å)"), "{head}");
    let last: Vec<&str> = table.lines().last().unwrap().split(',').collect();
    assert_eq!(last[7..], dipole.map(|component| format!("{component:.9}")));
    let frame = TrajectoryReader::open(&here.join("t.xyz")).unwrap().last().unwrap().unwrap();
    assert_eq!(frame.property("dipole").unwrap().reals().unwrap(), dipole);
    assert_eq!(frame.numbers("charges").unwrap(), [0.3, -0.3]);
    let output = cormorant(here, &["analyze", "t.xyz", "ir", "--temperature", "300 K", "--max-lag", "60 fs"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let numbers = |path: &str| -> Vec<Vec<f64>> {
        let text = fs::read_to_string(here.join(path)).unwrap();
        let row = |line: &str| line.split(',').map(|word| word.parse().unwrap()).collect();
        text.lines().skip(1).map(row).collect()
    };
    let (own, read) = (numbers("ir.csv"), numbers("analysis/ir.csv"));
    assert_eq!(own.len(), read.len());
    let most = own.iter().map(|row| row[1]).fold(0.0, f64::max);
    assert!(own.iter().zip(&read).all(|(a, b)| (a[1] - b[1]).abs() < 1e-6 * most));
    let picture = fs::read_to_string(here.join("analysis/ir.svg")).unwrap();
    assert!(picture.contains("Wavenumber / cm⁻¹") && picture.contains("km cm/mol"));
    // The same by the name that it has in inputs, for a file without dipoles: the key and what to do.
    let bare = fs::read_to_string(here.join("t.xyz")).unwrap().replace("dipole=", "other=");
    fs::write(here.join("bare.xyz"), bare).unwrap();
    let output = cormorant(here, &["analyze", "bare.xyz", "infrared", "temperature=300 K"]);
    let said = text(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("dipole=") && said.contains("electrostatics"), "{said}");
}

/// Catches: a model with charges whose dipole is lost in `evaluate --out`, or intensities in `vibrations` that are those of no charges.
#[test]
fn a_model_with_charges_gives_dipoles_and_intensities() {
    let config = CormorantConfig {
        moments: Moments::Dipoles,
        max_degree: 2,
        max_edge_degree: 4,
        radial_hidden: 16,
        smearing: Some(1.2),
        ..CormorantConfig::default()
    };
    let model = random_model(config, 4);
    let molecule = ethanol();
    let alike = || Box::new(LearnedPotential::new(&model, Precision::F64, 1).unwrap()) as Box<dyn Potential>;
    let found = evaluate(alike().as_mut(), &molecule);
    assert_eq!((found.charges.len(), found.dipoles.len()), (9, 9));
    // ∂M/∂r sums up over the atoms to the total charge less that of the center of mass: zero, whatever the model.
    let hessian = Hessian::by_differences(&mut [alike(), alike()], &molecule, 0.002).unwrap();
    let derivatives = hessian.dipole_derivatives();
    let largest = derivatives.iter().flatten().fold(0.0f64, |most, x| most.max(x.abs()));
    for axis in 0..3 {
        let sum = derivatives.iter().skip(axis).step_by(3).fold([0.0; 3], |sum, by| [0, 1, 2].map(|k| sum[k] + by[k]));
        assert!(sum.iter().all(|x| x.abs() < 1e-4 * largest), "{sum:?} of {largest}");
    }
    let modes = NormalModes::new(&molecule, &hessian).unwrap();
    // Against a difference along the mode itself.
    for mode in [&modes.modes[3], &modes.modes[20]] {
        let at = |step: f64| {
            let mut moved = molecule.clone();
            for (position, along) in moved.positions.iter_mut().zip(&mode.displacements) {
                (0..3).for_each(|k| position[k] += step * along[k]);
            }
            evaluate(alike().as_mut(), &moved).dipole(&moved).unwrap()
        };
        let (up, down) = (at(1e-3), at(-1e-3));
        let square: f64 = (0..3).map(|k| ((up[k] - down[k]) / 2e-3).powi(2)).sum();
        close("mode", mode.intensity.unwrap(), intensity(square / mode.reduced_mass), 1e-3);
    }
    let place = tempfile::tempdir().unwrap();
    let here = place.path();
    model.save(&here.join("model")).unwrap();
    let mut bytes = Vec::new();
    extended_xyz::write_frame(&mut bytes, &molecule.elements, &TrajectoryFrame::new(&molecule)).unwrap();
    fs::write(here.join("a.xyz"), bytes).unwrap();
    let arguments = ["evaluate", "--model", "model", "--data", "a.xyz", "--out", "b.xyz"];
    let output = cormorant(here, &[&arguments[..], &["--precision", "f64"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let frame = TrajectoryReader::open(&here.join("b.xyz")).unwrap().next().unwrap().unwrap();
    assert_eq!(frame.numbers("charges").unwrap(), found.charges);
    assert_eq!(frame.property("dipole").unwrap().reals().unwrap(), found.dipole(&molecule).unwrap());
}

/// Catches: intensities of charges that nobody compared with a dipole moment, given without a word.
#[test]
fn charges_that_saw_no_dipole_moment_say_so() {
    let here = tempfile::tempdir().unwrap();
    let structure = concat!(env!("CARGO_MANIFEST_DIR"), "/inputs/structures/ethanol.xyz");
    for (name, moments, warned) in [("charged", Moments::Charges, true), ("plain", Moments::None, false)] {
        let smearing = (moments != Moments::None).then_some(1.2);
        let config = CormorantConfig { moments, smearing, ..CormorantConfig::default() };
        random_model(config, 4).save(&here.path().join(name)).unwrap();
        // Whether random weights have a minimum does not matter: what is to be said is said before.
        let output = cormorant(here.path(), &["vibrations", "--model", name, "--structure", structure]);
        let said = text(&output.stderr);
        assert_eq!(said.contains("never compared with dipole moments"), warned, "{said}");
    }
}

/// Catches: a spectrum of a potential without charges that is accepted until its stage begins; a model that cannot be read taken for one
/// without charges.
#[test]
fn a_spectrum_without_charges_is_refused_before_the_run() {
    let folder = crate::cli::argon();
    let here = folder.path();
    let stage = "[[stage]]\nduration = \"80 fs\"\ntime_step = \"4 fs\"\n";
    let write = "[[stage.write]]\nkind = \"infrared\"\nevery = \"4 fs\"\ntemperature = \"60 K\"\n";
    let whole = |potential: &str| {
        let start = "version = 1\nname = \"argon\"\nstructure = { file = \"argon.xyz\" }\n";
        format!("{start}[potential]\n{potential}\n{stage}{stage}{write}")
    };
    let input = whole("kind = \"lennard-jones\"\nepsilon = \"0.0103 eV\"\nsigma = \"3.405 Å\"\ncutoff = \"7.5 Å\"");
    fs::write(here.join("argon.toml"), &input).unwrap();
    for verb in ["check", "run"] {
        let output = cormorant(here, &[verb, "argon.toml"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{verb}: {said}");
        let line = 1 + input[..input.find("\"infrared\"").unwrap()].matches('\n').count();
        for part in ["the potential has no charges", "`electrostatics`", &format!("argon.toml:{line}:")] {
            assert!(said.contains(part), "{verb}: {part:?} is missing in {said}");
        }
    }
    assert!(!here.join("outputs/argon/input.toml").exists());
    fs::write(here.join("argon.toml"), whole("model = \"not-there-yet\"")).unwrap();
    let output = cormorant(here, &["check", "argon.toml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}
