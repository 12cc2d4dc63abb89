//! Energies of atoms.

use std::ops::Range;

use super::hidden::HiddenLayer;
use super::plan::Plan;
use super::weights::Weights;
use super::workspace::{Scratch, Workspace};
use crate::add_rows::AddRows;
use crate::frame::{Frames, Knots};
use crate::matmul::{AddProduct, Base};
use crate::pair_tile::{PairTile, Sums};
use crate::pairs::{PairTile as Tile, Pairs};
use crate::real::Real;
use crate::topology::Topology;
use crate::{first_message, frame, message, product};

/// A pointer into an array of which tiles touch disjoint parts.
pub(super) struct Shared<T>(*mut T);

impl<T> Shared<T> {
    pub(super) fn new(pointer: *mut T) -> Self {
        Self(pointer)
    }
    #[inline(always)]
    pub(super) fn get(&self) -> *mut T {
        self.0
    }
}

// Tiles own disjoint ranges of atoms and edges; every write goes to the tile's own range.
unsafe impl<T> Sync for Shared<T> {}
unsafe impl<T> Send for Shared<T> {}

/// Runs `work` on every tile, of atoms or of pairs, side by side when `parallel`.
pub(super) fn for_each_tile<T: Real, Tile: Clone + Sync>(
    tiles: &[Tile],
    scratches: &[std::sync::Mutex<Scratch<T>>],
    parallel: bool,
    work: impl Fn(usize, Tile, &mut Scratch<T>) + Sync,
) {
    use rayon::prelude::*;
    let run = |index: usize| {
        let thread = rayon::current_thread_index().unwrap_or(0) % scratches.len();
        // A poisoned lock means that a kernel panicked elsewhere; the scratch holds no state, so it is still good.
        let mut scratch = scratches[thread].lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        work(index, tiles[index].clone(), &mut scratch);
    };
    if parallel && tiles.len() > 1 {
        (0..tiles.len()).into_par_iter().for_each(run);
    } else {
        (0..tiles.len()).for_each(run);
    }
}

/// Matrices `[copies][channels][channels]` for each degree, among the packed parameters.
#[derive(Clone, Copy)]
pub(super) struct Mixing<'a> {
    /// Where those of each degree start.
    pub offsets: &'a [usize],
    /// Whether each element has its own copy; else there is one.
    pub by_element: bool,
}

/// Runs of `atoms`, counted from their first, whose rows a matrix multiplies at once, and which copy of the matrix: that of
/// their element with `by_element`, else the only one.
pub(super) fn runs(
    topology: &Topology<'_>,
    atoms: &Range<usize>,
    by_element: bool,
) -> impl Iterator<Item = (Range<usize>, usize)> {
    let mut start = 0;
    topology.species[atoms.clone()].chunk_by(move |a, b| !by_element || a == b).map(move |run| {
        let first = start;
        start += run.len();
        (first..start, if by_element { run[0] as usize } else { 0 })
    })
}

impl<T: Real> Plan<T> {
    /// The pairs of `atoms`, with frames already computed.
    pub(super) fn pair_tile<'a>(
        &self,
        layer: usize,
        weights: &'a Weights<T>,
        topology: &Topology<'a>,
        pairs: &'a Pairs,
        atoms: Range<usize>,
        frames: &'a Frames<T>,
    ) -> PairTile<'a, T> {
        let pair_knots = match weights.knots {
            Knots::Uniform { count, .. } if self.pairs(layer) > 1 => Some(count),
            _ => None,
        };
        PairTile {
            max_degree: self.shape.max_degree,
            channels: self.shape.channels,
            atoms,
            pairs,
            senders: topology.senders,
            species_of: topology.species,
            pair_knots,
            frames,
            table: weights.tables[layer].values.as_ptr(),
        }
    }

    /// Sets what a tile of pairs adds to to zero.
    pub(super) unsafe fn clear(&self, sums: Sums<T>, tile: &Tile) {
        let stride = self.shape.rows() * self.shape.channels;
        unsafe {
            std::ptr::write_bytes(sums.own.add(tile.atoms.start * stride), 0, tile.atoms.len() * stride);
            std::ptr::write_bytes(sums.foreign.add(tile.rows.start * stride), 0, tile.rows.len() * stride);
        }
    }

    /// Adds to the sums of `atoms` what tiles of pairs before row `end` kept for them.
    pub(super) unsafe fn gather(&self, sums: Sums<T>, pairs: &Pairs, atoms: &Range<usize>, end: usize) {
        let stride = self.shape.rows() * self.shape.channels;
        for atom in atoms.clone() {
            let rows = pairs.rows_of(atom, end);
            if !rows.is_empty() {
                let out = unsafe { sums.own.add(atom * stride) };
                T::add_rows(AddRows { rows, input: sums.foreign, length: stride, out });
            }
        }
    }

    /// Energy of each atom into `workspace.atom_energies`, in units of the network's output, and its further numbers and multipoles, if
    /// it has some, into `workspace.atom_multipoles`.
    ///
    /// `vectors` are r_j − r_i in Å for every edge of `topology`, none longer than the cutoff by more than rounding.
    pub fn forward(
        &self,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        workspace: &mut Workspace<T>,
        parallel: bool,
    ) {
        self.check(topology, vectors);
        workspace.prepare(self, topology, vectors, parallel);
        workspace.atom_energies.fill(T::ZERO);
        workspace.atom_multipoles.fill(T::ZERO);
        for layer in 0..self.shape.layers {
            self.forward_layer(layer, weights, topology, vectors, workspace, parallel);
        }
    }

    /// Panics when the arrays do not belong together.
    pub(super) fn check(&self, topology: &Topology<'_>, vectors: &[[f64; 3]]) {
        assert_eq!(topology.edges(), vectors.len(), "one vector for each edge");
        assert_eq!(topology.offsets.len(), topology.atoms() + 1, "one run of edges for each atom");
        assert!(topology.senders.iter().all(|&sender| (sender as usize) < topology.atoms()), "senders are atoms");
        assert!(topology.species.iter().all(|&s| (s as usize) < self.shape.species), "species are known");
        assert!(topology.needed.is_empty() || topology.needed.len() == self.shape.layers, "a need for each layer");
        assert!(
            topology.needed.is_sorted_by(|a, b| a >= b) && topology.needed_in(0) <= topology.atoms(),
            "it never rises"
        );
    }

    fn forward_layer(
        &self,
        layer: usize,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        vectors: &[[f64; 3]],
        workspace: &mut Workspace<T>,
        parallel: bool,
    ) {
        let keeps_frames = workspace.keeps_frames();
        let (before, rest) = workspace.activations.split_at_mut(layer);
        let features =
            before.last().and_then(|stages| stages.last()).map(|array| Shared::new(array.as_ptr().cast_mut()));
        let (sent, sending) = workspace.sent.split_at_mut(layer + 1);
        let sent = Shared::new(sent[layer].as_mut_ptr());
        let sending = sending.first_mut().map(|array| Shared::new(array.as_mut_ptr()));
        let messages = Shared::new(workspace.messages[layer].as_mut_ptr());
        let foreign = Shared::new(workspace.foreign.as_mut_ptr());
        let stages: Vec<Shared<T>> = rest[0].iter_mut().map(|array| Shared::new(array.as_mut_ptr())).collect();
        let readouts = Shared::new(workspace.readouts[layer].as_mut_ptr());
        let energies = Shared::new(workspace.atom_energies.as_mut_ptr());
        let multipoles = Shared::new(workspace.atom_multipoles.as_mut_ptr());
        let number_readouts = Shared::new(workspace.number_readouts[layer].as_mut_ptr());
        let frames = Shared::new(workspace.frames.as_mut_ptr());
        let workspace = &*workspace;
        let pairs = &workspace.pairs;
        let tiles = pairs.tiles_of(topology.needed_in(layer));
        for_each_tile(tiles, &workspace.scratches, parallel, |index, tile: Tile, scratch| {
            let kept = unsafe { frames.get().add(index) };
            let frames = if keeps_frames { unsafe { &mut *kept } } else { &mut scratch.frames };
            if layer == 0 || !keeps_frames {
                let edges = &pairs.edges[tile.pairs.clone()];
                T::compute_frames(frame::Compute::new(frames, &self.frame, weights.knots, edges, vectors));
            }
            let sums = Sums { own: messages.get(), foreign: foreign.get() };
            unsafe { self.clear(sums, &tile) };
            let tile = self.pair_tile(layer, weights, topology, pairs, tile.atoms, frames);
            match &features {
                None => T::first_forward(first_message::FirstForward {
                    tile,
                    embedding: weights.packed()[self.layout.embedding..].as_ptr(),
                    sums,
                }),
                Some(_) => T::message_forward(message::Forward { tile, features: sent.get(), sums }),
            }
        });
        let end = tiles.last().map_or(0, |tile| tile.rows.end);
        let tiles = workspace.tiles_of(topology.needed_in(layer));
        let stride = self.shape.rows() * self.shape.channels;
        for_each_tile(tiles, &workspace.scratches, parallel, |_, atoms: Range<usize>, scratch| {
            unsafe { self.gather(Sums { own: messages.get(), foreign: foreign.get() }, pairs, &atoms, end) };
            unsafe {
                let rows = |array: &Shared<T>| array.get().add(atoms.start * stride);
                self.mix(
                    layer,
                    weights,
                    topology,
                    &atoms,
                    features.as_ref().map(rows),
                    rows(&messages),
                    rows(&stages[0]),
                );
                for s in 0..self.shape.products {
                    let (input, out, room) = (rows(&stages[s]), rows(&stages[s + 1]), scratch.products.as_mut_ptr());
                    self.product(layer, s, weights, topology, &atoms, input, out, room);
                }
                let last = &stages[self.shape.products];
                let hidden = readouts.get().add(atoms.start * self.shape.readout_hidden);
                self.readout(layer, weights, atoms.len(), rows(last), hidden, energies.get().add(atoms.start));
                self.multipoles(layer, weights, &atoms, last, &multipoles);
                self.numbers(layer, weights, &atoms, last, &number_readouts, &multipoles);
                if let Some(sending) = &sending {
                    let sender = self.of_features(&self.layout.layers[layer + 1].sender);
                    let (packed, out) = ((weights.packed(), false), rows(sending));
                    self.mix_degrees(sender, packed, topology, &atoms, rows(last), out, true);
                }
            }
        });
    }

    /// Messages and the atom's own activation into the layer's first activation. Here and below rows are those of a tile, from its
    /// first atom on.
    #[allow(clippy::too_many_arguments, reason = "one call, all of it needed")]
    pub(super) unsafe fn mix(
        &self,
        layer: usize,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        atoms: &Range<usize>,
        features: Option<*mut T>,
        messages: *const T,
        out: *mut T,
    ) {
        let c = self.shape.channels;
        let stride = self.shape.rows() * c;
        let layout = &self.layout.layers[layer];
        let packed = weights.packed();
        unsafe {
            self.mix_degrees(self.mix_of(layer), (packed, false), topology, atoms, messages, out, true);
            match features {
                Some(features) => {
                    let residual = self.of_features(&layout.residual);
                    self.mix_degrees(residual, (packed, false), topology, atoms, features, out, false);
                }
                None => {
                    for (local, &species) in topology.species[atoms.clone()].iter().enumerate() {
                        let bias = &packed[layout.bias + species as usize * c..][..c];
                        let row = std::slice::from_raw_parts_mut(out.add(local * stride), c);
                        for (x, b) in row.iter_mut().zip(bias) {
                            *x += *b;
                        }
                    }
                }
            }
        }
    }

    /// The matrices that mix the messages of `layer`.
    pub(super) fn mix_of(&self, layer: usize) -> Mixing<'_> {
        Mixing { offsets: &self.layout.layers[layer].mix, by_element: true }
    }

    /// The matrices of what atoms send, or of what they keep.
    pub(super) fn of_features<'a>(&self, offsets: &'a [usize]) -> Mixing<'a> {
        Mixing { offsets, by_element: self.shape.element_features }
    }

    /// Adds (or, with `fresh`, writes) W_{l,Z} in to out, degree by degree, for all atoms of a tile; W is among `numbers`, in panels or
    /// row by row.
    #[allow(clippy::too_many_arguments, reason = "one call, all of it needed")]
    pub(super) unsafe fn mix_degrees(
        &self,
        matrices: Mixing<'_>,
        (numbers, panels): (&[T], bool),
        topology: &Topology<'_>,
        atoms: &Range<usize>,
        input: *const T,
        out: *mut T,
        fresh: bool,
    ) {
        let c = self.shape.channels;
        let stride = self.shape.rows() * c;
        unsafe {
            for (run, copy) in runs(topology, atoms, matrices.by_element) {
                let start = run.start * stride;
                for (l, &offset) in matrices.offsets.iter().enumerate() {
                    let rows = &self.feature_rows[l][..run.len() * (2 * l + 1)];
                    T::add_product(AddProduct {
                        inputs: rows,
                        outputs: rows,
                        input: input.add(start),
                        inner: c,
                        matrix: numbers[offset + copy * c * c..].as_ptr(),
                        panels,
                        columns: c,
                        base: if fresh { Base::Zero } else { Base::Out },
                        out: out.add(start),
                    });
                }
            }
        }
    }

    /// out = in + W (in ⊗ in).
    #[allow(clippy::too_many_arguments, reason = "one call, all of it needed")]
    pub(super) unsafe fn product(
        &self,
        layer: usize,
        s: usize,
        weights: &Weights<T>,
        topology: &Topology<'_>,
        atoms: &Range<usize>,
        input: *const T,
        out: *mut T,
        scratch: *mut T,
    ) {
        let c = self.shape.channels;
        let stride = self.shape.rows() * c;
        let table = &self.products[layer][s];
        unsafe {
            T::product_forward(product::Forward {
                table,
                atoms: atoms.len(),
                features: input,
                feature_stride: stride,
                out: scratch,
            });
            if table.paths.len() < self.feature_rows.len() {
                std::ptr::copy_nonoverlapping(input, out, atoms.len() * stride);
            }
            for (l, &offset) in self.layout.layers[layer].products[s].iter().enumerate() {
                let inner = table.paths[l] * c;
                for (run, copy) in runs(topology, atoms, self.shape.element_products) {
                    let rows = run.start * (2 * l + 1)..run.end * (2 * l + 1);
                    T::add_product(AddProduct {
                        inputs: &self.product_rows[layer][s][l][rows.clone()],
                        outputs: &self.feature_rows[l][rows],
                        input: scratch,
                        inner,
                        matrix: weights.packed()[offset + copy * inner * c..].as_ptr(),
                        panels: false,
                        columns: c,
                        base: Base::Rows(input),
                        out,
                    });
                }
            }
        }
    }

    /// Adds the layer's part of the energies of `atoms` atoms.
    pub(super) unsafe fn readout(
        &self,
        layer: usize,
        weights: &Weights<T>,
        atoms: usize,
        features: *const T,
        readouts: *mut T,
        energies: *mut T,
    ) {
        let (c, h) = (self.shape.channels, self.shape.readout_hidden);
        let stride = self.shape.rows() * c;
        let layout = &self.layout.layers[layer];
        let packed = weights.packed();
        for atom in 0..atoms {
            unsafe {
                let hidden = std::slice::from_raw_parts_mut(readouts.add(atom * h), h);
                let scalars = features.add(atom * stride);
                let layer = HiddenLayer { input: layout.readout_input, bias: layout.readout_bias };
                self.hidden(layer, packed, scalars, hidden);
                let mut energy = T::ZERO;
                for (&x, &w) in hidden.iter().zip(&packed[layout.readout_output..]) {
                    energy += w * x / (T::ONE + (-x).exp());
                }
                let scalars = std::slice::from_raw_parts(scalars, c);
                for (&x, &w) in scalars.iter().zip(&packed[layout.readout_linear..]) {
                    energy += w * x;
                }
                *energies.add(atom) += energy;
            }
        }
    }
}
