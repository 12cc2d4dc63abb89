//! Activations and gradients of one evaluation, kept from one to the next.

use std::ops::Range;

use super::plan::{Plan, TILE_ATOMS};
use crate::aligned::Aligned;
use crate::frame::Frames;
use crate::pairs::Pairs;
use crate::real::Real;
use crate::topology::Topology;

/// Arrays of an evaluation; they grow to the largest system seen and are never given back.
pub struct Workspace<T: Real> {
    /// Energy of each atom in units of the network's output, `[atoms]`.
    pub atom_energies: Vec<T>,
    /// Multipole of each atom in the same units, `[atoms][components]`; empty where the readout gives none.
    pub atom_multipoles: Vec<T>,
    /// Per layer: messages `[atoms][rows][channels]`.
    pub messages: Vec<Aligned<T>>,
    /// Per layer but the first: what atoms send, `[atoms][rows][channels]`.
    pub sent: Vec<Aligned<T>>,
    /// Per layer: activations before the first product, after it, and so on; the last is the layer's result.
    pub activations: Vec<Vec<Aligned<T>>>,
    /// Per layer: readout before the nonlinearity, `[atoms][readout_hidden]`.
    pub readouts: Vec<Aligned<T>>,
    /// The same of the further numbers, where there are some.
    pub number_readouts: Vec<Aligned<T>>,
    /// Gradient of the activations that are being worked on, and of those before.
    pub gradient: Aligned<T>,
    pub(crate) next_gradient: Aligned<T>,
    pub(crate) message_gradient: Aligned<T>,
    pub(crate) sent_gradient: Aligned<T>,
    pub(crate) tiles: Vec<Range<usize>>,
    pub(crate) pairs: Pairs,
    /// What tiles of pairs add to atoms of other tiles, `[rows of the tiles][rows][channels]`.
    pub(crate) foreign: Aligned<T>,
    /// Frames of each tile of pairs when there are few, else empty.
    pub frames: Vec<Frames<T>>,
    /// One per thread.
    pub scratches: Vec<std::sync::Mutex<Scratch<T>>>,
}

/// What one thread needs for one tile.
pub struct Scratch<T: Real> {
    pub frames: Frames<T>,
    pub products: Aligned<T>,
    pub hidden: Aligned<T>,
    /// Activations of a tile before the first product, after it, and so on; only where they are not kept for all atoms.
    pub stages: Vec<Aligned<T>>,
    /// Gradient of the activations of the tile, likewise; messages of the first layer before.
    pub gradient: Aligned<T>,
    /// Readouts of the tile before the nonlinearity, likewise.
    pub readouts: Aligned<T>,
    /// Numbers of the tile's edges, likewise.
    pub edges: Vec<u32>,
}

/// With at most this many tiles the frames are kept from the first use to the last.
const KEPT_TILES: usize = 64;

impl<T: Real> Workspace<T> {
    /// An empty workspace for networks of `plan`'s shape.
    #[must_use]
    pub fn new(plan: &Plan<T>) -> Self {
        let shape = &plan.shape;
        let empty = || Aligned::zeros(0);
        Self {
            atom_energies: Vec::new(),
            atom_multipoles: Vec::new(),
            number_readouts: (0..shape.layers).map(|_| empty()).collect(),
            messages: (0..shape.layers).map(|_| empty()).collect(),
            sent: (0..shape.layers).map(|_| empty()).collect(),
            sent_gradient: empty(),
            activations: (0..shape.layers).map(|_| (0..=shape.products).map(|_| empty()).collect()).collect(),
            readouts: (0..shape.layers).map(|_| empty()).collect(),
            gradient: empty(),
            next_gradient: empty(),
            message_gradient: empty(),
            tiles: Vec::new(),
            pairs: Pairs::default(),
            foreign: empty(),
            frames: Vec::new(),
            scratches: Vec::new(),
        }
    }

    pub(crate) fn prepare(&mut self, plan: &Plan<T>, topology: &Topology<'_>, vectors: &[[f64; 3]], parallel: bool) {
        let shape = &plan.shape;
        let atoms = topology.atoms();
        let size = atoms * shape.rows() * shape.channels;
        self.atom_energies.resize(atoms, T::ZERO);
        self.atom_multipoles.resize(atoms * shape.multipole_rows(), T::ZERO);
        for layer in 0..shape.layers {
            self.messages[layer].resize(size);
            self.sent[layer].resize(size);
            for activation in &mut self.activations[layer] {
                activation.resize(size);
            }
            self.readouts[layer].resize(atoms * shape.readout_hidden);
            self.number_readouts[layer].resize(if shape.numbers > 0 { atoms * shape.readout_hidden } else { 0 });
        }
        self.pairs.make(topology, vectors);
        self.foreign.resize(self.pairs.foreign_rows() * shape.rows() * shape.channels);
        let tiles = self.pairs.tiles.len();
        let kept = if tiles <= KEPT_TILES { tiles } else { 0 };
        while self.frames.len() < kept {
            self.frames.push(Frames::new(shape.max_degree));
        }
        self.prepare_tiles(plan, topology, parallel);
    }

    /// Tiles of atoms, and room for each thread.
    fn prepare_tiles(&mut self, plan: &Plan<T>, topology: &Topology<'_>, parallel: bool) {
        let shape = &plan.shape;
        plan.tiles(topology, &mut self.tiles);
        let rows = plan.products.iter().flatten().map(|table| table.rows).max().unwrap_or(0);
        // Rayon is not asked unless it works: a host that runs one process on each core wants no threads of ours.
        let threads = if parallel { rayon::current_num_threads().max(1) } else { 1 };
        while self.scratches.len() < threads {
            self.scratches.push(std::sync::Mutex::new(Scratch {
                frames: Frames::new(shape.max_degree),
                products: Aligned::zeros(2 * TILE_ATOMS * rows * shape.channels),
                hidden: Aligned::zeros(TILE_ATOMS * shape.readout_hidden),
                stages: Vec::new(),
                gradient: Aligned::zeros(0),
                readouts: Aligned::zeros(0),
                edges: Vec::new(),
            }));
        }
    }

    /// Makes ready for [`Plan::evaluate`], which keeps few rows of each atom.
    pub(crate) fn prepare_evaluation(
        &mut self,
        plan: &Plan<T>,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        parallel: bool,
    ) {
        let shape = &plan.shape;
        let (atoms, stride) = (topology.atoms(), shape.rows() * shape.channels);
        self.atom_energies.clear();
        self.atom_energies.resize(atoms, T::ZERO);
        self.atom_multipoles.clear();
        if shape.layers > 1 {
            self.pairs.make_large(topology, vectors);
            self.pairs.reverse(topology, vectors);
            self.foreign.resize(self.pairs.foreign_rows() * stride);
            for array in [&mut self.gradient, &mut self.message_gradient, &mut self.sent_gradient, &mut self.sent[1]] {
                array.resize(atoms * stride);
            }
            self.readouts[0].resize(atoms * shape.readout_hidden);
        }
        self.prepare_tiles(plan, topology, parallel);
        for scratch in &mut self.scratches {
            let scratch = scratch.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
            if scratch.stages.is_empty() {
                let room = || Aligned::zeros(TILE_ATOMS * stride);
                scratch.stages = (0..=shape.products).map(|_| room()).collect();
                scratch.gradient = room();
                scratch.readouts = Aligned::zeros(TILE_ATOMS * shape.readout_hidden);
            }
        }
    }

    pub(crate) fn prepare_backward(&mut self, plan: &Plan<T>, topology: &Topology<'_>) {
        let size = topology.atoms() * plan.shape.rows() * plan.shape.channels;
        for array in [&mut self.gradient, &mut self.next_gradient, &mut self.message_gradient, &mut self.sent_gradient]
        {
            array.resize(size);
        }
        self.gradient.fill_zero();
    }

    /// The tiles of the first `atoms` atoms; a tile ends where the need of a layer ends.
    pub fn tiles_of(&self, atoms: usize) -> &[Range<usize>] {
        &self.tiles[..self.tiles.partition_point(|tile| tile.end <= atoms)]
    }

    pub(crate) fn keeps_frames(&self) -> bool {
        self.frames.len() >= self.pairs.tiles.len() && self.pairs.tiles.len() <= KEPT_TILES
    }
}

impl<T: Real> Workspace<T> {
    /// Memory of what there is for each atom or pair, in bytes; that of threads does not grow with the system.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let by_layer = [&self.messages, &self.sent, &self.readouts, &self.number_readouts];
        let gradients = [&self.gradient, &self.next_gradient, &self.message_gradient, &self.sent_gradient];
        let arrays = by_layer.into_iter().flatten().chain(self.activations.iter().flatten()).chain(gradients);
        let numbers: usize = arrays.chain([&self.foreign]).map(|array| array.as_slice().len()).sum();
        let of_atoms = self.atom_energies.len() + self.atom_multipoles.len();
        (numbers + of_atoms) * size_of::<T>() + self.pairs.bytes()
    }

    /// Mean square of the components of each degree after `stage` of `layer` (0: before the first product).
    #[must_use]
    pub fn mean_squares(&self, plan: &Plan<T>, layer: usize, stage: usize, atoms: usize) -> Vec<f64> {
        let (rows, channels) = (plan.shape.rows(), plan.shape.channels);
        let values = self.activations[layer][stage].as_slice();
        (0..=plan.shape.max_degree)
            .map(|l| {
                let mut sum = 0.0;
                for atom in 0..atoms {
                    let degree = &values[(atom * rows + l * l) * channels..][..(2 * l + 1) * channels];
                    sum += degree.iter().map(|x| x.to_f64() * x.to_f64()).sum::<f64>();
                }
                sum / (atoms * (2 * l + 1) * channels) as f64
            })
            .collect()
    }
}
