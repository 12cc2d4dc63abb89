//! The order in which a large system is worked on: neighbors near each other in memory, elements together.
//!
//! Atoms are sorted along the Z-order curve (Morton 1966) through small boxes, then by element within short runs, so that
//! what a tile of receivers reads of its senders stays in the cache and the matrices of one element multiply many rows at
//! once. The kernels sum over pairs of neighbors in this order. It is made anew for each evaluation, from the positions alone: no bit of a
//! result depends on when neighbors were searched last. Checked by: `suite::learned::order_changes_no_bit`.

use cormorant_core::Result;
use cormorant_core::system::vector::norm;
use cormorant_core::system::{Element, System};

/// Systems with fewer atoms fit the caches as they are.
const LEAST_ATOMS: usize = 256;
/// Edge of a box in Å.
const BOX: f64 = 4.0;
/// Atoms in a row that are sorted by element.
const RUN: usize = 64;

/// A permutation of the atoms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SpatialOrder {
    /// Atom of the system at each place; empty for the order of the system itself.
    pub atoms: Vec<u32>,
    /// Place of each atom of the system; empty likewise.
    pub places: Vec<u32>,
}

impl SpatialOrder {
    /// The order for the atoms of `system` where they are now.
    pub fn of(system: &System) -> Self {
        let count = system.atom_count();
        if count < LEAST_ATOMS {
            return Self::default();
        }
        let keys: Vec<u64> = boxes(system).into_iter().map(interleave).collect();
        let mut atoms: Vec<u32> = (0..count as u32).collect();
        atoms.sort_by_key(|&atom| (keys[atom as usize], atom));
        for run in atoms.chunks_mut(RUN) {
            run.sort_by_key(|&atom| (system.elements[atom as usize], keys[atom as usize], atom));
        }
        let mut places = vec![0; count];
        for (place, &atom) in atoms.iter().enumerate() {
            places[atom as usize] = place as u32;
        }
        Self { atoms, places }
    }

    /// Makes it the order for the atoms of `system` where they are now; says whether it is another one.
    pub fn update(&mut self, system: &System) -> bool {
        let now = Self::of(system);
        let changed = now != *self;
        *self = now;
        changed
    }

    /// The atom at `place`.
    #[inline]
    pub fn atom(&self, place: usize) -> usize {
        self.atoms.get(place).map_or(place, |&atom| atom as usize)
    }

    /// Species of the atoms of `system` by place: places of their elements among `known`.
    ///
    /// # Errors
    /// When an element is not known.
    pub fn species(&self, system: &System, known: &[Element], into: &mut Vec<u32>) -> Result<()> {
        into.clear();
        for place in 0..system.atom_count() {
            let element = system.elements[self.atom(place)];
            let index = known.iter().position(|one| *one == element);
            into.push(index.ok_or_else(|| super::unknown(element, known))? as u32);
        }
        Ok(())
    }

    /// The place of `atom`.
    #[inline]
    pub fn place(&self, atom: usize) -> usize {
        self.places.get(atom).map_or(atom, |&place| place as usize)
    }
}

/// Puts `atoms` of an arrangement without a cell into such an order, if they are many.
pub(super) fn arrange(atoms: &mut [u32], positions: &[[f64; 3]], kinds: &[u32]) {
    if atoms.len() < LEAST_ATOMS {
        return;
    }
    let places = atoms.iter().map(|&atom| positions[atom as usize]);
    let boxes = open_boxes(places);
    let mut keyed: Vec<(u64, u32)> = boxes.into_iter().map(interleave).zip(atoms.iter().copied()).collect();
    keyed.sort_unstable();
    for run in keyed.chunks_mut(RUN) {
        run.sort_unstable_by_key(|&(key, atom)| (kinds[atom as usize], key, atom));
    }
    for (atom, (_, sorted)) in atoms.iter_mut().zip(keyed) {
        *atom = sorted;
    }
}

/// Box of each atom: of its image in the cell, or within the extent of a system without one.
fn boxes(system: &System) -> Vec<[u64; 3]> {
    match &system.cell {
        Some(cell) => {
            // Wrapped along repeating directions; along open ones a fraction is a coordinate in Å.
            let (periodic, lengths) = (cell.periodic(), cell.basis().map(norm));
            let inside = |position: &[f64; 3]| {
                let fraction = cell.fractional(*position);
                [0, 1, 2].map(|k| {
                    let whole = if periodic[k] { fraction[k].floor() } else { 0.0 };
                    (fraction[k] - whole) * lengths[k]
                })
            };
            let mut inside: Vec<[f64; 3]> = system.positions.iter().map(inside).collect();
            for k in (0..3).filter(|&k| !periodic[k]) {
                let least = inside.iter().fold(f64::INFINITY, |least, place| least.min(place[k]));
                for place in &mut inside {
                    place[k] -= least;
                }
            }
            inside.iter().map(|place| place.map(|x| (x / BOX) as u64)).collect()
        }
        None => open_boxes(system.positions.iter().copied()),
    }
}

/// Boxes within the extent of the positions.
fn open_boxes(positions: impl Iterator<Item = [f64; 3]> + Clone) -> Vec<[u64; 3]> {
    let least = |axis: usize| positions.clone().map(|r| r[axis]).fold(f64::INFINITY, f64::min);
    let origin = [least(0), least(1), least(2)];
    positions.map(|r| [0, 1, 2].map(|axis| ((r[axis] - origin[axis]) / BOX) as u64)).collect()
}

/// The bits of three numbers below 2²¹ in turn.
fn interleave(numbers: [u64; 3]) -> u64 {
    let spread = |number: u64| (0..21).fold(0, |key, bit| key | ((number >> bit & 1) << (3 * bit)));
    spread(numbers[0]) | spread(numbers[1]) << 1 | spread(numbers[2]) << 2
}
