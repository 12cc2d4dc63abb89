//! Pairs that may come within the cutoff before the next search.

use super::found::{Found, MOST};
use super::grid::Grid;
use crate::parallel::append_pieces;
use crate::system::vector::{difference, dot, plus, times};
use crate::system::{Cell, System};
use crate::{Error, Result};

/// Receivers that one thread searches for at a time.
const PIECE: usize = 256;

/// Pairs within cutoff + skin at the time of the last search.
///
/// Pair potentials take the half list directly (each pair once); everybody else goes through
/// [`NeighborList`](super::NeighborList).
#[derive(Debug, Clone)]
pub struct Candidates {
    cutoff: f64,
    skin: f64,
    half: bool,
    found: Found,
    shift_vectors: Vec<[f64; 3]>, // S·H in Å of the shifts
    reference: Vec<[f64; 3]>,     // [atoms], positions at the last search
    reference_cell: Option<Cell>,
    vectors_cell: Option<Cell>, // the cell that `shift_vectors` belong to
    rebuilds: u64,
}

impl Candidates {
    /// Every pair in both directions.
    #[must_use]
    pub fn all(cutoff: f64, skin: f64) -> Self {
        Self {
            cutoff,
            skin,
            half: false,
            found: Found::default(),
            shift_vectors: Vec::new(),
            reference: Vec::new(),
            reference_cell: None,
            vectors_cell: None,
            rebuilds: 0,
        }
    }

    /// Every pair in one direction: sender after receiver, or an image of the receiver in the upper half space.
    #[must_use]
    pub fn half(cutoff: f64, skin: f64) -> Self {
        Self { half: true, ..Self::all(cutoff, skin) }
    }

    /// The cutoff in Å.
    #[must_use]
    pub fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// How often the search was repeated.
    #[must_use]
    pub fn rebuilds(&self) -> u64 {
        self.rebuilds
    }

    /// Senders and shift numbers of the candidates of `receiver`.
    #[must_use]
    pub fn of(&self, receiver: usize) -> (&[u32], &[u32]) {
        let first = receiver.checked_sub(1).map_or(0, |before| self.found.ends[before]);
        let range = first..self.found.ends[receiver];
        (&self.found.senders[range.clone()], &self.found.shift_ids[range])
    }

    /// Number of candidates of all receivers.
    #[must_use]
    pub fn count(&self) -> usize {
        self.found.senders.len()
    }

    /// Vector of the edge from the second position to the first, with shift number `shift`.
    #[must_use]
    #[inline]
    pub fn vector(&self, receiver: [f64; 3], sender: [f64; 3], shift: u32) -> [f64; 3] {
        plus(difference(sender, receiver), 1.0, self.shift_vectors[shift as usize])
    }

    /// The shift in whole cells of a shift number.
    #[must_use]
    pub fn shift(&self, shift: u32) -> [i32; 3] {
        self.found.shifts[shift as usize]
    }

    /// S·H in Å of every shift number.
    #[must_use]
    pub fn shift_vectors(&self) -> &[[f64; 3]] {
        &self.shift_vectors
    }

    /// Search again if that is due. Afterwards every pair within the cutoff is among the candidates.
    ///
    /// # Errors
    /// As for [`NeighborList::update`](super::NeighborList::update), save overlapping atoms.
    pub fn update(&mut self, system: &System) -> Result<()> {
        if !self.holds(system) {
            self.search(system)?;
        }
        if self.vectors_cell != system.cell {
            self.refresh_shift_vectors(system);
        }
        Ok(())
    }

    /// Whether no pair can have come within the cutoff unseen.
    ///
    /// With A the deformation of the cell since the search and u what an atom moved beyond it, a pair that was at least
    /// cutoff + skin apart is still (1 − |A − 1|)(cutoff + skin) − 2 max u apart.
    fn holds(&self, system: &System) -> bool {
        if self.rebuilds == 0
            || self.reference.len() != system.positions.len()
            || self.reference_cell.is_some() != system.cell.is_some()
        {
            return false;
        }
        let range = self.cutoff + self.skin;
        let mut deformation = None;
        let mut spare = self.skin;
        if let (Some(before), Some(now)) = (&self.reference_cell, &system.cell)
            && before != now
        {
            if before.periodic() != now.periodic() {
                return false;
            }
            let inverse = before.inverse();
            let basis = now.basis();
            let map = inverse.map(|row| times(row, &basis));
            let mut square = 0.0;
            for (i, row) in map.iter().enumerate() {
                for (k, entry) in row.iter().enumerate() {
                    let change = entry - f64::from(u8::from(i == k));
                    square += change * change;
                }
            }
            spare = (1.0 - square.sqrt()) * range - self.cutoff;
            deformation = Some(map);
        }
        if spare < 0.0 {
            return false;
        }
        let limit = 0.25 * spare * spare;
        let moved = |(now, before): (&[f64; 3], &[f64; 3])| {
            let expected = deformation.as_ref().map_or(*before, |map| times(*before, map));
            let displacement = difference(*now, expected);
            dot(displacement, displacement)
        };
        // Not-a-number compares false and so leads to a search, which reports it.
        system.positions.iter().zip(&self.reference).all(|pair| moved(pair) <= limit)
    }

    fn search(&mut self, system: &System) -> Result<()> {
        self.check(system)?;
        let range = self.cutoff + self.skin;
        let grid = Grid::new(system, range)?;
        let half = self.half;
        self.found.clear();
        let search = |receivers, found: &mut Found| found.search(&grid, receivers, half);
        append_pieces(system.atom_count(), PIECE, &mut self.found, search, Found::append);
        if let Some(receivers) = self.found.too_many {
            return Err(Error::Structure(format!(
                "the first {receivers} atoms have more than {MOST} neighbors within {range} Å; check positions and cell"
            )));
        }
        self.reference.clone_from(&system.positions);
        self.reference_cell = system.cell;
        self.rebuilds += 1;
        self.refresh_shift_vectors(system);
        Ok(())
    }

    fn refresh_shift_vectors(&mut self, system: &System) {
        // Shifts along open directions are zero, so that the vectors there do not matter.
        let rows = system.cell.map_or([[0.0; 3]; 3], |cell| cell.basis());
        self.shift_vectors.clear();
        self.shift_vectors.extend(self.found.shifts.iter().map(|shift| times(shift.map(f64::from), &rows)));
        self.vectors_cell = system.cell;
    }

    fn check(&self, system: &System) -> Result<()> {
        if !(self.cutoff.is_finite() && self.cutoff > 0.0) {
            return Err(Error::Invalid(format!("a cutoff of {} Å is not possible; it must be positive", self.cutoff)));
        }
        if !(self.skin.is_finite() && self.skin >= 0.0) {
            return Err(Error::Invalid(format!("a skin of {} Å is not possible", self.skin)));
        }
        for (atom, position) in system.positions.iter().enumerate() {
            if let Some(value) = position.iter().find(|x| !x.is_finite()) {
                return Err(Error::Numerical {
                    step: system.step,
                    quantity: format!("the position of atom {} ({}) is", atom + 1, system.elements[atom]),
                    value: *value,
                });
            }
        }
        Ok(())
    }
}
