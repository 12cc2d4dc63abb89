//! A uniform electric field on charges and dipoles of a network.

use std::fs;
use std::path::Path;

use cormorant::dynamics::ForceEvaluator;
use cormorant::electrostatics::{Electrostatics, Multipoles, Places, width};
use cormorant::minimize::{Goal, LimitedMemory, Minimizer};
use cormorant::model::{Model, Moments};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{
    Anchor, Committee, Evaluation, Harmonic, LearnedPotential, MeanOverBeads, Potential, Precision,
    RequestedProperties, Sum,
};
use cormorant::system::vector::{dot, plus};
use cormorant::system::{Cell, ElectronicState, System};
use cormorant::vibrations::Hessian;

use crate::charged_potential;
use crate::cli::{cormorant, text};
use crate::learned::ethanol;

const ALL: RequestedProperties = RequestedProperties { virial: true, atom_energies: true };
/// V/Å.
const FIELD: [f64; 3] = [0.3, -0.5, 0.9];

fn model(moments: Moments) -> Model {
    let mut model = charged_potential::model(moments);
    model.header.data.set_states([ElectronicState::stated(0, 1), ElectronicState::stated(-1, 2)]);
    model
}

fn learned(model: &Model, field: [f64; 3]) -> LearnedPotential {
    LearnedPotential::new(model, Precision::F64, 1).unwrap().with_electric_field(field).unwrap()
}

fn evaluate(potential: &mut dyn Potential, system: &System) -> Evaluation {
    let mut found = Evaluation::default();
    potential.evaluate(system, ALL, &mut found).unwrap();
    found
}

fn ion() -> System {
    System { state: ElectronicState::stated(-1, 2), ..ethanol() }
}

/// Dipole moment about the origin in e·Å.
fn moment(found: &Evaluation, system: &System) -> [f64; 3] {
    let charges = found.charges.iter().zip(&system.positions);
    let of_charges = charges.fold([0.0; 3], |sum, (charge, position)| plus(sum, *charge, *position));
    found.dipoles.iter().fold(of_charges, |sum, dipole| plus(sum, 1.0, *dipole))
}

/// Catches: forces qF alone, which forget that charges and dipoles change with the places of the atoms; a virial without the field;
/// energies of atoms that have half of the field, or that of another atom.
#[test]
fn forces_are_differences_of_the_energy() {
    for moments in [Moments::Charges, Moments::Dipoles, Moments::Quadrupoles] {
        let mut potential = learned(&model(moments), FIELD);
        for system in [ethanol(), ion()] {
            let found = evaluate(&mut potential, &system);
            assert!((found.atom_energies.iter().sum::<f64>() - found.energy).abs() < 1e-12 * found.energy.abs());
            let (h, mut largest) = (1e-4, 0.0f64);
            let scale = found.forces.iter().flatten().fold(0.0f64, |most, x| most.max(x.abs()));
            for coordinate in 0..3 * system.atom_count() {
                let (atom, axis) = (coordinate / 3, coordinate % 3);
                let mut at = |step: f64| {
                    let mut one = system.clone();
                    one.positions[atom][axis] += step;
                    evaluate(&mut potential, &one).energy
                };
                let slope = (at(h) - at(-h)) / (2.0 * h);
                largest = largest.max((found.forces[atom][axis] + slope).abs());
            }
            assert!(largest < 2e-5 * scale, "{moments:?}: {largest} of {scale}");
            let virial = found.virial.unwrap();
            let size = virial.iter().flatten().fold(0.0f64, |most, x| most.max(x.abs()));
            for (a, b) in [(0, 0), (0, 1), (1, 0), (2, 1), (2, 2)] {
                let mut at = |step: f64| {
                    let mut one = system.clone();
                    // The place first, the gradient second.
                    one.positions.iter_mut().for_each(|position| position[b] += step * position[a]);
                    evaluate(&mut potential, &one).energy
                };
                let slope = (at(h) - at(-h)) / (2.0 * h);
                assert!((virial[a][b] + slope).abs() < 2e-5 * size, "{moments:?}: {virial:?}, {slope}");
            }
        }
    }
}

/// Catches: an energy of the other sign, that of a dipole about another place than the origin, one that counts atomic dipoles twice or not,
/// charges that answer to the field though nothing in the model lets them, a field of zero that changes a bit.
#[test]
fn the_energy_is_linear_in_the_field() {
    for moments in [Moments::Charges, Moments::Dipoles, Moments::Quadrupoles] {
        let model = model(moments);
        for system in [ethanol(), ion()] {
            let bare = evaluate(&mut LearnedPotential::new(&model, Precision::F64, 1).unwrap(), &system);
            assert_eq!(evaluate(&mut learned(&model, [0.0, -0.0, 0.0]), &system), bare);
            let exact = -dot(FIELD, moment(&bare, &system));
            assert!(exact.abs() > 1e-3, "{exact}");
            for factor in [1.0, -1.0, 2.0] {
                let found = evaluate(&mut learned(&model, FIELD.map(|x| factor * x)), &system);
                assert_eq!((&found.charges, &found.dipoles), (&bare.charges, &bare.dipoles));
                let change = found.energy - bare.energy;
                assert!((change - factor * exact).abs() < 1e-11 * bare.energy.abs(), "{change}, exactly {exact}");
                let parts: f64 = found.atom_energies.iter().zip(&bare.atom_energies).map(|(x, y)| x - y).sum();
                assert!((parts - factor * exact).abs() < 1e-11 * bare.energy.abs(), "{parts}, exactly {exact}");
                // The field pulls on the total charge, and on nothing else.
                let charge = f64::from(system.state.total_charge());
                let total = found.forces.iter().fold([0.0; 3], |sum, force| plus(sum, 1.0, *force));
                for (total, field) in total.iter().zip(FIELD) {
                    assert!((total - charge * factor * field).abs() < 1e-9, "{total} for {field}");
                }
            }
        }
    }
}

/// Catches: a force on a charge that stays that is not its charge times the field, in size or sign; a force on a dipole or a quadrupole,
/// which a uniform field turns and does not move; a seed of an atomic dipole that is not the field.
#[test]
fn fixed_charges_feel_charge_times_field() {
    let multipoles = Multipoles { degree: 2, smearing: 1.0 };
    let system = ion();
    let mut random = Noise::new(5).stream(Consumer::Test, 0, 0);
    let numbers: Vec<f64> = (0..system.atom_count() * width(2)).map(|_| random.normal()).collect();
    let places = Places { positions: &system.positions, cell: None, state: system.state };
    let run = |field: [f64; 3]| {
        let mut found = Electrostatics::new(multipoles, 1.0).in_field(field);
        found.evaluate(places, &numbers, false).unwrap();
        let mut forces = vec![[0.0; 3]; system.atom_count()];
        found.collect(1.0, &mut forces, None);
        (found, forces)
    };
    let ((bare, without), (found, with)) = (run([0.0; 3]), run(FIELD));
    for (atom, charge) in found.charges.charges.iter().enumerate() {
        for axis in 0..3 {
            let force = with[atom][axis] - without[atom][axis];
            assert!((force - charge * FIELD[axis]).abs() < 1e-12, "{force} on {charge}");
        }
    }
    // A step of one number, by its derivative.
    for number in 0..width(2) {
        let place = 3 * width(2) + number;
        let at = |step: f64, field: [f64; 3]| {
            let mut numbers = numbers.clone();
            numbers[place] += step;
            let mut found = Electrostatics::new(multipoles, 1.0).in_field(field);
            found.evaluate(places, &numbers, false).unwrap();
            found.energy
        };
        let h = 1e-5;
        let slope = (at(h, FIELD) - at(-h, FIELD) - at(h, [0.0; 3]) + at(-h, [0.0; 3])) / (2.0 * h);
        let change = found.by_number[place] - bare.by_number[place];
        assert!((change - slope).abs() < 1e-6, "number {number}: {change}, by differences {slope}");
    }
}

/// Catches: a second derivative of the energy in the field that is not that of the atoms that move in it: b·H⁻¹·b with the derivatives b
/// of the dipole and the Hessian H, symmetric in the two directions of the field.
#[test]
fn the_energy_of_relaxed_atoms_gives_their_polarizability() {
    let model = model(Moments::Dipoles);
    let system = ethanol();
    let held = |field: [f64; 3]| -> Box<dyn Potential> {
        let anchor = |(atom, position): (usize, &[f64; 3])| Anchor { atom, force_constant: 60.0, position: *position };
        let anchors = system.positions.iter().enumerate().map(anchor).collect();
        let springs = Harmonic { anchors, ..Harmonic::new(Vec::new(), Vec::new()) };
        let one: Box<dyn Potential> = if field == [0.0; 3] {
            Box::new(LearnedPotential::new(&model, Precision::F64, 1).unwrap().without_wall())
        } else {
            Box::new(learned(&model, field).without_wall())
        };
        Box::new(Sum::new(vec![one, Box::new(springs)]))
    };
    let relax = |field: [f64; 3], from: &System| {
        let mut at = from.clone();
        let mut evaluator = ForceEvaluator::new(held(field), &at).unwrap();
        let goal = Goal { force_tolerance: 1e-7, ..Goal::default() };
        let minimum = LimitedMemory::default().minimize(&mut at, &mut evaluator, &goal, &mut |_, _, _| Ok(())).unwrap();
        assert!(minimum.converged, "{minimum:?}");
        (minimum.energy, at)
    };
    let (_, rest) = relax([0.0; 3], &system);
    let hessian = Hessian::by_differences(&mut [held([0.0; 3])], &rest, 1e-3).unwrap();
    let inverse = hessian.matrix().clone().try_inverse().unwrap();
    let derivatives = nalgebra::DMatrix::from_fn(27, 3, |row, axis| hessian.dipole_derivatives()[row][axis]);
    let exact = derivatives.transpose() * inverse * &derivatives;
    let h = 0.02;
    let energy = |a: usize, b: usize, first: f64, second: f64| {
        let mut field = [0.0; 3];
        field[a] += first * h;
        field[b] += second * h;
        relax(field, &rest).0
    };
    for (a, b) in [(0, 0), (1, 1), (2, 2), (0, 1), (1, 0), (2, 0)] {
        let mixed =
            energy(a, b, 1.0, 1.0) + energy(a, b, -1.0, -1.0) - energy(a, b, 1.0, -1.0) - energy(a, b, -1.0, 1.0);
        let found = -mixed / (4.0 * h * h);
        let scale = (exact[(a, a)] * exact[(b, b)]).sqrt();
        assert!((found - exact[(a, b)]).abs() < 1e-2 * scale, "{a}{b}: {found}, exactly {}", exact[(a, b)]);
    }
}

/// Catches: momenta of a neutral molecule counted as if the field could push it; those of an ion, which it does push, and turns that it
/// stops taken for conserved; committees and rings that ask nobody.
#[test]
fn a_field_acts_from_outside() {
    let model = model(Moments::Charges);
    let one = || Box::new(learned(&model, FIELD)) as Box<dyn Potential>;
    let wrapped: [Box<dyn Potential>; 4] = [
        one(),
        Box::new(Committee::new(vec![one(), one()]).unwrap()),
        Box::new(Sum::new(vec![one()])),
        Box::new(MeanOverBeads::new(vec![one()], 1).unwrap()),
    ];
    for mut potential in wrapped {
        for (system, keeps) in [(ethanol(), true), (ion(), false)] {
            evaluate(potential.as_mut(), &system);
            assert!(potential.is_external(), "{}", potential.name());
            assert_eq!(potential.keeps_momentum(), keeps, "{}", potential.name());
            assert!(!potential.keeps_angular_momentum());
            let remark = potential.check_state(&system).unwrap();
            assert_eq!(remark.is_some_and(|remark| remark.contains("total charge is -1")), !keeps);
        }
        let boxed = System { cell: Some(Cell::cubic(20.0).unwrap()), ..ethanol() };
        let reason = potential.check_state(&boxed).unwrap_err().to_string();
        assert!(
            reason.contains("an electric field is not periodic") && reason.contains("leave the cell out"),
            "{reason}"
        );
        assert!(potential.evaluate(&boxed, ALL, &mut Evaluation::default()).is_err());
    }
    let first = learned(&model, FIELD);
    assert_eq!(evaluate(&mut first.twin(), &ethanol()), evaluate(&mut learned(&model, FIELD), &ethanol()));
    let mut still = LearnedPotential::new(&model, Precision::F64, 1).unwrap();
    evaluate(&mut still, &ion());
    assert!(!still.is_external() && still.keeps_momentum() && still.keeps_angular_momentum());
    let bare = LearnedPotential::new(&self::model(Moments::None), Precision::F64, 1).unwrap();
    let reason = bare.with_electric_field(FIELD).map(|_| ()).unwrap_err().to_string();
    assert!(reason.contains("has no charges") && reason.contains("electrostatics = \"charges\""), "{reason}");
}

fn write_input(folder: &Path, name: &str, table: &str, rest: &str) {
    let input = format!(
        "version = 1\nname = \"{name}\"\nstructure = {{ file = \"a.xyz\" }}\n[potential]\nmodel = \"model\"\nshort_range = \"none\"\n\
         precision = \"f64\"\n{table}\n{rest}\n"
    );
    fs::write(folder.join(format!("{name}.toml")), input).unwrap();
}

fn write_ethanol(folder: &Path, comment: &str) {
    let system = ethanol();
    let atoms = system.elements.iter().zip(&system.positions);
    let lines: Vec<String> = atoms.map(|(element, [x, y, z])| format!("{} {x} {y} {z}", element.symbol())).collect();
    let text = format!("9\n{comment} Properties=species:S:1:pos:R:3\n{}\n", lines.join("\n"));
    fs::write(folder.join("a.xyz"), text).unwrap();
}

/// Catches: a key that is read and lost on its way to the potential or to beads; a resolved input
/// without it; a run that goes on in another field than it began in; a refusal without a remedy.
#[test]
fn inputs_give_the_field_to_runs() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    model(Moments::Dipoles).save(&here.join("model")).unwrap();
    model(Moments::None).save(&here.join("bare")).unwrap();
    write_ethanol(here, "charge=0");
    let on = "electric_field = [\"0.3 V/Å\", \"-5e9 V/m\", \"0.0175023 Eh/(e·bohr)\"]";
    let stage = "[[stage]]\nduration = \"1 fs\"\ntime_step = \"0.25 fs\"\n[[stage.write]]\nkind = \"energies\"\nevery = \"0.25 fs\"\n";
    let run = |name: &str, more: &[&str]| cormorant(here, &[&["run", &format!("{name}.toml")], more].concat());
    let good = |name: &str, field: &str, rest: &str| {
        write_input(here, name, field, rest);
        let output = run(name, &["--quiet"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        fs::read_to_string(here.join(format!("outputs/{name}/energies.csv"))).unwrap_or_default()
    };
    let (with, without) = (good("with", on, stage), good("without", "", stage));
    let column = |table: &str, name: &str| -> Vec<f64> {
        let mut rows = table.lines();
        let place = rows.next().unwrap().split(',').position(|head| head.starts_with(name)).unwrap();
        rows.map(|row| row.split(',').nth(place).unwrap().parse().unwrap()).collect()
    };
    let change = column(&with, "potential")[0] - column(&without, "potential")[0];
    let network = model(Moments::Dipoles);
    let mut bare = LearnedPotential::new(&network, Precision::F64, 1).unwrap().without_wall();
    let bare = evaluate(&mut bare, &ethanol());
    let dipole = moment(&bare, &ethanol());
    let exact = -dot([0.3, -0.5, 0.9], dipole);
    // Six digits of the field are given, of parts that nearly cancel.
    let scale: f64 = [0.3, 0.5, 0.9].iter().zip(dipole).map(|(field, along)| (field * along).abs()).sum();
    assert!((change - exact).abs() < 1e-5 * scale, "{change}, exactly {exact}");
    // The conserved quantity of a run without a bath is energy with the field.
    let conserved = column(&with, "conserved");
    let spread = conserved.iter().fold(0.0f64, |most, x| most.max((x - conserved[0]).abs()));
    let work =
        column(&with, "potential").iter().fold(0.0f64, |most, x| most.max((x - column(&with, "potential")[0]).abs()));
    assert!(spread < 0.2 * work, "{spread} of {work}");
    assert!(fs::read_to_string(here.join("outputs/with/input.toml")).unwrap().contains("Eh/(e·bohr)"));
    // Rings of beads are in the field too.
    let ring = format!(
        "[path_integral]\nbeads = 2\ntemperature = \"300 K\"\n[velocities]\ntemperature = \"300 K\"\n{}",
        stage.replace("[[stage.write", "integrator = \"ring-polymer\"\nthermostat = { kind = \"pile\", temperature = \"300 K\", relaxation_time = \"50 fs\" }\n[[stage.write")
    );
    let (with, without) = (good("ring", on, &ring), good("ring-without", "", &ring));
    assert_ne!(with, without);
    // What has begun in one field does not go on in another.
    write_input(here, "with", "electric_field = [\"0.3 V/Å\", \"0 V/Å\", \"0 V/Å\"]", stage);
    let output = run("with", &["--resume"]);
    assert!(!output.status.success(), "{}", text(&output.stdout));
    let refused = |name: &str, field: &str, rest: &str, expected: &[&str]| {
        write_input(here, name, field, rest);
        let output = run(name, &[]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(expected.iter().all(|expected| said.contains(expected)), "{said}");
    };
    refused(
        "a",
        "electric_field = [\"0.3\", \"0 V/Å\", \"0 V/Å\"]",
        stage,
        &["an electric field", "the unit is missing", "0.1 V/Å"],
    );
    refused("b", "electric_field = [\"0.3 eV/Å\", \"0 V/Å\", \"0 V/Å\"]", stage, &["is not a unit of it", "0.1 V/Å"]);
    refused("c", "electric_field = [\"0.3 V/Å\", \"0 V/Å\"]", stage, &["2 components, not three", "0.1 V/Å"]);
    let bare = fs::read_to_string(here.join("with.toml")).unwrap().replace("\"model\"", "\"bare\"");
    fs::write(here.join("bare.toml"), bare.replace("name = \"with\"", "name = \"bare\"")).unwrap();
    let said = text(&run("bare", &[]).stderr);
    assert!(said.contains("has no charges that an electric field could act on"), "{said}");
    write_ethanol(here, "Lattice=\"20 0 0 0 20 0 0 0 20\" pbc=\"T T T\" charge=0");
    refused("d", on, stage, &["an electric field is not periodic", "leave the cell out"]);
    // An ion runs, with a word of what becomes of it, but has no minimum.
    write_ethanol(here, "charge=-1 multiplicity=2");
    write_input(here, "ion", on, stage);
    let output = run("ion", &[]);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success() && said.contains("they fly away"), "{said}");
    refused("e", on, &format!("[minimize]\n{stage}"), &["no minimum in an electric field", "[constraints]"]);
    write_input(here, "modes", on, "[vibrations]\n");
    let said = text(&cormorant(here, &["vibrations", "modes.toml"]).stderr);
    assert!(said.contains("no minimum in an electric field"), "{said}");
}
