//! From the numbers that a network gives its atoms to charges, and back.

use super::electrostatics::{CELL, POSITIONS, close};
use cormorant::electrostatics::{ChargeState, Electrostatics, Multipoles, NUMBERS, Places, SYMMETRIC, width};
use cormorant::system::{Cell, ElectronicState};

fn numbers(atoms: usize, degree: usize) -> Vec<f64> {
    (0..atoms * width(degree)).map(|k| (1.7 * k as f64).sin() + 0.2).collect()
}

/// Central differences of `energy` by each of the numbers.
fn slopes(numbers: &[f64], energy: &mut dyn FnMut(&[f64]) -> f64) -> Vec<f64> {
    let step = 1e-5;
    let mut at = |k: usize, step: f64| {
        let mut changed = numbers.to_vec();
        changed[k] += step;
        energy(&changed)
    };
    (0..numbers.len()).map(|k| (at(k, step) - at(k, -step)) / (2.0 * step)).collect()
}

/// Catches charges that do not add up, and a gradient that forgets that a charge moves all others.
#[test]
fn charges_add_up() {
    let (atoms, width) = (6, width(0));
    let mut state = ChargeState::default();
    let by_charge: Vec<f64> = (0..atoms).map(|i| (2.0 + i as f64).cos()).collect();
    let mut energy = |numbers: &[f64]| {
        state.distribute(numbers, width, -1.0, 2.0);
        state.energy + state.charges.iter().zip(&by_charge).map(|(q, by)| q * by).sum::<f64>()
    };
    let numbers = numbers(atoms, 0);
    let slopes = slopes(&numbers, &mut energy);
    energy(&numbers);
    close(state.charges.iter().sum(), -1.0, 1e-12);
    close(state.spins.iter().sum(), 2.0, 1e-12);
    let mut found = vec![0.0; numbers.len()];
    state.pull_back(&numbers, width, &by_charge, &mut found);
    for (found, slope) in found.iter().zip(slopes) {
        close(*found, slope, 1e-8);
    }
    assert_eq!(width, NUMBERS);
}

/// Catches a seed of the network's reverse pass that is not the derivative of the energy, a wrong order of the components, and
/// energies of atoms that do not add up.
#[test]
fn numbers_of_atoms_are_differentiated() {
    let cell = Cell::new(CELL).unwrap();
    for cell in [Some(&cell), None] {
        for degree in 0..=2 {
            let state = ElectronicState::stated(1, 3);
            let mut model = Electrostatics::new(Multipoles { degree, smearing: 1.2 }, 0.7);
            let numbers = numbers(5, degree);
            let mut energy = |numbers: &[f64]| {
                model.evaluate(Places { positions: &POSITIONS, cell, state }, numbers, false).unwrap();
                model.energy
            };
            let slopes = slopes(&numbers, &mut energy);
            energy(&numbers);
            for (found, slope) in model.by_number.iter().zip(slopes) {
                close(*found, slope, 1e-7);
            }
            close(model.atom_energies(&numbers).sum(), model.energy, 1e-9);
        }
    }
}

/// Catches a wire that is computed as if it repeated in all directions.
#[test]
fn wires_are_refused() {
    let wire = Cell::with_periodicity(CELL, [true, false, false]).unwrap();
    let mut model = Electrostatics::new(Multipoles { degree: 0, smearing: 1.2 }, 1.0);
    let places = Places { positions: &POSITIONS, cell: Some(&wire), state: ElectronicState::default() };
    let refusal = model.evaluate(places, &numbers(5, 0), false).unwrap_err().to_string();
    assert!(refusal.contains("repeats in 1: give it a cell with vacuum"), "{refusal}");
    assert_eq!(SYMMETRIC.len(), 6);
}
