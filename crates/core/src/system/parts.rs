//! Kinetic energy shared out: among molecules' translation, rotation and inner motion, and among elements.

use std::collections::BTreeMap;
use std::sync::Arc;

use nalgebra::DMatrix;

use super::observables::{Removed, degrees_of_freedom, temperature_of, total_mass};
use super::vector::{dot, norm};
use super::{Bond, Element, RigidGroups, Rotations, System, find_bonds};

/// Parts of the kinetic energy, each with the degrees of freedom that share it in equilibrium.
///
/// Under linear conditions on the momenta (no overall motion, fixed distances) a part keeps of each condition what is not its own:
/// with Q the projector on the conditions in mass-weighted momenta and P that on the part, f = tr P − tr PQ. For a part that is a
/// set of atoms:
///
///   f = 3n − 3 m/M − Σ_a i_a/I_a − tr G⁻¹g
///
/// | symbol | meaning                                                                | unit  |
/// |--------|------------------------------------------------------------------------|-------|
/// | n, m   | number and mass of the atoms of the part that can move                  | 1, u  |
/// | M      | total mass; the term is there where momentum is zero and conserved      | u     |
/// | i_a, I_a | moments of inertia of the part and of all about a conserved rotation  | u·Å²  |
/// | G, g   | Σ_i b_ki·b_li/m_i over all atoms and over the part, b = ∂(distance)/∂r  | 1/u   |
///
/// The f of all elements, and those of the three motions, add up to [`degrees_of_freedom`].
/// Checked by `suite::temperature_parts`.
#[derive(Debug, Clone)]
pub struct Parts {
    molecules: Option<Arc<RigidGroups>>,
    elements: Vec<Element>,
    /// Degrees of freedom of inner motion, rotation and translation of molecules, then of each element.
    freedom: Vec<f64>,
}

/// Parts with fewer degrees of freedom than this have no temperature.
const FEWEST: f64 = 0.5;
/// Motions of molecules.
const MOTIONS: [&str; 3] = ["internal", "rotation", "center of mass"];

/// The molecules of `system`, by its bonds and fixed distances; none where bonds continue through the cell without end, or atoms
/// overlap, as the beads of a ring do.
#[must_use]
pub fn molecules(system: &System) -> Option<Arc<RigidGroups>> {
    let found = find_bonds(system).ok()?;
    let mut bonds: Vec<Bond> = found.iter().map(Bond::from).collect();
    bonds.extend(system.constraints.bonds());
    let groups = RigidGroups::new(system.atom_count(), &bonds);
    groups.closed(&bonds).iter().all(|closed| *closed).then(|| Arc::new(groups))
}

impl Parts {
    /// Of `system`, whose overall motion in `removed` is zero and conserved. Without `molecules`, or where atoms are fixed, there are
    /// elements only.
    #[must_use]
    pub fn new(system: &System, molecules: Option<Arc<RigidGroups>>, removed: Removed) -> Self {
        let molecules = molecules.filter(|_| system.constraints.fixed().is_empty());
        let mut elements = system.elements.clone();
        elements.sort_unstable_by_key(|element| element.number());
        elements.dedup();
        let rotations = if removed.rotation { Some(Rotations::of(system)) } else { None };
        let drift =
            system.constraints.fixed().is_empty() && (removed.translation || system.constraints.center_of_mass());
        let mut freedom = vec![0.0; 3];
        if let Some(groups) = &molecules {
            let total = degrees_of_freedom(system, removed) as f64;
            let (masses, centers) = (groups.masses(system), groups.centers_of_mass(system));
            let shared = rotations.as_ref().map_or(0.0, |all| all.share(&centers, &masses, |_| true));
            let own: usize = groups.each(system, |molecule| molecule.rotations.count()).iter().sum();
            let turning = rotations.as_ref().map_or(0.0, |all| all.count() as f64 - shared);
            freedom[2] = 3.0 * masses.len() as f64 - if drift { 3.0 } else { 0.0 } - shared;
            freedom[1] = own as f64 - turning;
            freedom[0] = total - freedom[1] - freedom[2];
        }
        let tied = tied(system, &elements);
        for (element, tied) in elements.iter().zip(tied) {
            let has = |atom: usize| system.elements[atom] == *element;
            let free =
                (0..system.atom_count()).filter(|atom| has(*atom) && !system.constraints.is_fixed(*atom)).count();
            let mass: f64 = system.masses.iter().enumerate().filter(|(atom, _)| has(*atom)).map(|(_, mass)| mass).sum();
            let drifting = if drift { 3.0 * mass / total_mass(system) } else { 0.0 };
            let turning = rotations.as_ref().map_or(0.0, |all| all.share(&system.positions, &system.masses, has));
            freedom.push(3.0 * free as f64 - drifting - turning - tied);
        }
        Self { molecules, elements, freedom }
    }

    /// Degrees of freedom of every part, also of those that are not shown.
    pub fn freedom(&self) -> &[f64] {
        &self.freedom
    }

    /// Take degrees of freedom as they were counted before.
    pub fn set_freedom(&mut self, freedom: &[f64]) {
        self.freedom = freedom.to_vec();
    }

    /// Name and degrees of freedom of every part that has a temperature of its own; a division into one part is left out.
    #[must_use]
    pub fn named(&self) -> Vec<(String, f64)> {
        let names = MOTIONS.iter().map(|name| (*name).to_string());
        let names = names.chain(self.elements.iter().map(|element| element.symbol().to_string()));
        let named: Vec<_> = names.zip(self.freedom.iter().copied()).collect();
        self.shown().into_iter().map(|at| named[at].clone()).collect()
    }

    /// Whether the parts are about one molecule alone.
    #[must_use]
    pub fn is_one_molecule(&self) -> bool {
        self.molecules.as_ref().is_some_and(|groups| groups.count() == 1)
    }

    /// Temperatures in K of the parts of [`Parts::named`]. `kinetic` is the kinetic energy of all in eV, of which internal motion has
    /// what the others leave; `momenta` (√(u·eV)) are those that it belongs to.
    #[must_use]
    pub fn temperatures(&self, system: &System, momenta: &[[f64; 3]], kinetic: f64) -> Vec<f64> {
        let mut energies = vec![0.0; 3 + self.elements.len()];
        if let Some(groups) = &self.molecules {
            for [translation, rotation] in groups.kinetic_energies(system, momenta) {
                energies[2] += translation;
                energies[1] += rotation;
            }
            energies[0] = kinetic - energies[1] - energies[2];
        }
        for ((momentum, mass), element) in momenta.iter().zip(&system.masses).zip(&system.elements) {
            if let Ok(at) = self.elements.binary_search_by_key(&element.number(), |known| known.number()) {
                energies[3 + at] += dot(*momentum, *momentum) / (2.0 * mass);
            }
        }
        self.shown().into_iter().map(|at| temperature_of(energies[at], self.freedom[at])).collect()
    }

    /// Indices of the parts that are shown.
    fn shown(&self) -> Vec<usize> {
        let free = |range: std::ops::Range<usize>| {
            let found: Vec<usize> = range.filter(|at| self.freedom[*at] > FEWEST).collect();
            if found.len() > 1 { found } else { Vec::new() }
        };
        [free(0..3), free(3..self.freedom.len())].concat()
    }
}

/// Degrees of freedom that fixed distances take from each of `elements`: tr G⁻¹g.
fn tied(system: &System, elements: &[Element]) -> Vec<f64> {
    let mut taken = vec![0.0; elements.len()];
    let Some(groups) = system.rigid_groups() else { return taken };
    let mut sets: BTreeMap<usize, Vec<Bond>> = BTreeMap::new();
    for bond in system.constraints.bonds() {
        sets.entry(groups.group_of(bond.atoms[0])).or_default().push(*bond);
    }
    for bonds in sets.values() {
        let gram = |mark: &dyn Fn(usize) -> bool| {
            DMatrix::from_fn(bonds.len(), bonds.len(), |k, l| overlap(system, &bonds[k], &bonds[l], mark))
        };
        let Some(inverse) = gram(&|_| true).try_inverse() else { continue };
        for (taken, element) in taken.iter_mut().zip(elements) {
            *taken += (&inverse * gram(&|atom| system.elements[atom] == *element)).trace();
        }
    }
    taken
}

/// Σ_i b_ki·b_li/m_i over the atoms with `mark` that can move.
fn overlap(system: &System, one: &Bond, other: &Bond, mark: &dyn Fn(usize) -> bool) -> f64 {
    let unit = |bond: &Bond| {
        let vector = system.bond_vector(bond);
        vector.map(|x| x / norm(vector))
    };
    let cosine = dot(unit(one), unit(other));
    let sign = |bond: &Bond, atom: usize| if bond.atoms[0] == atom { -1.0 } else { 1.0 };
    let common = one.atoms.iter().filter(|atom| other.atoms.contains(atom));
    common
        .filter(|atom| mark(**atom) && !system.constraints.is_fixed(**atom))
        .map(|atom| sign(one, *atom) * sign(other, *atom) * cosine / system.masses[*atom])
        .sum()
}
