//! A running system seen from the training data.

use super::descriptor::Descriptor;
use cormorant_core::Result;
use cormorant_core::system::vector::norm;
use cormorant_core::system::{NeighborList, System};
use cormorant_network::{ElementEnvelope, Network, Scaling};

/// Neighbors are searched within this much more, in Å, so that the search is rarely repeated.
const SKIN: f64 = 0.5;
/// Two elements that were never seen within this distance in Å of each other count as too near within it.
const NEVER_SEEN: f64 = 5.0;
/// An atom whose nearest neighbor is farther than ever in training, by this share of the distance, gets one grade more.
const STRETCH: f64 = 0.1;

/// Compares the surroundings of atoms with those that a model was trained on.
#[derive(Debug, Clone)]
pub struct Domain {
    scaling: Scaling,
    /// Shortest distance in Å seen for each pair of species; `[species][species]`.
    shortest: Vec<Vec<f64>>,
    surroundings: Option<(Descriptor, Vec<Known>)>,
    /// How far neighbors are looked for, in Å.
    reach: f64,
    list: NeighborList,
    species: Vec<u32>,
    row: Vec<f64>,
    image: Vec<f64>,
}

/// The known surroundings of one element.
#[derive(Debug, Clone)]
struct Known {
    farthest: f64,
    loneliest: Option<f64>,
    /// The linear map by columns, so that a number of the row that is zero costs nothing.
    columns: Vec<f64>,
    centers: Vec<f64>,
}

/// What a look found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ExtrapolationCheck {
    /// The two atoms that are nearest to each other, measured by what the model has seen; none where no two are neighbors.
    pub contact: Option<Contact>,
    /// The atom whose surroundings lie farthest from those of training; none where the model has no record of them.
    pub grade: Option<Grade>,
}

impl ExtrapolationCheck {
    /// The worse of both in each respect; the atoms of `other` are counted from `first`.
    pub(super) fn or_worse(mut self, other: Self, first: usize) -> Self {
        if let Some(mut contact) = other.contact
            && self.contact.is_none_or(|own| contact.share < own.share)
        {
            contact.atoms = contact.atoms.map(|atom| atom + first);
            self.contact = Some(contact);
        }
        if let Some(mut grade) = other.grade
            && self.grade.is_none_or(|own| grade.value > own.value)
        {
            grade.atom += first;
            self.grade = Some(grade);
        }
        self
    }
}

/// Two atoms near each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contact {
    /// Both atoms, from 0.
    pub atoms: [usize; 2],
    /// Their distance in Å.
    pub distance: f64,
    /// Shortest distance in Å of such a pair in the training frames; none if they held no such pair within 5 Å.
    pub seen: Option<f64>,
    /// The distance over the shortest seen (over 5 Å if there was none).
    pub share: f64,
}

/// How far the surroundings of an atom lie from those of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grade {
    /// The atom, from 0.
    pub atom: usize,
    /// Distance from the training data, in units of the farthest that a training frame has from the others; or, if that is
    /// more, 1 and one more for every tenth that the nearest neighbor is farther away than it ever was in training.
    pub value: f64,
}

impl Domain {
    /// What `network` knows; none if it records neither distances nor surroundings.
    ///
    /// # Errors
    /// When the header is not valid.
    pub fn of(network: &dyn Network) -> Result<Option<Self>> {
        let (scaling, record) = (network.facts()?.scaling(), network.record());
        let seen = record.data;
        if seen.shortest_distances.is_empty() && record.envelope.is_none() {
            return Ok(None);
        }
        let count = scaling.elements.len();
        let mut shortest = vec![vec![f64::NAN; count]; count];
        for (a, row) in shortest.iter_mut().enumerate() {
            for (b, entry) in row.iter_mut().enumerate() {
                let (one, other) = (scaling.elements[a], scaling.elements[b]);
                *entry = seen.shortest_distance(one, other).unwrap_or(f64::NAN);
            }
        }
        let envelope = record.envelope;
        let surroundings = envelope.map(|envelope| {
            let descriptor = Descriptor::new(envelope, &scaling.elements);
            let known = envelope.elements.iter().map(|element| Known::new(element, descriptor.length())).collect();
            (descriptor, known)
        });
        let reach = envelope.map_or(NEVER_SEEN, |envelope| envelope.cutoff);
        Ok(Some(Self {
            scaling,
            shortest,
            surroundings,
            reach,
            list: NeighborList::new(reach, SKIN),
            species: Vec::new(),
            row: Vec::new(),
            image: Vec::new(),
        }))
    }

    /// Checks `system`.
    ///
    /// # Errors
    /// When the model does not know an element, or two atoms overlap.
    pub fn look(&mut self, system: &System) -> Result<ExtrapolationCheck> {
        let Self { scaling, shortest, surroundings, reach, list, species, row, image } = self;
        if species.len() != system.atom_count() {
            *species = scaling.species(&system.elements)?;
        }
        let neighbors = list.update(system)?;
        let mut look = ExtrapolationCheck::default();
        for atom in 0..species.len() {
            for edge in neighbors.offsets[atom]..neighbors.offsets[atom + 1] {
                let sender = neighbors.senders[edge] as usize;
                let seen = shortest[species[atom] as usize][species[sender] as usize];
                let distance = norm(neighbors.vectors[edge]);
                let share = distance / if seen.is_nan() { NEVER_SEEN } else { seen };
                if sender >= atom && look.contact.is_none_or(|contact| share < contact.share) {
                    let seen = Some(seen).filter(|seen| !seen.is_nan());
                    look.contact = Some(Contact { atoms: [atom, sender], distance, seen, share });
                }
            }
            if let Some((descriptor, known)) = surroundings {
                row.clear();
                descriptor.append(species, neighbors, atom, row);
                let known = &known[species[atom] as usize];
                let nearest = neighbors.nearest(atom).unwrap_or(*reach);
                let value = known.grade(row, image).max(known.loneliness(nearest));
                if look.grade.is_none_or(|worst| value > worst.value) {
                    look.grade = Some(Grade { atom, value });
                }
            }
        }
        Ok(look)
    }
}

impl Known {
    /// What `element` records, for rows of `length` numbers.
    fn new(element: &ElementEnvelope, length: usize) -> Self {
        let columns = (0..length * length).map(|at| element.projection.get(at % length * length + at / length));
        Self {
            farthest: element.farthest,
            loneliest: element.loneliest,
            columns: columns.map(|entry| entry.copied().unwrap_or(0.0)).collect(),
            centers: element.centers.clone(),
        }
    }

    /// Distance of the row to the nearest center, in units of the farthest; infinite for an element without surroundings.
    fn grade(&self, row: &[f64], image: &mut Vec<f64>) -> f64 {
        image.clear();
        image.resize(row.len(), 0.0);
        for (value, column) in row.iter().zip(self.columns.chunks_exact(row.len())) {
            if *value != 0.0 {
                image.iter_mut().zip(column).for_each(|(sum, entry)| *sum += value * entry);
            }
        }
        let squares = self.centers.chunks_exact(row.len()).map(|center| {
            let differences = image.iter().zip(center).map(|(x, c)| x - c);
            differences.map(|difference| difference * difference).sum::<f64>()
        });
        squares.fold(f64::INFINITY, f64::min).sqrt() / self.farthest
    }

    /// Grade of an atom whose nearest neighbor is `nearest` Å away; 0 as long as that was seen in training. The surroundings
    /// of an atom that leaves the others fade, and a distance between faint things is small: this one is not.
    fn loneliness(&self, nearest: f64) -> f64 {
        self.loneliest.filter(|seen| nearest > *seen).map_or(0.0, |seen| 1.0 + (nearest / seen - 1.0) / STRETCH)
    }
}
