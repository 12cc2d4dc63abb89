//! Are lengths in Å and energies in eV, as far as the numbers themselves tell?

use super::apart::apart;
use super::finding::{Finding, Severity};
use super::stress::median;
use crate::Configuration;
use cormorant_core::units::{BOHR, HARTREE, KILOCALORIE_PER_MOLE, KILOJOULE_PER_MOLE};

/// Frames that are looked at, at most.
const SAMPLE: usize = 200;
/// Atoms of a frame whose neighbors are looked for, at most.
const MOST_ATOMS: usize = 200;
/// A ratio is that of a unit where its logarithm is so close.
const CLOSE: f64 = 0.12;
/// Total energies of molecules with more than hydrogen are those of their atoms to 1 %: so close they are in a unit.
const CLOSE_ENERGY: f64 = 0.03;
/// Nonrelativistic energies of the atoms from hydrogen to argon in Hartree. Sources: hydrogen exact; helium Pekeris 1958
/// (doi:10.1103/PhysRev.112.1649); from lithium on Chakravorty, Gwaltney, Davidson, Parpia, Froese Fischer 1993
/// (doi:10.1103/PhysRevA.47.3649).
const ATOMS: [f64; 18] = [
    -0.5, -2.9037, -7.4781, -14.6674, -24.6539, -37.8450, -54.5892, -75.0673, -99.7339, -128.9376, -162.2546, -200.053,
    -242.346, -289.359, -341.259, -398.110, -460.148, -527.540,
];

/// Distances between nearest neighbors that are bonds in another unit; of frames without a cell and without noble gases.
///
/// The nearest neighbor of an atom of a molecule is 0.9 to 1.1 sums of the covalent radii away.
pub(super) fn lengths(configurations: &[Configuration]) -> Option<Finding> {
    let molecules: Vec<&Configuration> = configurations.iter().filter(|one| is_molecule(one)).collect();
    let stride = (molecules.len() / SAMPLE).max(1);
    let share = median(molecules.iter().step_by(stride).flat_map(|one| nearest_shares(one)));
    let is = |ratio: f64| (share / ratio).ln().abs() < CLOSE;
    let unit = [(1.0 / BOHR, "bohr"), (0.1, "nm"), (100.0, "pm")].into_iter().find(|(ratio, _)| is(*ratio))?.1;
    let text = format!(
        "atoms are {share:.2} times as far from their nearest neighbors as bonds are long, as if coordinates were in {unit} and read \
         as Å; state the unit of length"
    );
    Some(Finding { severity: Severity::Warning, text })
}

fn is_molecule(one: &Configuration) -> bool {
    let noble = [2, 10, 18, 36, 54, 86];
    one.cell.is_none() && one.atom_count() > 1 && one.elements.iter().all(|element| !noble.contains(&element.number()))
}

/// Of each atom the distance to its nearest neighbor over the sum of the covalent radii.
fn nearest_shares(one: &Configuration) -> Vec<f64> {
    let atoms = one.atom_count().min(MOST_ATOMS);
    let nearest = |i: usize| {
        let others = (0..one.atom_count()).filter(|j| *j != i);
        others.map(|j| apart(one, i, j).1).fold(f64::INFINITY, f64::min)
    };
    (0..atoms).map(nearest).collect()
}

/// Total energies that are those of all electrons in another unit than eV.
pub(super) fn energies(configurations: &[Configuration]) -> Option<Finding> {
    let stride = (configurations.len() / SAMPLE).max(1);
    let ratio = median(configurations.iter().step_by(stride).filter_map(|one| Some(one.energy? / atoms_energy(one)?)));
    let units =
        [(1.0 / HARTREE, "Hartree"), (1.0 / KILOCALORIE_PER_MOLE, "kcal/mol"), (1.0 / KILOJOULE_PER_MOLE, "kJ/mol")];
    let is = |of: f64| ratio > 0.0 && (ratio / of).ln().abs() < CLOSE_ENERGY;
    let unit = units.into_iter().find(|(of, _)| is(*of))?.1;
    let text = format!(
        "energies are {ratio:.4} times those of all electrons of the atoms in eV, as if they were in {unit} and read as eV; state the \
         unit of energy"
    );
    Some(Finding { severity: Severity::Warning, text })
}

/// The energies of the atoms of a frame in eV; nothing beyond argon.
fn atoms_energy(one: &Configuration) -> Option<f64> {
    let energy = |number: u8| ATOMS.get(usize::from(number).checked_sub(1)?).copied();
    one.elements.iter().map(|element| energy(element.number())).sum::<Option<f64>>().map(|sum| sum * HARTREE)
}
