//! Whether the substance flows: a liquid has no shape of its own to give to a cell.

use cormorant_core::system::observables::total_mass;
use cormorant_core::system::vector::{difference, norm, plus, times};
use cormorant_core::system::{System, find_bonds};

/// Displacement, in units of the distance between neighbors, beyond which a molecule has left its place.
const LEFT: f64 = 0.3;
/// Share of the molecules that have to have left their places.
const SHARE: f64 = 0.8;
/// Steps between two looks.
const EVERY: u64 = 100;

/// Follows the centers of molecules from the start of a run.
///
/// In a solid they stay near their places: at its melting point the displacement between two times has a root mean square of
/// about √2·0.15 of the distance of neighbors (Lindemann 1910), so that one molecule in five is nearer than 0.15. In a liquid all
/// of them leave. The criterion is that four out of five have moved farther than 0.3 (V/M)^⅓ for M molecules in the volume V, after
/// the motion of the cell and of the whole is taken out. Mobile ions in a lattice, rotating groups and defects do not meet it.
/// What no bond separates, such as an element or a network, is judged by its atoms. Checked by
/// `suite::cases::{a_liquid_flows, a_crystal_does_not_flow}`.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    /// Molecule of each atom.
    molecule: Vec<usize>,
    /// Mass of each molecule in u.
    masses: Vec<f64>,
    /// Fractional coordinates of the centers at the start.
    start: Vec<[f64; 3]>,
}

impl Flow {
    /// From where the molecules of `system` are now; none without a cell. What has no volume, as a slab, is not judged.
    pub(super) fn new(system: &System) -> Option<Self> {
        system.cell.as_ref()?;
        let molecule = molecules(system);
        let mut masses = vec![0.0; molecule.iter().max()? + 1];
        for (mass, &index) in system.masses.iter().zip(&molecule) {
            masses[index] += mass;
        }
        let mut flow = Self { molecule, masses, start: Vec::new() };
        flow.start = flow.centers(system)?;
        Some(flow)
    }

    /// Whether it is time to look after `stage_step` steps of a stage.
    pub(super) fn due(stage_step: u64) -> bool {
        stage_step.is_multiple_of(EVERY)
    }

    /// What the user should know when the substance flows: how many moved how far.
    pub(super) fn finding(&self, system: &System) -> Option<String> {
        let cell = system.cell.as_ref()?;
        let count = self.masses.len();
        let limit = LEFT * (cell.volume()? / count as f64).cbrt();
        let now = self.centers(system)?;
        let drift = self.drift(system, &now);
        let far = now.iter().zip(&self.start).filter(|(now, start)| {
            let moved = difference(difference(**now, **start), drift);
            norm(times(moved, &cell.rows())) > limit
        });
        // A handful of molecules is no substance.
        let enough = count >= 8 && far.count() as f64 >= SHARE * count as f64;
        let what = if count == system.atom_count() { "atoms" } else { "molecules" };
        enough.then(|| format!("four in five of its {what} have moved more than {limit:.1} Å since the start"))
    }

    /// Fractional coordinates of the centers of mass. Positions are never wrapped, so that a molecule keeps its images.
    fn centers(&self, system: &System) -> Option<Vec<[f64; 3]>> {
        let cell = system.cell.as_ref()?;
        let mut centers = vec![[0.0; 3]; self.masses.len()];
        for (atom, &index) in self.molecule.iter().enumerate() {
            let share = system.masses[atom] / self.masses[index];
            centers[index] = plus(centers[index], share, system.positions[atom]);
        }
        Some(centers.into_iter().map(|center| cell.fractional(center)).collect())
    }

    /// Motion of the whole since the start, in fractional coordinates.
    fn drift(&self, system: &System, now: &[[f64; 3]]) -> [f64; 3] {
        let total = total_mass(system);
        let moved = now.iter().zip(&self.start).zip(&self.masses);
        moved.fold([0.0; 3], |sum, ((now, start), mass)| plus(sum, mass / total, difference(*now, *start)))
    }
}

/// Number of the molecule of each atom; of the atom itself where bonds join more than half of all atoms.
fn molecules(system: &System) -> Vec<usize> {
    let atoms = system.atom_count();
    let own: Vec<usize> = (0..atoms).collect();
    let Ok(bonds) = find_bonds(system) else { return own };
    let mut root = own.clone();
    let find = |root: &[usize], mut atom: usize| {
        while root[atom] != atom {
            atom = root[atom];
        }
        atom
    };
    for bond in bonds {
        let (one, other) = (find(&root, bond.first), find(&root, bond.second));
        root[one.max(other)] = one.min(other);
    }
    let mut numbers = vec![usize::MAX; atoms];
    let mut counts: Vec<usize> = Vec::new();
    let mut molecule = Vec::with_capacity(atoms);
    for atom in 0..atoms {
        let first = find(&root, atom);
        if numbers[first] == usize::MAX {
            numbers[first] = counts.len();
            counts.push(0);
        }
        counts[numbers[first]] += 1;
        molecule.push(numbers[first]);
    }
    if counts.iter().any(|count| 2 * count > atoms) { own } else { molecule }
}
