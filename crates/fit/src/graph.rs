//! A configuration made ready for the network.

use super::configuration::Configuration;
use super::frame_weights::FrameWeights;
use cormorant_core::system::{Cell, ElectronicState, NeighborList, Neighbors, System};
use cormorant_core::{Error, Result};
use cormorant_electrostatics::LongRange;
use cormorant_kernels::network::Topology;
use cormorant_network::{Scaling, all_pairs};

/// Atoms, edges and scaled labels of one frame.
///
/// For a network that couples all atoms there are no edges but `positions`: all pairs of many molecules would take too much memory,
/// and are quickly made for the one that is in work.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Index of the element of each atom.
    pub species: Vec<u32>,
    /// First edge of each receiver.
    pub offsets: Vec<usize>,
    /// Receiver of each edge.
    pub receivers: Vec<u32>,
    /// Sender of each edge.
    pub senders: Vec<u32>,
    /// r_j − r_i + S·H of each edge in Å.
    pub vectors: Vec<[f64; 3]>,
    /// Positions in Å, where every pair of atoms is an edge; else empty.
    pub positions: Vec<[f64; 3]>,
    /// Positions from the geometric center in Å, for properties with a direction; else empty.
    pub arms: Vec<[f64; 3]>,
    /// (E − Σ E0) / σ, where the data have it.
    pub energy: Option<f64>,
    /// The same of an energy that counts relative to those of its scan.
    pub relative_energy: Option<f64>,
    /// F / σ in 1/Å; empty where the data have none.
    pub forces: Vec<[f64; 3]>,
    /// Virial / σ, where the data have it.
    pub virial: Option<[[f64; 3]; 3]>,
    /// The cell, if a direction of it is open: then what of the virial lies along the others counts alone.
    pub partial: Option<Cell>,
    /// What its terms in the loss are multiplied by.
    pub weights: FrameWeights,
    /// Number of the theory that the labels are of.
    pub theory: usize,
    /// Where its atoms are, for networks with what acts at any distance; else nothing.
    pub sites: Option<FrameSites>,
}

/// Where the atoms of a frame are, for what acts at any distance.
#[derive(Debug, Clone)]
pub struct FrameSites {
    /// Positions in Å.
    pub positions: Vec<[f64; 3]>,
    /// The cell, if there is one.
    pub cell: Option<Cell>,
    /// Total charge and spin.
    pub state: ElectronicState,
    /// Dipole moment in e·Å, where the data have it.
    pub dipole: Option<[f64; 3]>,
}

impl Graph {
    /// Finds the edges within `cutoff` (Å) and scales the labels.
    ///
    /// # Errors
    /// When an element is not known or two atoms overlap.
    pub fn new(configuration: &Configuration, scaling: &Scaling, cutoff: f64) -> Result<Self> {
        Self::within(configuration, scaling, Some(cutoff))
    }

    /// The same as [`Graph::within`] without energy, forces and virial, for labels that are kept elsewhere.
    ///
    /// # Errors
    /// As for [`Graph::within`].
    pub fn unlabeled(configuration: &Configuration, scaling: &Scaling, cutoff: Option<f64>) -> Result<Self> {
        let graph = Self::within(configuration, scaling, cutoff)?;
        Ok(Self { energy: None, virial: None, forces: Vec::new(), ..graph })
    }

    /// The same for a network whose edges are every pair of atoms where there is no `cutoff`.
    ///
    /// # Errors
    /// When an element is not known, two atoms overlap, or there is a cell but no cutoff.
    pub fn within(configuration: &Configuration, scaling: &Scaling, cutoff: Option<f64>) -> Result<Self> {
        let species = scaling.species(&configuration.elements)?;
        let system = System::new(configuration.elements.clone(), configuration.positions.clone(), configuration.cell)?;
        let Some(cutoff) = cutoff else {
            if configuration.cell.is_some() {
                let reason =
                    "the network couples all atoms and does not support cells; fit `cormorant` to periodic data";
                return Err(Error::Invalid(reason.into()));
            }
            all_pairs(&system, &mut Neighbors::default())?;
            return Ok(Self { positions: system.positions, ..Self::labeled(configuration, scaling, species) });
        };
        let mut list = NeighborList::new(cutoff, 0.0);
        let neighbors = list.update(&system)?.clone();
        let mut receivers = Vec::with_capacity(neighbors.edge_count());
        for atom in 0..species.len() {
            receivers.extend(std::iter::repeat_n(atom as u32, neighbors.offsets[atom + 1] - neighbors.offsets[atom]));
        }
        Ok(Self {
            offsets: neighbors.offsets,
            receivers,
            senders: neighbors.senders,
            vectors: neighbors.vectors,
            ..Self::labeled(configuration, scaling, species)
        })
    }

    /// The same with what acts at any distance.
    ///
    /// # Errors
    /// When the cell of the frame repeats in one direction only, or is a slab with a total charge.
    pub fn with_sites(self, configuration: &Configuration, long_range: LongRange) -> Result<Self> {
        let Configuration { positions, cell, state, dipole, .. } = configuration;
        long_range.require(cell.as_ref(), *state)?;
        let sites = FrameSites { positions: positions.clone(), cell: *cell, state: *state, dipole: *dipole };
        Ok(Self { sites: Some(sites), ..self })
    }

    /// The atoms with their labels, without edges.
    fn labeled(configuration: &Configuration, scaling: &Scaling, species: Vec<u32>) -> Self {
        let inverse = 1.0 / scaling.scale;
        let scaled = |energy: f64| (energy - scaling.reference_energy(&species)) * inverse;
        Self {
            energy: configuration.energy.map(scaled),
            relative_energy: configuration.relative_energy.map(scaled),
            weights: configuration.weights,
            forces: configuration.forces.iter().map(|force| force.map(|x| x * inverse)).collect(),
            virial: configuration.virial.map(|virial| virial.map(|row| row.map(|x| x * inverse))),
            partial: configuration.cell.filter(|cell| (1..3).contains(&cell.dimensions())),
            species,
            ..Self::default()
        }
    }

    /// Atoms and edges for the kernels.
    #[must_use]
    pub fn topology(&self) -> Topology<'_> {
        Topology { species: &self.species, offsets: &self.offsets, senders: &self.senders, needed: &[] }
    }

    /// Length (Å) and elements of each edge.
    pub fn edges(&self) -> impl Iterator<Item = (f64, [u32; 2])> + '_ {
        self.vectors.iter().enumerate().map(|(edge, vector)| {
            let ends = [self.receivers[edge], self.senders[edge]].map(|atom| self.species[atom as usize]);
            (vector.iter().map(|x| x * x).sum::<f64>().sqrt(), ends)
        })
    }

    /// Bytes that it takes, but for what every vector has beside its numbers.
    pub(super) fn bytes(&self) -> usize {
        let Self { species, offsets, receivers, senders, vectors, positions, arms, forces, sites, .. } = self;
        let words = species.len() + receivers.len() + senders.len();
        let places = sites.as_ref().map_or(0, |sites| sites.positions.len());
        let vectors = vectors.len() + positions.len() + arms.len() + forces.len() + places;
        size_of::<Self>()
            + size_of::<u32>() * words
            + size_of::<usize>() * offsets.len()
            + size_of::<[f64; 3]>() * vectors
    }

    /// Number of atoms.
    #[must_use]
    pub fn atoms(&self) -> usize {
        self.species.len()
    }
}
