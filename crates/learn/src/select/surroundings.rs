//! The surroundings of the atoms of frames, to be compared with each other.

use cormorant_core::Result;
use cormorant_core::system::{Element, NeighborList, System};
use cormorant_network::Envelope;
use cormorant_potential::extrapolation::Descriptor;

/// Surroundings beyond this distance in Å are not looked at, as those of grades of extrapolation.
const REACH: f64 = 5.0;
/// Bumps of the descriptor.
const BUMPS: usize = 8;

/// Rows of numbers for the atoms of several frames; they do not change when a frame is turned or its atoms are renumbered (see
/// [`Descriptor`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// Numbers of a row.
    pub(super) length: usize,
    /// For each frame the place of each atom's element, in the order of the elements of all.
    pub(super) kinds: Vec<Vec<usize>>,
    /// Rows of each frame, one atom after the other: `[frames][atoms · length]`.
    pub(super) rows: Vec<Vec<f32>>,
}

impl Surroundings {
    /// Those of `systems`, which hold no elements but `elements`; others have none in common with what is known.
    ///
    /// # Errors
    /// When two atoms overlap, or an element is not listed.
    pub fn of(systems: &[System], elements: &[Element]) -> Result<Self> {
        let envelope = Envelope { cutoff: REACH, bumps: BUMPS, elements: Vec::new() };
        let mut descriptor = Descriptor::new(&envelope, elements);
        let length = descriptor.length();
        let (mut kinds, mut rows) = (Vec::with_capacity(systems.len()), Vec::with_capacity(systems.len()));
        let mut list = NeighborList::new(REACH, 0.0);
        for system in systems {
            let place = |element: &Element| {
                elements.iter().position(|one| one == element).ok_or_else(|| {
                    let symbol = element.symbol();
                    cormorant_core::Error::Invalid(format!("{symbol} is not among the elements that were listed"))
                })
            };
            let own: Vec<usize> = system.elements.iter().map(place).collect::<Result<_>>()?;
            let species: Vec<u32> = own.iter().map(|kind| *kind as u32).collect();
            let neighbors = list.update(system)?;
            let mut frame = Vec::with_capacity(length * species.len());
            for atom in 0..species.len() {
                descriptor.append(&species, neighbors, atom, &mut frame);
            }
            kinds.push(own);
            rows.push(frame.into_iter().map(|number| number as f32).collect());
        }
        Ok(Self { length, kinds, rows })
    }

    /// Element and row of each atom of a frame.
    pub(super) fn atoms(&self, frame: usize) -> impl Iterator<Item = (usize, &[f32])> {
        self.kinds[frame].iter().copied().zip(self.rows[frame].chunks_exact(self.length))
    }
}
