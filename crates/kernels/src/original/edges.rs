//! Edge level: g_ij^l = μ(r_ij) W (g_ij^l of the level before ⊕ ψ_i · ψ_j ⊕ η(r_ij)).
//!
//! Dot products and radial functions are the same for all degrees l, so that one real matrix takes them to all edges at
//! once. g_ij = g_ji, so that each pair is computed once.

use super::dots::{Dots, DotsBackward};
use super::level::Level;
use super::operations::Operations;
use super::radial::{SoftCutoff, Waves};
use super::shape::{COMPLEX_RADIAL, RADIAL, Shape};
use super::weights::{LevelGradient, LevelWeights};
use super::workspace::{Workspace, atom_stride, edge_stride};
use crate::Aligned;
use crate::matmul::{AddOuter, AddProduct, Base};

/// Offsets of `count` rows.
fn rows(count: usize, stride: usize, first: usize) -> Vec<u32> {
    (0..count).map(|row| (row * stride + first) as u32).collect()
}

/// Place of radial function `number` (4a + q) among the scalars of a pair: q = 0, 2 are real parts, 1, 3 imaginary ones.
fn radial_place(number: usize) -> usize {
    (number % 2) * COMPLEX_RADIAL + number / 2
}

pub(super) fn forward<T: Operations>(
    shape: &Shape,
    s: usize,
    level: &Level<T>,
    weights: &LevelWeights<T>,
    space: &mut Workspace<T>,
) {
    let (c, stride, width) = (shape.padded(), edge_stride(shape), level.features);
    let geometry = &space.geometry;
    let pairs = geometry.pairs.len();
    let (before, rest) = space.levels.split_at_mut(s);
    let here = &mut rest[0];
    T::dots(Dots {
        pairs: &geometry.pairs,
        activations: space.activations[s].as_ptr(),
        atom_stride: atom_stride(shape),
        degree: level.degree,
        channels: c,
        out: here.features.as_mut_ptr(),
        out_stride: width,
    });
    let waves = Waves { scales: &weights.scales, phases: &weights.phases };
    let features = here.features.as_mut_slice();
    for (pair, &r) in geometry.distances.iter().enumerate() {
        let row = &mut features[(pair + 1) * width - RADIAL..][..RADIAL];
        for (number, value) in waves.values(r).into_iter().enumerate() {
            row[radial_place(number)] = T::from_f64(value);
        }
    }
    let all = rows(pairs, stride, 0);
    T::add_product(AddProduct {
        inputs: &rows(pairs, width, 0),
        outputs: &all,
        input: here.features.as_ptr(),
        inner: width,
        matrix: weights.edge.forward.as_ptr(),
        panels: false,
        columns: stride,
        base: Base::Out,
        out: here.raw.as_mut_ptr(),
    });
    for (l, matrix) in weights.previous.iter().enumerate() {
        let part = rows(pairs, stride, l * 2 * c);
        T::add_product(AddProduct {
            inputs: &part,
            outputs: &part,
            input: before[s - 1].edges.as_ptr(),
            inner: 2 * c,
            matrix: matrix.forward.as_ptr(),
            panels: false,
            columns: 2 * c,
            base: Base::Out,
            out: here.raw.as_mut_ptr(),
        });
    }
    let cutoffs = soft_cutoffs(weights);
    let (raw, cutoff, edges) = (here.raw.as_slice(), here.cutoff.as_mut_slice(), here.edges.as_mut_slice());
    for pair in 0..pairs {
        let r = geometry.distances.get(pair).copied().unwrap_or(0.0);
        let factors = &mut cutoff[pair * c..(pair + 1) * c];
        for (factor, soft) in factors.iter_mut().zip(&cutoffs) {
            *factor = T::from_f64(soft.value(r));
        }
        let range = pair * stride..(pair + 1) * stride;
        for (out, inner) in edges[range.clone()].chunks_exact_mut(c).zip(raw[range].chunks_exact(c)) {
            for channel in 0..c {
                out[channel] = inner[channel] * factors[channel];
            }
        }
    }
}

/// From ∂E/∂g of level `s` to gradients of weights, activations, distances and the edges of the level before.
#[allow(clippy::too_many_arguments, reason = "one call")]
pub(super) fn backward<T: Operations>(
    shape: &Shape,
    s: usize,
    level: &Level<T>,
    weights: &LevelWeights<T>,
    space: &mut Workspace<T>,
    gradient: Option<(&mut LevelGradient<T>, Soft<'_>)>,
) {
    let (c, stride, width) = (shape.padded(), edge_stride(shape), level.features);
    let Workspace { geometry, activations, by_activation, levels, by_raw, by_features, by_distance, .. } = space;
    let pairs = geometry.pairs.len();
    let (before, rest) = levels.split_at_mut(s);
    let here = &mut rest[0];
    let (matrices, mut soft) = match gradient {
        Some((matrices, soft)) => (Some(matrices), Some(soft)),
        None => (None, None),
    };

    // Through the soft cutoff.
    let cutoffs = soft_cutoffs(weights);
    let (raw, by_edges) = (here.raw.as_slice(), here.by_edges.as_slice());
    let mut by_cutoff = vec![T::ZERO; c];
    for pair in 0..pairs {
        let factors = &here.cutoff.as_slice()[pair * c..(pair + 1) * c];
        by_cutoff.fill(T::ZERO);
        for start in (pair * stride..(pair + 1) * stride).step_by(c) {
            let out = &mut by_raw.as_mut_slice()[start..start + c];
            for channel in 0..c {
                let d = by_edges[start + channel];
                out[channel] = d * factors[channel];
                by_cutoff[channel] += d * raw[start + channel];
            }
        }
        let r = geometry.distances.get(pair).copied().unwrap_or(0.0);
        for (channel, cutoff) in cutoffs.iter().enumerate() {
            let slopes = cutoff.derivatives(r, factors[channel].to_f64());
            let d = by_cutoff[channel].to_f64();
            if let Some(soft) = &mut soft {
                soft.radii[channel] += d * slopes[0];
                soft.widths[channel] += d * slopes[1];
            }
            if pair < geometry.distinct {
                by_distance[pair] += d * slopes[2];
            }
        }
    }

    // Through the linear map.
    let all = rows(pairs, stride, 0);
    let featured = rows(pairs, width, 0);
    by_features.as_mut_slice()[..pairs * width].fill(T::ZERO);
    T::add_product(AddProduct {
        inputs: &all,
        outputs: &featured,
        input: by_raw.as_ptr(),
        inner: stride,
        matrix: weights.edge.backward.as_ptr(),
        panels: false,
        columns: width,
        base: Base::Out,
        out: by_features.as_mut_ptr(),
    });
    for (l, matrix) in weights.previous.iter().enumerate() {
        let part = rows(pairs, stride, l * 2 * c);
        T::add_product(AddProduct {
            inputs: &part,
            outputs: &part,
            input: by_raw.as_ptr(),
            inner: 2 * c,
            matrix: matrix.backward.as_ptr(),
            panels: false,
            columns: 2 * c,
            base: Base::Out,
            out: before[s - 1].by_edges.as_mut_ptr(),
        });
    }
    if let Some(matrices) = matrices {
        let LevelGradient { edge, previous, .. } = matrices;
        outer(&featured, &all, here.features.as_ptr(), width, by_raw, stride, edge);
        for (l, matrix) in previous.iter_mut().enumerate() {
            let part = rows(pairs, stride, l * 2 * c);
            outer(&part, &part, before[s - 1].edges.as_ptr(), 2 * c, by_raw, 2 * c, matrix);
        }
    }

    // Through dot products and radial functions.
    T::dots_backward(DotsBackward {
        pairs: &geometry.pairs,
        activations: activations[s].as_ptr(),
        gradient: by_activation[s].as_mut_ptr(),
        atom_stride: atom_stride(shape),
        degree: level.degree,
        channels: c,
        dots: by_features.as_ptr(),
        dots_stride: width,
    });
    let waves = Waves { scales: &weights.scales, phases: &weights.phases };
    let (mut scales, mut phases) = (vec![0.0; weights.scales.len()], vec![0.0; weights.phases.len()]);
    for (pair, &r) in geometry.distances.iter().enumerate() {
        let row = &by_features.as_slice()[(pair + 1) * width - RADIAL..][..RADIAL];
        let by_value = std::array::from_fn(|number| row[radial_place(number)].to_f64());
        by_distance[pair] += waves.backward(r, &by_value, &mut scales, &mut phases);
    }
    if let Some(soft) = soft {
        soft.scales.iter_mut().zip(&scales).for_each(|(sum, x)| *sum += x);
        soft.phases.iter_mut().zip(&phases).for_each(|(sum, x)| *sum += x);
    }
}

/// Gradients of the parameters of a level that are no matrices.
pub(super) struct Soft<'a> {
    pub scales: &'a mut [f64],
    pub phases: &'a mut [f64],
    pub radii: &'a mut [f64],
    pub widths: &'a mut [f64],
}

fn soft_cutoffs<T>(weights: &LevelWeights<T>) -> Vec<SoftCutoff> {
    weights.radii.iter().zip(&weights.widths).map(|(&radius, &width)| SoftCutoff::new(radius, width)).collect()
}

fn outer<T: Operations>(
    inputs: &[u32],
    gradients: &[u32],
    input: *const T,
    inner: usize,
    gradient: &Aligned<T>,
    columns: usize,
    out: &mut Aligned<T>,
) {
    let gradient = gradient.as_ptr();
    T::add_outer(AddOuter { inputs, gradients, input, inner, gradient, columns, out: out.as_mut_ptr() });
}
