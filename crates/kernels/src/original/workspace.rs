//! Memory of one evaluation.

use super::dense::PerceptronSpace;
use super::geometry::Geometry;
use super::level::Level;
use super::messages::RoundSpace;
use super::shape::Shape;
use crate::Aligned;
use crate::real::Real;
use cormorant_so3::rows;

/// Activations of one molecule, kept from forward to backward, and room for gradients.
#[derive(Clone, Default)]
pub struct Workspace<T> {
    /// What the network gave for the molecule.
    pub energy: f64,
    pub(super) geometry: Geometry<T>,
    /// ψ before each level and after the last, `[atoms][rows][2][channels]`.
    pub(super) activations: Vec<Aligned<T>>,
    pub(super) by_activation: Vec<Aligned<T>>,
    pub(super) levels: Vec<LevelSpace<T>>,
    /// G and ∂E/∂G of one receiver.
    pub(super) expanded: Aligned<T>,
    pub(super) by_expanded: Aligned<T>,
    /// Products of components of one atom, or their gradient.
    pub(super) products: Aligned<T>,
    pub(super) by_inputs: Aligned<T>,
    pub(super) by_raw: Aligned<T>,
    pub(super) by_features: Aligned<T>,
    pub(super) by_harmonic: Vec<T>,
    pub(super) by_distance: Vec<f64>,
    /// Invariants `[atoms][scalars]`, rows padded, and their gradient.
    pub(super) scalars: Vec<T>,
    pub(super) by_scalar: Vec<T>,
    /// What the rounds of messages keep.
    pub(super) rounds: Vec<RoundSpace<T>>,
    /// What the perceptrons of atoms and molecule keep.
    pub(super) heads: [PerceptronSpace<T>; 2],
}

/// What one level keeps.
#[derive(Clone, Default)]
pub(super) struct LevelSpace<T> {
    /// Dot products and radial functions of each pair.
    pub features: Aligned<T>,
    /// Edge activations before the soft cutoff, `[pairs][degrees][2][channels]`.
    pub raw: Aligned<T>,
    /// The soft cutoff `[pairs][channels]`.
    pub cutoff: Aligned<T>,
    /// Edge activations.
    pub edges: Aligned<T>,
    pub by_edges: Aligned<T>,
    /// Inputs of the linear map to the atoms.
    pub inputs: Aligned<T>,
}

impl<T: Real> Workspace<T> {
    /// Room for a molecule whose pairs are in the geometry.
    pub(super) fn prepare(&mut self, shape: &Shape, levels: &[Level<T>]) {
        let (atoms, c) = (self.geometry.atoms, shape.padded());
        let pairs = self.geometry.pairs.len();
        let stride = atom_stride(shape);
        self.activations.resize_with(levels.len() + 1, Aligned::default);
        for activations in &mut self.activations {
            activations.resize(atoms * stride);
            activations.fill_zero();
        }
        self.levels.resize_with(levels.len(), LevelSpace::default);
        let edges = pairs * edge_stride(shape);
        for (space, level) in self.levels.iter_mut().zip(levels) {
            space.features.resize(pairs * level.features);
            space.features.fill_zero();
            space.raw.resize(edges);
            space.raw.fill_zero();
            space.cutoff.resize(pairs * c);
            space.edges.resize(edges);
            space.inputs.resize(atoms * level.total);
        }
        self.expanded.resize(atoms * rows(shape.max_edge_degree) * 2 * c);
        self.products.resize(rows(shape.max_edge_degree.max(shape.max_degree)) * rows(shape.max_degree) * 2 * c);
    }

    pub(super) fn prepare_backward(&mut self, shape: &Shape, levels: &[Level<T>]) {
        let (atoms, pairs) = (self.geometry.atoms, self.geometry.pairs.len());
        let size = |levels: &[Level<T>], of: fn(&Level<T>) -> usize| levels.iter().map(of).max().unwrap_or(0);
        self.by_activation.resize_with(levels.len() + 1, Aligned::default);
        for gradient in &mut self.by_activation {
            gradient.resize(atoms * atom_stride(shape));
            gradient.fill_zero();
        }
        for space in &mut self.levels {
            space.by_edges.resize(pairs * edge_stride(shape));
            space.by_edges.fill_zero();
        }
        self.by_expanded.resize(self.expanded.as_slice().len());
        self.by_raw.resize(pairs * edge_stride(shape));
        self.by_inputs.resize(atoms * size(levels, |level| level.total));
        self.by_features.resize(pairs * size(levels, |level| level.features));
        self.by_harmonic.clear();
        self.by_harmonic.resize(self.geometry.harmonics.len(), T::ZERO);
        self.by_distance.clear();
        self.by_distance.resize(self.geometry.distinct, 0.0);
    }

    /// ψ before level `level` (or after the last), `[atoms][(L + 1)²][2][channels]` with padded channels.
    #[must_use]
    pub fn activations(&self, level: usize) -> &[T] {
        self.activations[level].as_slice()
    }
}

/// Scalars of an atom in the activations.
pub(super) fn atom_stride(shape: &Shape) -> usize {
    rows(shape.max_degree) * 2 * shape.padded()
}

/// Scalars of a pair in the edge activations.
pub(super) fn edge_stride(shape: &Shape) -> usize {
    (shape.max_edge_degree + 1) * 2 * shape.padded()
}
