//! Committees: mean, spread, and where they show up.

use cormorant::dynamics::VelocityVerlet;
use cormorant::io::TrajectoryReader;
use cormorant::potential::{Committee, Evaluation, Potential, RequestedProperties, Spread, Sum};
use cormorant::report::{Table, Trajectory};
use cormorant::simulation::{Schedule, Simulation, Stage};
use cormorant::units::FEMTOSECOND;

use crate::wells::{Well, crowd};

fn committee(stiffnesses: &[f64]) -> Box<dyn Potential> {
    let member = |stiffness: &f64| Box::new(Well::harmonic(*stiffness)) as Box<dyn Potential>;
    Box::new(Committee::new(stiffnesses.iter().map(member).collect()).unwrap())
}

fn evaluate(mut potential: Box<dyn Potential>, system: &cormorant::system::System) -> Evaluation {
    let mut found = Evaluation::default();
    potential.evaluate(system, RequestedProperties::default(), &mut found).unwrap();
    found
}

// Catches: a sum instead of a mean, variances instead of deviations, components taken for vectors, members forgotten.
#[test]
fn mean_and_spread_of_springs_are_exact() {
    let system = crowd(4, 300.0, 3);
    // Stiffnesses 1, 2, 6: mean 3, deviations −2, −1, 3, standard deviation √(14/3).
    let found = evaluate(committee(&[1.0, 2.0, 6.0]), &system);
    let exact = evaluate(Box::new(Well::harmonic(3.0)), &system);
    let deviation = (14.0_f64 / 3.0).sqrt();
    let close = |a: f64, b: f64| (a - b).abs() < 1e-13 * (1.0 + b.abs());
    assert!(close(found.energy, exact.energy));
    assert!(found.forces.iter().flatten().zip(exact.forces.iter().flatten()).all(|(a, b)| close(*a, *b)));
    let spread = found.spread.unwrap();
    assert!(close(spread.energy, deviation * exact.energy / 3.0));
    let lengths: Vec<f64> = system.positions.iter().map(|r| r.iter().map(|x| x * x).sum::<f64>().sqrt()).collect();
    assert!(spread.forces.iter().zip(&lengths).all(|(found, length)| close(*found, deviation * length)));
    let farthest = (0..4).max_by(|a, b| lengths[*a].total_cmp(&lengths[*b])).unwrap();
    assert_eq!(spread.largest(), (farthest, spread.forces[farthest]));
    // Adding what is certain changes the mean alone; two committees are independent.
    let sum = Sum::new(vec![committee(&[1.0, 2.0, 6.0]), Box::new(Well::harmonic(1.0))]);
    assert_eq!(evaluate(Box::new(sum), &system).spread, Some(spread.clone()));
    let twice = Sum::new(vec![committee(&[1.0, 2.0, 6.0]), committee(&[1.0, 2.0, 6.0])]);
    let Spread { energy, .. } = evaluate(Box::new(twice), &system).spread.unwrap();
    assert!(close(energy, 2.0_f64.sqrt() * spread.energy));
    assert!(Committee::new(vec![Box::new(Well::FLAT)]).is_err());
}

// Catches: columns under the wrong head, a spread that is lost between the potential and the files.
#[test]
fn the_spread_is_in_the_table_and_the_trajectory() {
    let folder = tempfile::tempdir().unwrap();
    let mut simulation = Simulation::new(crowd(3, 300.0, 5), committee(&[1.0, 2.0]), 1).unwrap();
    let every = Schedule::every(2).unwrap();
    let (table, trajectory) = (folder.path().join("energies.csv"), folder.path().join("t.xyz"));
    let stage = Stage::new("all", 4, VelocityVerlet::new(0.5 * FEMTOSECOND).unwrap());
    let stage =
        stage.with_observer(Table::new(&table, every)).with_observer(Trajectory::new(&trajectory, every).unwrap());
    simulation.stages.push(stage);
    simulation.run().unwrap();
    let spread = simulation.field().last().spread.clone().unwrap();
    let text = std::fs::read_to_string(&table).unwrap();
    let head = text.lines().next().unwrap();
    assert!(head.ends_with(",energy_spread/eV,largest_force_spread/(eV/Å),atom_of_largest"), "{head}");
    let last: Vec<&str> = text.lines().last().unwrap().split(',').collect();
    assert_eq!(last.len(), head.split(',').count());
    let (atom, largest) = spread.largest();
    assert_eq!(last[7..], [format!("{:.9}", spread.energy), format!("{largest:.9}"), (atom + 1).to_string()]);
    let frame = TrajectoryReader::open(&trajectory).unwrap().last().unwrap().unwrap();
    assert_eq!(frame.numbers("force_spread").unwrap(), spread.forces);
    assert_eq!(frame.number("energy_spread").unwrap(), spread.energy);
}
