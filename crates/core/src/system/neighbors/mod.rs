//! Which atoms are near which.
//!
//! Convention everywhere: the edge from sender j to receiver i has the vector r_j − r_i + S·H, where S is the shift in
//! whole cells and H the matrix of cell vectors.

mod candidates;
mod found;
mod grid;

pub use candidates::Candidates;

use super::System;
use super::vector::dot;
use crate::{Error, Result};

/// Atoms nearer than this, in Å, overlap: no potential has anything to say about them.
pub const SAME_SPOT: f64 = 1.0e-3;

/// All directed edges within a cutoff, grouped by receiver.
///
/// Symmetric: with (i ← j, S) there is (j ← i, −S), whose vector is the exact negative. An atom is a neighbor of its own
/// images, never of itself. Within a receiver, edges are in the order of (sender, shift), so that results do not depend
/// on when the list was rebuilt.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Neighbors {
    /// Edges of receiver i are `offsets[i]..offsets[i + 1]`; `[atoms + 1]`.
    pub offsets: Vec<usize>,
    /// Sender j of each edge; `[edges]`.
    pub senders: Vec<u32>,
    /// Shift S of each edge in whole cells; `[edges]`.
    pub shifts: Vec<[i32; 3]>,
    /// r_j − r_i + S·H of each edge in Å; `[edges]`.
    pub vectors: Vec<[f64; 3]>,
}

impl Neighbors {
    /// Distance in Å from `atom` to the nearest of its neighbors; none where it has none within the cutoff.
    #[must_use]
    pub fn nearest(&self, atom: usize) -> Option<f64> {
        let vectors = &self.vectors[self.offsets[atom]..self.offsets[atom + 1]];
        vectors.iter().map(|vector| super::vector::norm(*vector)).reduce(f64::min)
    }

    /// Number of directed edges.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.senders.len()
    }
}

/// Keeps the [`Neighbors`] of a moving system.
///
/// The search covers cutoff + skin and is repeated only when some atom moved, or the cell deformed, so far that a pair
/// could have come within the cutoff unseen; between searches only vectors are refreshed, without allocating.
/// Correct for every cell, also for those smaller than twice the cutoff. Checked by: `suite::neighbors`.
#[derive(Debug, Clone)]
pub struct NeighborList {
    candidates: Candidates,
    neighbors: Neighbors,
}

impl NeighborList {
    /// A list for this cutoff and skin, both in Å.
    #[must_use]
    pub fn new(cutoff: f64, skin: f64) -> Self {
        Self { candidates: Candidates::all(cutoff, skin), neighbors: Neighbors::default() }
    }

    /// The neighbors in `system` as it is now.
    ///
    /// # Errors
    /// When the cutoff is not valid, a position is not finite, two atoms overlap, or there would be more
    /// neighbors than memory can hold.
    pub fn update(&mut self, system: &System) -> Result<&Neighbors> {
        self.candidates.update(system)?;
        let Self { candidates, neighbors } = self;
        neighbors.offsets.clear();
        neighbors.senders.clear();
        neighbors.shifts.clear();
        neighbors.vectors.clear();
        neighbors.offsets.push(0);
        let limit = candidates.cutoff() * candidates.cutoff();
        for (receiver, position) in system.positions.iter().enumerate() {
            let (senders, shifts) = candidates.of(receiver);
            for (&sender, &shift) in senders.iter().zip(shifts) {
                let vector = candidates.vector(*position, system.positions[sender as usize], shift);
                let square = dot(vector, vector);
                if square < limit {
                    if square < SAME_SPOT * SAME_SPOT {
                        return Err(same_spot(system, receiver, sender as usize));
                    }
                    neighbors.senders.push(sender);
                    neighbors.shifts.push(candidates.shift(shift));
                    neighbors.vectors.push(vector);
                }
            }
            neighbors.offsets.push(neighbors.senders.len());
        }
        Ok(neighbors)
    }

    /// The neighbors found by the last [`NeighborList::update`].
    #[must_use]
    pub fn last(&self) -> &Neighbors {
        &self.neighbors
    }

    /// How often the search was repeated.
    #[must_use]
    pub fn rebuilds(&self) -> u64 {
        self.candidates.rebuilds()
    }
}

/// The error that names two overlapping atoms.
#[must_use]
pub fn same_spot(system: &System, first: usize, second: usize) -> Error {
    let (first, second) = (first.min(second), first.max(second));
    let name = |atom: usize| format!("{} ({})", atom + 1, system.elements[atom]);
    Error::Structure(if first == second {
        format!("atom {} overlaps its own periodic image; the cell is too small", name(first))
    } else {
        format!("atoms {} and {} overlap (closer than {SAME_SPOT} Å); remove one of them", name(first), name(second))
    })
}
