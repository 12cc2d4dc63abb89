//! The network of 2019: a number for a molecule, and its derivatives.

use super::edges::Soft;
use super::layout::Layout;
use super::level::Level;
use super::operations::Operations;
use super::shape::Shape;
use super::weights::{Gradient, Weights};
use super::workspace::{Workspace, atom_stride};
use super::{aggregate, edges, readout};

/// Atoms of one molecule.
#[derive(Debug, Clone, Copy)]
pub struct Molecule<'a> {
    /// Index of each atom's element among those of the shape.
    pub species: &'a [u32],
    /// Positions in Å.
    pub positions: &'a [[f64; 3]],
}

/// The network: what does not change with the weights.
pub struct Network<T> {
    shape: Shape,
    layout: Layout,
    levels: Vec<Level<T>>,
}

impl<T: Operations> Network<T> {
    /// The network of `shape`.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        let levels = (0..shape.levels).map(|level| Level::new(shape, level)).collect();
        Self { layout: Layout::new(shape), levels, shape: shape.clone() }
    }

    /// Sizes.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Where each parameter stands.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Weights for the kernels, from the packed array.
    #[must_use]
    pub fn weights(&self, packed: &[f64]) -> Weights<T> {
        Weights::new(&self.shape, &self.layout, &self.levels, packed)
    }

    /// Room for the gradient of `weights`.
    #[must_use]
    pub fn gradient(&self, weights: &Weights<T>) -> Gradient<T> {
        Gradient::zeros(weights)
    }

    /// A gradient in the order of the packed weights.
    #[must_use]
    pub fn packed_gradient(&self, gradient: &Gradient<T>) -> Vec<f64> {
        gradient.packed(&self.shape, &self.layout)
    }

    /// Computes the number of `molecule` into `space.energy`; the activations stay for [`Self::backward`].
    pub fn forward(&self, weights: &Weights<T>, molecule: Molecule<'_>, space: &mut Workspace<T>) {
        space.prepare(&self.shape, &self.levels, molecule.positions);
        self.input(weights, molecule, space);
        for (s, level) in self.levels.iter().enumerate() {
            edges::forward(&self.shape, s, level, &weights.levels[s], space);
            aggregate::forward(&self.shape, s, level, &weights.levels[s], space);
        }
        readout::forward(&self.shape, space);
        let count = self.shape.scalars();
        let output = &weights.packed[self.layout.block("output.weight").offset..][..count];
        let atoms = space.scalars.chunks_exact(count);
        let sum: f64 = atoms.map(|atom| atom.iter().zip(output).map(|(x, w)| x.to_f64() * w).sum::<f64>()).sum();
        space.energy = sum + weights.packed[self.layout.block("output.bias").offset];
    }

    /// Adds `seed` times the derivatives of the number that [`Self::forward`] computed to `by_weight`, and to `by_position`
    /// (per Å).
    pub fn backward(
        &self,
        weights: &Weights<T>,
        molecule: Molecule<'_>,
        space: &mut Workspace<T>,
        seed: f64,
        mut by_weight: Option<&mut Gradient<T>>,
        by_position: Option<&mut [[f64; 3]]>,
    ) {
        space.prepare_backward(&self.shape, &self.levels);
        self.output_backward(weights, space, seed, by_weight.as_deref_mut());
        readout::backward(&self.shape, space);
        for (s, level) in self.levels.iter().enumerate().rev() {
            let own = &weights.levels[s];
            let matrices = by_weight.as_deref_mut().map(|gradient| &mut gradient.levels[s]);
            aggregate::backward(&self.shape, s, level, own, space, matrices, by_position.is_some());
            let gradient = by_weight.as_deref_mut().map(|Gradient { packed, levels }| {
                let first = self.layout.block(&format!("levels.{s}.radial.scales"));
                let (scales, rest) = packed[first.offset..].split_at_mut(first.len());
                let (phases, rest) = rest.split_at_mut(first.len());
                let (radii, rest) = rest.split_at_mut(self.shape.channels);
                let widths = &mut rest[..self.shape.channels];
                (&mut levels[s], Soft { scales, phases, radii, widths })
            });
            edges::backward(&self.shape, s, level, own, space, gradient);
        }
        if let Some(gradient) = by_weight {
            self.input_backward(molecule, space, gradient);
        }
        if let Some(by_position) = by_position {
            space.geometry.backward(&self.shape, &space.by_harmonic, &space.by_distance, by_position);
        }
    }

    /// (Z / Z_max)^p at the place of the atom's species.
    fn features(&self, species: u32) -> impl Iterator<Item = (usize, f64)> {
        let powers = self.shape.charge_power + 1;
        let numbers = &self.shape.numbers;
        let ratio = f64::from(numbers[species as usize]) / f64::from(numbers.iter().copied().max().unwrap_or(1));
        (0..powers).map(move |p| (species as usize * powers + p, ratio.powi(p as i32)))
    }

    /// ψ⁰: channel c of an atom is h_2c + i h_2c+1 with h = W f + b.
    fn input(&self, weights: &Weights<T>, molecule: Molecule<'_>, space: &mut Workspace<T>) {
        let (weight, bias) = (self.layout.block("input.weight"), self.layout.block("input.bias"));
        let (count, c) = (self.shape.features(), self.shape.padded());
        for (atom, &species) in molecule.species.iter().enumerate() {
            let psi = &mut space.activations[0].as_mut_slice()[atom * atom_stride(&self.shape)..][..2 * c];
            for k in 0..2 * self.shape.channels {
                let row = &weights.packed[weight.offset + k * count..][..count];
                let sum: f64 = self.features(species).map(|(index, value)| row[index] * value).sum();
                psi[k % 2 * c + k / 2] = T::from_f64(sum + weights.packed[bias.offset + k]);
            }
        }
    }

    fn input_backward(&self, molecule: Molecule<'_>, space: &Workspace<T>, gradient: &mut Gradient<T>) {
        let (weight, bias) = (self.layout.block("input.weight"), self.layout.block("input.bias"));
        let (count, c) = (self.shape.features(), self.shape.padded());
        for (atom, &species) in molecule.species.iter().enumerate() {
            let by_psi = &space.by_activation[0].as_slice()[atom * atom_stride(&self.shape)..][..2 * c];
            for k in 0..2 * self.shape.channels {
                let d = by_psi[k % 2 * c + k / 2].to_f64();
                for (index, value) in self.features(species) {
                    gradient.packed[weight.offset + k * count + index] += d * value;
                }
                gradient.packed[bias.offset + k] += d;
            }
        }
    }

    fn output_backward(
        &self,
        weights: &Weights<T>,
        space: &mut Workspace<T>,
        seed: f64,
        gradient: Option<&mut Gradient<T>>,
    ) {
        let count = self.shape.scalars();
        let (weight, bias) = (self.layout.block("output.weight"), self.layout.block("output.bias"));
        let row: Vec<T> = weights.packed[weight.offset..][..count].iter().map(|&w| T::from_f64(seed * w)).collect();
        space.by_scalar.clear();
        (0..space.geometry.atoms).for_each(|_| space.by_scalar.extend_from_slice(&row));
        if let Some(gradient) = gradient {
            for atom in space.scalars.chunks_exact(count) {
                for (sum, x) in gradient.packed[weight.offset..][..count].iter_mut().zip(atom) {
                    *sum += seed * x.to_f64();
                }
            }
            gradient.packed[bias.offset] += seed;
        }
    }
}
