//! Dipoles and quadrupoles as a network gives them, and as the sums take them.

use super::charge_state::{CHARGE, NUMBERS};
use super::symmetric::{PLACES, SYMMETRIC};
use cormorant_so3::{quadrupole_basis, vector, vector_components};

/// Numbers of an atom with moments up to this degree: those of its charge, and behind them components of degrees 1 and 2.
#[must_use]
pub fn width(degree: usize) -> usize {
    NUMBERS + (degree + 1) * (degree + 1) - 1
}

/// Dipoles in e·Å of atoms with `numbers`.
pub(crate) fn dipoles(numbers: &[f64], degree: usize, into: &mut Vec<[f64; 3]>) {
    into.clear();
    if degree > 0 {
        let components = |one: &[f64]| [0, 1, 2].map(|m| CHARGE * one[NUMBERS + m]);
        into.extend(numbers.chunks_exact(width(degree)).map(|one| vector(components(one))));
    }
}

/// Quadrupoles in e·Å² of atoms with `numbers`.
pub(crate) fn quadrupoles(numbers: &[f64], degree: usize, into: &mut Vec<[f64; 6]>) {
    into.clear();
    if degree > 1 {
        let tensor = |one: &[f64]| {
            SYMMETRIC.map(|(a, b)| {
                let components = one[NUMBERS + 3..].iter().zip(quadrupole_basis());
                CHARGE * components.map(|(component, matrix)| component * matrix[a][b]).sum::<f64>()
            })
        };
        into.extend(numbers.chunks_exact(width(degree)).map(tensor));
    }
}

/// From derivatives with respect to dipoles and quadrupoles to those with respect to the numbers of the atoms.
pub(crate) fn pull_back(by_dipole: &[[f64; 3]], by_quadrupole: &[[f64; 6]], degree: usize, into: &mut [f64]) {
    let width = width(degree);
    for (into, by) in into.chunks_exact_mut(width).zip(by_dipole) {
        into[NUMBERS..NUMBERS + 3].copy_from_slice(&vector_components(by.map(|x| CHARGE * x)));
    }
    for (into, by) in into.chunks_exact_mut(width).zip(by_quadrupole) {
        for (into, matrix) in into[NUMBERS + 3..].iter_mut().zip(quadrupole_basis()) {
            let entries = SYMMETRIC.into_iter().zip(PLACES).zip(by);
            let over_all = entries.map(|(((a, b), places), x)| places * matrix[a][b] * x);
            *into = CHARGE * over_all.sum::<f64>();
        }
    }
}
