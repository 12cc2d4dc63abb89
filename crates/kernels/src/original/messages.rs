//! The message passing input (QM9): features of an atom, mixed with those of close atoms before the first level.
//!
//! e_ij = (W raw(r_ij) + b) M_ij, a_i = (Σ_j e_ij f_j, f_i), f_i ← perceptron(a_i); the radial functions vanish for j = i.
//!
//! M_ij = σ((1.73 Å − r) / 0.2 Å) below 1.73 Å and 0 beyond: the original's jump is kept, so that such a network has no
//! smooth forces.

use super::dense::{Dense, DenseGradient, Perceptron, PerceptronSpace, padded};
use super::geometry::Geometry;
use super::layout::{FIRST_RADIUS, FIRST_WIDTH, Layout};
use super::operations::Operations;
use super::radial::{SoftCutoff, Waves};
use super::shape::{RADIAL, WAVES};
use crate::Aligned;

/// Weights of one round.
#[derive(Clone)]
pub(super) struct Round<T> {
    edge: Dense<T>,
    perceptron: Perceptron<T>,
    scales: Vec<f64>,
    phases: Vec<f64>,
    waves_offset: usize,
}

/// What one round keeps from forward to backward.
#[derive(Clone, Default)]
pub(super) struct RoundSpace<T> {
    features: Vec<T>,
    raw: Aligned<T>,
    edges: Aligned<T>,
    masks: Vec<f64>,
    space: PerceptronSpace<T>,
    by_edges: Aligned<T>,
    by_raw: Aligned<T>,
}

impl<T: Operations> Round<T> {
    pub(super) fn new(layout: &Layout, packed: &[f64], round: usize) -> Self {
        let block = |name: &str| layout.block(&format!("input.{round}.{name}"));
        let dense = |name: &str| {
            let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
            Dense::new(block(&weight), block(&bias), packed)
        };
        let waves = block("radial.scales").offset;
        Self {
            edge: dense("edge"),
            perceptron: Perceptron { hidden: dense("hidden"), output: dense("output") },
            scales: packed[waves..waves + WAVES].to_vec(),
            phases: packed[waves + WAVES..waves + 2 * WAVES].to_vec(),
            waves_offset: waves,
        }
    }

    /// The three linear maps in the order of their gradients.
    pub(super) fn maps(&self) -> [&Dense<T>; 3] {
        [&self.edge, &self.perceptron.hidden, &self.perceptron.output]
    }

    /// Number of features that leave.
    pub(super) fn outputs(&self) -> usize {
        self.perceptron.output.outputs
    }

    /// New features `[atoms][outputs]` from `features` `[atoms][inputs]`.
    pub(super) fn forward(&self, geometry: &Geometry<T>, features: &[T], keep: &mut RoundSpace<T>) -> Vec<T> {
        let (n, inputs) = (geometry.atoms, self.edge.outputs);
        keep.features = features.to_vec();
        let pairs = geometry.pairs.len();
        keep.raw.resize(pairs * RADIAL);
        keep.raw.fill_zero();
        let waves = Waves { scales: &self.scales, phases: &self.phases };
        for (row, &r) in keep.raw.as_mut_slice().chunks_exact_mut(RADIAL).zip(&geometry.distances) {
            row.iter_mut().zip(waves.values(r)).for_each(|(to, value)| *to = T::from_f64(value));
        }
        let RoundSpace { raw, edges, masks, space, .. } = keep;
        self.edge.forward(pairs, raw, edges);
        let cutoff = SoftCutoff::new(FIRST_RADIUS, FIRST_WIDTH);
        let distance = |pair: usize| geometry.distances.get(pair).copied().unwrap_or(0.0);
        let mask = |r: f64| if r < FIRST_RADIUS { cutoff.value(r) } else { 0.0 };
        *masks = (0..pairs).map(|pair| mask(distance(pair))).collect();
        let (wide, narrow) = (padded(2 * inputs), padded(inputs));
        space.input.resize(n * wide);
        space.input.fill_zero();
        for (i, row) in space.input.as_mut_slice().chunks_exact_mut(wide).enumerate() {
            for j in 0..n {
                let pair = geometry.pair_of[i * n + j] as usize;
                let mask = T::from_f64(masks[pair]);
                let edge = &edges.as_slice()[pair * narrow..];
                for k in 0..inputs {
                    row[k] += edge[k] * mask * features[j * inputs + k];
                }
            }
            row[inputs..2 * inputs].copy_from_slice(&features[i * inputs..(i + 1) * inputs]);
        }
        self.perceptron.forward(n, space);
        let (width, outputs) = (padded(self.outputs()), self.outputs());
        space.output.as_slice()[..n * width].chunks_exact(width).flat_map(|row| row[..outputs].to_vec()).collect()
    }

    /// From ∂E/∂(new features) to ∂E/∂features; distances and gradients are added to.
    pub(super) fn backward(
        &self,
        geometry: &Geometry<T>,
        keep: &mut RoundSpace<T>,
        by_output: &[T],
        by_distance: &mut [f64],
        gradient: Option<(&mut [DenseGradient<T>], &mut [f64])>,
    ) -> Vec<T> {
        let (n, inputs, outputs) = (geometry.atoms, self.edge.outputs, self.outputs());
        let RoundSpace { features, raw, edges, masks, space, by_edges, by_raw } = keep;
        let (mut matrices, mut packed) = match gradient {
            Some((matrices, packed)) => (Some(matrices), Some(packed)),
            None => (None, None),
        };
        space.by_output.resize(n * padded(outputs));
        space.by_output.fill_zero();
        for (row, d) in
            space.by_output.as_mut_slice().chunks_exact_mut(padded(outputs)).zip(by_output.chunks_exact(outputs))
        {
            row[..outputs].copy_from_slice(d);
        }
        let both = matrices.as_deref_mut().zip(packed.as_deref_mut());
        self.perceptron.backward(n, space, both.map(|(matrices, packed)| (&mut matrices[1..3], packed)));
        let (wide, narrow) = (padded(2 * inputs), padded(inputs));
        let pairs = geometry.pairs.len();
        by_edges.resize(pairs * narrow);
        by_edges.fill_zero();
        let mut by_features = vec![T::ZERO; n * inputs];
        let mut by_mask = vec![0.0; pairs];
        for (i, row) in space.by_input.as_slice()[..n * wide].chunks_exact(wide).enumerate() {
            for j in 0..n {
                let pair = geometry.pair_of[i * n + j] as usize;
                let mask = T::from_f64(masks[pair]);
                for k in 0..inputs {
                    let (edge, f) = (edges.as_slice()[pair * narrow + k], features[j * inputs + k]);
                    by_features[j * inputs + k] += row[k] * edge * mask;
                    by_edges.as_mut_slice()[pair * narrow + k] += row[k] * mask * f;
                    by_mask[pair] += (row[k] * edge * f).to_f64();
                }
            }
            for k in 0..inputs {
                by_features[i * inputs + k] += row[inputs + k];
            }
        }
        let first = matrices.zip(packed.as_deref_mut());
        self.edge.backward(pairs, raw, by_edges, by_raw, first.map(|(matrices, packed)| (&mut matrices[0], packed)));
        let waves = Waves { scales: &self.scales, phases: &self.phases };
        let (mut scales, mut phases) = (vec![0.0; WAVES], vec![0.0; WAVES]);
        let cutoff = SoftCutoff::new(FIRST_RADIUS, FIRST_WIDTH);
        for (pair, &r) in geometry.distances.iter().enumerate() {
            let row = &by_raw.as_slice()[pair * RADIAL..(pair + 1) * RADIAL];
            let by_value = std::array::from_fn(|number| row[number].to_f64());
            by_distance[pair] += waves.backward(r, &by_value, &mut scales, &mut phases);
            if masks[pair] > 0.0 {
                by_distance[pair] += by_mask[pair] * cutoff.derivatives(r, masks[pair])[2];
            }
        }
        if let Some(packed) = packed {
            let places = &mut packed[self.waves_offset..self.waves_offset + 2 * WAVES];
            places.iter_mut().zip(scales.iter().chain(&phases)).for_each(|(sum, x)| *sum += x);
        }
        by_features
    }
}
